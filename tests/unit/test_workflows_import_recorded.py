"""Every recorded graph is understood whole: what each input is for is found, bound, and changes nothing by itself."""

import json
from typing import Any

import pytest

from tests.unit.import_exports import as_exported, binds, drafted, imported
from tests.unit.workflow_sources import comfyui_graphs, spec_for
from vibes.domain.pictures.spec import LoraSpec
from vibes.workflows.definition.manifest import ParameterKind
from vibes.workflows.filling.compile import compile_graph

SD15 = {
    "prompt": "6.inputs.text",
    "negative_prompt": "7.inputs.text",
    "seed": "3.inputs.seed",
    "steps": "3.inputs.steps",
    "cfg_scale": "3.inputs.cfg",
    "sampler": "3.inputs.sampler_name",
    "scheduler": "3.inputs.scheduler",
    "denoise_strength": "3.inputs.denoise",
    "checkpoint": "4.inputs.ckpt_name",
}
SIZE = {"width": "5.inputs.width", "height": "5.inputs.height"}
TWO_PASSES = {
    "prompt": "6.inputs.text",
    "negative_prompt": "7.inputs.text",
    "checkpoint": "4.inputs.ckpt_name",
    **SIZE,
    "seed": "3.inputs.seed, 31.inputs.seed",
    "steps": "3.inputs.steps",
    "hires_steps": "31.inputs.steps",
    "cfg_scale": "3.inputs.cfg, 31.inputs.cfg",
    "sampler": "3.inputs.sampler_name, 31.inputs.sampler_name",
    "scheduler": "3.inputs.scheduler, 31.inputs.scheduler",
    "denoise_strength": "3.inputs.denoise",
    "hires_denoise": "31.inputs.denoise",
}
SEPARATE_FILES = {
    "diffusion_model": "1.inputs.unet_name",
    "text_encoder": "2.inputs.clip_name",
    "vae": "3.inputs.vae_name",
}
SAMPLER_8 = {
    "seed": "8.inputs.seed",
    "steps": "8.inputs.steps",
    "cfg_scale": "8.inputs.cfg",
    "sampler": "8.inputs.sampler_name",
    "scheduler": "8.inputs.scheduler",
    "denoise_strength": "8.inputs.denoise",
}
SIZE_7 = {"width": "7.inputs.width", "height": "7.inputs.height"}
FLUX_FILES = {
    "diffusion_model": "1.inputs.unet_name",
    "text_encoder": "2.inputs.clip_name1",
    "second_text_encoder": "2.inputs.clip_name2",
    "vae": "3.inputs.vae_name",
}
EXPECTED: dict[str, tuple[str, dict[str, str]]] = {
    "txt2img_sd15": ("sd15", {**SD15, **SIZE}),
    "txt2img_sdxl": ("sdxl", {**SD15, **SIZE}),
    "img2img_sd15": (
        "sd15",
        {**SD15, "image": "10.inputs.image", "width": "11.inputs.width", "height": "11.inputs.height"},
    ),
    "inpaint_noise_mask": ("sd15", {**SD15, "image": "10.inputs.image"}),
    "inpaint_vae_for_inpaint": ("sd15", {**SD15, "image": "10.inputs.image"}),
    "inpaint_model_conditioning": ("sd15", {**SD15, "image": "10.inputs.image", "mask": "15.inputs.image"}),
    "lora_chain_sdxl": (
        "sdxl",
        {
            **SD15,
            **SIZE,
            "built_in_lora": "20.inputs.lora_name",
            "built_in_lora_strength": "20.inputs.strength_model, 20.inputs.strength_clip",
            "built_in_lora_2": "21.inputs.lora_name",
            "built_in_lora_2_strength": "21.inputs.strength_model, 21.inputs.strength_clip",
        },
    ),
    "hires_fix_latent": ("sd15", TWO_PASSES),
    "hires_fix_esrgan": (
        "sd15",
        {
            **TWO_PASSES,
            "width_2": "35.inputs.width",
            "height_2": "35.inputs.height",
            "upscale_model": "33.inputs.model_name",
        },
    ),
    "controlnet_canny_sd15": (
        "sd15",
        {
            **SD15,
            **SIZE,
            "image": "40.inputs.image",
            "controlnet": "42.inputs.control_net_name",
            "controlnet_strength": "43.inputs.strength",
        },
    ),
    "canny_only": ("any", {"image": "1.inputs.image"}),
    "esrgan_upscale": ("any", {"image": "1.inputs.image", "upscale_model": "2.inputs.model_name"}),
    "flux_dev_unet_ksampler": (
        "flux",
        {**SAMPLER_8, **SIZE_7, **FLUX_FILES, "prompt": "4.inputs.text", "guidance": "5.inputs.guidance"},
    ),
    "flux_dev_custom_sampler": (
        "flux",
        {
            **FLUX_FILES,
            "prompt": "4.inputs.text",
            "guidance": "5.inputs.guidance",
            "seed": "12.inputs.noise_seed",
            "steps": "14.inputs.steps",
            "scheduler": "14.inputs.scheduler",
            "denoise_strength": "14.inputs.denoise",
            "sampler": "13.inputs.sampler_name",
            "width": "7.inputs.width, 11.inputs.width",
            "height": "7.inputs.height, 11.inputs.height",
        },
    ),
    "flux_dev_fp8_checkpoint": ("flux", {**SD15, **SIZE, "guidance": "10.inputs.guidance"}),
    "qwen_image": (
        "qwen-image",
        {**SAMPLER_8, **SIZE_7, **SEPARATE_FILES, "prompt": "4.inputs.text", "negative_prompt": "5.inputs.text"},
    ),
    "qwen_image_edit": (
        "qwen-image",
        {
            **SAMPLER_8,
            **SEPARATE_FILES,
            "prompt": "4.inputs.prompt",
            "negative_prompt": "5.inputs.prompt",
            "image": "11.inputs.image",
        },
    ),
    "z_image_turbo": ("z-image", {**SAMPLER_8, **SIZE_7, **SEPARATE_FILES, "prompt": "4.inputs.text"}),
    "flux2_dev": (
        "any",
        {
            **SEPARATE_FILES,
            "prompt": "4.inputs.text",
            "guidance": "5.inputs.guidance",
            "seed": "11.inputs.noise_seed",
            "steps": "13.inputs.steps",
            "sampler": "12.inputs.sampler_name",
            "width": "7.inputs.width, 13.inputs.width",
            "height": "7.inputs.height, 13.inputs.height",
        },
    ),
    "txt2img_ws_output": ("sd15", {**SD15, **SIZE}),
}


def test_every_recorded_graph_is_tried() -> None:
    assert EXPECTED.keys() == comfyui_graphs().keys()


@pytest.mark.parametrize("name", EXPECTED)
def test_every_input_that_means_something_is_found(name: str) -> None:
    family, expected = EXPECTED[name]
    assert binds(comfyui_graphs()[name]) == expected
    assert drafted(comfyui_graphs()[name]).entry["families"] == [family]


@pytest.mark.parametrize("name", EXPECTED)
def test_an_import_at_its_defaults_is_the_export(name: str) -> None:
    graph = comfyui_graphs()[name]
    before = json.dumps(graph)
    workflow = imported(graph)
    pictures = {
        each.name: graph[each.targets[0][0]]["inputs"]["image"]
        for each in workflow.parameters.values()
        if each.kind.is_picture
    }
    assert compile_graph(workflow, spec_for(workflow), pictures) == as_exported(graph)
    assert json.dumps(graph) == before


@pytest.mark.parametrize("name", EXPECTED)
def test_what_is_asked_for_arrives_where_it_is_bound_and_nowhere_else(name: str) -> None:
    graph = comfyui_graphs()[name]
    workflow = imported(graph)
    asked: dict[str, Any] = {
        each.name: f"other {each.name}"
        for each in workflow.parameters.values()
        if each.kind is ParameterKind.STRING and not each.choices
    }
    asked |= {
        each.name: 24 for each in workflow.parameters.values() if each.name.startswith(("steps", "hires_steps", "cfg"))
    }
    compiled = compile_graph(workflow, spec_for(workflow, **asked))
    expected = as_exported(graph)
    for parameter, value in asked.items():
        for graph_node_id, input_name in workflow.parameters[parameter].targets:
            expected[graph_node_id]["inputs"][input_name] = value
    assert compiled == expected


def test_loras_can_be_added_to_an_import_behind_those_it_has() -> None:
    workflow = imported(comfyui_graphs()["lora_chain_sdxl"])
    compiled = compile_graph(workflow, spec_for(workflow, loras=(LoraSpec("mine.safetensors", 0.5, 0.5),)))
    [added] = [each for each in compiled.values() if each["inputs"].get("lora_name") == "mine.safetensors"]
    assert added["inputs"]["model"] == ["4", 0]
    assert compiled["20"]["inputs"]["model"] != ["4", 0]
