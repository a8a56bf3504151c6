"""Binding: typed values into the parsed tree, once, and nothing else ever changes."""

from copy import deepcopy
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings

from tests.unit.hostile_texts import hostile_texts
from tests.unit.workflow_sources import library_of, shipped_library, spec_for
from vibes.domain.errors import InvalidRequest
from vibes.domain.pictures.spec import LoraSpec
from vibes.workflows.definition.manifest import Workflow
from vibes.workflows.filling.compile import compile_graph
from vibes.workflows.filling.parameters import resolve

INTERPOLATING = """{
  "1": {
    "class_type": "Encode",
    "inputs": {"text": "best, {{prompt}} ({{steps}} steps)", "options": {"again": "{{prompt}}"}}
  },
  "2": {"class_type": "KSampler", "inputs": {"positive": ["1", 0], "seed": {{seed}}, "steps": {{ steps }}, "on": false}}
}"""


def interpolating() -> Workflow:
    return library_of("small: {description: interpolates}", small=INTERPOLATING).get("small")


@settings(max_examples=100, deadline=None)
@given(prompt=hostile_texts)
def test_inside_longer_text_a_value_is_inserted_as_it_is_and_never_expanded_again(prompt: str) -> None:
    workflow = interpolating()
    graph = compile_graph(workflow, replace(spec_for(workflow, prompt="calm"), prompt=prompt))
    assert graph["1"]["inputs"] == {"text": f"best, {prompt} (20 steps)", "options": {"again": prompt}}


def test_a_value_that_is_exactly_one_placeholder_keeps_its_type() -> None:
    graph = compile_graph(interpolating(), spec_for(interpolating(), prompt="calm", steps=5, seed=2**64 - 1))
    assert graph["2"]["inputs"] == {"positive": ["1", 0], "seed": 2**64 - 1, "steps": 5, "on": False}


@pytest.mark.parametrize("name", list(shipped_library().workflows))
def test_neither_the_workflow_nor_the_spec_is_changed_and_nothing_is_shared_with_the_template(name: str) -> None:
    workflow = shipped_library().get(name)
    given_values: dict[str, Any] = {"prompt": "calm"} if "prompt" in workflow.parameters else {}
    given_values |= {each.name: False for each in workflow.parameters.values() if each.bypass}
    loras = (LoraSpec("ink.safetensors"),) if workflow.supports_lora else ()
    spec = spec_for(workflow, **given_values, loras=loras)
    pictures = {"image": "in.png", "mask": "mask.png"}
    before = deepcopy((workflow, spec))
    first = compile_graph(workflow, spec, pictures)
    for graph_node in first.values():
        for value in graph_node["inputs"].values():
            if isinstance(value, list):
                value[0] = "elsewhere"
        graph_node["inputs"].clear()
    assert (workflow, spec) == before
    assert compile_graph(workflow, spec, pictures) == compile_graph(*before, pictures)


def test_an_untouched_export_is_filled_by_the_names_of_its_inputs() -> None:
    export = """{
      "3": {"class_type": "KSampler", "inputs": {"positive": ["6", 0], "seed": 11, "steps": 30}},
      "6": {"class_type": "CLIPTextEncode", "inputs": {"text": "from the export"}},
      "9": {"class_type": "KSampler", "inputs": {"positive": ["6", 0], "seed": 12, "steps": 30}}
    }"""
    workflow = library_of(
        """
        export:
          description: as ComfyUI wrote it
          overrides:
            prompt: {bind: 6.inputs.text}
            seed: {bind: [3.inputs.seed, 9.inputs.seed]}
            steps: {bind: "3.inputs.steps, 9.inputs.steps"}
        """,
        export=export,
    ).get("export")
    graph = compile_graph(workflow, spec_for(workflow, prompt="mine {{steps}}", seed=5, steps=8))
    assert graph["6"]["inputs"]["text"] == "mine {{steps}}"
    assert [graph[each]["inputs"]["seed"] for each in "39"] == [5, 5]
    assert [graph[each]["inputs"]["steps"] for each in "39"] == [8, 8]


def test_an_input_bound_by_name_keeps_the_exports_value_where_nobody_gives_one() -> None:
    export = """{"3": {"class_type": "KSampler", "inputs": {"steps": 30, "seed": 1, "text": "x"}}}"""
    base = """
        prompt: {type: string}
        steps: {type: integer}
    """
    manifest = """
        export:
          description: as ComfyUI wrote it
          overrides: {steps: {bind: 3.inputs.steps}}
    """
    workflow = library_of(manifest, base, export=export).get("export")
    assert resolve(workflow, "any", {}) == {}
    assert compile_graph(workflow, spec_for(workflow))["3"]["inputs"]["steps"] == 30


def test_every_saved_file_is_named_by_the_hub_whatever_the_template_says() -> None:
    template = """{
      "1": {"class_type": "SaveImage", "inputs": {"filename_prefix": "../../{{prompt}}"}},
      "2": {"class_type": "SaveAnimatedWEBP", "inputs": {"filename_prefix": "x"}},
      "3": {"class_type": "SaveImage", "inputs": {}},
      "4": {"class_type": "PreviewImage", "inputs": {}}
    }"""
    workflow = library_of("small: {description: saves}", small=template).get("small")
    graph = compile_graph(workflow, spec_for(workflow, prompt="/etc/passwd"))
    prefixes = [graph[each]["inputs"].get("filename_prefix") for each in "1234"]
    assert prefixes == ["vibes/image", "vibes/image", "vibes/image", None]


def test_a_picture_is_bound_by_the_name_of_its_upload() -> None:
    workflow = shipped_library().get("upscale_esrgan")
    graph = compile_graph(workflow, spec_for(workflow), {"image": "vibes/ab12.png"})
    assert graph["1"]["inputs"] == {"image": "vibes/ab12.png"}


def test_a_missing_picture_is_named_instead_of_sent_as_a_placeholder() -> None:
    workflow = shipped_library().get("upscale_esrgan")
    with pytest.raises(InvalidRequest, match="upscale_esrgan lacks a value for image") as caught:
        compile_graph(workflow, spec_for(workflow))
    assert caught.value.code == "invalid_parameters"
    assert [problem.field for problem in caught.value.problems] == ["image"]


def test_values_a_spec_lacks_come_from_the_workflow_and_its_family() -> None:
    workflow = shipped_library().get("sdxl_txt2img")
    full = spec_for(workflow, "pony", prompt="calm")
    bare = replace(full, checkpoint=None, steps=None, width=None, parameters={})
    assert compile_graph(workflow, bare) == compile_graph(workflow, full)


def test_loras_on_a_workflow_that_takes_none_are_refused_and_not_dropped() -> None:
    workflow = shipped_library().get("sdxl_txt2img")
    spec = spec_for(workflow, "sdxl", prompt="calm", loras=(LoraSpec("ink.safetensors"),))
    with pytest.raises(InvalidRequest, match="sdxl_txt2img takes no LoRAs"):
        compile_graph(workflow, spec)
