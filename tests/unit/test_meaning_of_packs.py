"""What a graph means where packs declare parameters, draw without a sampler, or keep a sampler's settings apart."""

from typing import Any

import pytest

from tests.unit.import_exports import binds, drafted, graph_node, sampled, with_inputs


def declared(title: str, value: Any) -> dict[str, Any]:
    return graph_node("ETN_Parameter", name=title, type="prompt (positive)", default=value, min=0, max=100)


def krita() -> dict[str, Any]:
    """A workflow of Krita's plugin: canvas and result are its own, what people set is declared in the graph."""
    graph = sampled(
        n9=graph_node("ETN_KritaOutput", images=["8", 0], format="PNG"),
        n20=declared("1. Prompt", ""),
        n21=declared("2. Steps", 12),
    )
    return with_inputs(with_inputs(graph, "6", text=["20", 0]), "3", steps=["21", 0])


def test_a_declared_parameter_holds_its_value_also_an_empty_one() -> None:
    found = binds(krita())
    assert (found["prompt"], found["steps"]) == ("20.inputs.default", "21.inputs.default")


def test_what_is_asked_of_a_person_is_the_prompt_and_not_the_style_that_it_is_joined_with() -> None:
    joined = graph_node("CR Combine Prompt", part1="(plain background:1.5)", part2=["20", 0], part3="", separator=",")
    found = binds(with_inputs({**krita(), "22": joined}, "6", text=["22", 0]))
    assert (found["prompt"], found["negative_prompt"]) == ("20.inputs.default", "7.inputs.text")


def test_a_class_that_nobody_knows_at_the_end_takes_a_picture_by_the_name_of_its_input() -> None:
    upscaler = graph_node("SomeUpscaler", upscaled_image=["8", 0], model=["4", 0], positive=["6", 0], steps=4)
    graph = with_inputs({**krita(), "10": upscaler}, "9", images=["10", 0])
    assert drafted(graph).entry["parameters"]


@pytest.mark.parametrize(
    "finder", ["LayerMask: SegmentAnythingUltra V2", "GroundingDinoSAMSegment (segment anything)", "CLIPSegMasking"]
)
def test_words_for_what_a_mask_shall_cover_are_no_prompt(finder: str) -> None:
    graph = {
        "1": graph_node("LoadImage", image="person.png"),
        "2": graph_node("LoadImage", image="shirt.png"),
        "3": graph_node("CatVTONWrapper", image=["1", 0], mask=["6", 1], refer_image=["2", 0], seed=5, steps=50, cfg=3),
        "6": graph_node(finder, image=["1", 0], prompt="clothing", threshold=0.3),
        "7": graph_node("SomeSaver", images=["3", 0], filename_prefix="x"),
    }
    found = binds(graph)
    assert "prompt" not in found
    assert (found["seed"], found["steps"]) == ("3.inputs.seed", "3.inputs.steps")


def test_what_the_first_sampler_takes_as_negative_is_no_prompt_of_a_later_pass() -> None:
    detailer = graph_node("DetailerForEach", image=["8", 0], model=["4", 0], positive=["7", 0], negative=["7", 0],
                          seed=2, steps=9, cfg=7, denoise=0.6)  # fmt: skip
    found = binds(with_inputs(sampled(n19=detailer), "9", images=["19", 0]))
    assert (found["prompt"], found["negative_prompt"]) == ("6.inputs.text", "7.inputs.text")
    assert "prompt_2" not in found


def test_a_samplers_settings_are_found_in_what_provides_them() -> None:
    settings: dict[str, Any] = {"cfg": 8.0, "sampler_name": "euler", "scheduler": "karras", "denoise": 0.4}
    graph = sampled(
        n3=graph_node("TwoSamplersForMask", latent_image=["5", 0], base_sampler=["31", 0], mask_sampler=["32", 0]),
        n30=graph_node("ToBasicPipe", model=["4", 0], clip=["4", 1], vae=["4", 2], positive=["6", 0],
                       negative=["7", 0]),
        n31=graph_node("KSamplerProvider", seed=1, steps=20, basic_pipe=["30", 0], **settings),
        n32=graph_node("KSamplerProvider", seed=2, steps=20, basic_pipe=["30", 0], **settings),
    )  # fmt: skip
    found = binds(graph)
    assert (found["prompt"], found["negative_prompt"]) == ("6.inputs.text", "7.inputs.text")
    assert (found["seed"], found["steps"]) == ("31.inputs.seed, 32.inputs.seed", "31.inputs.steps, 32.inputs.steps")


def test_a_seed_is_found_in_the_bundle_that_graph_nodes_hand_on() -> None:
    graph = sampled(
        n30=graph_node("Seed (rgthree)", seed=4242),
        n31=graph_node("Context (rgthree)", model=["4", 0], clip=["4", 1], vae=["4", 2], seed=["30", 0]),
        n32=graph_node("Context (rgthree)", base_ctx=["31", 0], positive=["6", 0], negative=["7", 0]),
        n33=graph_node("Context (rgthree)", base_ctx=["32", 0]),
    )
    found = binds(with_inputs(graph, "3", seed=["33", 8], steps=["33", 9]))
    assert found["seed"] == "30.inputs.seed"
    assert "steps" not in found


def test_a_prompt_is_found_behind_what_marks_regions_of_its_words() -> None:
    graph = sampled(
        n6=graph_node("RegionsToConditioning", mask_token="", strict_mask=1.0, clip_regions=["21", 0]),
        n20=graph_node("CutoffBasePrompt", text="a girl with blue hair", clip=["4", 1]),
        n21=graph_node("CutoffSetRegions", region_text="blue hair", target_text="blue", clip_regions=["20", 0]),
    )
    assert binds(graph)["prompt"] == "20.inputs.text"


def test_what_samples_without_prompt_and_seed_has_steps() -> None:
    graph = {
        "1": graph_node("LoadImage", image="person.png"),
        "2": graph_node("LBMSampler", image=["1", 0], steps=20),
        "3": graph_node("SaveImage", images=["2", 0], filename_prefix="x"),
    }
    assert binds(graph)["steps"] == "2.inputs.steps"


def test_what_a_guider_of_an_editing_model_gets_from_the_negative_side_is_no_prompt() -> None:
    pair = graph_node("InstructPixToPixConditioning", positive=["6", 0], negative=["7", 0], vae=["4", 2],
                      pixels=["40", 0])  # fmt: skip
    guider = graph_node("DualCFGGuider", model=["4", 0], cond1=["37", 0], cond2=["37", 1], negative=["7", 0],
                        cfg_conds=5.0, cfg_cond2_negative=1.5)  # fmt: skip
    sampler = graph_node("SamplerCustomAdvanced", noise=["31", 0], guider=["38", 0], sampler=["32", 0],
                         sigmas=["33", 0], latent_image=["37", 2])  # fmt: skip
    graph = sampled(
        n3=sampler,
        n31=graph_node("RandomNoise", noise_seed=5),
        n32=graph_node("KSamplerSelect", sampler_name="euler"),
        n33=graph_node("BasicScheduler", model=["4", 0], scheduler="simple", steps=22, denoise=1),
        n37=pair,
        n38=guider,
        n40=graph_node("LoadImage", image="a.png"),
    )
    found = binds(graph)
    assert (found["prompt"], found["negative_prompt"]) == ("6.inputs.text", "7.inputs.text")
    assert "prompt_2" not in found


def test_words_for_a_box_come_after_the_prompt_that_they_are_added_to() -> None:
    box = graph_node("GLIGENTextBoxApply", text="sun", conditioning_to=["6", 0], clip=["4", 1],
                     gligen_textbox_model=["50", 0], width=64, height=64, x=0, y=0)  # fmt: skip
    graph = sampled(n27=box, n50=graph_node("GLIGENLoader", gligen_name="gligen.safetensors"))
    found = binds(with_inputs(graph, "3", positive=["27", 0]))
    assert (found["prompt"], found["prompt_2"]) == ("6.inputs.text", "27.inputs.text")
