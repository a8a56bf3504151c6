"""Bypass: removes graph nodes from a graph and links their users to their inputs.

A *place* names the input that replaces the removed output: ``("12", "model")``, or ``("12", None)`` for a graph node
with one linked input. Of several places of one graph node the first replaces output slot 0, the second slot 1, etc.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from vibes.domain.pictures.graph import Graph, Link
from vibes.workflows.definition.hints import did_you_mean, shown
from vibes.workflows.graphs.links import links_in, relinked

Place = tuple[str, str | None]


def without_bypassed(graph: Graph, places: Sequence[Place]) -> Graph:
    """The graph without the graph nodes of ``places``; without places the same object.

    Graph nodes that fed only removed ones are removed too, so that a node needs neither their classes nor their files.
    The places must be valid (`bypass_problem`).
    """
    if not places:
        return graph
    removed = {graph_node_id for graph_node_id, _ in places}
    detours = _detours(graph, places)
    kept = {
        graph_node_id: relinked(graph_node, detours)
        for graph_node_id, graph_node in graph.items()
        if graph_node_id not in removed
    }
    fed_removed = [link.graph_node_id for each in removed for link in links_in(graph[each]).values()]
    return _without_idle(kept, fed_removed)


def bypass_problem(graph: Graph, place: Place, places: Sequence[Place], file: str) -> str | None:
    """Why the graph node of ``place``, one of ``places``, cannot be bypassed; None when it can."""
    graph_node_id, name = place
    if graph_node_id not in graph:
        return f"{file} has no graph node {shown(graph_node_id)}{did_you_mean(graph_node_id, graph)}"
    linked = links_in(graph[graph_node_id])
    if name is None and len(linked) != 1:
        example = f'"{graph_node_id}.inputs.{next(iter(linked), "model")}"'
        return f"graph node {graph_node_id!r} has {len(linked)} linked inputs: say which one goes on, such as {example}"
    if name is not None and name not in linked:
        hint = did_you_mean(name, linked)
        return f"graph node {graph_node_id!r} has no linked input {shown(name)}{hint}"
    slots = sum(each == graph_node_id for each, _ in places)
    beyond = [link.slot for link in _uses(graph, graph_node_id) if link.slot >= slots]
    if beyond:
        return f"slot {beyond[0]} of graph node {graph_node_id!r} is used: name an input that goes on for each slot"
    return None


def _detours(graph: Graph, places: Iterable[Place]) -> Mapping[Link, Link]:
    """The output that replaces each removed output; chains of bypassed graph nodes are followed to their end."""
    direct: dict[Link, Link] = {}
    slots: dict[str, int] = {}
    for graph_node_id, name in places:
        slot = slots.get(graph_node_id, 0)
        slots[graph_node_id] = slot + 1
        linked = links_in(graph[graph_node_id])
        direct[Link(graph_node_id, slot)] = linked[name] if name is not None else next(iter(linked.values()))
    return {output: _end(direct, output) for output in direct}


def _end(direct: Mapping[Link, Link], output: Link) -> Link:
    passed: set[Link] = set()
    while output in direct and output not in passed:
        passed.add(output)
        output = direct[output]
    return output


def _without_idle(graph: dict[str, dict[str, Any]], candidates: Iterable[str]) -> Graph:
    """The graph without the candidates that nothing uses any more, and without what fed only them."""
    pending = list(candidates)
    while pending:
        graph_node_id = pending.pop()
        if graph_node_id in graph and not _uses(graph, graph_node_id):
            pending += [link.graph_node_id for link in links_in(graph.pop(graph_node_id)).values()]
    return graph


def _uses(graph: Graph, graph_node_id: str) -> list[Link]:
    return [
        link
        for graph_node in graph.values()
        for link in links_in(graph_node).values()
        if link.graph_node_id == graph_node_id
    ]
