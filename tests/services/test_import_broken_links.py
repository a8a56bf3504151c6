"""A broken link stops what needs it and nothing else; what is no workflow at all is told by what one looks like."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.pictures import ramp, saved
from tests.services.test_workflow_import import SHIPPED, export
from tests.unit.import_exports import graph_node, sampled, with_inputs
from vibes.documents.png_texts import with_text
from vibes.domain.errors import HubError, InvalidDocument, InvalidRequest
from vibes.services.library.imports import import_workflow, preview_workflow
from vibes.workflows.importing.preview import Preview


@pytest.fixture
def own(tmp_path: Path) -> Path:
    return tmp_path / "own"


def previewed(own: Path, graph: Any, **given: Any) -> Preview:
    content = graph if isinstance(graph, bytes) else json.dumps(graph).encode()
    return preview_workflow([SHIPPED], own, export(content=content, **given))


def refusal(own: Path, graph: Any, **given: Any) -> HubError:
    with pytest.raises(HubError) as caught:
        previewed(own, graph, **given)
    return caught.value


@pytest.mark.parametrize(
    ("link", "told"),
    [(["99", 0], "graph node '99', which is not there"), (["8"], "what is no graph node"), (["8", -1], "no output")],
)
def test_an_output_that_a_broken_link_stops_is_left_out_and_the_rest_is_imported(
    own: Path, link: list[Any], told: str
) -> None:
    blurred = graph_node("ImageBlur", image=link, blur_radius=3)
    graph = {**sampled(), "20": blurred, "21": graph_node("PreviewImage", images=["20", 0])}
    found = previewed(own, graph)
    assert found.wiring.graph == sampled()
    [note] = [each for each in found.draft.notes if "left out" in each]
    assert note.startswith("input 'image' of graph node 20 (ImageBlur) is linked to ")
    assert told in note
    assert note.endswith("cannot run: graph node 20 (ImageBlur), graph node 21 (PreviewImage)")
    import_workflow([SHIPPED], own, export(content=json.dumps(graph).encode()))
    assert json.loads((own / "workflows" / "mine.json").read_text()) == sampled()


def test_where_nothing_would_be_left_the_link_is_named_with_its_place(own: Path) -> None:
    error = refusal(own, with_inputs(sampled(), "7", clip=["4"]))
    assert isinstance(error, InvalidDocument)
    assert "input 'clip' of graph node '7' must be a constant or a link" in error.message


def test_an_id_that_is_written_as_a_number_is_mended(own: Path) -> None:
    found = previewed(own, with_inputs(sampled(), "3", positive=[6, 0]))
    assert found.wiring.graph == sampled()
    assert "input 'positive' of graph node 3 (KSampler) was written with a number for an id" in found.draft.notes


def test_an_input_that_its_class_can_do_without_is_left_out(own: Path) -> None:
    applied = graph_node(
        "ControlNetApplyAdvanced",
        positive=["6", 0],
        negative=["7", 0],
        control_net=["42", 0],
        image=["40", 0],
        strength=1,
        vae=["99", 2],
    )
    loaded = graph_node("ControlNetLoader", control_net_name="c.safetensors")
    graph = sampled(n40=graph_node("LoadImage", image="a.png"), n42=loaded, n43=applied)
    found = previewed(own, with_inputs(graph, "3", positive=["43", 0], negative=["43", 1]))
    assert "vae" not in found.wiring.graph["43"]["inputs"]
    assert any("and was left out: it can do without" in each for each in found.draft.notes)


@pytest.mark.parametrize("content", [b"[]", b'[{"3": {"class_type": "KSampler", "inputs": {}}}]', b"[1, 2]"])
def test_a_list_is_told_what_a_workflow_looks_like(own: Path, content: bytes) -> None:
    error = refusal(own, content)
    assert isinstance(error, InvalidRequest)
    assert error.message.startswith('My Export.json holds a list, and a workflow is one object: {"3": {"class_type"')
    assert '{"nodes": […], "links": […]} as Save does' in error.message


def test_a_picture_with_settings_alone_is_sent_to_what_reads_them(own: Path) -> None:
    told = with_text(saved(ramp()), "parameters", "a boat\nSteps: 20, Sampler: Euler a, CFG scale: 7, Seed: 1")
    assert "no workflow but settings" in refusal(own, told).message
    for content in (told, saved(ramp())):
        assert "vibes recipe" in refusal(own, content).message


@pytest.mark.parametrize("place", ["6.text", None])
@pytest.mark.parametrize(("name", "meant"), [("promt", "prompt"), ("stepz", "steps")])
def test_a_parameter_that_there_is_not_is_refused(own: Path, name: str, meant: str, place: str | None) -> None:
    error = refusal(own, sampled(), bindings={name: place})
    assert error.code == "invalid_bindings"
    assert error.message.startswith(f"there is no parameter '{name}'; did you mean {meant}")


def test_a_further_parameter_of_a_kind_has_a_number(own: Path) -> None:
    found = previewed(own, sampled(), bindings={"prompt_2": "7.text"}).draft.found
    assert {each.parameter: each.bind for each in found}["prompt_2"] == "7.inputs.text"
