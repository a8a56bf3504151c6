"""An import is looked at, corrected and tried before it is kept: as JSON, and as a file of any kind."""

import json
from typing import Any

import pytest

from tests.api.conftest import Studio
from tests.api.test_workflow_routes import EXPORT
from tests.pictures import ramp, saved
from tests.unit.import_exports import graph_node, sampled, with_inputs
from vibes.documents.png_texts import with_text

PREVIEW, TEST, IMPORT = (f"/api/workflows/import{step}" for step in ("/preview", "/test", ""))
OPEN = with_inputs(
    {**EXPORT, "50": graph_node("Hub", a=["6", 0], b=["7", 0])}, "3", positive=["50", 0], negative=["50", 1]
)


async def workflow_names(studio: Studio) -> set[str]:
    return {each["id"] for each in (await studio.http.get("/api/workflows")).json()["workflows"]}


async def test_a_preview_tells_what_was_found_and_why_and_writes_nothing(studio: Studio) -> None:
    before = await workflow_names(studio)
    answer = await studio.http.post(PREVIEW, json={"name": "mine", "graph": EXPORT})
    assert answer.status_code == 200, answer.text
    seen = answer.json()
    assert (seen["format"], seen["operation"], seen["family"], seen["missing_classes"]) == (
        "api",
        "txt2img",
        "sd15",
        [],
    )
    [prompt] = [each for each in seen["findings"] if each["parameter"] == "prompt"]
    assert (prompt["graph_node_id"], prompt["input"], prompt["value"]) == ("6", "text", EXPORT["6"]["inputs"]["text"])
    assert prompt["why"] == "graph node 3 (KSampler) takes it as positive text"
    assert seen["draft"]["overrides"]["seed"]["bind"] == "3.inputs.seed"
    assert ["3", "8", "LATENT"] in seen["drawing"]["links"]
    assert seen["public"] == [], "nothing in an API export says what its author chose"
    assert {each["id"] for each in seen["drawing"]["nodes"]} == set(EXPORT)
    assert seen["graph"] == EXPORT
    assert await workflow_names(studio) == before


@pytest.mark.parametrize("place", [EXPORT["6"]["inputs"]["text"], "euler", "KSampler", "steps"])
async def test_half_of_a_surrogate_pair_in_a_file_breaks_no_answer(studio: Studio, place: str) -> None:
    content = json.dumps(EXPORT).replace(json.dumps(place), '"\\ud800"')
    assert "ud800" in content
    for path, status in ((PREVIEW, 200), (IMPORT, 201)):
        answer = await studio.http.post(path, data={"name": "mine"}, files={"file": ("a.json", content.encode())})
        assert answer.status_code == status, answer.text
    assert (await studio.http.get("/api/workflows")).status_code == 200


@pytest.mark.parametrize("form", [False, True])
async def test_classes_of_an_export_that_no_machine_has_are_named(studio: Studio, form: bool) -> None:
    if form:
        picture = with_text(saved(ramp("RGB")), "prompt", json.dumps(OPEN))
        answer = await studio.http.post(PREVIEW, data={"name": "mine"}, files={"file": ("a.png", picture)})
    else:
        answer = await studio.http.post(PREVIEW, json={"name": "mine", "graph": OPEN})
    seen = answer.json()
    assert seen["missing_classes"] == ["Hub"]
    assert "no machine that was asked has the graph-node class Hub" in seen["notes"]


async def test_what_stays_open_is_corrected_by_naming_an_input(studio: Studio) -> None:
    seen = (await studio.http.post(PREVIEW, json={"name": "mine", "graph": OPEN})).json()
    [unsure] = seen["unsure"]
    assert unsure["say"] in seen["notes"]
    assert [each["graph_node_id"] for each in unsure["candidates"]] == ["6", "7"]
    body = {"name": "mine", "graph": OPEN, "bindings": {"prompt": "6.text", "checkpoint": None}}
    corrected = (await studio.http.post(PREVIEW, json=body)).json()
    assert corrected["unsure"] == []
    assert not any("prompt was not found" in note for note in corrected["notes"])
    assert corrected["draft"]["overrides"]["prompt"]["bind"] == "6.inputs.text"
    assert "checkpoint" not in corrected["draft"]["parameters"]
    kept = await studio.http.post(IMPORT, json=body)
    assert kept.status_code == 201, kept.text
    parameters = kept.json()["workflow"]["parameters"]
    assert "prompt" in json.dumps(parameters)


@pytest.mark.parametrize(
    ("bindings", "says"),
    [
        ({"prompt": "66.text"}, "there is no graph node"),
        ({"prompt": "6.txt"}, "has no input 'txt'; did you mean text"),
        ({"prompt": "6.clip"}, "comes from graph node 4"),
        ({"steps": "6.text"}, "stands where a number must be"),
        ({"A b": "6.text"}, "is no name of a parameter"),
        ({"prompt": "6.text", "negative_prompt": "7.text, 6.text"}, "prompt sets 6.inputs.text already"),
        ({"count": "3.steps"}, "count means something else in a request: choose another name, such as count_2"),
    ],
)
async def test_a_correction_that_cannot_be_says_why(studio: Studio, bindings: dict[str, Any], says: str) -> None:
    refused = await studio.http.post(PREVIEW, json={"name": "mine", "graph": EXPORT, "bindings": bindings})
    assert refused.status_code == 422
    assert says in refused.text


async def test_an_input_that_is_given_to_another_parameter_leaves_its_own(studio: Studio) -> None:
    body = {"name": "mine", "graph": EXPORT, "bindings": {"prompt": "7.text"}}
    seen = (await studio.http.post(PREVIEW, json=body)).json()
    texts = {each["parameter"]: each["graph_node_id"] for each in seen["findings"] if each["input"] == "text"}
    assert texts == {"prompt": "7"}


async def test_a_picture_and_a_file_come_as_a_form(studio: Studio) -> None:
    picture = with_text(saved(ramp()), "prompt", json.dumps(EXPORT))
    fields = {"name": "of_picture", "bindings": json.dumps({"negative_prompt": None})}
    answer = await studio.http.post(PREVIEW, files={"file": ("cat.png", picture, "image/png")}, data=fields)
    assert answer.status_code == 200, answer.text
    assert answer.json()["format"] == "picture"
    assert "negative_prompt" not in answer.json()["draft"]["overrides"]
    text = json.dumps({"prompt": EXPORT, "client_id": "x"}).encode()
    kept = await studio.http.post(IMPORT, files={"file": ("mine.json", text)}, data={"name": "of_file"})
    assert kept.status_code == 201, kept.text
    assert kept.json()["workflow"]["id"] == "of_file"
    for files in ({"other": b""}, {"file": ("a.png", saved(ramp()))}, {"file": b"{"}):
        refused = await studio.http.post(PREVIEW, files=files, data={"name": "x"})
        assert refused.status_code == 422, refused.text
    written = await studio.http.post(
        PREVIEW, files={"file": ("mine.json", text)}, data={"name": "x", "bindings": "prompt=6.text"}
    )
    assert written.json()["code"] == "invalid_bindings"
    assert 'a JSON object, such as {"prompt": "6.text"}' in written.json()["detail"]


async def test_one_picture_is_tried_without_keeping_the_workflow(studio: Studio) -> None:
    before = await workflow_names(studio)
    answer = await studio.http.post(TEST, json={"name": "mine", "graph": EXPORT})
    assert answer.status_code == 202, answer.text
    queued = (await studio.http.get(f"/api/generations/{answer.json()['generation_id']}")).json()
    assert queued["id"] == answer.json()["generation_id"]
    assert await workflow_names(studio) == before


async def test_a_trial_has_no_picture_to_start_from_and_says_so(studio: Studio) -> None:
    graph = {
        **EXPORT,
        "30": graph_node("LoadImage", image="cat.png"),
        "31": graph_node("VAEEncode", pixels=["30", 0], vae=["4", 2]),
    }
    refused = await studio.http.post(
        TEST, json={"name": "mine", "graph": with_inputs(graph, "3", latent_image=["31", 0])}
    )
    assert refused.status_code == 422
    assert refused.json()["detail"].startswith("it starts from a picture, and a test has none: keep it, then")


async def test_a_trial_that_no_machine_can_draw_is_refused(studio: Studio) -> None:
    graph = {**sampled(), "3": {**sampled()["3"], "class_type": "NobodyHasThisSampler"}}
    refused = await studio.http.post(TEST, json={"name": "mine", "graph": graph})
    assert refused.status_code in {409, 422}
    assert "lacks graph node NobodyHasThisSampler" in refused.text


async def test_a_list_is_told_what_a_workflow_looks_like(studio: Studio) -> None:
    refused = await studio.http.post(PREVIEW, json={"name": "mine", "graph": [EXPORT]})
    assert refused.status_code == 422
    assert 'graph holds a list, and a workflow is one object: {"3": {"class_type"' in refused.json()["detail"]


async def test_a_parameter_that_there_is_not_is_named_with_what_may_be_meant(studio: Studio) -> None:
    for path in (PREVIEW, IMPORT):
        refused = await studio.http.post(path, json={"name": "x", "graph": EXPORT, "bindings": {"promt": "6.text"}})
        assert refused.status_code == 422
        assert refused.json()["code"] == "invalid_bindings"
        assert "there is no parameter 'promt'; did you mean prompt" in refused.json()["detail"]
