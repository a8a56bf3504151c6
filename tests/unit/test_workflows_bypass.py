"""Bypass: a parameter that is false takes graph nodes out, and whatever used them is linked to what they were fed."""

from copy import deepcopy
from typing import Any

import pytest

from tests.unit.workflow_sources import library_of, spec_for
from vibes.domain.pictures.graph import Graph
from vibes.workflows.definition.manifest import Workflow
from vibes.workflows.filling.compile import compile_graph
from vibes.workflows.graphs.bypass import without_bypassed

BASE = """
    prompt: {type: string, required: true}
    threshold: {type: number, default: 0.1}
    cached: {type: boolean, default: true}
    controlled: {type: boolean, default: true}
    image: {type: image}
"""

TEMPLATE = """{
  "1": {"class_type": "LoadModel", "inputs": {"name": "flux"}},
  "2": {"class_type": "Cache", "inputs": {"threshold": "{{threshold}}", "model": ["1", 0]}},
  "3": {"class_type": "Shift", "inputs": {"model": ["2", 0]}},
  "4": {"class_type": "Encode", "inputs": {"text": "{{prompt}}"}},
  "5": {"class_type": "LoadImage", "inputs": {"image": "{{image}}"}},
  "6": {"class_type": "Canny", "inputs": {"image": ["5", 0]}},
  "7": {"class_type": "LoadControl", "inputs": {"name": "canny"}},
  "8": {"class_type": "Apply", "inputs": {"positive": ["4", 0], "negative": ["4", 0],
                                         "net": ["7", 0], "image": ["6", 0]}},
  "9": {"class_type": "KSampler", "inputs": {"model": ["3", 0], "positive": ["8", 0], "negative": ["8", 1]}},
  "10": {"class_type": "Schedule", "inputs": {"model": ["2", 0]}}
}"""

MANIFEST = """
    small:
      overrides:
        cached: {bypass: "2"}
        controlled: {bypass: [8.inputs.positive, 8.inputs.negative]}
"""


def workflow() -> Workflow:
    library = library_of(MANIFEST, BASE, small=TEMPLATE)
    assert library.problems == ()
    return library.get("small")


def compiled(**given: Any) -> Graph:
    return compile_graph(workflow(), spec_for(workflow(), prompt="calm", **given), {"image": "in.png"})


def inputs(graph: Graph, graph_node_id: str) -> dict[str, Any]:
    return dict(graph[graph_node_id]["inputs"])


def test_a_true_parameter_leaves_the_graph_as_it_is() -> None:
    graph = compiled()
    assert list(graph) == list(workflow().template)
    assert inputs(graph, "2") == {"threshold": 0.1, "model": ["1", 0]}


def test_a_false_parameter_takes_its_graph_node_out_and_rewires_every_consumer() -> None:
    graph = compiled(cached=False)
    assert "2" not in graph
    assert inputs(graph, "3") == {"model": ["1", 0]}
    assert inputs(graph, "10") == {"model": ["1", 0]}
    assert graph["9"] == compiled()["9"]


def test_each_output_slot_goes_on_from_the_input_named_for_it() -> None:
    graph = compiled(controlled=False)
    assert inputs(graph, "9") == {"model": ["3", 0], "positive": ["4", 0], "negative": ["4", 0]}


def test_what_fed_only_the_bypassed_graph_node_goes_too_so_that_no_node_needs_it() -> None:
    assert set(compiled()) - set(compiled(controlled=False)) == {"5", "6", "7", "8"}


def test_a_picture_that_only_a_bypassed_graph_node_needs_may_be_missing() -> None:
    graph = compile_graph(workflow(), spec_for(workflow(), prompt="calm", controlled=False))
    assert "LoadImage" not in {each["class_type"] for each in graph.values()}


def test_two_bypassed_graph_nodes_in_a_row_are_both_stepped_over() -> None:
    both = without_bypassed(workflow().template, [("3", None), ("2", "model")])
    assert inputs(both, "9")["model"] == ["1", 0]
    assert {"2", "3"}.isdisjoint(both)


def test_graph_nodes_in_a_ring_do_not_hang_the_bypass() -> None:
    ring = {each: {"class_type": "A", "inputs": {"model": [other, 0]}} for each, other in ("12", "21")}
    assert without_bypassed(ring, [("1", None), ("2", None)]) == {}


def test_nothing_to_bypass_gives_back_the_very_same_graph() -> None:
    template = workflow().template
    assert without_bypassed(template, []) is template


def test_the_template_is_never_changed() -> None:
    stored = workflow()
    before = deepcopy(stored)
    spec = spec_for(stored, prompt="calm", cached=False, controlled=False)
    first = compile_graph(stored, spec)
    assert stored == before
    assert compile_graph(stored, spec) == first


def test_a_value_bound_by_name_into_a_bypassed_graph_node_is_left_out() -> None:
    manifest = MANIFEST + '        threshold: {bind: "2.inputs.threshold"}\n'
    template = TEMPLATE.replace('"{{threshold}}"', "0.5")
    stored = library_of(manifest, BASE, small=template).get("small")
    assert "2" not in compile_graph(stored, spec_for(stored, prompt="calm", cached=False), {"image": "in.png"})
    kept = compile_graph(stored, spec_for(stored, prompt="calm"), {"image": "in.png"})
    assert inputs(kept, "2")["threshold"] == 0.1


@pytest.mark.parametrize(
    ("override", "problem"),
    [
        ("cached: {bypass: 2}", "4:14: bypass must name graph nodes as text, such as"),
        ('cached: {bypass: "2.inputs."}', "4:14: bypass must name graph nodes as text, such as"),
        ("cached: {bypass: []}", "4:14: bypass must name graph nodes as text, such as"),
        (
            'threshold: {bypass: "2"}\n    cached: {bypass: "2"}',
            "4:17: only a parameter of type boolean can bypass graph nodes",
        ),
        ('cached: {bypass: "12"}', "4:14: workflows/small.json has no graph node '12'"),
        (
            'cached: {bypass: "8"}',
            "4:14: graph node '8' has 4 linked inputs: say which one goes on, such as \"8.inputs",
        ),
        ('cached: {bypass: "4"}', "4:14: graph node '4' has 0 linked inputs: say which one goes on"),
        (
            "cached: {bypass: 8.inputs.positiv}",
            "4:14: graph node '8' has no linked input 'positiv'; did you mean posit",
        ),
        ("cached: {bypass: 2.inputs.threshold}", "4:14: graph node '2' has no linked input 'threshold'"),
        ("cached: {bypass: 8.inputs.positive}", "4:14: slot 1 of graph node '8' is used: name an input that goes on"),
    ],
)
def test_a_bypass_that_cannot_work_is_told_with_its_place_and_a_hint(override: str, problem: str) -> None:
    manifest = f"\nsmall:\n  overrides:\n    {override}\n    controlled: {{bind: 7.inputs.name}}"
    told = [str(each) for each in library_of(manifest, BASE, small=TEMPLATE).problems]
    assert len(told) == 1
    assert told[0].startswith(f"manifests/workflows.yaml:{problem}")
