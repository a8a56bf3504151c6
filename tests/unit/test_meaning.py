"""What a graph means: prompts are found by what feeds a sampler, and what cannot be told is left open."""

from typing import Any

import pytest

from tests.unit.import_exports import binds, drafted, graph_node, imported, sampled, with_inputs
from vibes.domain.pictures.graph import Graph
from vibes.workflows.meaning.roles import find_roles
from vibes.workflows.meaning.schema import Schema, read_schema


def conditioned(positive: list[Any], negative: list[Any], **nodes: Any) -> dict[str, Any]:
    return with_inputs(sampled(**nodes), "3", positive=positive, negative=negative)


def texts(found: dict[str, str]) -> tuple[str | None, str | None]:
    return found.get("prompt"), found.get("negative_prompt")


BOTH = ("6.inputs.text", "7.inputs.text")


@pytest.mark.parametrize(
    ("class_type", "slots"), [("ApplyInstantID", (1, 2)), ("ACN_AdvancedControlNetApply", (0, 1)), ("Odd Pair", (3, 5))]
)
def test_a_pair_comes_out_of_any_two_slots(class_type: str, slots: tuple[int, int]) -> None:
    pair = graph_node(class_type, model=["4", 0], positive=["6", 0], negative=["7", 0], image=["23", 0])
    graph = conditioned(["24", slots[0]], ["24", slots[1]], n24=pair, n23=graph_node("LoadImage", image="face.png"))
    assert texts(binds(graph)) == BOTH
    assert binds(graph)["image"] == "23.inputs.image"


def test_a_pair_that_is_crossed_is_told_by_the_names_that_the_fleet_gives() -> None:
    told = {"Crosser": {"input": {}, "output": ["CONDITIONING"] * 2, "output_name": ["NEGATIVE", "POSITIVE"]}}
    graph = conditioned(["24", 1], ["24", 0], n24=graph_node("Crosser", positive=["6", 0], negative=["7", 0]))
    assert places(graph, read_schema(told)) == BOTH
    assert places(graph, None) == (BOTH[1], BOTH[0]), "by slots alone it looks crossed"


def test_a_pair_without_names_is_told_by_the_order_of_its_conditioning_wherever_that_begins() -> None:
    told = read_schema({"Pair": {"input": {}, "output": ["MODEL", "CONDITIONING", "CONDITIONING"]}})
    pair = graph_node("Pair", positive=["6", 0], negative=["7", 0])
    assert places(conditioned(["24", 1], ["24", 2], n24=pair), told) == BOTH
    assert places(conditioned(["24", 2], ["24", 1], n24=pair), told) == (BOTH[1], BOTH[0]), "it is crossed"


def places(graph: Graph, schema: Schema | None) -> tuple[str, str]:
    found = find_roles(graph, schema).settings
    prompt, negative = found["prompt"][0].place, found["negative_prompt"][0].place
    return f"{prompt.graph_node_id}.inputs.{prompt.input}", f"{negative.graph_node_id}.inputs.{negative.input}"


def test_bundles_of_links_are_followed_on_the_right_side() -> None:
    graph = sampled(
        n20=graph_node(
            "ToBasicPipe", model=["4", 0], clip=["4", 1], vae=["4", 2], positive=["6", 0], negative=["7", 0]
        ),
        n21=graph_node("FromBasicPipe_v2", basic_pipe=["20", 0]),
    )
    assert texts(binds(with_inputs(graph, "3", positive=["21", 4], negative=["21", 5]))) == BOTH


def test_a_sampler_that_takes_a_bundle_alone_is_one() -> None:
    graph = {
        "1": graph_node("easy fullLoader", ckpt_name="pony_v6.safetensors", positive="a cat", negative="blurry",
                        empty_latent_width=640, empty_latent_height=896, lora_name="None"),
        "2": graph_node("easy preSampling", pipe=["1", 0], steps=22, cfg=6.5, sampler_name="euler", scheduler="normal",
                        denoise=1.0, seed=11),
        "3": graph_node("easy kSampler", pipe=["2", 0], image_output="Hide", link_id=0, save_prefix="x"),
        "4": graph_node("SaveImage", images=["3", 1], filename_prefix="x"),
    }  # fmt: skip
    found = binds(graph)
    assert texts(found) == ("1.inputs.positive", "1.inputs.negative")
    assert (found["seed"], found["steps"], found["cfg_scale"]) == ("2.inputs.seed", "2.inputs.steps", "2.inputs.cfg")
    assert (found["width"], found["height"]) == ("1.inputs.empty_latent_width", "1.inputs.empty_latent_height")
    assert "built_in_lora" not in found


def test_of_joined_texts_the_subject_is_the_prompt_and_the_rest_is_offered_by_its_title() -> None:
    graph = with_inputs(
        sampled(
            n10=graph_node("PrimitiveStringMultiline", "Technique", value="woodcut print, fine lines, rice paper"),
            n11=graph_node("PrimitiveStringMultiline", "Subject", value="a boat"),
            n12=graph_node("StringConcatenate", string_a=["10", 0], string_b=["11", 0], delimiter=", "),
        ),
        "6",
        text=["12", 0],
    )
    found = binds(graph)
    assert found["prompt"] == "11.inputs.value"
    assert found["technique"] == "10.inputs.value"
    assert any("graph node 12 (StringConcatenate) makes the prompt of several texts" in each for each in notes(graph))
    assert imported(graph).parameters["technique"].default == "woodcut print, fine lines, rice paper"


def notes(graph: Graph) -> tuple[str, ...]:
    return drafted(graph).notes


def test_a_title_that_is_another_parameters_name_is_not_taken() -> None:
    graph = with_inputs(
        sampled(
            n10=graph_node("Text Multiline", "Seed", text="oak"),
            n11=graph_node("Text Multiline", text="a boat on a pond"),
            n12=graph_node("Text Concatenate", text_a=["10", 0], text_b=["11", 0], delimiter=","),
        ),
        "6",
        text=["12", 0],
    )
    found = binds(graph)
    assert (found["prompt"], found["prompt_2"], found["seed"]) == (
        "11.inputs.text",
        "10.inputs.text",
        "3.inputs.seed",
    )


@pytest.mark.parametrize(
    ("class_type", "inputs", "bound"),
    [
        ("StringFunction|pysssss", {"action": "append", "text_a": "a boat", "text_b": "", "text_c": ""}, "text_a"),
        ("StringFunction|pysssss", {"action": "append", "text_a": "", "text_b": "a boat"}, "text_b"),
        ("Text Find and Replace", {"text": "a boat", "find": "boat", "replace": "ship"}, "text"),
        ("ImpactWildcardProcessor", {"wildcard_text": "a {x|y} boat", "populated_text": "a x boat", "mode": "populate"},
         "wildcard_text"),
        ("ImpactWildcardProcessor", {"wildcard_text": "a {x|y} boat", "populated_text": "a x boat", "mode": "fixed"},
         "populated_text"),
        ("DPRandomGenerator", {"text": "a {x|y} boat", "seed": 4, "autorefresh": "No"}, "text"),
        ("CR Prompt Text", {"prompt": "a boat"}, "prompt"),
        ("Textbox", {"text": "a boat"}, "text"),
        ("SwarmInputText", {"title": "Prompt", "value": "a boat", "view_type": "prompt", "description": ""}, "value"),
    ],
)  # fmt: skip
def test_a_text_is_bound_where_a_person_writes_it(class_type: str, inputs: dict[str, Any], bound: str) -> None:
    graph = with_inputs(sampled(n12=graph_node(class_type, **inputs)), "6", text=["12", 0])
    assert texts(binds(graph)) == (f"12.inputs.{bound}", "7.inputs.text")


def test_a_styling_node_of_both_sides_gives_each_its_own() -> None:
    styler = graph_node(
        "SDXLPromptStyler", text_positive="a boat", text_negative="blurry", style="ink", log_prompt="No"
    )
    graph = with_inputs(with_inputs(sampled(n12=styler), "6", text=["12", 0]), "7", text=["12", 1])
    assert texts(binds(graph)) == ("12.inputs.text_positive", "12.inputs.text_negative")


def test_the_persons_text_is_never_the_negative_one() -> None:
    styler = graph_node("StyledBoth", prompt="a boat", style="ink")
    graph = with_inputs(with_inputs(sampled(n12=styler), "6", text=["12", 0]), "7", text=["12", 1])
    assert texts(binds(graph)) == ("12.inputs.prompt", None)


@pytest.mark.parametrize("title", ["CLIP Text Encode (Prompt)", "CLIP Text Encode (Positive Prompt)"])
def test_the_usual_title_of_an_encoder_says_nothing(title: str) -> None:
    described = graph_node("CaptionIt", image=["13", 0])
    graph = with_inputs(
        sampled(
            n7=graph_node("CLIPTextEncode", title, text="blurry", clip=["4", 1]),
            n12=described,
            n13=graph_node("LoadImage", image="a.png"),
        ),
        "6",
        text=["12", 0],
    )
    assert texts(binds(graph)) == (None, "7.inputs.text")
    [unsure] = drafted(graph).unsure
    assert unsure.parameter == "prompt"
    assert unsure.say in notes(graph)


def test_what_stays_open_names_what_may_be_meant_and_what_to_do() -> None:
    graph = sampled(
        n6=graph_node("CLIPTextEncode", text="a boat", clip=["4", 1]),
        n7=graph_node("CLIPTextEncode", text="a ship", clip=["4", 1]),
        n50=graph_node("Hub", a=["6", 0], b=["7", 0]),
    )
    graph = with_inputs(graph, "3", positive=["50", 0], negative=["50", 1])
    [unsure] = drafted(graph).unsure
    assert [(each.place, each.value) for each in unsure.candidates] == [
        (("6", "text"), "a boat"),
        (("7", "text"), "a ship"),
    ]
    assert unsure.say.endswith("say which input it is, such as prompt=6.text")


@pytest.mark.parametrize(("on", "bound"), [(True, "11.inputs.value"), (False, "10.inputs.value")])
def test_a_switch_passes_on_what_it_is_set_to(on: bool, bound: str) -> None:
    graph = sampled(
        n10=graph_node("PrimitiveString", value="a boat"),
        n11=graph_node("PrimitiveString", value="a ship"),
        n12=graph_node("PrimitiveBoolean", value=on),
        n13=graph_node("ComfySwitchNode", on_true=["11", 0], on_false=["10", 0], switch=["12", 0]),
    )
    assert binds(with_inputs(graph, "6", text=["13", 0]))["prompt"] == bound


def test_what_is_added_in_a_joining_node_is_not_the_prompt_where_texts_are_linked_to_it() -> None:
    graph = with_inputs(
        sampled(
            n10=graph_node("Text Multiline", text="etching"),
            n11=graph_node("Text Multiline", text="a heron"),
            n13=graph_node(
                "StringConcatenate", string_a=["11", 0], string_b="film grain, dust, scratches", delimiter=","
            ),
            n14=graph_node("Text Concatenate", text_a=["10", 0], text_b=["13", 0], delimiter=","),
        ),
        "6",
        text=["14", 0],
    )
    assert binds(graph)["prompt"] in {"10.inputs.text", "11.inputs.text"}
    assert "13.inputs.string_b" in binds(graph).values(), "it is offered beside it"


def test_an_empty_text_that_is_joined_with_what_the_graph_writes_is_not_the_prompt() -> None:
    graph = with_inputs(
        sampled(
            n10=graph_node("Text Multiline", "trigger words", text=""),
            n11=graph_node("CaptionIt", image=["12", 0]),
            n12=graph_node("LoadImage", image="a.png"),
            n14=graph_node("Text Concatenate", text_a=["10", 0], text_b=["11", 0], delimiter=","),
        ),
        "6",
        text=["14", 0],
    )
    assert "prompt" not in binds(graph)
    assert drafted(graph).unsure


@pytest.mark.parametrize("class_type", ["ImpactWildcardEncode", "WildcardEncode //Inspire"])
@pytest.mark.parametrize(("mode", "bound"), [("populate", "wildcard_text"), ("fixed", "populated_text")])
def test_a_wildcard_encoder_is_bound_where_the_text_stands_that_counts(class_type: str, mode: str, bound: str) -> None:
    told = {"wildcard_text": "a {red|blue} boat", "populated_text": "a red boat", "mode": mode, "seed": 4}
    encoder = graph_node(class_type, None, model=["4", 0], clip=["4", 1], **told)
    graph = with_inputs(sampled(n10=encoder), "3", model=["10", 0], positive=["10", 2])
    assert texts(binds(graph)) == (f"10.inputs.{bound}", "7.inputs.text")


def test_an_erased_negative_is_none() -> None:
    graph = with_inputs(sampled(n10=graph_node("ConditioningZeroOut", conditioning=["6", 0])), "3", negative=["10", 0])
    assert texts(binds(graph)) == ("6.inputs.text", None)
