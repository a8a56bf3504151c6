"""Manifests: both spellings, and for every kind of mistake a file, a line, a column and a hint."""

from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.workflow_sources import SMALL_BASE, SMALL_TEMPLATE, library_of, shipped_sources
from vibes.domain.pictures.spec import Operation
from vibes.workflows.definition.manifest import ParameterKind
from vibes.workflows.filling.parameters import workflow_defaults
from vibes.workflows.library.library import Library, build_library

SEED_LIST = """
templates:
  - name: sd15_txt2img
    description: quick drafts
    model_families: [sd15]
    supports_img2img: false
    default_params: {steps: 10, cfg_scale: 7.0, sampler: euler, scheduler: normal, width: 512, height: 512}
  - name: sdxl_txt2img
    description: takes LoRAs
    model_families: [sdxl, pony, illustrious]
    supports_img2img: false
    supports_lora: true
    max_loras: 2
    default_params: {steps: 25, cfg_scale: 7.0}
  - name: upscale_esrgan
    description: enlarges
    model_families: [any]
    supports_img2img: true
    default_params: {upscale_model: "4x-UltraSharp.pth"}
  - name: flux_txt2img
    description: flux
    model_families: [flux]
    supports_img2img: false
    default_params: {steps: 20, cfg_scale: 1.0, sampler: euler, scheduler: simple}
"""

SEED_MAPPING = """
my_new_workflow:
  workflow_file: "sd15_txt2img.json"
  description: portraits
  parameters: [prompt, negative_prompt, checkpoint, seed, steps, cfg_scale, width, height, sampler, scheduler,
    denoise_strength, lora]
  overrides:
    negative_prompt:
      required: true
    steps: {max: 12, default: 12}
"""


SEED_FILES = ["manifests/base.yaml"]
SEED_FILES += [f"workflows/{name}.json" for name in ("sd15_txt2img", "sdxl_txt2img", "flux_txt2img", "upscale_esrgan")]


def shipped_with(manifest: str) -> Library:
    files = {file: shipped_sources()[file] for file in SEED_FILES}
    return build_library({**files, "manifests/workflows.yaml": manifest})


def test_a_list_of_templates_is_read_with_the_words_of_that_spelling() -> None:
    library = shipped_with(SEED_LIST)
    assert library.problems == ()
    sd15, sdxl = library.get("sd15_txt2img"), library.get("sdxl_txt2img")
    assert workflow_defaults(sd15, "sd15")["steps"] == 10
    assert (sd15.file, sd15.supports_lora, sd15.operation) == (
        "workflows/sd15_txt2img.json",
        False,
        Operation.TXT2IMG,
    )
    assert (sdxl.families, sdxl.max_loras) == (frozenset({"sdxl", "pony", "illustrious"}), 2)
    assert library.get("upscale_esrgan").operation is Operation.UPSCALE
    assert library.get("upscale_esrgan").needs_image


def test_a_mapping_of_workflows_is_read_with_the_words_of_that_spelling() -> None:
    library = shipped_with(SEED_MAPPING)
    workflow = library.get("my_new_workflow")
    assert workflow.file == "workflows/sd15_txt2img.json"
    assert workflow.families == {"any"}
    assert workflow.operation is Operation.TXT2IMG
    assert workflow.parameters["negative_prompt"].required
    assert workflow.parameters["negative_prompt"].default is None
    assert (workflow.parameters["steps"].default, workflow.parameters["steps"].maximum) == (12, 12)
    assert workflow.supports_lora
    assert "lora" not in workflow.parameters


def test_without_a_list_the_placeholders_are_the_parameters_in_the_order_of_the_base_file() -> None:
    workflow = library_of("small: {}").get("small")
    assert list(workflow.parameters) == ["prompt", "seed", "steps"]
    assert workflow.parameters["seed"].kind is ParameterKind.SEED


def test_defaults_of_the_workflow_win_over_overrides_and_those_over_the_base_file() -> None:
    workflow = library_of("""
        small:
          overrides:
            steps: {default: 5}
            seed: {default: 3}
          default_params: {steps: 6, prompt: calm}
    """).get("small")
    assert workflow_defaults(workflow, "any") == {"steps": 6, "seed": 3, "prompt": "calm"}
    assert not workflow.parameters["prompt"].required


def test_a_placeholder_without_any_default_makes_its_parameter_required() -> None:
    base = """
        prompt: {type: string}
        seed: {type: seed, random: false}
        steps: {type: integer}
    """
    manifest = """
        small:
          families: [sd15, sdxl]
          family_defaults:
            sd15: {steps: 10, prompt: a}
            sdxl: {steps: 25}
    """
    workflow = library_of(manifest, base).get("small")
    assert {name: each.required for name, each in workflow.parameters.items()} == {
        "prompt": True,
        "seed": True,
        "steps": False,
    }


def test_outputs_and_operation_are_taken_as_the_manifest_says() -> None:
    workflow = library_of("small: {operation: hires_fix, outputs: ['2']}").get("small")
    assert (workflow.operation, workflow.outputs) == (Operation.HIRES_FIX, ("2",))


@pytest.mark.parametrize(
    ("manifest", "problem"),
    [
        ("small:\n  familys: [sdxl]", "2:3: unknown key 'familys'; did you mean families"),
        ("small:\n  file: smal.json", "2:3: there is no template workflows/smal.json; did you mean small.json?"),
        ("smal: {}", "1:1: there is no template workflows/smal.json; did you mean small.json?"),
        ("small:\n  file: [x]", "2:3: file must be text, not ['x']"),
        ("small:\n  families: sdxl", "2:3: families must be a list of names"),
        ("small:\n  families: []", "2:3: families is empty"),
        ("small:\n  operation: txtimg", "2:3: unknown operation 'txtimg'; did you mean txt2img"),
        ("small:\n  parameters: prompt", "2:3: parameters must be a list of names"),
        ("small:\n  parameters: [prompt, seed, stesp]", "2:30: unknown parameter 'stesp'; did you mean steps?"),
        ("small:\n  parameters: [prompt, seed, steps, image]", "2:37: 'image' is bound nowhere: put \"{{image}}\""),
        ("small:\n  overrides:\n    prmpt: {default: x}", "3:5: unknown parameter 'prmpt'; did you mean prompt?"),
        ("small:\n  overrides: [steps]", "2:3: must be a mapping of names to values, not ['steps']"),
        ("small:\n  overrides:\n    steps: {maxx: 3}", "3:13: unknown key 'maxx'; did you mean max"),
        ("small:\n  overrides:\n    steps: {max: many}", "3:13: max must be a number, not 'many'"),
        ("small:\n  overrides:\n    steps: {min: 90, max: 9}", "3:13: min 90 is above max 9"),
        (
            "small:\n  overrides:\n    steps: {max: 9}",
            "3:5: the default is wrong: steps must be between 1 and 9, not 20",
        ),
        ("small:\n  overrides:\n    steps: {step: 0}", "3:13: step must be above 0, not 0"),
        ("small:\n  overrides:\n    steps: {required: maybe}", "3:13: required must be true or false, not 'maybe'"),
        (
            "small:\n  overrides:\n    steps: {required: true, default: 3}",
            "3:29: a required parameter has no default: leave one of the two out",
        ),
        ("small:\n  overrides:\n    steps: {random: true}", "3:13: only a parameter of type seed can be random"),
        ("small:\n  overrides:\n    steps: {type: integr}", "3:13: unknown type 'integr'; did you mean integer"),
        ("small:\n  overrides:\n    steps: {type: choice}", "3:13: a parameter of type choice needs choices"),
        ("small:\n  overrides:\n    steps: {choices: []}", "3:13: choices must be a list of texts or numbers"),
        (
            "small:\n  overrides:\n    steps: {bind: 2.steps}",
            '3:13: bind must name graph-node inputs, such as "4.inputs',
        ),
        ("small:\n  overrides:\n    steps: {bind: 9.inputs.steps}", "3:13: workflows/small.json has no graph node '9'"),
        (
            "small:\n  overrides:\n    steps: {bind: 2.inputs.step}",
            "3:13: graph node '2' has no input 'step'; did you mean steps",
        ),
        (
            "small:\n  overrides:\n    steps: {bind: 2.inputs.positive}",
            "3:13: input 'positive' of graph node '2' is linked",
        ),
        ("small:\n  default_params:\n    step: 3", "3:5: unknown parameter 'step'; did you mean steps"),
        ("small:\n  default_params:\n    steps: 0", "3:5: steps must be between 1 and 150, not 0"),
        ("small:\n  default_params: 3", "2:3: must be a mapping of names to values, not 3"),
        (
            "small:\n  families: [sdxl]\n  family_defaults:\n    sdlx: {steps: 3}",
            "4:5: 'sdlx' is not among the families; did you mean sdxl?",
        ),
        ("small:\n  family_defaults:\n    sdxl: {stps: 3}", "3:12: unknown parameter 'stps'; did you mean steps?"),
        ("small:\n  family_defaults:\n    sdxl: {steps: x}", "3:12: steps must be a whole number between 1 and 150"),
        ("small:\n  supports_lora: yes please", "2:3: supports_lora must be true or false, not 'yes please'"),
        ("small:\n  max_loras: 2", "2:3: max_loras is 2, but supports_lora is false"),
        ("small:\n  supports_lora: true\n  max_loras: 0", "3:3: max_loras is 0, but supports_lora is true"),
        ("small:\n  supports_lora: true\n  max_loras: 1.5", "3:3: max_loras must be a whole number from 0 up, not 1.5"),
        ("small:\n  outputs: [7]", "2:3: outputs must be a list of names"),
        ("small:\n  outputs: ['7']", "2:13: workflows/small.json has no graph node '7'"),
        ("small:\n  supports_img2img: true", "2:3: supports_img2img needs an image: put {{image}} into"),
        ("small/../x:\n  file: small.json", "1:1: a workflow's name is made of letters, digits and _ . -"),
        ("small: 5", "1:1: must be a mapping of names to values, not 5"),
        ("1: {file: small.json}", "1:1: the key 1 must be text: quote it"),
        ("templates:\n  - description: nameless", "2:5: a template needs a name"),
        ("templates:\n  - name: small\n  - name: small", "3:5: workflow 'small' is already defined in manifests/"),
        ("templates: []\nsmall: {}", "2:1: unknown key 'small'; known: templates"),
        ("small: {}\nsmall: {}", "2:1: the key 'small' is given twice"),
    ],
)
def test_a_mistake_in_a_manifest_is_told_once_with_file_line_column_and_hint(manifest: str, problem: str) -> None:
    told = [str(each) for each in library_of(manifest).problems if each.file.startswith("manifests/")]
    assert len(told) == 1
    assert told[0].startswith(f"manifests/workflows.yaml:{problem}")


@pytest.mark.parametrize(
    ("base", "problem"),
    [
        ("prompt: {typ: string}", "1:10: unknown key 'typ'; did you mean type"),
        ("prompt: string", "1:1: must be a mapping of names to values, not 'string'"),
        ("prompt: {type: text}", "1:10: unknown type 'text'"),
        ("prompt: {default: x}", "1:1: a parameter needs a type: one of string, integer"),
        ("steps: {type: integer, default: many}", "1:24: the default is wrong: steps must be a whole number"),
        ("seed: {type: seed, default: -1}", "1:20: the default is wrong: seed must be between 0 and"),
        ("steps: {type: float, max: .inf}", "1:22: max must be a number, not inf"),
    ],
)
def test_a_mistake_in_the_base_file_is_told_with_its_place(base: str, problem: str) -> None:
    told = [str(each) for each in build_library({"manifests/base.yaml": base}).problems]
    assert any(each.startswith(f"manifests/base.yaml:{problem}") for each in told), told


def test_a_workflow_that_uses_a_broken_parameter_says_so_at_its_own_line() -> None:
    base = "prompt: {type: string}\nseed: {type: seed}\nsteps: {type: nonsense}"
    [_, second] = library_of("small:\n  parameters: [prompt, seed, steps]", base).problems
    assert str(second) == "manifests/workflows.yaml:2:30: parameter 'steps' is defined wrongly in base.yaml"


def test_an_unknown_placeholder_is_told_at_its_place_in_the_template() -> None:
    template = SMALL_TEMPLATE.replace("{{steps}}", "{{stepz}}")
    [problem] = library_of("small: {}", small=template).problems
    assert (problem.file, problem.line) == ("workflows/small.json", 3)
    assert problem.message == "unknown parameter 'stepz'; did you mean steps?"


def test_a_placeholder_that_the_list_of_parameters_leaves_out_is_told_at_its_place() -> None:
    [problem] = library_of("small: {parameters: [prompt, seed]}").problems
    assert (problem.file, problem.line) == ("workflows/small.json", 3)
    assert problem.message.startswith("{{steps}} is not among the workflow's parameters")


FILES = ("manifests/base.yaml", "manifests/workflows.yaml", "workflows/small.json")

_KEYS = ["small", "templates", "name", "file", "families", "parameters", "overrides", "default_params", "steps", "bind"]
_KEYS += ["family_defaults", "outputs", "max_loras", "supports_lora", "type", "default", "min", "choices", "random"]
_leaves = st.sampled_from(["small", "small.json", "steps", "2.inputs.steps", "", "sdxl"]) | st.none() | st.booleans()
_anything = st.recursive(
    _leaves | st.integers() | st.floats(),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(_KEYS) | st.integers(), inner, max_size=4)
    ),
    max_leaves=12,
)


@settings(max_examples=40, deadline=None)
@given(manifest=_anything, entry=st.dictionaries(st.sampled_from(_KEYS), _anything), base=_anything)
def test_whatever_a_manifest_holds_it_is_read_or_refused_with_a_place(manifest: Any, entry: Any, base: Any) -> None:
    for workflows in (manifest, {"small": entry}):
        for parameters in (SMALL_BASE, yaml.safe_dump(base)):
            library = library_of(yaml.safe_dump(workflows), parameters)
            assert library.workflows or library.problems
            assert {problem.file for problem in library.problems} <= set(FILES)
