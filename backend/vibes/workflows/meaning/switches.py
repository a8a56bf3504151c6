"""Switches: graph nodes that pass on one of several inputs, and which of them it is as the export stands."""

import re
from collections.abc import Sequence
from typing import Any

from vibes.domain.pictures.graph import link_of
from vibes.workflows.graphs.walk import Place
from vibes.workflows.meaning.wiring import Wiring
from vibes.workflows.meaning.words import names_heavy, number_at_end, words_of

_CLASS = re.compile(r"switch|select|choose|choice|index|mux|if.?else|any|fallback|coalesce", re.IGNORECASE)
_FIRST_OF = re.compile(r"any|fallback|coalesce", re.IGNORECASE)
_SELECTORS = frozenset(
    {"select", "selected", "index", "input", "switch", "choice", "selector", "number", "which", "selection"}
)
_LONGEST = 20
"""Graph nodes that the value of a switch may come through."""


def branches(wiring: Wiring, graph_node_id: str) -> list[Place] | None:
    """The inputs that may be passed on, one where it can be told which; None for what is no switch."""
    inputs = wiring.inputs(graph_node_id)
    by_truth = {truth: _of_truth(inputs, truth) for truth in ("true", "false")}
    if by_truth["true"] and by_truth["false"]:
        return _by_truth(wiring, graph_node_id, by_truth["true"], by_truth["false"])
    if not _CLASS.search(wiring.class_name(graph_node_id)):
        return None
    numbered = {
        number: Place(graph_node_id, name)
        for name, value in inputs.items()
        if (number := number_at_end(name)) is not None and (link_of(value) or isinstance(value, str))
    }
    alone = len(numbered) == 1 and not any(link_of(inputs[each.input]) for each in numbered.values())
    if not numbered or alone:
        return None
    return _by_number(wiring, graph_node_id, numbered)


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
    chosen = [value for name in selectors if type(value := _constant(wiring, graph_node_id, name)) is int]
    ordered = [numbered[number] for number in sorted(numbered)]
    if any(link_of(inputs[name]) for name in selectors) and len(chosen) < len(selectors):
        return ordered
    if chosen:
        return [numbered[chosen[0]]] if chosen[0] in numbered else ordered
    if selectors:
        return ordered
    return ordered[:1] if _FIRST_OF.search(wiring.class_name(graph_node_id)) else None


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
