"""Switches: graph nodes that pass on one of several inputs, and which of them it is as the export stands."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from vibes.domain.pictures.graph import link_of
from vibes.workflows.graphs.walk import Place
from vibes.workflows.meaning.wiring import Wiring
from vibes.workflows.meaning.words import names_heavy, number_at_end, words_of

_CLASS = re.compile(r"switch|select|choose|choice|index|mux|if.?else|fallback|coalesce", re.IGNORECASE)
_FIRST_OF = frozenset({"any", "anything", "fallback", "coalesce"})
"""Words for a switch that passes on the first input that brings something."""
_JOINS = re.compile(r"concat|join|combin|append", re.IGNORECASE)
_SELECTORS = frozenset(
    {"select", "selected", "index", "input", "switch", "choice", "selector", "number", "which", "selection"}
)
_LONGEST = 20
"""Graph nodes that the value of a switch may come through."""


def as_switched(wiring: Wiring) -> Wiring:
    """The graph as it runs: of a switch that is set to one of its inputs the others are left out."""
    graph = {each: _as_switched(wiring, each) for each in wiring.graph}
    if all(graph[each] is wiring.graph[each] for each in graph):
        return wiring
    switched = Wiring(graph, wiring.schema)
    switched.branches.update(wiring.branches)
    return switched


def _as_switched(wiring: Wiring, graph_node_id: str) -> Mapping[str, Any]:
    graph_node: Mapping[str, Any] = wiring.graph[graph_node_id]
    chosen = branches(wiring, graph_node_id)
    if chosen is None or len(chosen) != 1:
        return graph_node
    inputs = wiring.inputs(graph_node_id)
    alike = {name for name in _truths(inputs).values() if name} or {
        each.input for each in _numbered(wiring, graph_node_id).values()
    }
    left_out = {name for name in alike if name != chosen[0].input and link_of(inputs[name])}
    kept = {name: value for name, value in inputs.items() if name not in left_out}
    return {**graph_node, "inputs": kept} if left_out else graph_node


def branches(wiring: Wiring, graph_node_id: str) -> list[Place] | None:
    """The inputs that may be passed on, one where it can be told which; None for what is no switch."""
    if graph_node_id not in wiring.branches:
        wiring.branches[graph_node_id] = _branches(wiring, graph_node_id)
    return wiring.branches[graph_node_id]


def _branches(wiring: Wiring, graph_node_id: str) -> list[Place] | None:
    truths = _truths(wiring.inputs(graph_node_id))
    if truths["true"] and truths["false"]:
        return _by_truth(wiring, graph_node_id, truths["true"], truths["false"])
    name = wiring.class_name(graph_node_id)
    if not _CLASS.search(name) or _JOINS.search(name):
        return None
    inputs = wiring.inputs(graph_node_id)
    numbered = _numbered(wiring, graph_node_id)
    alone = len(numbered) == 1 and not any(link_of(inputs[each.input]) for each in numbered.values())
    return None if not numbered or alone else _by_number(wiring, graph_node_id, numbered)


def _truths(inputs: Mapping[str, Any]) -> dict[str, str | None]:
    found = {truth: _of_truth(inputs, truth) for truth in ("true", "false")}
    return found if all(found.values()) else dict.fromkeys(found)


def _numbered(wiring: Wiring, graph_node_id: str) -> dict[int, Place]:
    return {
        number: Place(graph_node_id, name)
        for name, value in wiring.inputs(graph_node_id).items()
        if (number := number_at_end(name)) is not None and (link_of(value) or isinstance(value, str))
    }


def _of_truth(inputs: Any, truth: str) -> str | None:
    return next((name for name in inputs if truth in words_of(name) and not isinstance(inputs[name], bool)), None)


def _by_truth(wiring: Wiring, graph_node_id: str, yes: str, no: str) -> list[Place]:
    others = [name for name in wiring.inputs(graph_node_id) if name not in {yes, no}]
    told = [value for name in others if isinstance(value := _constant(wiring, graph_node_id, name), bool)]
    both = [Place(graph_node_id, yes), Place(graph_node_id, no)]
    return both if len(told) != 1 else [both[0] if told[0] else both[1]]


def _by_number(wiring: Wiring, graph_node_id: str, numbered: dict[int, Place]) -> list[Place] | None:
    inputs = wiring.inputs(graph_node_id)
    selectors = [name for name in inputs if not _SELECTORS.isdisjoint(words_of(name)) and number_at_end(name) is None]
    chosen = [
        number
        for name in selectors
        if (number := _number(_constant(wiring, graph_node_id, name), numbered)) is not None
    ]
    ordered = [numbered[number] for number in sorted(numbered)]
    if any(link_of(inputs[name]) for name in selectors) and len(chosen) < len(selectors):
        return ordered
    if chosen:
        return [numbered[chosen[0]]] if chosen[0] in numbered else ordered
    if selectors:
        return ordered
    return None if _FIRST_OF.isdisjoint(words_of(wiring.class_name(graph_node_id))) else ordered[:1]


def _number(value: object, numbered: Mapping[int, Place]) -> int | None:
    """A number, or the name of an input that has it."""
    if isinstance(value, str):
        return next((number for number, place in numbered.items() if place.input == value), None)
    return value if type(value) is int else None


def _constant(wiring: Wiring, graph_node_id: str, name: str) -> object:
    """The value of an input, also where a graph node of its own holds it."""
    for _ in range(_LONGEST):
        value = wiring.inputs(graph_node_id).get(name)
        link = link_of(value)
        if link is None:
            return value
        graph_node_id = link.graph_node_id
        inputs = wiring.inputs(graph_node_id)
        held: Sequence[str] = [each for each in inputs if not names_heavy(each)]
        if len(held) != 1:
            return None
        name = held[0]
    return None
