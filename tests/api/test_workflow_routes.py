"""The library over HTTP: what is broken is told with its place, and what still serves is marked."""

import asyncio
import json
import re
from pathlib import Path
from typing import Any

import pytest

from tests.api.conftest import Studio
from tests.unit.import_exports import sampled, with_inputs
from tests.unit.workflow_sources import SMALL_TEMPLATE
from tests.waiting import eventually

EXPORT = with_inputs(sampled(), "4", ckpt_name="v1-5-pruned-emaonly.safetensors")


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


async def test_a_workflow_dropped_into_the_data_folder_is_offered_and_a_broken_edit_is_told_and_marked(
    studio: Studio,
) -> None:
    own = studio.folder / "data" / "workflows"
    manifest = own / "manifests" / "mine.yaml"
    write(own / "workflows" / "mine.json", SMALL_TEMPLATE.replace("Encode", "CLIPTextEncod"))
    write(manifest, "mine: {families: [sd15]}")

    async def mine(*, stale: bool) -> bool:
        listed = (await studio.http.get("/api/workflows")).json()
        return any((each["id"], each["stale"]) == ("mine", stale) for each in listed["workflows"])

    await eventually(lambda: mine(stale=False), what="the new workflow is listed")
    [warning] = (await studio.http.get("/api/workflows")).json()["warnings"]
    assert (warning["file"], warning["line"]) == (f"{own}/workflows/mine.json", 2)
    assert "did you mean CLIPTextEncode" in warning["message"]

    write(manifest, "mine:\n  families: [sd15]\n  default_params: {stesp: 3}")
    await eventually(lambda: mine(stale=True), what="the broken edit is noticed")
    answer = (await studio.http.get("/api/workflows")).json()
    assert answer["problems"] == [
        {"file": str(manifest), "line": 3, "column": 20, "message": "unknown parameter 'stesp'; did you mean steps?"}
    ]
    detail = (await studio.http.get("/api/workflows/mine")).json()
    assert (detail["stale"], detail["parameters"]) == (True, ["prompt", "steps", "seed"])


async def test_an_import_answers_what_it_found_and_can_be_used_at_once(studio: Studio) -> None:
    answer = await studio.http.post("/api/workflows/import", json={"name": "my_flow", "graph": EXPORT})
    assert answer.status_code == 201
    imported = answer.json()
    assert imported["workflow"]["id"] == "my_flow"
    assert (imported["workflow"]["families"], imported["workflow"]["operation"]) == (["sd15"], "txt2img")
    assert {"parameter": "seed", "bind": "3.inputs.seed", "where": "graph node 3 (KSampler)", "default": None} in (
        imported["found"]
    )
    assert imported["manifest"].startswith("my_flow:\n  file: my_flow.json\n")
    assert imported["notes"][0].startswith("the family is sd15 by the name of v1-5")
    stored = studio.folder / "data" / "workflows" / "workflows" / "my_flow.json"
    assert json.loads(stored.read_text()) == EXPORT

    body = {"prompt": "a dog", "model_family": "sd15", "workflow": "my_flow", "seed": 5, "width": 512, "height": 512}
    batch = (await studio.http.post("/api/generate", json=body)).json()
    finished = await studio.finished_batch(batch["batch_id"])
    assert [each["status"] for each in finished["generations"]] == ["complete"]
    [graph] = [graph for node in studio.fleet.nodes.values() for graph in node.graphs.values()]
    assert (graph["6"]["inputs"]["text"], graph["3"]["inputs"]["seed"]) == ("a dog", 5)
    assert graph["7"]["inputs"]["text"] == "blurry", "the export's own value where nothing was asked"


@pytest.mark.parametrize("name", ["my_flow", "sdxl_txt2img"])
async def test_an_import_replaces_neither_a_shipped_workflow_nor_an_earlier_import(studio: Studio, name: str) -> None:
    first = {"name": "my_flow", "graph": EXPORT}
    assert (await studio.http.post("/api/workflows/import", json=first)).status_code == 201
    refused = await studio.http.post("/api/workflows/import", json={"name": name, "graph": EXPORT})
    assert (refused.status_code, refused.json()["code"]) == (409, "workflow_exists")
    assert "choose another name" in refused.json()["detail"]


async def test_of_several_imports_of_one_name_at_once_one_is_made(studio: Studio) -> None:
    body = {"name": "my_flow", "graph": EXPORT}
    answers = await asyncio.gather(*(studio.http.post("/api/workflows/import", json=body) for _ in range(4)))
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409]


@pytest.mark.parametrize(
    ("body", "field", "sentence"),
    [
        ({"name": "../x", "graph": EXPORT}, "name", "name must be made of a-z"),
        ({"name": "x", "graph": EXPORT, "family": "SD XL"}, "family", "family must be a word"),
        ({"name": "x", "graph": {"nodes": [], "links": []}}, "graph", "nothing in the workflow runs"),
        ({"name": "x", "graph": {"1": {"class_type": "A", "inputs": {"x": ["9", 0]}}}}, "graph", "does not exist"),
        ({"name": "x", "graph": {}}, "graph", "a template is an object of graph nodes"),
        ({"name": "x", "graph": [1]}, "graph", "holds a list, and a workflow is one object"),
        ({"name": "x"}, "graph", "required"),
        ({"name": "x", "graph": EXPORT, "nmae": 1}, "nmae", "unknown field"),
    ],
)
async def test_an_import_that_cannot_be_says_which_field_and_why_and_leaves_nothing(
    studio: Studio, body: dict[str, Any], field: str, sentence: str
) -> None:
    refused = await studio.http.post("/api/workflows/import", json=body)
    assert refused.status_code == 422
    [problem] = refused.json()["errors"]
    assert problem["field"] == field
    assert sentence in problem["message"]
    assert not [path for path in (studio.folder / "data" / "workflows").rglob("*") if path.is_file()]


@pytest.mark.parametrize(
    ("graph", "status", "code"),
    [
        (json.dumps({str(number): {"class_type": "A", "inputs": {}} for number in range(501)}), 422, "graph_too_large"),
        ('{"1": {"class_type": "SaveImage", "inputs": {"images": ["1", 0], "x": NaN}}}', 422, "invalid_parameters"),
        ('{"1": {"class_type": "A", "inputs": {"x": "\\ud800"}}}', 422, "invalid_parameters"),
        ('{"1": ' + "[" * 300 + "]" * 300 + "}", 422, "nested_too_deep"),
        ('{"1": ' + "[" * 100_000 + "]" * 100_000 + "}", 422, "too_many_values"),
        ('{"1": "' + "x" * 2_100_000 + '"}', 413, "body_too_large"),
    ],
)
async def test_a_hostile_graph_is_refused_in_order(studio: Studio, graph: str, status: int, code: str) -> None:
    refused = await studio.http.post(
        "/api/workflows/import",
        content=f'{{"name": "x", "graph": {graph}}}',
        headers={"content-type": "application/json"},
    )
    assert (refused.status_code, refused.json()["code"]) == (status, code)


async def test_an_import_may_not_hide_where_pictures_go(studio: Studio) -> None:
    graph = with_inputs(EXPORT, "9", filename_prefix="../../escape")
    assert (await studio.http.post("/api/workflows/import", json={"name": "x", "graph": graph})).status_code == 201
    body = {"prompt": "a dog", "model_family": "sd15", "workflow": "x", "width": 512, "height": 512}
    batch = (await studio.http.post("/api/generate", json=body)).json()
    await studio.finished_batch(batch["batch_id"])
    [prefix] = [
        graph["9"]["inputs"]["filename_prefix"]
        for node in studio.fleet.nodes.values()
        for graph in node.graphs.values()
    ]
    assert re.fullmatch("vibes/[0-9a-f]{16}", prefix)
