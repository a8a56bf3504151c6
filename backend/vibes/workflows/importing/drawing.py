"""A small drawing of a graph: where its graph nodes stand and what links them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from vibes.domain.pictures.graph import Graph, link_of
from vibes.workflows.graphs.outputs import title_of
from vibes.workflows.graphs.walk import upstream
from vibes.workflows.meaning.wiring import Wiring

COLUMN, ROW = 320, 180
"""Distances in the editor's own units: about one graph node and a gap."""
_FARTHEST = 1_000_000
"""Of a place from the canvas's middle; nobody lays anything out beyond it."""
_LONGEST_VALUE = 200
"""Characters of a text that a drawing shows."""
_DEEPEST = 4
"""Levels of an input that holds an object or a list."""
_MOST_VALUES = 60
"""Of one such input."""

Corners = Mapping[str, tuple[float, float]]
"""By graph node: where the author of the file put its upper left corner."""


@dataclass(frozen=True, slots=True)
class DrawnNode:
    id: str
    class_type: str
    title: str
    x: int
    y: int
    inputs: Mapping[str, Any]
    """Values that are set here, those inside objects by their way (``lora_1.strength``); links are drawn."""


@dataclass(frozen=True, slots=True)
class Drawing:
    nodes: tuple[DrawnNode, ...]
    links: tuple[tuple[str, str, str], ...]
    """From, to and the type of what goes over, empty where nobody knows it."""


def draw(wiring: Wiring, corners: Corners | None = None) -> Drawing:
    """As its author laid it out where ``corners`` tells it of each graph node, else in columns."""
    places = _as_laid_out(wiring.graph, corners or {}) or _in_columns(wiring.graph)
    nodes = [
        DrawnNode(
            graph_node_id,
            wiring.class_name(graph_node_id),
            title_of(wiring.graph, graph_node_id),
            *places[graph_node_id],
            dict(_values(wiring.inputs(graph_node_id))),
        )
        for graph_node_id in wiring.graph
    ]
    links = [
        (link.graph_node_id, graph_node_id, wiring.type_of(link) or "")
        for graph_node_id in wiring.graph
        for _, link in wiring.links(graph_node_id)
    ]
    return Drawing(tuple(nodes), tuple(dict.fromkeys(links)))


def _as_laid_out(graph: Graph, corners: Corners) -> dict[str, tuple[int, int]]:
    """Empty where one has no place, or a place that nobody can see, or all have the same."""
    if any(key not in corners or not all(abs(each) < _FARTHEST for each in corners[key]) for key in graph):
        return {}
    places = {key: (round(corners[key][0]), round(corners[key][1])) for key in graph}
    return places if len({*places.values()}) > 1 else {}


def _in_columns(graph: Graph) -> dict[str, tuple[int, int]]:
    """Each graph node stands one column to the right of the last one that feeds it."""
    columns = _columns(graph)
    rows: dict[int, int] = {}
    places = {}
    for graph_node_id in graph:
        column = columns[graph_node_id]
        row = rows[column] = rows.get(column, -1) + 1
        places[graph_node_id] = (column * COLUMN, row * ROW)
    return places


def _columns(graph: Graph) -> dict[str, int]:
    """In a ring, which ComfyUI refuses, the links back count for nothing."""
    columns: dict[str, int] = {}
    for graph_node_id in upstream(graph, [*graph]):
        feeding = [link_of(value) for value in graph[graph_node_id]["inputs"].values()]
        before = [columns[link.graph_node_id] for link in feeding if link and link.graph_node_id in columns]
        columns[graph_node_id] = max(before, default=-1) + 1
    return columns


def _values(inputs: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for name, value in inputs.items():
        if link_of(value) is None:
            inner = [*_inside(name, value, _DEEPEST)]
            yield from ((way, _short(each)) for way, each in (inner or [(name, value)])[:_MOST_VALUES])


def _inside(way: str, value: object, depth: int) -> Iterator[tuple[str, Any]]:
    """The texts and numbers in an object or a list, each by the way that a binding names; else nothing."""
    members = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, each in members:
        if isinstance(each, str | int | float | bool) and "." not in str(key):
            yield f"{way}.{key}", each
        elif depth > 1:
            yield from _inside(f"{way}.{key}", each, depth - 1)


def _short(value: object) -> object:
    if isinstance(value, str) and len(value) > _LONGEST_VALUE:
        return f"{value[: _LONGEST_VALUE - 1]}…"
    return value
