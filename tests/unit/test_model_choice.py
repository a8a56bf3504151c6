"""Which model file is drawn with where nobody names one: by what people say, then names, pictures and nodes."""

import pytest

from tests.unit.workflow_sources import shipped_library
from vibes.domain.ids import NodeId
from vibes.domain.nodes.node import ModelFolder
from vibes.workflows.filling.parameters import workflow_defaults
from vibes.workflows.models.file_families import guess_file, same_model
from vibes.workflows.models.model_choice import FileChoice, Knowledge, choose_files, family_of_file

A, B = NodeId("a"), NodeId("b")


@pytest.mark.parametrize(
    ("name", "family"),
    [
        ("juggernautXL_v9.safetensors", "sdxl"),
        ("dreamshaper_8.safetensors", "sd15"),
        ("dreamshaperXL_v21TurboDPMSDE.safetensors", "sdxl"),
        ("ponyDiffusionV6XL.safetensors", "pony"),
        ("cyberrealisticPony_v85.safetensors", "pony"),
        ("waiNSFWIllustrious_v140.safetensors", "illustrious"),
        ("animagineXLV31_v31.safetensors", "sdxl"),
        ("realisticVisionV2.0.ckpt", "sd15"),
        ("flux1-dev-Q4_K_S.gguf", "flux"),
        ("z_image_turbo_bf16.safetensors", "z-image"),
        ("SDXL/mine.safetensors", "sdxl"),
        (r"sd15\mine.safetensors", "sd15"),
        ("SDXL/ponyDiffusionV6.safetensors", "pony"),
        ("myMerge_v1.5.safetensors", None),
        ("wanderlust.safetensors", None),
        ("model.safetensors", None),
    ],
)
def test_a_family_is_told_by_usual_names_and_not_by_unusual_ones(name: str, family: str | None) -> None:
    assert guess_file(name).family == family


@pytest.mark.parametrize(
    "name", ["sd3.5_large.safetensors", "v2-1_768-ema-pruned.ckpt", "svd_xt.safetensors", "flux2_dev.safetensors"]
)
def test_what_no_workflow_draws_is_not_taken_for_a_relative(name: str) -> None:
    assert guess_file(name).family not in {*shipped_library().families(), None}


def test_one_model_at_two_precisions_is_one_model() -> None:
    assert same_model("t5xxl_fp16.safetensors", "clip/t5xxl_fp8_e4m3fn_scaled.safetensors")
    assert same_model("flux1-dev.safetensors", "flux1-dev-Q4_K_S.gguf")
    assert not same_model("flux1-dev.safetensors", "flux1-schnell.safetensors")
    assert not same_model("ae.safetensors", "vae.safetensors")


def test_a_persons_word_comes_before_the_name_then_pictures_then_what_the_nodes_are_given() -> None:
    name, nodes = "mine.safetensors", frozenset({A})
    given = {A: frozenset({"sdxl", "pony"}), B: frozenset({"sd15"})}
    assert family_of_file(name, nodes, Knowledge()).family is None
    assert family_of_file(name, nodes, Knowledge(given=given)).family == "sdxl"
    assert family_of_file(name, nodes | {B}, Knowledge(given=given)).family is None
    assert family_of_file(name, nodes, Knowledge(given=given, drawn={name: "flux"})).family == "flux"
    xl = "mineXL.safetensors"
    assert family_of_file(xl, nodes, Knowledge(drawn={xl: "sd15"})).family == "sdxl"
    assert family_of_file(xl, nodes, Knowledge(said={xl: "sd15"})).family == "sd15"


def chosen(
    workflow_name: str, family: str, files: dict[str, set[NodeId]], known: Knowledge | None = None
) -> FileChoice:
    workflow = shipped_library().get(workflow_name)
    shelf = {ModelFolder.CHECKPOINTS: {name: frozenset(nodes) for name, nodes in files.items()}}
    return choose_files(workflow, family, workflow_defaults(workflow, family), shelf, known or Knowledge())


def test_the_workflows_own_file_is_taken_while_there_is_one_and_a_preferred_one_before_it() -> None:
    files = {"v1-5-pruned-emaonly.safetensors": {A}, "dreamshaper_8.safetensors": {A, B}}
    assert chosen("sd15_txt2img", "sd15", files).values == {}
    preferred = Knowledge(preferred={"sd15": "dreamshaper_8.safetensors"})
    assert chosen("sd15_txt2img", "sd15", files, preferred).values == {"checkpoint": "dreamshaper_8.safetensors"}
    gone = Knowledge(preferred={"sd15": "gone.safetensors"})
    assert chosen("sd15_txt2img", "sd15", files, gone).values == {}


def test_another_file_of_the_family_is_the_one_on_most_cards_and_never_a_refiner_or_an_inpainting_one() -> None:
    files: dict[str, set[NodeId]] = {
        "sd_xl_refiner_1.0.safetensors": {A, B},
        "juggernautXL_inpainting.safetensors": {A, B},
        "aaaXL_lightning_4step.safetensors": {A, B},
        "ponyDiffusionV6XL.safetensors": {A, B},
        "bbbXL.safetensors": {A},
        "juggernautXL_v9.safetensors": {A, B},
    }
    [file] = chosen("sdxl_txt2img", "sdxl", files).files
    assert (file.file, file.why) == ("juggernautXL_v9.safetensors", "one of 3 sdxl files, by its name")


def test_a_file_that_may_be_of_the_family_is_not_drawn_with_but_asked_about() -> None:
    choice = chosen("sd15_txt2img", "sd15", {"mine.safetensors": {A}, "juggernautXL_v9.safetensors": {A}})
    assert choice.lacking is not None
    assert choice.unsure == ("mine.safetensors",)


def test_files_that_belong_together_are_taken_from_one_node() -> None:
    workflow = shipped_library().get("flux_txt2img_split")
    shelf = {
        ModelFolder.DIFFUSION_MODELS: {
            "flux1-dev-Q4_K_S.gguf": frozenset({A}),
            "fluxMania_v4.safetensors": frozenset({A}),
        },
        ModelFolder.TEXT_ENCODERS: {
            "clip_l.safetensors": frozenset({A, B}),
            "t5xxl_fp16.safetensors": frozenset({B}),
            "t5xxl_fp8_e4m3fn.safetensors": frozenset({A}),
        },
        ModelFolder.VAE: {"FLUX1/ae.safetensors": frozenset({A})},
    }
    choice = choose_files(workflow, "flux", workflow_defaults(workflow, "flux"), shelf, Knowledge())
    assert choice.lacking is None
    assert choice.values == {
        "diffusion_model": "fluxMania_v4.safetensors",
        "second_text_encoder": "t5xxl_fp8_e4m3fn.safetensors",
        "vae": "FLUX1/ae.safetensors",
    }


def test_a_default_in_windows_spelling_means_the_same_file_and_is_called_by_the_fleets_name() -> None:
    workflow = shipped_library().get("sdxl_txt2img")
    shelf = {
        ModelFolder.CHECKPOINTS: {"xl/base.safetensors": frozenset({A}), "other/base.safetensors": frozenset({A, B})}
    }
    choice = choose_files(workflow, "sdxl", {"checkpoint": "xl\\base.safetensors"}, shelf, Knowledge())
    assert choice.values == {"checkpoint": "xl/base.safetensors"}
    assert choice.lacking is None


def test_what_a_node_tells_of_its_models_counts_and_what_costs_money_is_drawn_with_only_without_another() -> None:
    both = frozenset({"sd15", "sdxl"})
    known = Knowledge(told={"gpt": both}, paid=frozenset({"gpt"}))
    shelf = {"gpt": {A, B}, "zavyXL.safetensors": {A}}
    assert chosen("sdxl_txt2img", "sdxl", shelf, known).values == {"checkpoint": "zavyXL.safetensors"}
    alone = {"gpt": {B}}
    assert chosen("sdxl_txt2img", "sdxl", alone, known).values == {"checkpoint": "gpt"}
    assert chosen("sd15_txt2img", "sd15", alone, known).values == {"checkpoint": "gpt"}
    assert family_of_file("gpt", frozenset({B}), known, wanted="sdxl").family == "sdxl"
