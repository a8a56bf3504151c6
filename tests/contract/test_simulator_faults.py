"""Every fault, seen through a client's eyes."""

import asyncio
import io
import time

import aiohttp
import pytest
from PIL import Image, UnidentifiedImageError

from tests.contract.simulator_client import CHECKPOINT, simulated, txt2img
from tests.waiting import deadline, eventually
from vibes.simulator import NodeOptions, Refusal, SimulatedNode, UnknownFault
from vibes.simulator.setup.profiles import Family


async def test_a_frozen_node_keeps_connections_open_and_says_nothing_until_it_thaws() -> None:
    async with simulated() as client, client.listening("me") as heard:
        client.node.faults.set(freeze=True)
        asking = asyncio.create_task(client.get("/queue"))
        with pytest.raises(TimeoutError):
            async with deadline(0.1):
                await asyncio.shield(asking)
        assert not heard.socket.closed

        client.node.faults.clear()
        async with deadline():
            assert (await asking)["queue_running"] == []


async def test_a_frozen_node_works_on_nothing() -> None:
    async with simulated() as client:
        status, answer = await client.submit(txt2img())
        assert status == 200
        client.node.faults.set(freeze=True)
        async with client.session.delete("/simulator/faults") as response:
            assert (await response.json())["freeze"] is False
        assert await eventually(lambda: client.entry(answer["prompt_id"]))


@pytest.mark.parametrize("refusal", list(Refusal))
async def test_a_refusing_node_answers_nobody(refusal: Refusal) -> None:
    async with simulated() as client:
        client.node.faults.set(refuse=refusal)
        if refusal is Refusal.UNAVAILABLE:
            assert await client.status_of("/queue") == 503
        else:
            with pytest.raises(aiohttp.ClientConnectionError):
                await client.status_of("/queue")


async def test_a_slow_node_takes_its_time_for_every_answer() -> None:
    async with simulated() as client:
        client.node.faults.set(latency_seconds=0.15)
        started = time.monotonic()
        await client.get("/queue")

    assert time.monotonic() - started >= 0.15


async def test_muted_sockets_stay_open_while_work_goes_on() -> None:
    async with simulated() as client, client.listening("me") as heard:
        client.node.faults.set(mute_sockets=True)
        await client.run(txt2img(), client_id="me")
        assert heard.types == ["status"]
        assert not heard.socket.closed


async def test_dropped_sockets_are_gone_and_may_come_back() -> None:
    async with simulated() as client:
        async with client.listening("me") as mine, client.listening("you") as yours:
            async with client.session.post("/simulator/drop-sockets", json={"client_id": "me"}) as response:
                assert await response.json() == {"dropped": 1}
            await eventually(lambda: mine.socket.closed)
            assert not yours.socket.closed
        async with client.listening("me") as again:
            assert again.types[0] == "status"


async def test_a_wedged_node_answers_as_if_nothing_were_wrong_and_runs_nothing() -> None:
    async with simulated() as client:
        client.node.faults.set(wedge=True)
        ids = [(await client.submit(txt2img(seed=seed)))[1]["prompt_id"] for seed in range(3)]
        queue = await client.get("/queue")
        assert queue["queue_running"] == []
        assert [item[1] for item in queue["queue_pending"]] == ids

        client.node.faults.clear()
        await eventually(lambda: client.node.ledger.executed == ids)


async def test_a_node_wedged_in_the_middle_of_a_prompt_seems_to_run_it_for_ever() -> None:
    async with simulated(time_scale=1.0) as client, client.listening("me") as heard:
        client.node.station.machine.load(CHECKPOINT, Family.SD15)
        _, answer = await client.submit(txt2img(steps=10_000), client_id="me")
        await eventually(lambda: len(heard.of_type("progress")) > 2)
        client.node.faults.set(wedge=True)
        queue = await client.get("/queue")
        assert [item[1] for item in queue["queue_running"]] == [answer["prompt_id"]]

        assert await client.post("/interrupt", {"prompt_id": answer["prompt_id"]}) == 200
        assert await client.entry(answer["prompt_id"]) is None
        client.node.faults.clear()
        await eventually(lambda: heard.of_type("execution_interrupted"))


@pytest.mark.parametrize(
    ("fault", "exception_type"),
    [("fail_next_prompts", "RuntimeError"), ("out_of_memory_next_prompts", "torch.OutOfMemoryError")],
)
async def test_as_many_prompts_fail_as_were_asked_to(fault: str, exception_type: str) -> None:
    async with simulated() as client:
        client.node.faults.set(**{fault: 2})
        entries = [await client.run(txt2img(seed=seed)) for seed in range(3)]

    assert [entry["status"]["status_str"] for entry in entries] == ["error", "error", "success"]
    event, data = entries[0]["status"]["messages"][-1]
    assert event == "execution_error"
    assert (data["node_type"], data["exception_type"]) == ("KSampler", exception_type)
    assert data["exception_message"].endswith("\n")


async def test_a_corrupt_view_has_the_right_length_and_does_not_decode() -> None:
    async with simulated() as client:
        picture = (await client.run(txt2img()))["outputs"]["9"]["images"][0]
        client.node.faults.set(corrupt_next_views=1)
        corrupt, sound = await client.view(picture), await client.view(picture)

    assert len(corrupt) == len(sound)
    with pytest.raises((UnidentifiedImageError, OSError, SyntaxError)):
        Image.open(io.BytesIO(corrupt)).load()


async def test_a_truncated_view_breaks_off_in_the_middle() -> None:
    async with simulated() as client:
        picture = (await client.run(txt2img()))["outputs"]["9"]["images"][0]
        client.node.faults.set(truncate_next_views=1)
        with pytest.raises((aiohttp.ClientPayloadError, aiohttp.ClientConnectionError)):
            await client.view(picture)
        assert Image.open(io.BytesIO(await client.view(picture))).size == (64, 64)


async def test_a_swallowed_submission_never_arrived() -> None:
    async with simulated() as client:
        client.node.faults.set(swallow_next_posts=1)
        with pytest.raises(aiohttp.ClientConnectionError):
            await client.submit(txt2img())
        state = await client.get("/simulator/state")

    assert state["received"] == {}
    assert (state["running"], state["pending"]) == ([], [])


async def test_a_submission_whose_answer_was_cut_runs_all_the_same() -> None:
    prompt_id = "00000000-0000-4000-8000-000000000001"
    async with simulated() as client:
        client.node.faults.set(cut_next_posts=1)
        with pytest.raises(aiohttp.ClientConnectionError):
            await client.submit(txt2img(), prompt_id=prompt_id)
        await eventually(lambda: client.entry(prompt_id))
        state = await client.get("/simulator/state")

    assert state["received"] == {prompt_id: 1}
    assert state["executed"] == [prompt_id]


async def test_a_node_that_forgets_is_like_one_that_was_restarted() -> None:
    async with simulated() as client, client.listening("me") as heard:
        before = await client.run(txt2img())
        await client.run(txt2img(seed=2))
        assert await client.post("/simulator/forget") == 200
        await eventually(lambda: heard.socket.closed)
        assert await client.get("/history") == {}
        after = await client.run(txt2img())

    assert after["prompt"][0] == 0
    assert after["status"]["messages"][1][1]["nodes"] == []
    assert before["outputs"]["9"]["images"][0]["filename"] == "test_00001_.png"
    assert after["outputs"]["9"]["images"][0]["filename"] == "test_00003_.png"
    assert len(client.node.ledger.executed) == 3


async def test_a_crashed_node_refuses_connections_until_it_is_started_again_on_its_port() -> None:
    async with simulated(time_scale=1.0) as client, client.listening("me") as heard:
        await client.submit(txt2img(size=512), client_id="me")
        await eventually(lambda: client.node.ledger.started)
        port = client.node.port
        async with client.session.post("/simulator/crash") as response:
            assert response.status == 202
        await eventually(lambda: heard.socket.closed and not client.node.running)
        with pytest.raises(aiohttp.ClientConnectorError):
            await client.get("/queue")

        await client.node.start()
        assert client.node.port == port
        assert await client.get("/queue") == {"queue_running": [], "queue_pending": []}
        assert client.node.ledger.executed == []


async def test_an_unplugged_node_goes_on_working_and_comes_back() -> None:
    async with simulated() as client:
        client.node.faults.set(wedge=True)
        _, answer = await client.submit(txt2img())
        await client.node.unplug()
        with pytest.raises(aiohttp.ClientConnectorError):
            await client.get("/queue")
        client.node.faults.clear()
        await eventually(lambda: client.node.ledger.executed)
        await client.node.plug_in()
        assert await client.entry(answer["prompt_id"])


async def test_unplugging_over_http_ends_by_itself() -> None:
    async with simulated() as client:
        async with client.session.post("/simulator/unplug", json={"seconds": 0.2}) as response:
            assert response.status == 202
        await eventually(lambda: client.node.plugged_in is False)
        await eventually(lambda: client.node.plugged_in)
        assert await client.status_of("/queue") == 200


WRONG_REQUESTS: dict[str, list[tuple[object, str]]] = {
    "/simulator/faults": [
        ({"frieze": True}, "no fault 'frieze'; there are: freeze"),
        ({"freeze": "yes"}, "freeze is true or false, not 'yes'"),
        ({"latency_seconds": -1}, "latency_seconds is a number of seconds, 0 or more, not -1"),
        ({"fail_next_prompts": 1.5}, "fail_next_prompts is a whole number, 0 or more, not 1.5"),
        ({"refuse": "politely"}, "refuse is null or one of close, unavailable, not 'politely'"),
        ({}, "send a JSON object with some of: freeze"),
        ([], "the body must be a JSON object"),
    ],
    "/simulator/unplug": [({"seconds": 0}, "seconds is a number above 0")],
    "/simulator/drop-sockets": [({"client_id": 7}, "client_id is a text, not 7")],
    "/simulator/forget": [({"drop_sockets": "no"}, "drop_sockets is true or false")],
}


@pytest.mark.parametrize(
    ("path", "body", "sentence"),
    [(path, body, sentence) for path, cases in WRONG_REQUESTS.items() for body, sentence in cases],
)
async def test_a_wrong_request_for_a_fault_is_told_what_is_wrong(path: str, body: object, sentence: str) -> None:
    async with simulated(profile="instant") as client, client.session.post(path, json=body) as response:
        assert response.status == 400
        assert (await response.json())["error"].startswith(sentence)
        assert client.node.faults.as_json() == (await client.get("/simulator/faults"))


async def test_faults_set_over_http_are_those_seen_from_python() -> None:
    async with simulated(profile="instant") as client:
        await client.post("/simulator/faults", {"fail_next_prompts": 3, "latency_seconds": 0.01})
        assert client.node.faults.settings.fail_next_prompts == 3
        with pytest.raises(UnknownFault):
            client.node.faults.set(nonsense=True)
        assert client.node.faults.settings.latency_seconds == 0.01


async def test_a_taken_port_is_an_error_and_leaves_nothing_behind() -> None:
    async with simulated(profile="instant") as client:
        second = SimulatedNode(NodeOptions(profile="instant", port=client.node.port))
        with pytest.raises(OSError, match="address already in use"):
            await second.start()
        assert not second.running


async def test_a_picture_without_end_goes_on_until_the_client_has_had_enough() -> None:
    async with simulated() as client:
        _, answer = await client.submit(txt2img())
        entry = await eventually(lambda: client.entry(answer["prompt_id"]))
        [image] = entry["outputs"]["9"]["images"]
        client.node.faults.set(oversized_next_views=1)
        received = 0
        async with client.session.get("/view", params=image) as response:
            async for chunk in response.content.iter_any():
                received += len(chunk)
                if received > 20 * 2**20:
                    break
    assert received > 20 * 2**20


async def test_flooded_sockets_carry_events_without_end_and_http_goes_on() -> None:
    async with simulated() as client, client.listening("me") as heard:
        client.node.faults.set(flood_sockets=True)
        await eventually(lambda: len(heard.of_type("progress")) > 1000 or None)
        assert (await client.get("/queue"))["queue_running"] == []
        client.node.faults.clear()
