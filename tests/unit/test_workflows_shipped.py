"""The workflows that ship: what they offer, and that a stock ComfyUI of either age would run their graphs."""

import json

import pytest

from tests.unit.golden_graphs import FOLDER, as_text, golden_graphs
from tests.unit.graph_validation import graph_problems
from tests.unit.workflow_sources import comfyui_graphs, object_info, shipped_library, shipped_sources
from vibes.domain.spec import Operation
from vibes.workflows.parameters import workflow_defaults

VERSIONS = ("v0.3.64", "v0.33.0")


def test_every_shipped_file_is_sound() -> None:
    assert shipped_library().problems == ()
    assert list(shipped_library().workflows) == [
        "sd15_txt2img",
        "sdxl_txt2img",
        "sdxl_with_lora",
        "flux_txt2img",
        "upscale_esrgan",
    ]


def test_shipped_templates_are_plain_json_that_any_editor_understands() -> None:
    for file, text in shipped_sources().items():
        if file.endswith(".json"):
            assert json.loads(text)


def test_every_family_can_be_drafted_with_and_without_loras() -> None:
    library = shipped_library()
    assert library.families() == ("flux", "illustrious", "pony", "sd15", "sdxl")
    chosen = {
        (family, loras): library.select(family, Operation.TXT2IMG, loras=loras).name
        for family in library.families()
        for loras in (0, 3)
    }
    assert chosen == {
        ("flux", 0): "flux_txt2img",
        ("flux", 3): "flux_txt2img",
        ("illustrious", 0): "sdxl_txt2img",
        ("illustrious", 3): "sdxl_with_lora",
        ("pony", 0): "sdxl_txt2img",
        ("pony", 3): "sdxl_with_lora",
        ("sd15", 0): "sd15_txt2img",
        ("sd15", 3): "sd15_txt2img",
        ("sdxl", 0): "sdxl_txt2img",
        ("sdxl", 3): "sdxl_with_lora",
    }


def test_any_family_is_upscaled_by_the_same_workflow_which_needs_an_image() -> None:
    library = shipped_library()
    for family in (*library.families(), "any"):
        assert library.select(family, Operation.UPSCALE, loras=0).name == "upscale_esrgan"
    assert library.get("upscale_esrgan").needs_image
    assert not library.get("sdxl_txt2img").needs_image


@pytest.mark.parametrize(
    ("workflow", "family", "expected"),
    [
        ("sd15_txt2img", "sd15", {"width": 512, "steps": 10, "checkpoint": "v1-5-pruned-emaonly.safetensors"}),
        ("sdxl_txt2img", "sdxl", {"width": 1024, "steps": 25, "checkpoint": "sd_xl_base_1.0.safetensors"}),
        ("sdxl_txt2img", "pony", {"cfg_scale": 7.0, "checkpoint": "ponyDiffusionV6XL.safetensors"}),
        ("sdxl_with_lora", "illustrious", {"sampler": "euler", "checkpoint": "Illustrious-XL-v0.1.safetensors"}),
        ("flux_txt2img", "flux", {"cfg_scale": 1.0, "guidance": 3.5, "scheduler": "simple", "steps": 20}),
        ("upscale_esrgan", "any", {"upscale_model": "4x-UltraSharp.pth"}),
    ],
)
def test_defaults_are_what_the_family_wants(workflow: str, family: str, expected: dict[str, object]) -> None:
    defaults = workflow_defaults(shipped_library().get(workflow), family)
    assert {name: defaults[name] for name in expected} == expected


def test_compiled_graphs_are_word_for_word_the_golden_ones() -> None:
    compiled = {f"{name}.json": as_text(graph) for name, graph in golden_graphs().items()}
    pinned = {path.name: path.read_text(encoding="utf-8") for path in FOLDER.glob("*.json")}
    assert compiled == pinned


@pytest.mark.parametrize("version", VERSIONS)
def test_a_stock_comfyui_would_accept_every_compiled_graph(version: str) -> None:
    refused = {name: graph_problems(graph, object_info(version)) for name, graph in golden_graphs().items()}
    assert not {name: problems for name, problems in refused.items() if problems}


def test_suggested_samplers_and_schedulers_are_those_of_the_newest_comfyui() -> None:
    sampling = object_info("v0.33.0")["KSampler"]["input"]["required"]
    parameters = shipped_library().get("sd15_txt2img").parameters
    assert list(parameters["sampler"].choices) == sampling["sampler_name"][0]
    assert list(parameters["scheduler"].choices) == sampling["scheduler"][0]


def test_the_test_suites_own_validator_agrees_with_comfyui_on_its_example_graphs() -> None:
    refused = {
        (version, name)
        for version in VERSIONS
        for name, graph in comfyui_graphs().items()
        if graph_problems(graph, object_info(version))
    }
    assert refused == {("v0.3.64", "flux2_dev")}


def test_the_test_suites_own_validator_sees_every_kind_of_mistake() -> None:
    graph = json.loads(json.dumps(comfyui_graphs()["txt2img_sd15"]))
    graph["3"]["inputs"] |= {"steps": "20", "cfg": 101, "sampler_name": "eulr", "model": ["4", 2], "denoise": True}
    graph["6"]["inputs"] = {"clip": ["4", 3]}
    graph["8"]["inputs"]["vae"] = "ae.safetensors"
    assert sorted(graph_problems(graph, object_info("v0.33.0"))) == [
        "3: cfg is 101, out of range",
        "3: denoise is True, not FLOAT",
        "3: model wants MODEL and gets VAE",
        "3: sampler_name is 'eulr', which is not in the list",
        "3: steps is '20', not INT",
        "6: clip is linked to a slot that does not exist: ['4', 3]",
        "6: required input text is missing",
        "8: vae wants a link to VAE and has a constant",
    ]
