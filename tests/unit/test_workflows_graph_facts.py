"""What is read off a graph before it is sent: the files and classes it needs, and how many steps it takes."""

from typing import Any

import pytest

from tests.unit.golden_graphs import golden_graphs
from tests.unit.workflow_sources import comfyui_graphs
from vibes.domain.nodes.node import ModelFolder
from vibes.nodes.comfyui.orders.inventory import ComfyUIInventory
from vibes.workflows.graphs.requirements import requirements
from vibes.workflows.graphs.steps import sampler_steps, total_steps


def inventory(classes: set[str], **files: set[str]) -> ComfyUIInventory:
    return ComfyUIInventory(
        version="0.33.0",
        device_name="cuda:0",
        simulated=True,
        vram_total_bytes=8 << 30,
        graph_node_classes=frozenset(classes),
        files={ModelFolder(folder): frozenset(names) for folder, names in files.items()},
        supports_jobs_api=True,
    )


def test_a_graph_needs_its_files_by_folder_and_its_graph_node_classes() -> None:
    needed = requirements(comfyui_graphs()["flux_dev_unet_ksampler"])
    assert needed.files == {
        (ModelFolder.DIFFUSION_MODELS, "flux1-dev.safetensors"),
        (ModelFolder.TEXT_ENCODERS, "clip_l.safetensors"),
        (ModelFolder.TEXT_ENCODERS, "t5xxl_fp16.safetensors"),
        (ModelFolder.VAE, "ae.safetensors"),
    }
    assert "FluxGuidance" in needed.graph_node_classes


def test_loras_that_were_spliced_in_are_needed_too() -> None:
    needed = requirements(golden_graphs()["sdxl_with_lora.sdxl.two_loras"])
    assert needed.files == {
        (ModelFolder.CHECKPOINTS, "sd_xl_base_1.0.safetensors"),
        (ModelFolder.LORAS, "ink.safetensors"),
        (ModelFolder.LORAS, "styles/mist.safetensors"),
    }


def test_each_thing_a_node_lacks_is_one_reason_a_person_understands() -> None:
    needed = requirements(golden_graphs()["flux_txt2img.flux.two_loras"])
    half = inventory(set(needed.graph_node_classes) - {"FluxGuidance"}, loras={"ink.safetensors"})
    assert half.lacks(needed) == (
        "lacks graph node FluxGuidance",
        "lacks checkpoint flux1-dev-fp8.safetensors",
        "lacks LoRA styles/mist.safetensors",
    )


def test_a_node_that_has_everything_lacks_nothing() -> None:
    needed = requirements(golden_graphs()["upscale_esrgan.any"])
    assert inventory(set(needed.graph_node_classes), upscale_models={"4x-UltraSharp.pth"}).lacks(needed) == ()


@pytest.mark.parametrize(
    ("name", "steps"),
    [
        ("txt2img_sd15", {"3": 20}),
        ("hires_fix_latent", {"3": 20, "31": 12}),
        ("inpaint_model_conditioning", {"3": 20}),
        ("flux_dev_custom_sampler", {"8": 20}),
        ("flux2_dev", {"8": 20}),
        ("z_image_turbo", {"8": 8}),
        ("esrgan_upscale", {}),
    ],
)
def test_steps_are_counted_for_each_sampler(name: str, steps: dict[str, int]) -> None:
    assert sampler_steps(comfyui_graphs()[name]) == steps
    assert total_steps(comfyui_graphs()[name]) == max(1, sum(steps.values()))


def sampler(class_type: str = "KSampler", **inputs: Any) -> dict[str, Any]:
    return {"class_type": class_type, "inputs": {"positive": ["words", 0], **inputs}}


@pytest.mark.parametrize(
    ("inputs", "steps"),
    [
        ({"steps": 30, "start_at_step": 0, "end_at_step": 20}, 20),
        ({"steps": 30, "start_at_step": 20, "end_at_step": 10000}, 10),
        ({"steps": 30, "start_at_step": 40, "end_at_step": 10000}, 0),
        ({"steps": 30, "denoise": 0.2}, 30),
        ({"steps": 30, "denoise": 0}, 0),
        ({"steps": ["number", 0]}, 17),
        ({"steps": ["words", 0]}, 1),
    ],
)
def test_a_sampler_takes_the_steps_between_its_start_and_its_end(inputs: dict[str, Any], steps: int) -> None:
    graph = {
        "1": sampler(**inputs),
        "number": {"class_type": "PrimitiveInt", "inputs": {"value": 17}},
        "words": {"class_type": "CLIPTextEncode", "inputs": {"text": "calm"}},
    }
    assert sampler_steps(graph)["1"] == steps
    assert total_steps(graph) >= 1


def test_split_sigmas_share_the_steps_of_their_scheduler() -> None:
    graph = {
        "scheduler": {"class_type": "BasicScheduler", "inputs": {"steps": 20, "denoise": 1.0}},
        "split": {"class_type": "SplitSigmas", "inputs": {"sigmas": ["scheduler", 0], "step": 15}},
        "flip": {"class_type": "FlipSigmas", "inputs": {"sigmas": ["split", 1]}},
        "typed": {"class_type": "ManualSigmas", "inputs": {"sigmas": "1, 0.5, 0"}},
        "first": {"class_type": "SamplerCustomAdvanced", "inputs": {"sigmas": ["split", 0], "latent_image": ["x", 0]}},
        "second": {"class_type": "SamplerCustom", "inputs": {"sigmas": ["flip", 0], "latent_image": ["first", 0]}},
        "third": {"class_type": "SamplerCustom", "inputs": {"sigmas": ["typed", 0], "latent_image": ["first", 0]}},
    }
    assert sampler_steps(graph) == {"first": 15, "second": 5, "third": 1}


def test_a_ring_of_sigmas_counts_as_one_step_and_does_not_hang() -> None:
    graph = {
        "a": {"class_type": "FlipSigmas", "inputs": {"sigmas": ["b", 0]}},
        "b": {"class_type": "FlipSigmas", "inputs": {"sigmas": ["a", 0]}},
        "1": {"class_type": "SamplerCustom", "inputs": {"sigmas": ["a", 0], "latent_image": ["x", 0]}},
    }
    assert sampler_steps(graph) == {"1": 1}
