"""The LoRA splice: on any graph, every model that is sampled goes through the chain, and every link still holds."""

from collections.abc import Mapping
from typing import Any

import pytest

from tests.unit.golden_graphs import golden_graphs
from tests.unit.graph_validation import graph_problems
from tests.unit.workflow_sources import comfyui_graphs, object_info_with_packs, shipped_library
from vibes.domain.errors import InvalidRequest
from vibes.domain.pictures.graph import Graph
from vibes.domain.pictures.spec import LoraSpec
from vibes.workflows.filling.parameters import lora_problems
from vibes.workflows.graphs.loras import splice_loras

CHECKPOINT_GRAPHS = [
    "txt2img_sd15",
    "txt2img_sdxl",
    "img2img_sd15",
    "inpaint_model_conditioning",
    "hires_fix_latent",
    "hires_fix_esrgan",
    "controlnet_canny_sd15",
    "flux_dev_fp8_checkpoint",
]
UNET_GRAPHS = [
    "flux_dev_unet_ksampler",
    "flux_dev_custom_sampler",
    "qwen_image",
    "qwen_image_edit",
    "z_image_turbo",
    "flux2_dev",
]


def loras(count: int) -> tuple[LoraSpec, ...]:
    return tuple(LoraSpec(f"style_{index}.safetensors", 0.5 + index, -float(index)) for index in range(count))


def users(graph: Graph, graph_node_id: str, slot: int) -> set[tuple[str, str]]:
    return {
        (user_id, name)
        for user_id, user in graph.items()
        for name, value in user["inputs"].items()
        if value == [graph_node_id, slot]
    }


def graph_node(class_type: str, **inputs: Any) -> Mapping[str, Any]:
    return {"class_type": class_type, "inputs": inputs}


def samples(model: list[Any], positive: list[Any]) -> Mapping[str, Any]:
    return graph_node("KSampler", model=model, positive=positive, negative=positive)


@pytest.mark.parametrize("count", range(9))
def test_every_link_stays_valid_on_every_graph_known(count: int) -> None:
    info = object_info_with_packs("v0.33.0")
    broken = {}
    for name, graph in {**comfyui_graphs(), **golden_graphs()}.items():
        if any("positive" in each["inputs"] or "guider" in each["inputs"] for each in graph.values()):
            broken[name] = graph_problems(splice_loras(graph, loras(count)), info)
    assert len(broken) > 90
    assert not {name: problems for name, problems in broken.items() if problems}


def test_no_loras_give_back_the_very_same_graph() -> None:
    for graph in comfyui_graphs().values():
        assert splice_loras(graph, ()) is graph


def test_the_input_graph_is_never_changed() -> None:
    for name in CHECKPOINT_GRAPHS + UNET_GRAPHS:
        graph = comfyui_graphs()[name]
        before = repr(graph)
        splice_loras(graph, loras(2))
        assert repr(graph) == before


@pytest.mark.parametrize("name", CHECKPOINT_GRAPHS)
def test_a_checkpoint_has_model_and_clip_led_through_the_chain_for_every_consumer(name: str) -> None:
    graph = comfyui_graphs()[name]
    spliced = splice_loras(graph, loras(2))
    first, last = list(spliced)[-2:]
    assert users(spliced, last, 0) == users(graph, "4", 0)
    assert users(spliced, last, 1) == users(graph, "4", 1)
    assert users(spliced, "4", 0) == {(first, "model")}
    assert users(spliced, "4", 1) == {(first, "clip")}
    assert users(spliced, "4", 2) == users(graph, "4", 2)
    assert spliced[last] == {
        "class_type": "LoraLoader",
        "inputs": {
            "model": [first, 0],
            "clip": [first, 1],
            "lora_name": "style_1.safetensors",
            "strength_model": 1.5,
            "strength_clip": -1.0,
        },
    }


@pytest.mark.parametrize("name", UNET_GRAPHS)
def test_families_that_train_no_text_encoder_get_model_only_loaders(name: str) -> None:
    graph = comfyui_graphs()[name]
    spliced = splice_loras(graph, loras(2))
    first, last = list(spliced)[-2:]
    assert [spliced[each]["class_type"] for each in (first, last)] == ["LoraLoaderModelOnly"] * 2
    assert users(spliced, last, 0) == users(graph, "1", 0)
    assert users(spliced, "2", 0) == users(graph, "2", 0)
    assert set(spliced[last]["inputs"]) == {"model", "lora_name", "strength_model"}


def test_separate_loaders_of_a_family_that_trains_its_text_encoder_share_one_chain() -> None:
    graph = {
        "1": graph_node("UNETLoader", unet_name="sdxl.safetensors"),
        "2": graph_node("DualCLIPLoader", clip_name1="l", clip_name2="g", type="sdxl"),
        "3": graph_node("CLIPSetLastLayer", clip=["2", 0], stop_at_clip_layer=-2),
        "4": graph_node("CLIPTextEncode", clip=["3", 0], text="calm"),
        "5": samples(["1", 0], ["4", 0]),
    }
    spliced = splice_loras(graph, loras(1))
    assert spliced["6"]["class_type"] == "LoraLoader"
    assert (spliced["6"]["inputs"]["model"], spliced["6"]["inputs"]["clip"]) == (["1", 0], ["2", 0])
    assert spliced["5"]["inputs"]["model"] == ["6", 0]
    assert spliced["3"]["inputs"]["clip"] == ["6", 1]


def test_base_and_refiner_each_get_the_chain_because_both_are_sampled() -> None:
    graph = {
        "refiner": graph_node("CheckpointLoaderSimple", ckpt_name="refiner"),
        "base": graph_node("CheckpointLoaderSimple", ckpt_name="base"),
        "words": graph_node("CLIPTextEncode", clip=["base", 1], text="calm"),
        "fine words": graph_node("CLIPTextEncode", clip=["refiner", 1], text="calm"),
        "rough": samples(["base", 0], ["words", 0]),
        "fine": samples(["refiner", 0], ["fine words", 0]),
    }
    spliced = splice_loras(graph, loras(2))
    chain_of = {each["inputs"]["model"][0]: each_id for each_id, each in spliced.items() if each_id in {"1", "3"}}
    assert set(chain_of) == {"base", "refiner"}
    for loader, sampler, words in (("base", "rough", "words"), ("refiner", "fine", "fine words")):
        last = str(int(chain_of[loader]) + 1)
        assert spliced[sampler]["inputs"]["model"] == [last, 0]
        assert spliced[words]["inputs"]["clip"] == [last, 1]
        assert spliced[last]["inputs"]["clip"] == [chain_of[loader], 1]


def test_a_checkpoint_that_only_lends_its_vae_is_left_alone() -> None:
    graph = {
        "1": graph_node("CheckpointLoaderSimple", ckpt_name="painter"),
        "2": graph_node("CheckpointLoaderSimple", ckpt_name="has a good VAE"),
        "3": graph_node("CLIPTextEncode", clip=["1", 1], text="calm"),
        "4": samples(["1", 0], ["3", 0]),
        "5": graph_node("VAEDecode", samples=["4", 0], vae=["2", 2]),
    }
    spliced = splice_loras(graph, loras(1))
    assert users(spliced, "2", 0) == set()
    assert users(spliced, "2", 2) == {("5", "vae")}
    assert list(spliced) == ["1", "2", "3", "4", "5", "6"]


def test_what_stands_between_loader_and_sampler_stays_behind_the_chain() -> None:
    graph = comfyui_graphs()["lora_chain_sdxl"]
    spliced = splice_loras(graph, loras(1))
    new = list(spliced)[-1]
    assert spliced["20"]["inputs"]["model"] == [new, 0]
    assert spliced["20"]["inputs"]["clip"] == [new, 1]
    assert spliced["3"]["inputs"]["model"] == ["21", 0]


def test_a_merge_counts_as_the_loader_of_what_it_merges() -> None:
    graph = {
        "1": graph_node("CheckpointLoaderSimple", ckpt_name="a"),
        "2": graph_node("CheckpointLoaderSimple", ckpt_name="b"),
        "3": graph_node("ModelMergeSimple", model1=["1", 0], model2=["2", 0], ratio=0.5),
        "4": graph_node("CLIPTextEncode", clip=["1", 1], text="calm"),
        "5": samples(["3", 0], ["4", 0]),
    }
    spliced = splice_loras(graph, loras(1))
    assert spliced["6"]["inputs"]["model"] == ["3", 0]
    assert spliced["6"]["inputs"]["clip"] == ["1", 1]
    assert spliced["5"]["inputs"]["model"] == ["6", 0]


def test_loaders_of_custom_graph_nodes_need_not_be_known_by_name() -> None:
    graph = {
        "1": graph_node("UnetLoaderGGUF", unet_name="flux.gguf"),
        "2": graph_node("DualCLIPLoaderGGUF", clip_name1="l", clip_name2="t5", type="flux"),
        "3": graph_node("CLIPTextEncode", clip=["2", 0], text="calm"),
        "4": graph_node("UltimateSDUpscale", model=["1", 0], positive=["3", 0], steps=20),
    }
    spliced = splice_loras(graph, loras(1))
    assert spliced["5"]["class_type"] == "LoraLoaderModelOnly"
    assert spliced["4"]["inputs"]["model"] == ["5", 0]


def test_new_graph_node_ids_never_collide_with_those_that_are_there() -> None:
    graph = {
        "1": graph_node("CheckpointLoaderSimple", ckpt_name="a"),
        "4": graph_node("CLIPTextEncode", clip=["1", 1], text="calm"),
        "2": samples(["1", 0], ["4", 0]),
        "57:3": graph_node("VAEDecode", samples=["2", 0], vae=["1", 2]),
    }
    spliced = splice_loras(graph, loras(3))
    assert list(spliced) == ["1", "4", "2", "57:3", "3", "5", "6"]


def test_a_ring_of_links_does_not_hang_the_splice() -> None:
    graph = {
        "1": graph_node("ModelSamplingFlux", model=["2", 0]),
        "2": graph_node("ModelSamplingFlux", model=["1", 0]),
        "3": samples(["1", 0], ["9", 0]),
    }
    assert len(splice_loras(graph, loras(1))) == 4


def test_loras_without_any_sampler_are_refused() -> None:
    with pytest.raises(InvalidRequest, match="no diffusion model is sampled") as caught:
        splice_loras(comfyui_graphs()["esrgan_upscale"], loras(1))
    assert caught.value.code == "no_lora_target"


def test_a_list_of_loras_is_checked_for_number_names_and_strengths_at_once() -> None:
    workflow = shipped_library().get("sdxl_with_lora")
    wrong = (LoraSpec(" "), LoraSpec("a", 101.0), LoraSpec("b", 1.0, float("nan")), LoraSpec("c"))
    assert [problem.field for problem in lora_problems(workflow, wrong)] == [
        "loras",
        "loras.0.name",
        "loras.1.strength_model",
        "loras.2.strength_clip",
    ]
    assert lora_problems(workflow, loras(3)) == ()
    assert lora_problems(shipped_library().get("sdxl_txt2img"), ()) == ()
