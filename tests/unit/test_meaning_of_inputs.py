"""What a graph means: numbers, sizes, pictures, LoRAs, services and passes are found whatever packs are between."""

from typing import Any

import pytest

from tests.unit.import_exports import binds, defaults, drafted, graph_node, imported, sampled, with_inputs
from tests.unit.workflow_sources import spec_for
from vibes.domain.pictures.graph import Graph
from vibes.workflows.filling.compile import compile_graph


def notes(graph: Graph) -> tuple[str, ...]:
    return drafted(graph).notes


def texts(found: dict[str, str]) -> tuple[str | None, str | None]:
    return found.get("prompt"), found.get("negative_prompt")


BOTH = ("6.inputs.text", "7.inputs.text")


@pytest.mark.parametrize(
    ("class_type", "inputs", "bound"),
    [
        ("ImpactSwitch", {"select": 2, "input1": ["20", 0], "input2": ["21", 0], "sel_mode": False}, "21.inputs.value"),
        ("easy anythingIndexSwitch", {"index": 0, "value0": ["20", 0], "value1": ["21", 0]}, "20.inputs.value"),
        ("Any Switch (rgthree)", {"any_01": ["21", 0], "any_02": ["20", 0]}, "21.inputs.value"),
        ("mxSlider", {"Xi": 20, "Xf": 20.5, "isfloatX": 0}, "30.inputs.Xi"),
        ("KSampler Config (rgthree)", {"steps_total": 30, "refiner_step": 24, "cfg": 8}, "30.inputs.steps_total"),
        ("Integer Place", {"Number": 30}, "30.inputs.Number"),
    ],
)
def test_numbers_come_through_switches_sliders_and_holders(class_type: str, inputs: Any, bound: str) -> None:
    graph = sampled(
        n20=graph_node("PrimitiveInt", value=20),
        n21=graph_node("INTConstant", value=21),
        n30=graph_node(class_type, **inputs),
    )
    assert binds(with_inputs(graph, "3", steps=["30", 0]))["steps"] == bound


def test_a_size_comes_from_a_slider_in_two_directions_and_a_cfg_from_its_other_number() -> None:
    graph = sampled(
        n30=graph_node("mxSlider2D", Xi=1152, Xf=1152.0, Yi=896, Yf=896.0, isfloatX=0, isfloatY=0),
        n31=graph_node("mxSlider", Xi=5, Xf=5.5, isfloatX=1),
    )
    found = binds(with_inputs(with_inputs(graph, "5", width=["30", 0], height=["30", 1]), "3", cfg=["31", 0]))
    assert (found["width"], found["height"], found["cfg_scale"]) == ("30.inputs.Xi", "30.inputs.Yi", "31.inputs.Xf")


def test_a_list_of_sizes_decides_over_the_numbers_beside_it() -> None:
    picker = graph_node("CR SDXL Aspect Ratio", width=512, height=512, aspect_ratio="5:12 portrait 640x1536")
    graph = with_inputs(sampled(n30=picker), "5", width=["30", 0], height=["30", 1])
    assert "width" not in binds(graph)
    assert any("the size was not found" in each for each in notes(graph))


@pytest.mark.parametrize("shows", [{"text": "30"}, {"text_0": "30"}, {"preview": "30", "text": "30"}])
@pytest.mark.parametrize("class_type", ["easy showAnything", "ShowText|pysssss", "PreviewAny", "Display Any (rgthree)"])
def test_what_a_display_showed_last_is_not_the_value(class_type: str, shows: dict[str, str]) -> None:
    graph = with_inputs(
        sampled(n20=graph_node("PrimitiveInt", value=12), n21=graph_node(class_type, **shows, source=["20", 0])),
        "3",
        steps=["21", 0],
    )
    assert binds(graph)["steps"] == "20.inputs.value"
    computed = {**graph, "20": graph_node("String Replace (mtb)", string="a/euler", old="a/", new="")}
    assert "sampler" not in binds(with_inputs(with_inputs(computed, "3", steps=9), "3", sampler_name=["21", 0]))


@pytest.mark.parametrize("placeholder", ["__RANDOM_INT__", "%seed%", "$seed", "{seed}", "random", "<SEED>"])
def test_another_tools_placeholder_for_the_seed_is_a_seed(placeholder: str) -> None:
    graph = with_inputs(sampled(), "3", seed=placeholder)
    assert binds(graph)["seed"] == "3.inputs.seed"
    assert not any("alike" in each for each in notes(graph))
    workflow = imported(graph)
    assert compile_graph(workflow, spec_for(workflow, prompt="x"))["3"]["inputs"]["seed"] == 7


def test_other_placeholders_give_way_to_the_usual_values_and_numbers_in_quotes_are_numbers() -> None:
    graph = with_inputs(with_inputs(sampled(), "3", steps="%steps%", cfg="6.5"), "6", text="__PROMPT__")
    found = imported(graph).parameters
    assert (found["steps"].targets, found["steps"].default) == ((("3", "steps"),), 20)
    assert found["cfg_scale"].default == 6.5
    assert found["prompt"].default is None
    assert found["prompt"].required


@pytest.mark.parametrize("class_type", ["Image Saver", "SDPromptSaver", "Save Image w/Metadata"])
def test_a_saver_that_notes_the_settings_is_no_sampler(class_type: str) -> None:
    saver = graph_node(
        class_type, images=["8", 0], steps=18, cfg=5.5, positive=["6", 0], negative="unknown", seed_value=5, denoise=0.4
    )
    graph = sampled(n9=saver)
    found = binds(graph)
    assert (found["steps"], found["denoise_strength"]) == ("3.inputs.steps", "3.inputs.denoise")
    assert drafted(graph).entry["operation"] == "txt2img"
    assert not any("alike" in each for each in notes(graph))


@pytest.mark.parametrize(
    ("class_type", "inputs", "operation"),
    [
        ("GeminiImageNode", {"model": "some-model"}, "txt2img"),
        ("FluxProUltraImageNode", {"aspect_ratio": "16:9", "prompt_upsampling": False}, "txt2img"),
        ("StabilityStableImageUltraNode", {"image": ["5", 0], "negative_prompt": "blurry"}, "img2img"),
        ("NobodyKnowsThisService", {"width": 640, "height": 512}, "txt2img"),
    ],
)
def test_a_service_draws_without_a_sampler(class_type: str, inputs: dict[str, Any], operation: str) -> None:
    graph = {
        "2": graph_node(class_type, prompt=["3", 0], seed=42, **inputs),
        "3": graph_node("PrimitiveStringMultiline", value="a boat"),
        "4": graph_node("SaveImage", images=["2", 0], filename_prefix="x"),
        **({"5": graph_node("LoadImage", image="a.png")} if "image" in inputs else {}),
    }
    draft = drafted(graph)
    found = {each.parameter: each.bind for each in draft.found}
    assert (found["prompt"], found["seed"]) == ("3.inputs.value", "2.inputs.seed")
    assert draft.entry["operation"] == operation
    assert found.get("negative_prompt") == ("2.inputs.negative_prompt" if "negative_prompt" in inputs else None)


def test_loras_inside_objects_are_bound_there_and_filled_in() -> None:
    graph = with_inputs(
        sampled(
            n20=graph_node(
                "Power Lora Loader (rgthree)",
                lora_1={"on": False, "lora": "ink.safetensors", "strength": 1},
                lora_2={"on": True, "lora": "woodcut.safetensors", "strength": 0.7},
                lora_3={"on": True, "lora": "None", "strength": 1},
                model=["4", 0],
                clip=["4", 1],
            )
        ),
        "3",
        model=["20", 0],
    )
    found = binds(graph)
    assert found["built_in_lora"] == "20.inputs.lora_2.lora"
    assert found["built_in_lora_strength"] == "20.inputs.lora_2.strength"
    workflow = imported(graph)
    filled = compile_graph(workflow, spec_for(workflow, prompt="x", built_in_lora="oak.safetensors"))
    assert filled["20"]["inputs"]["lora_2"] == {"on": True, "lora": "oak.safetensors", "strength": 0.7}
    assert graph["20"]["inputs"]["lora_2"]["lora"] == "woodcut.safetensors", "the export stays as it is"


@pytest.mark.parametrize(
    ("inputs", "bound"),
    [
        ({"input_mode": "simple", "lora_count": 1, "lora_name_1": "a.safetensors", "lora_wt_1": 0.8, "model_str_1": 1,
          "lora_name_2": "b.safetensors"}, "2.inputs.lora_name_1"),
        ({"switch_1": "Off", "lora_name_1": "a.safetensors", "switch_2": "On", "lora_name_2": "b.safetensors",
          "model_weight_2": 0.8, "clip_weight_2": 1}, "2.inputs.lora_name_2"),
        ({"lora_01": "None", "lora_02": "b.safetensors", "strength_02": 0.8}, "2.inputs.lora_02"),
        ({"toggle": True, "num_loras": 1, "lora_1_name": "a.safetensors", "lora_1_strength": 0.8,
          "lora_2_name": "b.safetensors"}, "2.inputs.lora_1_name"),
        ({"lora_name": {"content": "a.safetensors", "image": None}, "strength_model": 0.8},
         "2.inputs.lora_name.content"),
        ({"loras": {"__value__": [{"name": "a.safetensors", "strength": 0.8, "active": True}]}},
         "2.inputs.loras.__value__.0.name"),
    ],
)  # fmt: skip
def test_stacks_of_every_pack_tell_their_loras_and_strengths(inputs: dict[str, Any], bound: str) -> None:
    graph = with_inputs(sampled(n2=graph_node("Some LoRA Stack", model=["4", 0], **inputs)), "3", model=["2", 0])
    found = binds(graph)
    assert found["built_in_lora"] == bound
    assert defaults(graph)["built_in_lora_strength"] == 0.8
    assert "built_in_lora_2" not in found


@pytest.mark.parametrize("class_type", ["LoadAndResizeImage", "easy loadImage", "Image Load Plus"])
def test_a_picture_is_loaded_by_a_class_of_any_name(class_type: str) -> None:
    graph = with_inputs(
        sampled(
            n30=graph_node(class_type, image="room.png", width=1024, height=1024),
            n31=graph_node("VAEEncode", pixels=["30", 0], vae=["4", 2]),
        ),
        "3",
        latent_image=["31", 0],
    )
    assert binds(graph)["image"] == "30.inputs.image"
    assert drafted(graph).entry["operation"] == "img2img"


@pytest.mark.parametrize(
    "class_type", ["ImageCompositeMasked", "JoinImageWithAlpha", "Cut By Mask", "ConditioningSetMask"]
)
def test_a_mask_that_never_reaches_the_latent_makes_no_inpainting(class_type: str) -> None:
    uses_conditioning = class_type.startswith("Cond")
    takes: dict[str, Any] = {"conditioning": ["6", 0]} if uses_conditioning else {"image": ["30", 0]}
    cut = graph_node(class_type, None, mask=["30", 1], **takes)
    graph = sampled(
        n30=graph_node("LoadImage", image="p.png"),
        n33=cut,
        n35=graph_node("VAEEncode", pixels=["30" if uses_conditioning else "33", 0], vae=["4", 2]),
    )
    graph = with_inputs(graph, "3", latent_image=["35", 0], **({"positive": ["33", 0]} if uses_conditioning else {}))
    assert drafted(graph).entry["operation"] == "img2img"
    painted = {**graph, "36": graph_node("SetLatentNoiseMask", samples=["35", 0], mask=["30", 1])}
    assert drafted(with_inputs(painted, "3", latent_image=["36", 0])).entry["operation"] == "inpaint"


def test_a_guider_of_two_prompts_has_its_own_name_for_cfg() -> None:
    guider = graph_node("DualCFGGuider", model=["4", 0], cond1=["6", 0], cond2=["6", 0], negative=["7", 0],
                        cfg_conds=5, cfg_cond2_negative=2, style="regular")  # fmt: skip
    graph = sampled(
        n3=graph_node("SamplerCustomAdvanced", noise=["20", 0], guider=["23", 0], sampler=["21", 0], sigmas=["22", 0],
                      latent_image=["5", 0]),
        n20=graph_node("RandomNoise", noise_seed=31),
        n21=graph_node("KSamplerSelect", sampler_name="euler"),
        n22=graph_node("BasicScheduler", scheduler="normal", steps=20, denoise=1, model=["4", 0]),
        n23=guider,
    )  # fmt: skip
    assert binds(graph)["cfg_scale"] == "23.inputs.cfg_conds"
    assert texts(binds(graph)) == BOTH
    other = {**graph, "23": graph_node("PerpNegGuider", model=["4", 0], positive=["6", 0], negative=["7", 0],
                                       empty_conditioning=["40", 0], cfg=4, neg_scale=1),
             "40": graph_node("CLIPTextEncode", text="", clip=["4", 1])}  # fmt: skip
    assert texts(binds(other)) == BOTH
    assert binds(other)["cfg_scale"] == "23.inputs.cfg"


def test_a_scheduler_of_another_pack_keeps_its_name_and_others_stay_strict() -> None:
    graph = with_inputs(sampled(), "3", scheduler="AYS SDXL", sampler_name="my sampler (fast)")
    workflow = imported(graph)
    assert workflow.parameters["scheduler"].default == "AYS SDXL"
    assert compile_graph(workflow, spec_for(workflow, prompt="x"))["3"]["inputs"]["sampler_name"] == "my sampler (fast)"


@pytest.mark.parametrize("class_type", ["VHS_VideoCombine", "SaveAnimatedWEBP", "SaveWEBM", "ADE_AnimateDiffCombine"])
def test_a_video_is_told(class_type: str) -> None:
    graph = sampled(n9=graph_node(class_type, images=["8", 0], filename_prefix="x", frame_rate=8))
    assert any("video" in each for each in notes(graph))


def test_the_first_samplers_prompt_counts_and_an_empty_one_of_a_later_pass_does_not() -> None:
    later = graph_node("UltimateSDUpscale", image=["8", 0], model=["4", 0], positive=["16", 0], negative=["17", 0],
                       seed=11, steps=10, cfg=1, sampler_name="euler", scheduler="simple", denoise=0.25)  # fmt: skip
    graph = with_inputs(
        sampled(
            n12=graph_node("CaptionIt", image=["13", 0]),
            n13=graph_node("LoadImage", image="a.png"),
            n16=graph_node("CLIPTextEncode", text="sharp", clip=["4", 1]),
            n17=graph_node("CLIPTextEncode", text="", clip=["4", 1]),
            n19=later,
        ),
        "9",
        images=["19", 0],
    )
    assert texts(binds(graph)) == (*BOTH,)
    assert binds(graph)["prompt_2"] == "16.inputs.text"
    hidden = with_inputs(graph, "6", text=["12", 0])
    assert "16.inputs.text" not in binds(hidden).values()
    assert any("computed by the graph" in each for each in notes(hidden))


def test_a_detailer_is_not_a_second_pass() -> None:
    detailer = graph_node("FaceDetailer", image=["8", 0], model=["4", 0], positive=["6", 0], negative=["7", 0], seed=2,
                          steps=9, cfg=7, sampler_name="euler", scheduler="normal", denoise=0.4,
                          wildcard="")  # fmt: skip
    graph = with_inputs(sampled(n19=detailer), "9", images=["19", 0])
    found = binds(graph)
    assert (found["steps"], found["detailer_steps"]) == ("3.inputs.steps", "19.inputs.steps")
    assert found["detailer_denoise_strength"] == "19.inputs.denoise"
    assert "hires_denoise" not in found
    assert drafted(graph).entry["operation"] == "txt2img"


def test_a_sampler_whose_picture_only_guides_comes_after_the_one_that_draws() -> None:
    graph = sampled(
        n5=graph_node("EmptyLatentImage", width=1016, height=1016, batch_size=1),
        n71=graph_node("KSampler", model=["4", 0], positive=["6", 0], negative=["7", 0], latent_image=["74", 0], seed=9,
                       steps=10, cfg=8, sampler_name="euler", scheduler="normal", denoise=1),
        n72=graph_node("VAEDecode", samples=["71", 0], vae=["4", 2]),
        n74=graph_node("EmptyLatentImage", width=512, height=512, batch_size=1),
        n60=graph_node("ApplyInstantID", model=["4", 0], positive=["6", 0], negative=["7", 0], image_kps=["72", 0]),
    )  # fmt: skip
    found = binds(with_inputs(graph, "3", positive=["60", 1], negative=["60", 2]))
    assert (found["steps"], found["width"]) == ("3.inputs.steps", "5.inputs.width")


@pytest.mark.parametrize(
    "kept", [{"condition": "downscale if bigger"}, {"width": ["31", 0], "height": ["31", 0], "method": "longest side"}]
)
def test_a_bound_that_a_picture_is_kept_within_is_no_size(kept: dict[str, Any]) -> None:
    resize: dict[str, Any] = {"width": 2048, "height": 2048, "image": ["30", 0], **kept}
    graph = sampled(
        n30=graph_node("LoadImage", image="p.png"),
        n31=graph_node("PrimitiveInt", value=2048),
        n32=graph_node("ImageResize+", None, **resize),
        n35=graph_node("VAEEncode", pixels=["32", 0], vae=["4", 2]),
    )
    assert "width" not in binds(with_inputs(graph, "3", latent_image=["35", 0]))


def test_numbers_in_another_tools_words_give_way_to_the_usual_ones() -> None:
    graph = with_inputs(sampled(), "3", steps="%%_FIX_${stepsofsampler:20}_END_%%", cfg="${cfg:7}")
    found = imported(graph).parameters
    assert (found["steps"].default, found["cfg_scale"].default) == (20, 7)


@pytest.mark.parametrize(("class_type", "bound"), [("SeedVR2VideoUpscaler", True), ("ShufflePreprocessor", False)])
def test_what_draws_by_chance_without_a_prompt_has_a_seed(class_type: str, bound: bool) -> None:
    graph = {
        "1": graph_node("LoadImage", image="p.png"),
        "2": graph_node(class_type, image=["1", 0], seed=7),
        "3": graph_node("SaveImage", images=["2", 0], filename_prefix="x"),
    }
    assert ("seed" in binds(graph)) is bound


@pytest.mark.parametrize(("name", "value"), [("image_path", "./in/room.png"), ("image", "/home/me/room.png")])
def test_a_picture_that_is_loaded_by_its_path_is_told_and_not_bound(name: str, value: str) -> None:
    loader = graph_node("Image Load", None, **{name: value})
    graph = sampled(n30=loader, n31=graph_node("VAEEncode", pixels=["30", 0], vae=["4", 2]))
    graph = with_inputs(graph, "3", latent_image=["31", 0])
    assert "image" not in binds(graph)
    assert any("put a Load Image in its place" in each for each in notes(graph))


@pytest.mark.parametrize(("encoder", "latent"), [("flux2", "EmptyLatentImage"), ("flux", "EmptyFlux2LatentImage")])
def test_flux_2_is_told_by_its_own_parts_whatever_a_folder_says(encoder: str, latent: str) -> None:
    graph = sampled(
        n4=None,
        n1=graph_node("UNETLoader", unet_name="Flux\\klein-9b.safetensors", weight_dtype="default"),
        n2=graph_node("CLIPLoader", clip_name="qwen_3_8b.safetensors", type=encoder),
        n11=graph_node("VAELoader", vae_name="flux2-vae.safetensors"),
        n5=graph_node(latent, width=1024, height=768, batch_size=1),
        n6=graph_node("CLIPTextEncode", text="a boat", clip=["2", 0]),
        n7=graph_node("CLIPTextEncode", text="", clip=["2", 0]),
        n8=graph_node("VAEDecode", samples=["3", 0], vae=["11", 0]),
    )
    assert drafted(with_inputs(graph, "3", model=["1", 0])).entry["families"] == ["any"]
