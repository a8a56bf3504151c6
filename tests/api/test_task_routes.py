"""``/generate`` and ``/tasks``: the contract of a script that submits a workflow and polls for its picture."""

import io
from typing import Any

import pytest
from PIL import Image

from tests.api.conftest import Studio
from tests.waiting import eventually


async def poll(studio: Studio, task_id: str) -> dict[str, Any]:
    async def ended() -> dict[str, Any] | None:
        answer: dict[str, Any] = (await studio.http.get(f"/tasks/{task_id}")).json()
        assert answer["status"] in {"PENDING", "STARTED", "SUCCESS", "FAILURE"}
        return answer if answer["status"] in {"SUCCESS", "FAILURE"} else None

    return await eventually(ended, what="the task has ended")


async def test_submit_poll_and_download(studio: Studio) -> None:
    params = {"prompt": "a majestic lion", "steps": 12, "lora": "sd15-ink-sketch.safetensors", "lora_strength": 0.8}
    response = await studio.http.post("/generate", json={"workflow_id": "sd15_txt2img", "params": params})
    assert set(response.json()) == {"task_id"}
    answer = await poll(studio, response.json()["task_id"])
    assert answer["status"] == "SUCCESS"
    picture = await studio.http.get(answer["result"]["download_url"])
    Image.open(io.BytesIO(picture.content)).load()
    [graph] = [graph for node in studio.fleet.nodes.values() for graph in node.graphs.values()]
    [lora] = [body["inputs"] for body in graph.values() if body["class_type"] == "LoraLoader"]
    assert (lora["lora_name"], lora["strength_model"]) == ("sd15-ink-sketch.safetensors", 0.8)
    [sampler] = [body["inputs"] for body in graph.values() if body["class_type"] == "KSampler"]
    assert sampler["steps"] == 12


async def test_none_and_random_are_words_of_the_contract(studio: Studio) -> None:
    params = {"prompt": "x", "seed": "random", "lora": "None", "lora_strength": 1.0}
    seeds = set()
    for _ in range(2):
        response = await studio.http.post("/generate", json={"workflow_id": "sd15_txt2img", "params": params})
        seeds.add((await poll(studio, response.json()["task_id"]))["result"]["seed"])
    assert len(seeds) == 2
    graphs = [graph for node in studio.fleet.nodes.values() for graph in node.graphs.values()]
    assert not [body for graph in graphs for body in graph.values() if body["class_type"] == "LoraLoader"]


async def test_a_failure_tells_why(studio: Studio) -> None:
    for node in studio.fleet.nodes.values():
        node.error = "Allocation on device"
    response = await studio.http.post("/generate", json={"workflow_id": "sd15_txt2img", "params": {"prompt": "x"}})
    assert await poll(studio, response.json()["task_id"]) == {
        "task_id": response.json()["task_id"],
        "status": "FAILURE",
        "result": "Allocation on device",
    }


@pytest.mark.parametrize(
    ("body", "status", "field"),
    [
        ({"workflow_id": "nope", "params": {}}, 404, None),
        ({"workflow_id": "sd15_txt2img", "params": {}}, 422, "prompt"),
        ({"workflow_id": "sd15_txt2img", "params": {"prompt": "x", "seed": "often"}}, 422, "params.seed"),
        ({"workflow_id": "sd15_txt2img", "params": {"prompt": "x", "seed": -1}}, 422, "params.seed"),
        (
            {"workflow_id": "sd15_txt2img", "params": {"prompt": "x", "lora_strength": "much"}},
            422,
            "params.lora_strength",
        ),
        ({"workflow_id": "sd15_txt2img", "params": {"prompt": "x", "lora": 3}}, 422, "params.lora"),
        ({"workflow_id": "sd15_txt2img", "params": {"prompt": "x", "steps": 0}}, 422, "steps"),
        ({"workflow_id": "sd15_txt2img", "params": {"prompt": "x", "stepz": 5}}, 422, "stepz"),
        ({"workflow_id": "upscale_esrgan", "params": {"lora": "sd15-ink-sketch.safetensors"}}, 422, "loras"),
        ({"params": {}}, 422, "workflow_id"),
    ],
)
async def test_each_mistake_names_its_parameter_and_queues_nothing(
    studio: Studio, body: dict[str, Any], status: int, field: str | None
) -> None:
    response = await studio.http.post("/generate", json=body)
    assert response.status_code == status, response.text
    assert field is None or field in [problem["field"] for problem in response.json()["errors"]]
    assert (await studio.http.get("/api/generations")).json()["generations"] == []
    assert (await studio.http.get("/tasks/nobody")).status_code == 404
