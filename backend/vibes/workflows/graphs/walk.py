"""Follows a graph's links backwards: what feeds a graph node."""

from collections.abc import Callable, Collection, Sequence
from typing import NamedTuple

from vibes.domain.pictures.graph import Graph, Link, link_of
from vibes.domain.pictures.spec import ParameterValue


class Place(NamedTuple):
    """One input of one graph node."""

    graph_node_id: str
    input: str


class Setting(NamedTuple):
    """A constant, and the input that holds it."""

    place: Place
    value: ParameterValue


def upstream(graph: Graph, ends: Sequence[str], *, without: Collection[str] = ()) -> list[str]:
    """The graph nodes that the ends need, themselves included, each after those that feed it; inputs named in
    ``without`` are not followed."""
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
            links = links_of(graph, graph_node_id, without=without)
            stack += [(link.graph_node_id, False) for link in reversed(links)]
    return list(order)


def waits_for_itself(graph: Graph, order: Sequence[str]) -> str | None:
    """A graph node that needs its own result, which no ComfyUI can draw; None where links run in no circle.

    ``order``: of `upstream`.
    """
    places = {graph_node_id: place for place, graph_node_id in enumerate(order)}
    for graph_node_id, place in places.items():
        if any(places[link.graph_node_id] >= place for link in links_of(graph, graph_node_id)):
            return graph_node_id
    return None


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
