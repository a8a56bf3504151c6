"""Follows a graph's links backwards: what feeds a graph node, and where a value is set."""

from collections.abc import Callable, Collection, Iterator, Sequence
from typing import Any, NamedTuple

from vibes.domain.pictures.graph import Graph, Link, link_of
from vibes.domain.pictures.spec import ParameterValue

VALUE_INPUTS = ("value", "int", "float", "number", "seed", "noise_seed", "string", "text", "prompt")
"""Names of the input in graph nodes that only hold a value, of ComfyUI and of custom packs."""


class Place(NamedTuple):
    """One input of one graph node."""

    graph_node_id: str
    input: str


class Setting(NamedTuple):
    """A constant, and the input that holds it."""

    place: Place
    value: ParameterValue


def upstream(graph: Graph, ends: Sequence[str]) -> list[str]:
    """The graph nodes that the ends need, themselves included, each after those that feed it."""
    order: dict[str, None] = {}
    seen: set[str] = set()
    stack = [(graph_node_id, False) for graph_node_id in reversed(ends)]
    while stack:
        graph_node_id, fed = stack.pop()
        if fed:
            order[graph_node_id] = None
        elif graph_node_id not in seen:
            seen.add(graph_node_id)
            stack.append((graph_node_id, True))
            stack += [(link.graph_node_id, False) for link in reversed(links_of(graph, graph_node_id))]
    return list(order)


def links_of(graph: Graph, graph_node_id: str, *, without: Collection[str] = ()) -> list[Link]:
    """The links into a graph node in the order of its inputs; inputs named in ``without`` are left out."""
    inputs = graph[graph_node_id]["inputs"]
    links = (link_of(value) for name, value in inputs.items() if name not in without)
    return [link for link in links if link is not None]


def nearest(graph: Graph, start: Link | None, wanted: Callable[[str], bool], *, without: Collection[str]) -> str | None:
    """The nearest wanted graph node upstream of a link; inputs named in ``without`` are not followed."""
    queue = [start.graph_node_id] if start else []
    seen = set(queue)
    for graph_node_id in queue:  # breadth first: the list grows while it is read
        if wanted(graph_node_id):
            return graph_node_id
        for link in links_of(graph, graph_node_id, without=without):
            if link.graph_node_id not in seen:
                seen.add(link.graph_node_id)
                queue.append(link.graph_node_id)
    return None


def setting(graph: Graph, graph_node_id: str, name: str, *kinds: type) -> Setting | None:
    """Where the value of an input is set: in it, or upstream in graph nodes that only hold a value.

    None when the graph computes it, or its type is none of ``kinds`` (a bool is no number here).
    """
    seen: set[str] = set()
    while graph_node_id not in seen:
        seen.add(graph_node_id)
        value = graph[graph_node_id]["inputs"].get(name)
        link = link_of(value)
        if link is None:
            return Setting(Place(graph_node_id, name), value) if type(value) in kinds else None
        graph_node_id = link.graph_node_id
        held = _held(graph[graph_node_id]["inputs"], name, kinds)
        if held is None:
            return None
        name = held
    return None


def _held(inputs: Any, name: str, kinds: tuple[type, ...]) -> str | None:
    """The input of a value-holding graph node that holds the value or links to it."""
    names = (name, *VALUE_INPUTS)
    return next((each for each in names if type(inputs.get(each)) in kinds or link_of(inputs.get(each))), None)


def setting_upstream(graph: Graph, graph_node_id: str, names: Sequence[str], line: str, *kinds: type) -> Setting | None:
    """The first of the inputs that is set on the graph node or, following ``line``, on one upstream."""
    for each in _line(graph, graph_node_id, line):
        for name in names:
            found = setting(graph, each, name, *kinds)
            if found:
                return found
    return None


def _line(graph: Graph, graph_node_id: str, line: str) -> Iterator[str]:
    seen: set[str] = set()
    while graph_node_id not in seen:
        seen.add(graph_node_id)
        yield graph_node_id
        link = link_of(graph[graph_node_id]["inputs"].get(line))
        if link is None:
            return
        graph_node_id = link.graph_node_id
