"""Submitting, queueing, caching and finishing prompts on the simulator, beyond what the recordings show."""

import io
import json
from functools import partial
from typing import Any

import pytest
from PIL import Image

from tests.contract.simulator_client import CHECKPOINT, GRAPHS, Client, img2img, png, simulated, txt2img
from tests.waiting import eventually
from vibes.simulator.setup.profiles import Family

VERSIONS = pytest.mark.parametrize("version", ["0.3.64", "0.33.0"])

GRAPH_FILES = {
    "checkpoints": ["v1-5-pruned-emaonly-fp16.safetensors", "sd_xl_base_1.0.safetensors", "flux1-dev-fp8.safetensors"],
    "loras": ["style_a.safetensors", "sub/char_b.safetensors"],
}


async def order_of(client: Client, graph: Any) -> list[str]:
    async with client.listening("me") as heard:
        status, answer = await client.submit(graph, client_id="me")
        assert status == 200, answer
        await eventually(lambda: heard.ended)
        assert not heard.of_type("execution_error")
        return [data["node"] for data in heard.of_type("executing")][:-1]


@pytest.mark.parametrize("name", sorted(GRAPHS))
async def test_every_recorded_graph_runs_in_the_order_of_the_real_scheduler(name: str) -> None:
    async with simulated(profile="instant", models=GRAPH_FILES) as client:
        for file in ("example.png", "mask.png"):
            assert (await client.upload(file, png(side=96)))[0] == 200
        executed = await order_of(client, GRAPHS[name]["graph"])

    recorded = GRAPHS[name]["order"]
    if name == "controlnet_canny_sd15":  # two outputs: the real one starts with either, by chance
        assert sorted(executed) == sorted(recorded)
    else:
        assert executed == recorded


async def test_the_older_server_refuses_only_the_graph_of_a_newer_model() -> None:
    async with simulated(profile="instant", comfyui_version="0.3.64", models=GRAPH_FILES) as client:
        for file in ("example.png", "mask.png"):
            await client.upload(file, png())
        await client.post("/simulator/faults", {"wedge": True})
        refused = [name for name in GRAPHS if (await client.submit(GRAPHS[name]["graph"]))[0] != 200]

    assert refused == ["flux2_dev"]


async def test_equal_graphs_give_equal_bytes_on_different_nodes() -> None:
    async with simulated(profile="rtx-3060") as one, simulated(profile="rtx-5060-ti") as other:
        first, second = [await client.picture(txt2img(seed=5, size=128)) for client in (one, other)]
        different = await one.picture(txt2img(seed=6, size=128))

    assert first == second
    assert first != different


async def test_the_png_carries_the_graph_and_the_workflow() -> None:
    graph = txt2img()
    async with simulated() as client:
        entry = await client.run(graph, extra_data={"extra_pnginfo": {"workflow": {"nodes": [1]}}})
        content = await client.view(entry["outputs"]["9"]["images"][0])

    with Image.open(io.BytesIO(content)) as image:
        assert json.loads(image.info["prompt"]) == graph
        assert json.loads(image.info["workflow"]) == {"nodes": [1]}


async def test_a_batch_gives_as_many_different_pictures_with_consecutive_names() -> None:
    graph = txt2img()
    graph["5"]["inputs"]["batch_size"] = 3
    async with simulated() as client:
        entry = await client.run(graph)
        pictures = entry["outputs"]["9"]["images"]
        contents = [Image.open(io.BytesIO(await client.view(picture))).tobytes() for picture in pictures]

    assert [picture["filename"] for picture in pictures] == [f"test_0000{n}_.png" for n in (1, 2, 3)]
    assert len(set(contents)) == 3


@VERSIONS
async def test_only_the_last_prompt_stays_in_the_cache(version: str) -> None:
    async with simulated(comfyui_version=version) as client:
        await order_of(client, txt2img(seed=1))
        assert await order_of(client, txt2img(seed=1)) == []
        assert await order_of(client, txt2img(seed=2)) == ["3", "8", "9"]
        assert await order_of(client, txt2img(seed=1)) == ["3", "8", "9"]


async def test_a_renumbered_graph_hits_the_cache_and_keeps_the_old_id_in_its_meta() -> None:
    renumbered = {"1" + key: graph_node for key, graph_node in txt2img().items()}
    for graph_node in renumbered.values():
        inputs = graph_node["inputs"]
        inputs |= {name: ["1" + value[0], value[1]] for name, value in inputs.items() if isinstance(value, list)}
    async with simulated() as client:
        await client.run(txt2img())
        entry = await client.run(renumbered)

    assert entry["outputs"]["19"]["images"][0]["filename"] == "test_00001_.png"
    assert entry["meta"]["19"]["node_id"] == "9"
    assert entry["status"]["messages"][1][1]["nodes"] == list(renumbered)


async def test_two_equal_savers_share_one_file_and_are_both_announced() -> None:
    graph = txt2img()
    graph["90"] = json.loads(json.dumps(graph["9"]))
    async with simulated() as client, client.listening("me") as heard:
        await client.submit(graph, client_id="me")
        await eventually(lambda: heard.ended)

    executed = heard.of_type("executed")
    assert [data["node"] for data in executed] == ["9", "90"]
    assert executed[0]["output"] == executed[1]["output"]


async def test_an_input_picture_that_changed_under_its_name_is_read_again() -> None:
    async with simulated() as client:
        await client.upload("in.png", png((10, 20, 30)))
        first = await client.picture(img2img(image="in.png"))
        await client.upload("in.png", png((240, 220, 30)), overwrite="true")
        assert "10" in await order_of(client, img2img(image="in.png"))
        second = await client.picture(img2img(image="in.png"))

    assert first != second


async def test_freeing_memory_empties_the_cache_and_the_card() -> None:
    async with simulated(profile="rtx-3060") as client:
        await client.run(txt2img())
        used = (await client.get("/system_stats"))["devices"][0]
        assert await client.post("/free", {"unload_models": True, "free_memory": True}) == 200
        await eventually(lambda: client.node.station.machine.loaded is None)
        free = (await client.get("/system_stats"))["devices"][0]
        assert await order_of(client, txt2img()) == ["4", "5", "7", "6", "3", "8", "9"]

    assert used["vram_total"] == free["vram_total"] == 12 * 1024**3
    assert used["vram_free"] < free["vram_free"]
    assert used["name"] == "cuda:0 NVIDIA GeForce RTX 3060 (simulated)"


async def test_one_bad_output_is_dropped_and_the_good_one_runs() -> None:
    graph = txt2img()
    graph["90"] = {"class_type": "SaveImage", "inputs": {"images": ["4", 0], "filename_prefix": "bad"}}
    async with simulated() as client:
        status, answer = await client.submit(graph)
        entry = await eventually(lambda: client.entry(answer["prompt_id"]))

    assert status == 200
    assert answer["node_errors"]["90"]["errors"][0]["type"] == "return_type_mismatch"
    assert list(entry["outputs"]) == ["9"]


async def test_only_the_asked_outputs_run() -> None:
    graph = txt2img()
    graph["90"] = {"class_type": "SaveImage", "inputs": {"images": ["8", 0], "filename_prefix": "other"}}
    async with simulated() as client:
        entry = await client.run(graph, partial_execution_targets=["90"])
        nothing = await client.submit(graph, partial_execution_targets=[])

    assert list(entry["outputs"]) == ["90"]
    assert nothing[1]["error"]["type"] == "prompt_no_outputs"


async def test_a_prefix_makes_folders_but_never_leads_outside() -> None:
    inside, outside = txt2img(seed=1), txt2img(seed=2)
    inside["9"]["inputs"]["filename_prefix"] = "hub/day/job"
    outside["9"]["inputs"]["filename_prefix"] = "../../escape"
    async with simulated() as client:
        good, bad = await client.run(inside), await client.run(outside)

    assert good["outputs"]["9"]["images"][0] == {
        "filename": "job_00001_.png",
        "subfolder": "hub/day",
        "type": "output",
    }
    assert bad["status"]["status_str"] == "error"
    assert bad["status"]["messages"][-1][0] == "execution_error"


async def test_numbers_decide_the_order_and_equal_ones_the_prompt_id() -> None:
    async with simulated() as client:
        await client.post("/simulator/faults", {"wedge": True})
        _, ordinary = await client.submit(txt2img())
        ids = [f"{letter}0000000-0000-4000-8000-000000000000" for letter in "cab"]
        for prompt_id in ids:
            await client.submit(txt2img(seed=2), prompt_id=prompt_id, number=5)
        _, first_front = await client.submit(txt2img(seed=3), front=True)
        _, second_front = await client.submit(txt2img(seed=4), front=True)
        await client.session.delete("/simulator/faults")
        await eventually(lambda: len(client.node.ledger.executed) == 6)

    assert (first_front["number"], second_front["number"]) == (-1, -2)
    expected = [second_front, first_front, ordinary]
    assert client.node.ledger.executed == [answer["prompt_id"] for answer in expected] + sorted(ids)


async def test_repeating_a_number_with_its_id_is_an_error_that_kills_the_worker_later() -> None:
    same = {"prompt_id": "00000000-0000-4000-8000-000000000000", "number": 1}
    async with simulated(comfyui_version="0.33.0") as client:
        await client.post("/simulator/faults", {"wedge": True})
        answers = [await client.submit(txt2img(), **same, extra_data={"attempt": attempt}) for attempt in range(3)]
        queued = await client.get("/prompt")
        await client.session.delete("/simulator/faults")
        await eventually(lambda: not client.node.station.worker_alive)
        assert await client.status_of("/queue") == 200

    assert [status for status, _ in answers] == [200, 500, 500]
    assert "Server got itself in trouble" in answers[1][1]
    assert queued["exec_info"]["queue_remaining"] == 3


@VERSIONS
async def test_a_graph_node_without_inputs_that_nothing_uses_kills_the_worker(version: str) -> None:
    graph = txt2img() | {"77": {"class_type": "VAELoader"}}
    async with simulated(comfyui_version=version) as client:
        status, answer = await client.submit(graph)
        await eventually(lambda: not client.node.station.worker_alive)
        queue = await client.get("/queue")

    assert status == 200
    assert [item[1] for item in queue["queue_running"]] == [answer["prompt_id"]]


@VERSIONS
async def test_bodies_of_the_wrong_shape_are_server_errors(version: str) -> None:
    bodies: list[Any] = [
        {"prompt": "a text"},
        {"prompt": {"last_node_id": 9, "nodes": []}},
        {"prompt": txt2img(), "number": "soon"},
        {"prompt": txt2img(), "extra_data": None, "client_id": "me"},
    ]
    async with simulated(comfyui_version=version) as client:
        statuses = [await client.post("/prompt", body) for body in bodies]
        array = await client.post("/prompt", [])
        empty_free = await client.post("/free")
        empty_interrupt = await client.post("/interrupt")

    assert statuses == [500, 500, 500, 500]
    assert (array, empty_free, empty_interrupt) == (400, 500, 200)


async def test_secrets_show_in_the_queue_of_the_older_server_only() -> None:
    shown = []
    for version in ("0.3.64", "0.33.0"):
        async with simulated(comfyui_version=version) as client:
            await client.post("/simulator/faults", {"wedge": True})
            await client.submit(txt2img(), extra_data={"api_key_comfy_org": "s3cret"})
            shown.append("s3cret" in json.dumps(await client.get("/queue")))
            await client.session.delete("/simulator/faults")
            await eventually(partial(bool, client.node.ledger.finished))
            assert "s3cret" not in json.dumps(await client.get("/history"))

    assert shown == [True, False]


async def test_a_checkpoint_is_loaded_once_until_another_one_is_needed() -> None:
    other = txt2img(seed=3)
    other["4"]["inputs"]["ckpt_name"] = "sd_xl_base_1.0.safetensors"
    async with simulated(profile="rtx-3060") as client:
        loaded = []
        for graph in (txt2img(seed=1), txt2img(seed=2), other):
            await client.run(graph)
            loaded.append((await client.get("/simulator/state"))["loaded_model"])

    assert loaded == [CHECKPOINT, CHECKPOINT, "sd_xl_base_1.0.safetensors"]


async def test_a_prompt_never_ends_before_its_simulated_time() -> None:
    async with simulated(profile="rtx-5060-ti", time_scale=0.4) as client:
        client.node.station.machine.load(CHECKPOINT, Family.SD15)
        entry = await client.run(txt2img(size=512, steps=10))
        start, end = (entry["status"]["messages"][place][1]["timestamp"] for place in (0, -1))

    assert end - start >= 0.4 * 500 - 1


async def test_history_is_paged_from_the_newest_and_can_be_forgotten() -> None:
    async with simulated() as client:
        for seed in range(3):
            await client.run(txt2img(seed=seed))
        everything = list(await client.get("/history"))
        newest = list(await client.get("/history?max_items=1"))
        middle = list(await client.get("/history?max_items=1&offset=1"))
        assert await client.status_of("/history?max_items=many") == 500
        await client.post("/history", {"clear": True})
        assert await client.get("/history") == {}

    assert newest == everything[2:]
    assert middle == everything[1:2]
