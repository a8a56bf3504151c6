"""The workflows that ship: what they offer, and that a stock ComfyUI of either age would run their graphs."""

import json

import pytest

from tests.unit.golden_graphs import FOLDER, as_text, golden_graphs
from tests.unit.graph_validation import graph_problems
from tests.unit.workflow_sources import (
    comfyui_graphs,
    object_info,
    object_info_with_packs,
    shipped_library,
    shipped_sources,
)
from vibes.domain.pictures.spec import Operation
from vibes.workflows.definition.manifest import ParameterKind
from vibes.workflows.filling.parameters import workflow_defaults

VERSIONS = ("v0.3.64", "v0.33.0")


OPERATIONS = {
    "sd15": {"txt2img", "img2img", "inpaint", "hires_fix", "controlnet"},
    "flux": {"txt2img", "img2img", "inpaint"},
    "qwen-image": {"txt2img", "img2img", "inpaint"},
    "z-image": {"txt2img", "img2img"},
    "any": {"upscale", "preprocess"},
}


def test_every_shipped_file_is_sound() -> None:
    assert shipped_library().problems == ()


def test_the_library_holds_every_operation_of_every_family() -> None:
    offered: dict[str, set[str]] = {}
    for workflow in shipped_library().workflows.values():
        for family in workflow.families:
            offered.setdefault(family, set()).add(workflow.operation.value)
    relatives = dict.fromkeys(("sdxl", "pony", "illustrious"), OPERATIONS["sd15"])
    assert offered == {**OPERATIONS, **relatives}


def test_every_workflow_says_what_it_does_and_every_parameter_what_it_means() -> None:
    for workflow in shipped_library().workflows.values():
        assert len(workflow.description) > 20, workflow.name
        undescribed = [each.name for each in workflow.parameters.values() if not each.description]
        assert undescribed == [], workflow.name


def test_every_workflow_that_samples_takes_loras_but_the_one_that_is_there_to_take_none() -> None:
    without = {workflow.name for workflow in shipped_library().workflows.values() if not workflow.supports_lora}
    assert without == {"sdxl_txt2img", "upscale_esrgan", "controlnet_canny_preprocess"}


def test_shipped_templates_are_plain_json_that_any_editor_understands() -> None:
    for file, text in shipped_sources().items():
        if file.endswith(".json"):
            assert json.loads(text)


def test_of_several_workflows_the_one_most_people_have_the_files_for_is_chosen() -> None:
    library = shipped_library()
    chosen = {
        (family, operation.value, loras): library.select(family, operation, loras=loras).name
        for family in ("sd15", "pony", "flux", "qwen-image", "z-image")
        for operation in Operation
        for loras in (0, 3)
        if any(family in each.families and each.operation is operation for each in library.workflows.values())
    }
    assert {name for (family, _, _), name in chosen.items() if family == "sd15"} == {
        "sd15_txt2img",
        "sd15_img2img",
        "sd15_inpaint",
        "sd15_hires_fix",
        "sd15_controlnet_canny",
    }
    assert chosen["pony", "txt2img", 0] == "sdxl_txt2img"
    assert chosen["pony", "txt2img", 3] == "sdxl_with_lora"
    assert chosen["pony", "controlnet", 3] == "sdxl_controlnet_canny"
    for loras in (0, 3):
        assert chosen["flux", "txt2img", loras] == "flux_txt2img"
        assert chosen["flux", "img2img", loras] == "flux_img2img"
        assert chosen["flux", "inpaint", loras] == "flux_inpaint"
        assert chosen["qwen-image", "img2img", loras] == "qwen_image_img2img"
        assert chosen["z-image", "txt2img", loras] == "z_image_txt2img"


def test_any_family_is_upscaled_by_the_same_workflow_which_needs_an_image() -> None:
    library = shipped_library()
    for family in (*library.families(), "any"):
        assert library.select(family, Operation.UPSCALE, loras=0).name == "upscale_esrgan"
        assert library.select(family, Operation.PREPROCESS, loras=0).name == "controlnet_canny_preprocess"
    assert library.get("upscale_esrgan").needs_image
    assert not library.get("sdxl_txt2img").needs_image


def test_a_mask_is_a_picture_of_its_own_beside_the_one_to_paint_on() -> None:
    inpainting = [each for each in shipped_library().workflows.values() if each.operation is Operation.INPAINT]
    assert len(inpainting) == 5
    for workflow in inpainting:
        assert workflow.parameters["mask"].kind is ParameterKind.MASK
        assert workflow.parameters["image"].kind is ParameterKind.IMAGE


def test_what_a_mask_does_not_show_is_the_pictures_own_pixels_and_not_what_a_vae_made_of_them() -> None:
    """Encoding and decoding change every pixel a little, so the drawn part alone is laid over the picture."""
    inpainting = {name: graph for name, graph in golden_graphs().items() if "_inpaint" in name and "with" not in name}
    assert len(inpainting) == 14
    for name, graph in inpainting.items():
        of = {graph_node["class_type"]: graph_node["inputs"] for graph_node in graph.values()}
        [saved] = [key for key, each in graph.items() if each["class_type"] == "ImageCompositeMasked"]
        laid = of["ImageCompositeMasked"]
        assert of["SaveImage"]["images"] == [saved, 0], name
        assert laid["destination"] == of["InpaintModelConditioning"]["pixels"], name
        assert laid["mask"] == of["InpaintModelConditioning"]["mask"], name
        assert graph[laid["source"][0]]["class_type"] == "VAEDecode", name


def test_a_part_that_is_drawn_alone_is_laid_back_into_the_picture_as_it_was_loaded() -> None:
    inpainting = {name: graph for name, graph in golden_graphs().items() if name.endswith("with_only_masked")}
    assert len(inpainting) == 7
    for name, graph in inpainting.items():
        [saved] = [each["inputs"]["images"][0] for each in graph.values() if each["class_type"] == "SaveImage"]
        laid = graph[saved]["inputs"]
        assert graph[laid["destination"][0]]["class_type"] == "LoadImage", name
        assert (laid["x"], laid["y"], laid["resize_source"]) == (96, 40, False), name
        back = graph[laid["source"][0]]["inputs"]
        assert (back["width"], back["height"]) == (300, 200), name
        assert graph[laid["mask"][0]]["class_type"] == "GrowMask", name


@pytest.mark.parametrize(
    ("workflow", "family", "expected"),
    [
        ("sd15_txt2img", "sd15", {"width": 512, "steps": 10, "checkpoint": "v1-5-pruned-emaonly.safetensors"}),
        ("sdxl_txt2img", "sdxl", {"width": 1024, "steps": 25, "checkpoint": "sd_xl_base_1.0.safetensors"}),
        ("sdxl_txt2img", "pony", {"cfg_scale": 7.0, "checkpoint": "ponyDiffusionV6XL.safetensors"}),
        ("sdxl_with_lora", "illustrious", {"sampler": "euler_ancestral", "steps": 28, "cfg_scale": 6.0}),
        ("sdxl_img2img", "pony", {"sampler": "euler_ancestral", "steps": 25, "denoise_strength": 0.6}),
        ("sdxl_inpaint", "sdxl", {"sampler": "euler", "denoise_strength": 0.8, "mask_grow": 6}),
        ("sdxl_controlnet_canny", "sdxl", {"controlnet_strength": 0.5, "canny_low": 0.4, "canny_high": 0.8}),
        ("sd15_hires_fix", "sd15", {"scale_by": 1.5, "hires_steps": 12, "hires_denoise": 0.5}),
        ("flux_txt2img", "flux", {"cfg_scale": 1.0, "guidance": 3.5, "scheduler": "simple", "steps": 20}),
        ("flux_inpaint_split", "flux", {"guidance": 30.0, "diffusion_model": "flux1-fill-dev.safetensors"}),
        ("qwen_image_txt2img", "qwen-image", {"width": 1328, "steps": 50, "cfg_scale": 4.0, "shift": 3.1}),
        ("qwen_image_edit", "qwen-image", {"steps": 40, "cfg_scale": 4.0}),
        ("z_image_txt2img", "z-image", {"steps": 8, "cfg_scale": 1.0, "shift": 3.0, "sampler": "res_multistep"}),
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
def test_a_comfyui_with_the_packs_would_accept_every_compiled_graph(version: str) -> None:
    info = object_info_with_packs(version)
    refused = {name: graph_problems(graph, info) for name, graph in golden_graphs().items()}
    assert not {name: problems for name, problems in refused.items() if problems}


@pytest.mark.parametrize("version", VERSIONS)
def test_a_stock_comfyui_would_accept_every_compiled_graph_but_those_for_custom_packs(version: str) -> None:
    refused = {name: graph_problems(graph, object_info(version)) for name, graph in golden_graphs().items()}
    loader, cache = "1: there is no class UnetLoaderGGUF", "2: there is no class ApplyFBCacheOnModel"
    quantized = [f"flux_{operation}_gguf.flux" for operation in ("txt2img", "img2img")]
    assert {name: problems for name, problems in refused.items() if problems} == {
        **{name: [loader] for name in [*quantized, *(f"{each}.two_loras" for each in quantized)]},
        "flux_wavespeed.flux": [loader, cache],
        "flux_wavespeed.flux.two_loras": [loader, cache],
        "flux_wavespeed.flux.without_FBC_optimize": [loader],
    }


def test_flux_wavespeed_takes_the_parameters_of_its_table_and_nothing_else() -> None:
    workflow = shipped_library().get("flux_wavespeed")
    assert list(workflow.parameters) == ["prompt", "model", "steps", "seed", "width", "height", "FBC_optimize"]
    assert workflow.supports_lora
    assert [name for name, each in workflow.parameters.items() if each.required] == ["prompt"]
    assert workflow_defaults(workflow, "flux") == {
        "model": "flux1-schnell-Q4_K_S.gguf",
        "steps": 20,
        "width": 1024,
        "height": 1024,
        "FBC_optimize": True,
    }


def test_first_block_cache_stands_behind_the_loras_or_is_left_out() -> None:
    graphs = golden_graphs()
    cache = {
        "object_to_patch": "diffusion_model",
        "residual_diff_threshold": 0.12,
        "start": 0.0,
        "end": 1.0,
        "max_consecutive_cache_hits": -1,
    }
    plain, styled = graphs["flux_wavespeed.flux"], graphs["flux_wavespeed.flux.two_loras"]
    assert plain["1"] == {"class_type": "UnetLoaderGGUF", "inputs": {"unet_name": "flux1-schnell-Q4_K_S.gguf"}}
    assert plain["2"] == {"class_type": "ApplyFBCacheOnModel", "inputs": {**cache, "model": ["1", 0]}}
    assert plain["9"]["inputs"]["model"] == ["2", 0]
    first, last = list(styled)[-2:]
    assert [styled[each]["class_type"] for each in (first, last)] == ["LoraLoaderModelOnly"] * 2
    assert (styled[first]["inputs"]["model"], styled["2"]["inputs"]["model"]) == (["1", 0], [last, 0])
    without = graphs["flux_wavespeed.flux.without_FBC_optimize"]
    assert without["9"]["inputs"]["model"] == ["1", 0]
    assert list(without) == [each for each in plain if each != "2"]


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
