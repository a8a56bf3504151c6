"""The library: what is sound serves, what is broken is told, and a request finds its workflow."""

import json

import pytest

from tests.unit.workflow_sources import SMALL_TEMPLATE, comfyui_graphs, library_of, shipped_library, shipped_sources
from vibes.domain.errors import InvalidRequest, NotFound
from vibes.domain.pictures.spec import Operation
from vibes.workflows.library.library import build_library


def test_one_broken_template_is_one_problem_and_the_other_workflows_serve() -> None:
    broken = {**shipped_sources(), "workflows/sdxl_txt2img.json": '{"1": {'}
    library = build_library(broken)
    assert [str(problem) for problem in library.problems] == [
        "workflows/sdxl_txt2img.json:1:8: not valid JSON: Expecting property name enclosed in double quotes"
    ]
    lost = {"sdxl_txt2img", "sdxl_with_lora"}
    assert list(library.workflows) == [name for name in shipped_library().workflows if name not in lost]


def test_one_broken_entry_leaves_its_neighbours_alone() -> None:
    library = library_of("good: {file: small.json}\nbad: {file: small.json, max_loras: 3}\nfine: {file: small.json}")
    assert list(library.workflows) == ["good", "fine"]
    assert len(library.problems) == 1


def test_a_manifest_that_is_no_yaml_is_one_problem() -> None:
    library = library_of("small: {}\n\tother: {}")
    assert [problem.line for problem in library.problems] == [2]
    assert library.workflows == {}


def test_a_missing_base_file_is_told() -> None:
    library = build_library({"workflows/small.json": SMALL_TEMPLATE, "manifests/workflows.yaml": "small: {}"})
    assert [str(problem) for problem in library.problems] == [
        "manifests/base.yaml: is missing: it defines the parameters of workflows"
    ]


def test_a_template_that_no_manifest_names_is_told_because_somebody_expects_it_to_work() -> None:
    library = library_of("small: {}", small=SMALL_TEMPLATE, forgotten=SMALL_TEMPLATE)
    assert list(library.workflows) == ["small"]
    assert [str(problem) for problem in library.problems] == [
        "workflows/forgotten.json: no manifest names this template: add an entry to manifests/workflows.yaml"
    ]


def test_several_manifests_are_read_and_a_name_is_taken_by_the_first() -> None:
    sources = {
        "manifests/base.yaml": shipped_sources()["manifests/base.yaml"],
        "manifests/a.yaml": "mine: {file: upscale_esrgan.json}",
        "manifests/b.yaml": "mine: {file: upscale_esrgan.json}\nalso: {file: upscale_esrgan.json}",
        "workflows/upscale_esrgan.json": shipped_sources()["workflows/upscale_esrgan.json"],
    }
    library = build_library(sources)
    assert list(library.workflows) == ["mine", "also"]
    assert [str(problem) for problem in library.problems] == [
        "manifests/b.yaml:1:1: workflow 'mine' is already defined in manifests/a.yaml"
    ]


def test_an_unknown_workflow_is_answered_with_near_names() -> None:
    with pytest.raises(NotFound, match=r"there is no workflow 'sdxl_lora'; did you mean sdxl_with_lora"):
        shipped_library().get("sdxl_lora")


@pytest.mark.parametrize(
    ("family", "operation", "loras", "code", "message"),
    [
        ("sd1.5", Operation.TXT2IMG, 0, "unknown_family", "unknown model family 'sd1.5'; did you mean sd15?"),
        ("midjourney", Operation.UPSCALE, 0, "unknown_family", "known: flux, illustrious, pony, qwen-image"),
        ("any", Operation.TXT2IMG, 0, "no_workflow", "there is no txt2img workflow for any; there is preprocess"),
        (
            "z-image",
            Operation.INPAINT,
            0,
            "no_workflow",
            r"no inpaint workflow for z-image; there is img2img \(z_image_img2img\), preprocess \(controlnet_canny_pre",
        ),
        (
            "pony",
            Operation.TXT2IMG,
            4,
            "no_workflow",
            "no txt2img workflow for pony takes 4 LoRAs: sdxl_with_lora takes at most 3",
        ),
        ("pony", Operation.UPSCALE, 1, "no_workflow", "takes 1 LoRA: none of them takes any"),
    ],
)
def test_a_request_nothing_can_serve_is_told_what_there_is(
    family: str, operation: Operation, loras: int, code: str, message: str
) -> None:
    with pytest.raises(InvalidRequest, match=message) as caught:
        shipped_library().select(family, operation, loras=loras)
    assert caught.value.code == code


def test_a_workflow_made_for_the_family_comes_before_one_for_any() -> None:
    library = library_of("""
        general: {file: small.json, families: [any], operation: txt2img}
        special: {file: small.json, families: [sdxl], operation: txt2img}
    """)
    assert library.select("sdxl", Operation.TXT2IMG, loras=0).name == "special"


def test_the_operation_of_a_graph_is_found_when_the_manifest_does_not_say_it() -> None:
    templates = {name: json.dumps(graph) for name, graph in comfyui_graphs().items()}
    library = library_of("\n".join(f"{name}: {{}}" for name in templates), **templates)
    assert {name: str(workflow.operation) for name, workflow in library.workflows.items()} == {
        "txt2img_sd15": "txt2img",
        "txt2img_sdxl": "txt2img",
        "img2img_sd15": "img2img",
        "inpaint_noise_mask": "inpaint",
        "inpaint_vae_for_inpaint": "inpaint",
        "inpaint_model_conditioning": "inpaint",
        "lora_chain_sdxl": "txt2img",
        "hires_fix_latent": "hires_fix",
        "hires_fix_esrgan": "hires_fix",
        "controlnet_canny_sd15": "controlnet",
        "canny_only": "preprocess",
        "esrgan_upscale": "upscale",
        "flux_dev_unet_ksampler": "txt2img",
        "flux_dev_custom_sampler": "txt2img",
        "flux_dev_fp8_checkpoint": "txt2img",
        "qwen_image": "txt2img",
        "qwen_image_edit": "img2img",
        "z_image_turbo": "txt2img",
        "flux2_dev": "txt2img",
        "txt2img_ws_output": "txt2img",
    }
