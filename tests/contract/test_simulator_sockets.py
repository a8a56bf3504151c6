"""Websocket clients of the simulator: who hears what, and the habits that trip clients up."""

import io
import json

import pytest
from PIL import Image

from tests.contract.simulator_client import simulated, txt2img
from tests.waiting import eventually

VERSIONS = pytest.mark.parametrize("version", ["0.3.64", "0.33.0"])

ASKS_FOR_METADATA = {"type": "feature_flags", "data": {"supports_preview_metadata": True}}


async def test_the_newer_socket_of_an_id_hears_everything_until_the_older_one_closes() -> None:
    async with simulated() as client, client.listening("me") as older, client.listening("me") as newer:
        await client.submit(txt2img(seed=1), client_id="me")
        await eventually(lambda: newer.ended == 1)
        assert older.types == ["status"]

        await older.socket.close()
        await eventually(lambda: client.node.station.hub.client_ids == [])
        heard = len(newer.messages)
        await client.run(txt2img(seed=2), client_id="me")
        assert len(newer.messages) == heard
        assert not newer.socket.closed


async def test_without_the_displacement_bug_the_newer_socket_goes_on_hearing() -> None:
    async with (
        simulated(displacement_bug=False) as client,
        client.listening("me") as older,
        client.listening("me") as newer,
    ):
        await older.socket.close()
        await client.submit(txt2img(), client_id="me")
        await eventually(lambda: newer.ended == 1)


@VERSIONS
async def test_previews_are_jpegs_fitted_to_512_that_end_as_the_picture(version: str) -> None:
    async with simulated(comfyui_version=version) as client, client.listening("me") as heard:
        await client.submit(txt2img(steps=3, size=96), client_id="me")
        await eventually(lambda: heard.ended)
        frames = [message for message in heard.messages if isinstance(message, bytes)]

    assert len(frames) == 3
    assert {frame[:8] for frame in frames} == {bytes([0, 0, 0, 1, 0, 0, 0, 1])}
    with Image.open(io.BytesIO(frames[-1][8:])) as preview:
        assert (preview.format, preview.size) == ("JPEG", (512, 512))


async def test_previews_name_their_graph_node_for_a_client_that_asked_first() -> None:
    async with simulated() as client, client.listening("me", says=ASKS_FOR_METADATA) as heard:
        await eventually(lambda: heard.of_type("feature_flags"))
        await client.submit(txt2img(steps=1, size=96), client_id="me")
        await eventually(lambda: heard.ended)
        (frame,) = [message for message in heard.messages if isinstance(message, bytes)]

    length = int.from_bytes(frame[4:8])
    assert int.from_bytes(frame[:4]) == 4
    assert json.loads(frame[8 : 8 + length])["node_id"] == "3"


async def test_only_the_first_thing_a_client_says_counts() -> None:
    async with simulated() as client, client.listening("me", says={"type": "hello"}) as heard:
        await heard.socket.send_json(ASKS_FOR_METADATA)
        await client.submit(txt2img(steps=1, size=96), client_id="me")
        await eventually(lambda: heard.ended)
        (frame,) = [message for message in heard.messages if isinstance(message, bytes)]

    assert not heard.of_type("feature_flags")
    assert int.from_bytes(frame[:4]) == 1


async def test_without_previews_the_newer_server_skips_steps_and_the_older_one_does_not() -> None:
    steps = {}
    for version in ("0.3.64", "0.33.0"):
        async with simulated(comfyui_version=version, previews=False) as client, client.listening("me") as heard:
            await client.submit(txt2img(steps=20), client_id="me")
            await eventually(lambda: heard.ended)
            steps[version] = [data["value"] for data in heard.of_type("progress")]

    assert steps["0.3.64"] == list(range(1, 21))
    assert steps["0.33.0"][0] == 1
    assert steps["0.33.0"][-1] == 20
    assert len(steps["0.33.0"]) < 20


async def test_a_prompt_may_turn_previews_on_or_off_for_itself_on_the_newer_server() -> None:
    async with simulated(previews=False) as client, client.listening("me") as heard:
        await client.submit(txt2img(seed=1), client_id="me", extra_data={"preview_method": "auto"})
        await eventually(lambda: heard.ended == 1)
        shown = heard.types.count("binary")
        await client.submit(txt2img(seed=2), client_id="me", extra_data={"preview_method": "default"})
        await eventually(lambda: heard.ended == 2)

    assert shown == 2
    assert heard.types.count("binary") == 2


async def test_every_picture_for_the_socket_comes_whole_and_never_into_history() -> None:
    graph = txt2img(size=96)
    graph["5"]["inputs"]["batch_size"] = 2
    graph["9"] = {"class_type": "SaveImageWebsocket", "inputs": {"images": ["8", 0]}}
    async with simulated(previews=False) as client, client.listening("me") as heard:
        entry = await client.run(graph, client_id="me")
        await eventually(lambda: heard.ended)
        frames = [message for message in heard.messages if isinstance(message, bytes)]
        sizes = [Image.open(io.BytesIO(frame[8:])).size for frame in frames]

    assert sizes == [(96, 96), (96, 96)]
    assert entry["outputs"] == {}


async def test_history_is_there_when_the_end_is_announced_but_not_when_success_is() -> None:
    async with simulated() as client, client.listening("me") as heard:
        await client.submit(txt2img(), client_id="me")
        await eventually(lambda: heard.ended)

    types = [type_ for type_ in heard.types if type_ != "binary"]
    assert types[-3:] == ["execution_success", "status", "executing"]
