"""Leaves out what a broken link stops, as ComfyUI does: an output that cannot run keeps no other from running."""

import json
from collections.abc import Iterator
from typing import Any, NamedTuple

from vibes.domain.pictures.graph import Graph, Link, link_of
from vibes.workflows.graphs.outputs import describe, saves_pictures
from vibes.workflows.meaning.schema import Schema

_MOST_NAMED = 5


class _Broken(NamedTuple):
    graph_node_id: str
    input: str
    why: str


def without_broken_links(text: str, schema: Schema) -> tuple[str, tuple[str, ...]]:
    """The graph without what broken links stop, and sentences about that.

    The same text where no link is broken, where nothing that saves a picture would be left, and where it is no graph in
    API format: the reader of templates tells what is wrong with those.
    """
    graph = _graph(text)
    found = [*_broken(graph)] if graph else []
    if graph is None or not found:
        return text, ()
    graph = {each: {**node, "inputs": {**node["inputs"]}} for each, node in graph.items()}
    notes = [each for each in (_mended(graph, broken, schema) for broken in found) if each]
    stopped = _stopped(graph, [each.graph_node_id for each in _broken(graph)])
    kept = {each: node for each, node in graph.items() if each not in stopped}
    if not any(saves_pictures(graph, each) for each in kept):
        return text, ()
    if stopped:
        whys = "; ".join(each.why for each in _broken(graph))
        names = ", ".join(describe(graph, each) for each in [*stopped][:_MOST_NAMED])
        more = f" and {len(stopped) - _MOST_NAMED} more" if len(stopped) > _MOST_NAMED else ""
        notes.append(f"{whys}: left out, since it cannot run: {names}{more}")
    return json.dumps(kept, indent=2, ensure_ascii=False) + "\n", tuple(notes)


def _graph(text: str) -> dict[str, Any] | None:
    try:
        told = json.loads(text)
    except (ValueError, RecursionError):
        return None
    nodes = told.values() if isinstance(told, dict) else ()
    return told if nodes and all(map(_is_graph_node, nodes)) else None


def _is_graph_node(node: object) -> bool:
    return isinstance(node, dict) and isinstance(node.get("class_type"), str) and isinstance(node.get("inputs"), dict)


def _broken(graph: Graph) -> Iterator[_Broken]:
    for graph_node_id, node in graph.items():
        for name, value in node["inputs"].items():
            link = link_of(value)
            if not isinstance(value, list) or (link and link.graph_node_id in graph and link.slot >= 0):
                continue
            where = f"input {name!r} of {describe(graph, graph_node_id)}"
            what = f"graph node {link.graph_node_id!r}, which is not there" if link else "what is no graph node"
            if link and link.graph_node_id in graph:
                what = f"slot {link.slot} of {describe(graph, link.graph_node_id)}, which is no output"
            yield _Broken(graph_node_id, name, f"{where} is linked to {what}")


def _mended(graph: dict[str, Any], broken: _Broken, schema: Schema) -> str | None:
    """What was done about a link whose id is a number, or one that its input can do without; None where nothing can."""
    inputs = graph[broken.graph_node_id]["inputs"]
    match inputs[broken.input]:
        case [int(number), int(slot)] if str(number) in graph and slot >= 0:
            inputs[broken.input] = [*Link(str(number), slot)]
            return (
                f"input {broken.input!r} of {describe(graph, broken.graph_node_id)} was written with a number for an id"
            )
    known = schema.get(graph[broken.graph_node_id]["class_type"])
    told = known.input_named(broken.input) if known else None
    if told is None or told.required:
        return None
    del inputs[broken.input]
    return f"{broken.why}, and was left out: it can do without"


def _stopped(graph: Graph, broken: list[str]) -> dict[str, None]:
    """The graph nodes with broken links, and all that they feed."""
    users: dict[str, list[str]] = {}
    for graph_node_id, node in graph.items():
        for link in map(link_of, node["inputs"].values()):
            if link:
                users.setdefault(link.graph_node_id, []).append(graph_node_id)
    found = dict.fromkeys(broken)
    waiting = [*found]
    while waiting:
        for user in users.get(waiting.pop(), ()):
            if user not in found:
                found[user] = None
                waiting.append(user)
    return found
