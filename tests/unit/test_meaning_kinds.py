"""Kinds of graphs that people share: captioners, arithmetic, switches, control pictures, samplers of other packs."""

from collections import Counter
from typing import Any

import pytest

from tests.unit.import_exports import binds, drafted, graph_node, imported, sampled, with_inputs
from vibes.domain.pictures.graph import Graph
from vibes.workflows.graphs.walk import Place
from vibes.workflows.meaning import switches
from vibes.workflows.meaning.wiring import Wiring

PHOTO = graph_node("LoadImage", image="a.png")


def encoded_by_a_pack(text: Any) -> dict[str, Any]:
    return graph_node("smZ CLIPTextEncode", text=text, clip=["4", 1], parser="A1111")


def captioned(text: str, title: str | None = None) -> dict[str, Any]:
    return graph_node("Florence2Run", title, image=["30", 0], text_input=text, task="more_detailed_caption", seed=1)


def operation(graph: Graph) -> object:
    return drafted(graph).entry["operation"]


@pytest.mark.parametrize("title", [None, "Prompt from a picture"])
@pytest.mark.parametrize("encoder", [encoded_by_a_pack(["32", 2]), graph_node("CLIPTextEncode", text=["32", 2])])
def test_what_tells_a_captioner_what_to_do_is_no_prompt(encoder: dict[str, Any], title: str | None) -> None:
    graph = sampled(n6=encoder, n30=PHOTO, n32=captioned("describe the picture", title))
    assert "prompt" not in binds(graph)
    [unsure] = drafted(graph).unsure
    assert unsure.parameter == "prompt"
    assert unsure.candidates == ()


def test_a_text_beside_a_caption_is_the_prompt() -> None:
    joined = graph_node("StringConcatenate", string_a="woodcut of", string_b=["32", 2], delimiter=" ")
    graph = sampled(n6=encoded_by_a_pack(["33", 0]), n30=PHOTO, n32=captioned("describe"), n33=joined)
    assert binds(graph)["prompt"] == "33.inputs.string_a"


def test_beside_a_text_that_it_is_given_a_language_model_is_told_what_to_do() -> None:
    asked = graph_node("OllamaGenerate", prompt="Rewrite this as tags", text=["10", 0], temperature=0.8)
    graph = with_inputs(sampled(n10=graph_node("PrimitiveString", value="a boat"), n40=asked), "6", text=["40", 0])
    assert binds(graph)["prompt"] == "10.inputs.value"


@pytest.mark.parametrize(
    ("class_type", "inputs", "bound"),
    [
        ("Concatenate Many Strings", {"string1": ["13", 0], "string2": "a boat", "separator": ", "}, "string2"),
        ("Mix Strings", {"first": "a boat on a pond", "second": ["13", 0]}, "first"),
        ("Text Concatenate", {"text_a": ["13", 0], "text_b": "a boat", "text_c": ["14", 0]}, "text_b"),
    ],
)
def test_a_text_in_a_joining_node_is_found_beside_links_to_what_nobody_knows(
    class_type: str, inputs: dict[str, Any], bound: str
) -> None:
    oracle = graph_node("Odd Oracle", seed=4)
    graph = with_inputs(sampled(n12=graph_node(class_type, **inputs), n13=oracle, n14=oracle), "6", text=["12", 0])
    assert binds(graph)["prompt"] == f"12.inputs.{bound}"


def test_a_joining_node_with_odd_names_is_followed_to_all_of_its_texts() -> None:
    parts = {"n61": graph_node("Text Box", "Motif", text="a boat"), "n62": graph_node("Text Box", text="etching, ink")}
    mixed = graph_node("Weave", warp=["61", 0], weft=["62", 0])
    found = binds(with_inputs(sampled(n60=mixed, **parts), "6", text=["60", 0]))
    assert (found["prompt"], found["prompt_2"]) == ("61.inputs.text", "62.inputs.text")


@pytest.mark.parametrize(
    "reckoner",
    [
        graph_node("MathExpression|pysssss", expression="a*30", a=["40", 0]),
        graph_node("Formula", formula="q*10", q=["40", 0]),
        graph_node("Multiply", a=["40", 0], factor=10),
        graph_node("Scale Number", number=["40", 0], factor=8),
        graph_node("Half", value=["40", 0]),
        graph_node("ImpactInt", value=["42", 0]),
    ],
)
def test_a_number_that_is_reckoned_with_is_not_the_number(reckoner: dict[str, Any]) -> None:
    nodes = {"n40": graph_node("PrimitiveFloat", "Quality", value=3.0), "n41": reckoner}
    nodes["n42"] = graph_node("Formula", formula="q*10", q=["40", 0])
    graph = sampled(**nodes)
    assert "steps" not in binds(with_inputs(graph, "3", steps=["41", 0]))
    assert "width" not in binds(with_inputs(graph, "5", width=["41", 0]))


def test_a_number_is_followed_through_what_only_limits_it_and_past_its_neighbours() -> None:
    nodes = {"n40": graph_node("PrimitiveInt", value=30), "n41": graph_node("Ints", value=["40", 0], min=1, max=90)}
    assert binds(with_inputs(sampled(**nodes), "3", steps=["41", 0]))["steps"] == "40.inputs.value"
    bundled = sampled(n40=graph_node("PrimitiveInt", value=9), n41=graph_node("Bundle", seed=["40", 0], steps=30))
    assert binds(with_inputs(bundled, "3", seed=["41", 1]))["seed"] == "40.inputs.value"


def video(**changed: Any) -> dict[str, Any]:
    graph = {
        "1": graph_node("WanVideoModelLoader", model="wan2.1_t2v_14B.safetensors"),
        "2": graph_node("LoadWanVideoT5TextEncoder", model_name="umt5-xxl.safetensors"),
        "3": graph_node("WanVideoTextEncode", positive_prompt="a boat", negative_prompt="smudged", t5=["2", 0]),
        "4": graph_node("WanVideoEmptyEmbeds", width=832, height=480, num_frames=81),
        "5": graph_node("WanVideoSampler", model=["1", 0], text_embeds=["3", 0], image_embeds=["4", 0], steps=30, cfg=6,
                        shift=5, seed=77, scheduler="unipc"),
        "7": graph_node("WanVideoDecode", samples=["5", 0]),
        "8": graph_node("VHS_VideoCombine", images=["7", 0], frame_rate=16, filename_prefix="wan"),
    }  # fmt: skip
    return {**graph, **{name.removeprefix("n"): node for name, node in changed.items()}}


def test_a_sampler_that_takes_embeds_in_the_place_of_both_prompts_is_one() -> None:
    found = binds(video())
    assert {name: found.get(name) for name in ("prompt", "negative_prompt", "seed", "steps", "cfg_scale", "width")} == {
        "prompt": "3.inputs.positive_prompt",
        "negative_prompt": "3.inputs.negative_prompt",
        "seed": "5.inputs.seed",
        "steps": "5.inputs.steps",
        "cfg_scale": "5.inputs.cfg",
        "width": "4.inputs.width",
    }


def test_embeds_that_are_bridged_from_two_encoders_are_followed_to_both() -> None:
    encoder = {each: graph_node("CLIPTextEncode", text=each, clip=["15", 0]) for each in ("a boat", "smudged")}
    bridge = graph_node("WanVideoTextEmbedBridge", positive=["13", 0], negative=["14", 0])
    clip = graph_node("CLIPLoader", clip_name="umt5.safetensors", type="wan")
    found = binds(video(n3=bridge, n13=encoder["a boat"], n14=encoder["smudged"], n15=clip))
    assert (found["prompt"], found["negative_prompt"]) == ("13.inputs.text", "14.inputs.text")


@pytest.mark.parametrize(
    ("chosen", "kind", "bound", "unbound"), [(1, "txt2img", "width", "image"), (2, "img2img", "image", "width")]
)
def test_only_the_branch_that_a_switch_is_set_to_counts(chosen: int, kind: str, bound: str, unbound: str) -> None:
    switch = graph_node("CR Latent Input Switch", Input=chosen, latent1=["5", 0], latent2=["31", 0])
    start = graph_node("VAEEncode", pixels=["30", 0], vae=["4", 2])
    graph = with_inputs(sampled(n12=switch, n30=PHOTO, n31=start), "3", latent_image=["12", 0])
    assert operation(graph) == kind
    assert bound in binds(graph)
    assert unbound not in binds(graph)


def test_a_checkpoint_that_is_switched_off_is_none_of_the_workflow() -> None:
    other = graph_node("CheckpointLoaderSimple", ckpt_name="other_xl.safetensors")
    switch = graph_node("ComfySwitchNode", switch=False, on_true=["14", 0], on_false=["4", 0])
    found = binds(with_inputs(sampled(n12=switch, n14=other), "3", model=["12", 0]))
    assert found["checkpoint"] == "4.inputs.ckpt_name"
    assert "checkpoint_2" not in found


def test_a_switch_may_be_set_by_the_name_of_an_input() -> None:
    texts = {"n10": graph_node("PrimitiveString", value="a boat"), "n11": graph_node("PrimitiveString", value="a ship")}
    switch = graph_node("Prompt Switch", selected="prompt_2", prompt_1=["10", 0], prompt_2=["11", 0])
    assert binds(with_inputs(sampled(n12=switch, **texts), "6", text=["12", 0]))["prompt"] == "11.inputs.value"


CONTROL: dict[str, Any] = {
    "n40": graph_node("LoadImage", "Pose", image="pose.png"),
    "n41": graph_node("DWPreprocessor", image=["40", 0], resolution=512),
    "n42": graph_node("ControlNetLoader", control_net_name="openpose.safetensors"),
    "n43": graph_node(
        "ControlNetApplyAdvanced",
        positive=["6", 0],
        negative=["7", 0],
        control_net=["42", 0],
        image=["41", 0],
        strength=0.8,
    ),
}


def controlled(**changed: Any) -> dict[str, Any]:
    return with_inputs(sampled(**{**CONTROL, **changed}), "3", positive=["43", 0], negative=["43", 1])


def test_a_picture_that_only_controls_is_said_to_be_one() -> None:
    assert binds(controlled())["image"] == "40.inputs.image"
    image = imported(controlled()).parameters["image"]
    assert image.description == "The control picture of graph node 40 (LoadImage, “Pose”)."
    start = graph_node("VAEEncode", pixels=["30", 0], vae=["4", 2])
    both = with_inputs(controlled(n30=PHOTO, n31=start), "3", latent_image=["31", 0])
    found = imported(both).parameters
    assert binds(both)["image"] == "30.inputs.image"
    assert "control picture" not in found["image"].description
    assert found["image_2"].description == image.description


def test_a_stack_of_controlnets_controls_too() -> None:
    stack = graph_node("CR Multi-ControlNet Stack", switch_1="On", controlnet_1="pose.safetensors", image_1=["40", 0])
    applied = graph_node("CR Apply Multi-ControlNet", base_positive=["6", 0], base_negative=["7", 0],
                         switch="On", controlnet_stack=["42", 0])  # fmt: skip
    assert operation(controlled(n42=stack, n43=applied)) == "controlnet"


@pytest.mark.parametrize(
    ("positive", "negative"),
    [
        ("正向提示词", "反向提示词"),
        ("プロンプト", "ネガティブプロンプト"),
        ("Invite positive", "Invite négative"),
        ("Промпт", "Негативный промпт"),
    ],
)
def test_titles_of_other_languages_tell_the_sides_too(positive: str, negative: str) -> None:
    graph = sampled(
        n6=graph_node("CLIPTextEncode", positive, text="a boat", clip=["4", 1]),
        n7=graph_node("CLIPTextEncode", negative, text="blurry", clip=["4", 1]),
        n50=graph_node("Hub", a=["6", 0], b=["7", 0]),
    )
    found = binds(with_inputs(graph, "3", positive=["50", 0], negative=["50", 1]))
    assert (found["prompt"], found["negative_prompt"]) == ("6.inputs.text", "7.inputs.text")


def test_several_pictures_a_run_are_told_wherever_their_number_is_set() -> None:
    graph = with_inputs(sampled(n30=graph_node("PrimitiveInt", "Batch", value=4)), "5", batch_size=["30", 0])
    assert any(
        "makes 4 pictures a run" in each and "set value of graph node 30" in each for each in drafted(graph).notes
    )


def test_a_picture_that_is_written_into_the_graph_is_told() -> None:
    written = graph_node("ETN_LoadImageBase64", image="iVBORw0KGgoAAAANSUhEUgAA" * 9)
    start = graph_node("VAEEncode", pixels=["30", 0], vae=["4", 2])
    graph = with_inputs(sampled(n30=written, n31=start), "3", latent_image=["31", 0])
    assert any("has its picture written into the graph" in each for each in drafted(graph).notes)


def test_each_switch_is_judged_once_however_many_samplers_lead_to_it(monkeypatch: pytest.MonkeyPatch) -> None:
    judged: list[str] = []
    judge = switches._branches

    def counted(wiring: Wiring, graph_node_id: str) -> list[Place] | None:
        judged.append(graph_node_id)
        return judge(wiring, graph_node_id)

    monkeypatch.setattr(switches, "_branches", counted)
    graph = sampled(p0=graph_node("ToBasicPipe", model=["4", 0], positive=["6", 0], negative=["7", 0]), n3=None)
    for number in range(1, 41):
        pipe = graph_node("Pipe Switch", index=["oracle", 0], pipe_1=[f"p{number - 1}", 0], pipe_2=["p0", 0])
        sampler = graph_node("PipeSampler", pipe=["p40", 0], latent_image=[f"s{number - 1}", 0], seed=number, steps=9)
        graph |= {f"p{number}": pipe, f"s{number}": sampler}
    graph |= {"oracle": graph_node("RandomInt", seed=1), "s0": graph["5"]}
    assert binds(with_inputs(graph, "8", samples=["s40", 0]))["prompt"] == "6.inputs.text"
    assert max(Counter(judged).values()) <= 4, "for what is found, the operation, and notes; not for each sampler"
