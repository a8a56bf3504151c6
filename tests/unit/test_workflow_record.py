"""A workflow kept as text comes back as it was, and equal ones are kept once."""

import json
from dataclasses import replace

import pytest

from tests.unit.workflow_sources import library_of, shipped_library, spec_for
from vibes.domain.errors import InvalidRequest
from vibes.domain.ids import WorkflowVersionId
from vibes.domain.pictures.spec import LoraSpec
from vibes.domain.workflow_version import WorkflowVersion
from vibes.workflows.definition.manifest import Parameter, ParameterKind, Workflow
from vibes.workflows.definition.workflow_record import version_of, workflow_of
from vibes.workflows.filling.compile import compile_graph

NAMES = list(shipped_library().workflows)


def without_what_people_see(workflow: Workflow) -> Workflow:
    parameters = {name: replace(each, description="", advanced=False) for name, each in workflow.parameters.items()}
    return replace(workflow, description="", file="", parameters=parameters)


@pytest.mark.parametrize("name", NAMES)
def test_every_shipped_workflow_comes_back_but_for_what_people_see(name: str) -> None:
    workflow = shipped_library().get(name)
    again = workflow_of(version_of(workflow))
    assert again == without_what_people_see(workflow)
    assert list(again.parameters) == list(workflow.parameters)
    assert list(again.template) == list(workflow.template)
    assert version_of(again) == version_of(workflow)


@pytest.mark.parametrize("name", NAMES)
def test_a_workflow_that_came_back_makes_the_same_graphs(name: str) -> None:
    workflow = shipped_library().get(name)
    images = {each.name: "vibes/x.png" for each in workflow.parameters.values() if each.kind.is_picture}
    loras = (LoraSpec("a.safetensors", 0.5, 0.25),) if workflow.supports_lora else ()
    for family in workflow.families:
        given = {"prompt": "a {{cat}} 猫"} if "prompt" in workflow.parameters else {}
        spec = spec_for(workflow, family, loras=loras, **given)
        assert compile_graph(workflow_of(version_of(workflow)), spec, images) == compile_graph(workflow, spec, images)


def test_true_one_and_one_point_zero_stay_apart() -> None:
    choices = (True, 1, 1.0, "1", 2**64 - 1, 0.1)
    parameter = Parameter(name="x", kind=ParameterKind.CHOICE, choices=choices, default=1.0, minimum=0, maximum=1.0)
    workflow = replace(shipped_library().get("upscale_esrgan"), parameters={"x": parameter})
    again = workflow_of(version_of(workflow)).parameters["x"]
    assert [(type(each), each) for each in again.choices] == [(type(each), each) for each in choices]
    assert (type(again.default), type(again.minimum), type(again.maximum)) == (float, int, float)


def test_texts_for_people_and_the_folder_change_no_version_but_a_default_does() -> None:
    workflow = library_of("small: {}").get("small")
    moved = replace(workflow, description="words", file="/elsewhere/small.json")
    assert version_of(moved) == version_of(workflow)
    folded = {name: replace(each, advanced=not each.advanced) for name, each in workflow.parameters.items()}
    assert version_of(replace(workflow, parameters=folded)) == version_of(workflow)
    other = library_of("small: {default_params: {steps: 21}}").get("small")
    assert version_of(other).id != version_of(workflow).id


def test_the_order_of_a_set_does_not_matter() -> None:
    families = ["qwen-image", "z-image", "sdxl", "pony", "illustrious", "sd15", "flux"]
    workflow = replace(library_of("small: {}").get("small"), families=frozenset(families))
    assert json.loads(version_of(workflow).document)["families"] == sorted(families)


@pytest.mark.parametrize("document", ["{}", "[]", '{"name": 3}'])
def test_a_version_of_a_release_that_wrote_it_differently_is_refused_with_advice(document: str) -> None:
    with pytest.raises(InvalidRequest, match="kept by another release and cannot be read"):
        workflow_of(WorkflowVersion(WorkflowVersionId("0" * 64), document))
