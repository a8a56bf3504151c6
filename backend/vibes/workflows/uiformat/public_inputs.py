"""Which inputs and outputs the author of a workflow chose for people: App Mode of ComfyUI's editor.

The editor keeps them under ``extra.linearData``: ``inputs`` as ``[graph node, field, …]``, ``outputs`` as graph nodes.
A graph node is told by its id, by its path through subgraphs (``57:8``), or by the field's whole id
(``graph:node:field``).
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from vibes.workflows.uiformat.document import SUBGRAPH_INPUTS, UiNode
from vibes.workflows.uiformat.scopes import Scope

_PERCENT = re.compile(rb"%([0-9A-Fa-f]{2})")

MAX_PUBLIC = 100
"""Most inputs that are looked at."""


class PublicInput(NamedTuple):
    """An input of the graph in API format that people are meant to set."""

    graph_node_id: str
    input: str
    title: str
    """What its author calls it."""


def public_inputs(extra: Mapping[str, Any], root: Scope, graph: Mapping[str, Mapping[str, Any]]) -> list[PublicInput]:
    """In the author's order; those that are not in the graph, or not a value there, are left out."""
    found: dict[tuple[str, str], PublicInput] = {}
    for told in _entries(extra, "inputs"):
        match told:
            case [int() | str() as where, str(name), *_] if not isinstance(where, bool):
                for each in _places(root, str(where), name):
                    inputs = graph.get(each.graph_node_id, {}).get("inputs", {})
                    if each.input in inputs and not isinstance(inputs[each.input], list):
                        found.setdefault((each.graph_node_id, each.input), each)
    return list(found.values())


def public_outputs(extra: Mapping[str, Any], graph: Mapping[str, Mapping[str, Any]]) -> list[str]:
    """The graph nodes whose pictures are the result, in the author's order; empty where none was chosen."""
    told = [str(each) for each in _entries(extra, "outputs") if isinstance(each, int | str)]
    return [each for each in dict.fromkeys(told) if each in graph]


def _entries(extra: Mapping[str, Any], key: str) -> list[Any]:
    told = extra.get("linearData")
    entries = told.get(key) if isinstance(told, dict) else None
    return entries[:MAX_PUBLIC] if isinstance(entries, list) else []


def _places(root: Scope, where: str, name: str) -> Iterator[PublicInput]:
    """Where a field is in the graph; that of a graph node which stands for a subgraph is further inside."""
    parts = where.split(":")
    match parts:
        case [graph_id, node_id, field] if graph_id == root.graph.id:
            parts, name = [_decoded(node_id)], _decoded(field)
    scope: Scope | None = root
    for part in parts[:-1]:
        scope = scope.inside.get(part) if scope else None
    if scope is not None and (node := scope.graph.nodes.get(parts[-1])) is not None:
        yield from _inside(scope, node, name, name)
    elif len(parts) == 1:
        inner = [(each, node) for each in root.all() if (node := each.graph.nodes.get(where)) is not None]
        if len(inner) == 1:
            yield from _inside(*inner[0], name, name)


def _decoded(text: str) -> str:
    """``a%3Ab`` → ``a:b``."""
    decoded = _PERCENT.sub(lambda found: bytes([int(found[1], 16)]), text.encode("utf-8", "replace"))
    return decoded.decode("utf-8", "replace")


def _inside(scope: Scope, node: UiNode, name: str, title: str) -> Iterator[PublicInput]:
    inner = scope.inside.get(node.id)
    if inner is None:
        yield PublicInput(scope.full_id(node.id), name, title)
        return
    index = next((index for index, each in enumerate(inner.graph.inputs) if each.name == name), None)
    if index is None:
        return
    title = inner.graph.inputs[index].label or title
    for link in inner.graph.links.values():
        target = inner.graph.nodes.get(link.target)
        slot = target.input_at(link.target_slot) if target else None
        if (link.origin, link.origin_slot) == (SUBGRAPH_INPUTS, index) and target is not None and slot is not None:
            yield from _inside(inner, target, slot.name, title)
