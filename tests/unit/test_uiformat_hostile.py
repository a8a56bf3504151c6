"""Whatever is called a workflow in UI format ends in a graph or in one sentence, and soon."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.ui_canvas import Canvas
from vibes.domain.errors import InvalidRequest
from vibes.workflows.meaning.core_classes import core_schema
from vibes.workflows.uiformat import routes
from vibes.workflows.uiformat.convert import to_api
from vibes.workflows.uiformat.document import MAX_NODE_SLOTS, MAX_SLOTS, MAX_UI_NODES
from vibes.workflows.uiformat.patterns import MAX_STEPS, Patterns
from vibes.workflows.uiformat.prompt_text import first_alternatives

ids = st.sampled_from(["1", "2", "3", 1, 2, 3, "-10", -10, -20, None])
scalars = st.none() | st.booleans() | st.integers(-3, 30) | st.floats() | st.text(max_size=8)
junk = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=6), inner, max_size=4),
    max_leaves=8,
)
classes = st.sampled_from(
    [
        *(
            "KSampler",
            "CLIPTextEncode",
            "Reroute",
            "PrimitiveNode",
            "SetNode",
            "GetNode",
            "Note",
            "Unknown",
            "sub",
            "sub2",
        ),
        *("workflow>g", "workflow/g", "Anything Everywhere", "Prompts Everywhere", "Seed Everywhere", "LoadImage"),
    ]
)
slots = st.fixed_dictionaries(
    {"name": st.sampled_from(["seed", "text", "model", "x"]), "type": st.sampled_from(["INT", "MODEL", "*", "A,B"])},
    optional={
        "link": st.integers(0, 6) | junk,
        "widget": st.fixed_dictionaries({"name": st.sampled_from(["seed", "text"])}) | junk,
    },
)
nodes = st.fixed_dictionaries(
    {"id": ids, "type": classes},
    optional={
        "mode": st.sampled_from([0, 2, 4]) | junk,
        "inputs": st.lists(slots | junk, max_size=4) | junk,
        "outputs": st.lists(slots | junk, max_size=3) | junk,
        "widgets_values": st.lists(scalars, max_size=8) | junk,
        "widgets_values_named": junk,
        "properties": st.fixed_dictionaries(
            {},
            optional={
                "proxyWidgets": st.lists(st.tuples(ids, st.just("seed")).map(list), max_size=3) | junk,
                "ue_properties": junk,
            },
        )
        | junk,
    },
)
links = st.tuples(st.integers(0, 6), ids, st.integers(-1, 3), ids, st.integers(-1, 3), st.just("MODEL")).map(list)


def graphs(**more: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries(
        {"nodes": st.lists(nodes | junk, max_size=6), "links": st.lists(links | junk, max_size=8), **more}
    )


subgraph = graphs(
    id=st.sampled_from(["sub", "sub2"]), inputs=st.lists(slots, max_size=2), outputs=st.lists(slots, max_size=2)
)
group = graphs(external=st.lists(st.lists(st.integers(0, 2), max_size=3), max_size=2) | junk, config=junk)
documents = graphs(
    definitions=st.fixed_dictionaries({"subgraphs": st.lists(subgraph | junk, max_size=2)}) | junk,
    extra=st.fixed_dictionaries(
        {},
        optional={
            "groupNodes": st.fixed_dictionaries({"g": group}) | junk,
            "linearData": junk,
            "frontendVersion": junk,
        },
    )
    | junk,
)


@settings(max_examples=150)
@given(documents)
def test_any_document_becomes_a_graph_or_is_refused(document: dict[str, Any]) -> None:
    try:
        found = to_api(document, core_schema())
    except InvalidRequest:
        return
    json.dumps(found.graph)
    for each in found.graph.values():
        for value in each["inputs"].values():
            assert not isinstance(value, list) or value[0] in found.graph


@given(st.text(alphabet="{}|\\/*a \n", max_size=60))
def test_alternatives_are_taken_out_of_any_text(text: str) -> None:
    found = first_alternatives(text)
    assert len(found.text) <= len(text)


def test_a_long_text_of_braces_takes_no_time() -> None:
    assert first_alternatives("{" * 50_000).text == "{" * 50_000
    assert first_alternatives("{a|b}" * 50_000).text == "a" * 50_000
    assert len(first_alternatives("{" * 50_000 + "}" * 50_000).text) == 100_000


def test_too_many_graph_nodes_and_links_are_refused() -> None:
    many: dict[str, Any] = {"nodes": [{"id": number, "type": "Note"} for number in range(MAX_UI_NODES + 1)]}
    linked: dict[str, Any] = {"nodes": [], "links": [[number, 1, 0, 2, 0, "A"] for number in range(MAX_SLOTS + 1)]}
    for document in (many, linked):
        with pytest.raises(InvalidRequest, match="an import takes up to") as refused:
            to_api(document, core_schema())
        assert refused.value.code == "graph_too_large"


def test_subgraphs_that_double_at_each_level_are_refused() -> None:
    levels = []
    for level in range(15):
        canvas = Canvas()
        canvas.add(f"level {level + 1}")
        canvas.add(f"level {level + 1}")
        levels.append(canvas.subgraph(f"level {level}", {}, {}))
    canvas = Canvas()
    canvas.add("level 0")
    with pytest.raises(InvalidRequest, match="its subgraphs hold more than"):
        to_api(canvas.document(*levels), core_schema())


def in_a_row(kind: str, length: int, **more: Any) -> dict[str, Any]:
    """Graph nodes that pass on one another's output, and as many that all take that of the last."""

    def takes(number: int, origin: int) -> dict[str, Any]:
        inputs = [{"name": f"in {slot}", "type": "*", "link": number * 100 + slot} for slot in range(8)]
        wires.extend([number * 100 + slot, origin, 0, number, slot, "*"] for slot in range(8))
        return {"id": number, "inputs": inputs, "outputs": [{"name": "out", "type": "*"}]}

    wires: list[list[Any]] = []
    nodes = [{"id": 1, "type": "Source", "outputs": [{"name": "out", "type": "*"}]}]
    nodes += [{**takes(number, number - 1), "type": kind, **more} for number in range(2, length)]
    nodes += [{**takes(number, length - 1), "type": "Taker"} for number in range(length, 2 * length)]
    return {"nodes": nodes, "links": wires}


@pytest.mark.parametrize(("kind", "mode"), [("Reroute", 0), ("Passed", 4)])
def test_one_long_way_that_all_share_is_followed_once(kind: str, mode: int, monkeypatch: pytest.MonkeyPatch) -> None:
    steps = 0
    back = routes.Routes._back

    def counted(*args: Any) -> Any:
        nonlocal steps
        steps += 1
        return back(*args)

    monkeypatch.setattr(routes.Routes, "_back", counted)
    length = 300
    graph = to_api(in_a_row(kind, length, mode=mode), core_schema()).graph
    assert graph[str(length)]["inputs"]["in 7"] == ["1", 0]
    assert steps <= 8 * length + length


def test_getters_and_setters_in_a_row_end_at_their_source() -> None:
    setters = [
        {"id": f"s{number}", "type": "SetNode", "widgets_values": [f"name {number}"], "inputs": [{"link": number}]}
        for number in range(600)
    ]
    getters = [{"id": f"g{number}", "type": "GetNode", "widgets_values": [f"name {number}"]} for number in range(600)]
    wires: list[list[Any]] = [[number, f"g{number + 1}", 0, f"s{number}", 0, "*"] for number in range(599)]
    wires += [[599, "source", 0, "s599", 0, "*"], [600, "g0", 0, "taker", 0, "*"]]
    nodes = [
        {"id": "source", "type": "Source"},
        {"id": "taker", "type": "Taker", "inputs": [{"name": "x", "link": 600}]},
    ]
    graph = to_api({"nodes": [*nodes, *setters, *getters], "links": wires}, core_schema()).graph
    assert graph["taker"]["inputs"] == {"x": ["source", 0]}


def test_one_graph_node_with_thousands_of_inputs_and_large_group_nodes_are_refused() -> None:
    wide = {"nodes": [{"id": 1, "type": "Wide", "inputs": [{"name": "x"}] * (MAX_NODE_SLOTS + 1)}]}
    group = {"nodes": [{"type": "KSampler"}] * (MAX_UI_NODES - 1)}
    groups = {"nodes": [], "extra": {"groupNodes": {"a": group, "b": group}}}
    wired = {"nodes": [], "extra": {"groupNodes": {"a": {"nodes": [], "links": [[0, 0, 1, 0]] * (MAX_SLOTS + 1)}}}}
    for document in (wide, groups, wired):
        with pytest.raises(InvalidRequest) as refused:
            to_api(document, core_schema())
        assert refused.value.code == "graph_too_large"


def test_of_the_fields_that_a_subgraph_shows_outside_so_many_count_as_a_graph_node_may_have() -> None:
    shown = [["1", "nothing"]] * MAX_NODE_SLOTS
    host = {"id": 9, "type": "inner", "properties": {"proxyWidgets": [*shown, ["1", "text"]]}}
    host["widgets_values"] = [None] * MAX_NODE_SLOTS + ["outside"]
    inner = {"id": "inner", "nodes": [{"id": 1, "type": "CLIPTextEncode", "widgets_values": ["inside"]}]}
    document = {"nodes": [host], "definitions": {"subgraphs": [inner]}}
    texts = [node["inputs"]["text"] for node in to_api(document, core_schema()).graph.values()]
    assert texts == ["inside"]
    fewer = {**host, "properties": {"proxyWidgets": [["1", "text"]]}, "widgets_values": ["outside"]}
    graph = to_api({**document, "nodes": [fewer]}, core_schema()).graph
    assert [node["inputs"]["text"] for node in graph.values()] == ["outside"]


def test_patterns_are_tried_for_so_many_steps_in_all_and_once_for_each_name() -> None:
    patterns = Patterns()
    test = patterns.test(".*seed.*")
    assert test is not None
    assert test("noise_seed")
    steps = patterns.steps
    assert [test("noise_seed") for _ in range(1000)] == [True] * 1000
    assert patterns.steps == steps
    patterns.steps = MAX_STEPS - 1
    with pytest.raises(InvalidRequest, match="too many and too long to try") as refused:
        test("width")
    assert refused.value.code == "graph_too_large"
