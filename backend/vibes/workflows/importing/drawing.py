"""A small drawing of a graph: where its graph nodes stand and what links them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from vibes.domain.pictures.graph import Graph, link_of
from vibes.workflows.graphs.outputs import title_of
from vibes.workflows.graphs.walk import upstream
from vibes.workflows.meaning.wiring import Wiring

COLUMN, ROW = 320, 180
"""Distances in the editor's own units: about one graph node and a gap."""
_LONGEST_VALUE = 200
"""Characters of a text that a drawing shows."""


@dataclass(frozen=True, slots=True)
class DrawnNode:
    id: str
    class_type: str
    title: str
    x: int
    y: int
    inputs: Mapping[str, Any]
    """Values that are set here; links are drawn."""


@dataclass(frozen=True, slots=True)
class Drawing:
    nodes: tuple[DrawnNode, ...]
    links: tuple[tuple[str, str, str], ...]
    """From, to and the type of what goes over, empty where nobody knows it."""


def draw(wiring: Wiring) -> Drawing:
    """Each graph node stands one column to the right of the last one that feeds it."""
    columns = _columns(wiring.graph)
    rows: dict[int, int] = {}
    nodes = []
    for graph_node_id in wiring.graph:
        column = columns[graph_node_id]
        row = rows[column] = rows.get(column, -1) + 1
        nodes.append(
            DrawnNode(
                graph_node_id,
                wiring.class_name(graph_node_id),
                title_of(wiring.graph, graph_node_id),
                column * COLUMN,
                row * ROW,
                {name: _short(value) for name, value in wiring.inputs(graph_node_id).items() if link_of(value) is None},
            )
        )
    links = [
        (link.graph_node_id, graph_node_id, wiring.type_of(link) or "")
        for graph_node_id in wiring.graph
        for _, link in wiring.links(graph_node_id)
    ]
    return Drawing(tuple(nodes), tuple(dict.fromkeys(links)))


def _columns(graph: Graph) -> dict[str, int]:
    """In a ring, which ComfyUI refuses, the links back count for nothing."""
    columns: dict[str, int] = {}
    for graph_node_id in upstream(graph, [*graph]):
        feeding = [link_of(value) for value in graph[graph_node_id]["inputs"].values()]
        before = [columns[link.graph_node_id] for link in feeding if link and link.graph_node_id in columns]
        columns[graph_node_id] = max(before, default=-1) + 1
    return columns


def _short(value: object) -> object:
    if isinstance(value, str) and len(value) > _LONGEST_VALUE:
        return f"{value[: _LONGEST_VALUE - 1]}…"
    return value
