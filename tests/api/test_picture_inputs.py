"""Pictures that a workflow starts from: by parent, by artifact, by data URI; each mistake named by its parameter."""

import base64
from typing import Any

import pytest

from tests.api.conftest import Studio
from tests.fakes import png


def uri(content: bytes) -> str:
    return "data:image/png;base64," + base64.b64encode(content).decode()


async def upscale(studio: Studio, **body: Any) -> Any:
    return await studio.http.post("/api/generate", json={"workflow": "upscale_esrgan", **body})


async def uploaded_names(studio: Studio) -> set[str]:
    graphs = [graph for node in studio.fleet.nodes.values() for graph in node.graphs.values()]
    return {body["inputs"]["image"] for graph in graphs for body in graph.values() if body["class_type"] == "LoadImage"}


async def test_an_uploaded_picture_reaches_the_node_under_the_hash_of_its_content(studio: Studio) -> None:
    artifact = (await studio.http.post("/api/artifacts", files={"file": ("x", png())})).json()["artifact_id"]
    for _ in range(2):
        response = await upscale(studio, parameters={"image": f"artifact:{artifact}"})
        assert response.status_code == 202, response.text
        await studio.finished_batch(response.json()["batch_id"])
    assert await uploaded_names(studio) == {f"vibes/{artifact}.png"}
    assert studio.fleet["fast"].uploads == [f"{artifact}.png"], "once a content"


async def test_a_data_uri_is_an_upload_too_also_in_the_task_contract(studio: Studio) -> None:
    response = await upscale(studio, parameters={"image": uri(png())})
    assert response.status_code == 202, response.text
    await studio.finished_batch(response.json()["batch_id"])
    task = await studio.http.post("/generate", json={"workflow_id": "upscale_esrgan", "params": {"image": uri(png())}})
    assert task.status_code == 202, task.text
    assert len(await uploaded_names(studio)) == 1


async def test_naming_a_generation_is_the_same_as_starting_from_it(studio: Studio) -> None:
    first = (await studio.http.post("/api/generate", json={"prompt": "a cat", "model_family": "sd15"})).json()
    parent = (await studio.finished_batch(first["batch_id"]))["generations"][0]["id"]
    by_parameter = (await upscale(studio, parameters={"image": f"generation:{parent}"})).json()["generations"][0]
    by_parent = (await upscale(studio, **{"from": [parent]})).json()["generations"][0]
    assert by_parameter["parent_id"] == by_parent["parent_id"] == parent
    assert by_parameter["parameters"]["image"] == by_parent["parameters"]["image"] == f"generation:{parent}"


@pytest.mark.parametrize(
    ("value", "sentence"),
    [
        (None, "upload one to /api/artifacts"),
        ("cat.png", "must be artifact:<id>"),
        ("artifact:" + "0" * 64, "there is no artifact"),
        ("artifact:../../vibes.db", "there is no artifact"),
        ("generation:nobody", "there is no generation nobody"),
        (7, "must be artifact:<id>"),
        ("data:image/png,abc", "must hold base64"),
        ("data:image/png;base64,%%%", "is no base64"),
        (uri(b"<svg xmlns='http://www.w3.org/2000/svg'/>"), "it is no PNG or JPEG or WEBP picture"),
        (uri(png()[:-30]), "damaged"),
    ],
)
async def test_each_mistake_names_the_parameter_and_queues_nothing(studio: Studio, value: Any, sentence: str) -> None:
    response = await upscale(studio, parameters={} if value is None else {"image": value})
    assert response.status_code == 422, response.text
    assert [problem["field"] for problem in response.json()["errors"]] == ["image"]
    assert sentence in response.json()["detail"]
    assert (await studio.http.get("/api/generations")).json()["generations"] == []


async def test_parents_for_a_workflow_without_pictures_are_refused(studio: Studio) -> None:
    first = (await studio.http.post("/api/generate", json={"prompt": "a cat", "model_family": "sd15"})).json()
    parent = (await studio.finished_batch(first["batch_id"]))["generations"][0]["id"]
    response = await studio.http.post(
        "/api/generate", json={"prompt": "x", "workflow": "sd15_txt2img", "from": [parent]}
    )
    assert (response.status_code, response.json()["errors"][0]["field"]) == (422, "from")
