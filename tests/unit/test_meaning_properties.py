"""Whatever stands between a person's texts and the sampler: each is found on its own side or not at all."""

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.import_exports import binds, graph_node, sampled, with_inputs

POSITIVE, NEGATIVE = "a boat on a pond", "smudged, noisy"

single = st.sampled_from(
    [
        ("FluxGuidance", "conditioning"),
        ("ConditioningSetTimestepRange", "conditioning"),
        ("Reroute", ""),
        ("Reroute (rgthree)", "*"),
        ("easy showAnything", "anything"),
        ("Nobody Knows", "cond"),
        ("Any Switch (rgthree)", "any_01"),
    ]
)
pairs = st.sampled_from(
    [
        ("ControlNetApplyAdvanced", 0, 1),
        ("ApplyInstantID", 1, 2),
        ("Nobody Knows Pairs", 0, 1),
        ("Nobody Knows Triples", 4, 5),
        ("InpaintModelConditioning", 0, 1),
    ]
)
held = st.sampled_from(
    [
        ("PrimitiveStringMultiline", "value"),
        ("Text Multiline", "text"),
        ("CR Prompt Text", "prompt"),
        ("ImpactWildcardProcessor", "wildcard_text"),
        ("Odd Text Holder", "my_text_1"),
    ]
)
steps = st.lists(st.one_of(st.tuples(st.just("one"), single, single), st.tuples(st.just("two"), pairs)), max_size=4)


def wired(chain: list[Any], holders: tuple[Any, Any] | None) -> tuple[dict[str, Any], tuple[str, str]]:
    """A graph in which both texts pass the chain, and where they stand."""
    graph = sampled(
        n6=graph_node("CLIPTextEncode", "CLIP Text Encode (Prompt)", text=POSITIVE, clip=["4", 1]),
        n7=graph_node("CLIPTextEncode", "CLIP Text Encode (Prompt)", text=NEGATIVE, clip=["4", 1]),
    )
    places = ["6.inputs.text", "7.inputs.text"]
    if holders:
        for number, ((class_type, name), text) in enumerate(zip(holders, (POSITIVE, NEGATIVE), strict=True)):
            graph[f"h{number}"] = graph_node(class_type, None, **{name: text})
            graph = with_inputs(graph, "67"[number], text=[f"h{number}", 0])
            places[number] = f"h{number}.inputs.{name}"
    ends: list[list[Any]] = [["6", 0], ["7", 0]]
    for number, (kind, *made) in enumerate(chain):
        if kind == "two":
            [(class_type, first, second)] = made
            graph[f"p{number}"] = graph_node(class_type, None, positive=ends[0], negative=ends[1])
            ends = [[f"p{number}", first], [f"p{number}", second]]
        else:
            for side, (class_type, name) in enumerate(made):
                graph[f"s{number}{side}"] = graph_node(class_type, None, **{name: ends[side]})
                ends[side] = [f"s{number}{side}", 0]
    return with_inputs(graph, "3", positive=ends[0], negative=ends[1]), (places[0], places[1])


@settings(max_examples=60, deadline=None)
@given(steps, st.none() | st.tuples(held, held))
def test_both_texts_are_found_through_whatever_passes_them_on(
    chain: list[Any], holders: tuple[Any, Any] | None
) -> None:
    graph, (positive, negative) = wired(chain, holders)
    found = binds(graph)
    assert (found["prompt"], found["negative_prompt"]) == (positive, negative)


words = st.sampled_from(
    [
        "text",
        "prompt",
        "positive",
        "negative",
        "conditioning",
        "cond",
        "a",
        "pipe",
        "value",
        "style",
        "image",
        "on_true",
    ]
)


@settings(max_examples=80, deadline=None)
@given(
    st.lists(st.tuples(words, words, st.integers(0, 3)), min_size=1, max_size=4),
    st.tuples(st.integers(0, 3), st.integers(0, 3)),
)
def test_a_text_of_one_side_is_never_taken_for_the_other(nodes: list[Any], slots: tuple[int, int]) -> None:
    """Graph nodes that nobody knows, with inputs of any names, in which both texts may meet."""
    graph = sampled()
    for number, (first, second, slot) in enumerate(nodes):
        before = [["6", 0], ["7", 0]] if number == 0 else [[f"u{number - 1}", slot], ["7", 0]]
        graph[f"u{number}"] = graph_node(f"Unknown {number}", None, **{second: before[1], first: before[0]})
    last = f"u{len(nodes) - 1}"
    graph = with_inputs(graph, "3", positive=["6", 0], negative=[last, slots[0]])
    found = binds(graph)
    assert found["prompt"] == "6.inputs.text"
    assert "6.inputs.text" not in {bind for name, bind in found.items() if name.startswith("negative")}
