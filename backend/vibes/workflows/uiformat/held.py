"""What the graph node that stands for a subgraph holds for the fields inside: its own saved values."""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from vibes.workflows.meaning.schema import Input
from vibes.workflows.uiformat.document import MAX_NODE_SLOTS, SUBGRAPH_INPUTS, UiGraph, UiNode
from vibes.workflows.uiformat.field_values import along
from vibes.workflows.uiformat.scopes import Scope

Held = dict[tuple[str, ...], dict[str, Any]]
"""Values by the path of a graph node and the name of its field. A subgraph's are those of its inputs."""

_OWN = "-1"
"""Stands for an input of the subgraph itself in the list of fields that are shown outside."""

GroupFields = Mapping[str, Sequence[tuple[str, Input]]]
"""The fields of each kind of group node in their order: the graph node inside, and the field."""


def held_values(root: Scope, groups: GroupFields) -> Held:
    """Of every subgraph that is used; outer ones come before what is inside them."""
    held: Held = {}
    for scope in root.all():
        if scope.host is None:
            continue
        own = held.setdefault(scope.path, {})
        for node_id, name, value in _shown(scope.host, scope.graph, groups):
            if node_id == _OWN:
                own.setdefault(name, value)
            else:
                held.setdefault((*scope.path, node_id), {}).setdefault(name, value)
        _hand_on(scope, held)
    return held


def _shown(host: UiNode, graph: UiGraph, groups: GroupFields) -> Iterator[tuple[str, str, Any]]:
    """The graph node inside (or `_OWN`), its field, and the value that is shown outside."""
    values = host.values if isinstance(host.values, list) else []
    told = _shown_fields(host)
    fields = groups.get(host.class_type)
    if fields is not None:
        yield from _of_group(fields, values)
    elif host.named:
        yield from ((_OWN, name, value) for name, value in host.named.items() if value is not None)
    elif told:
        for entry, value in zip(told, values, strict=False):
            match entry:
                case [node_id, str(name), *_] if value is not None:
                    yield _shown_inside(graph, str(node_id), name, value)
    else:
        for name, value in along(list(_fields(graph)), values).values.items():
            if value is not None:
                yield _OWN, name, value


def _shown_fields(host: UiNode) -> list[Any]:
    """The list of fields inside that are shown outside; the first editors that had one wrote it as text."""
    told = host.properties.get("proxyWidgets")
    if isinstance(told, str):
        try:
            told = json.loads(told)
        except (ValueError, RecursionError):
            return []
    return told[:MAX_NODE_SLOTS] if isinstance(told, list) else []


def _of_group(fields: Sequence[tuple[str, Input]], values: Sequence[Any]) -> Iterator[tuple[str, str, Any]]:
    places = [Input(str(index), each.type, each.required, each.details) for index, (_, each) in enumerate(fields)]
    for index, value in along(places, values).values.items():
        node_id, told = fields[int(index)]
        yield node_id, told.name, value


def _fields(graph: UiGraph) -> Iterator[Input]:
    """The inputs of a subgraph that are fields: those that feed a field inside."""
    fed = set()
    for link in graph.links.values():
        target = graph.nodes.get(link.target) if link.origin == SUBGRAPH_INPUTS else None
        slot = target.input_at(link.target_slot) if target else None
        if slot is not None and slot.widget is not None:
            fed.add(link.origin_slot)
    for index, each in enumerate(graph.inputs):
        if index in fed:
            yield Input(each.name, each.type)


def _shown_inside(graph: UiGraph, node_id: str, name: str, value: Any) -> tuple[str, str, Any]:
    """A field inside that an input of the subgraph feeds is that input's."""
    node = graph.nodes.get(node_id)
    for slot in node.inputs if node else ():
        link = graph.links.get(slot.link or "") if slot.widget == name else None
        if link is not None and link.origin == SUBGRAPH_INPUTS and 0 <= link.origin_slot < len(graph.inputs):
            return _OWN, graph.inputs[link.origin_slot].name, value
    return node_id, name, value


def _hand_on(scope: Scope, held: Held) -> None:
    """Values for fields that the graph node of this scope itself shows from further inside."""
    own = held[scope.path]
    for entry in _shown_fields(scope.host) if scope.host else ():
        match entry:
            case [node_id, str(name), *_] if str(node_id) != _OWN and name in own and _is_inner(scope, name):
                held.setdefault((*scope.path, str(node_id)), {})[name] = own.pop(name)


def _is_inner(scope: Scope, name: str) -> bool:
    return all(each.name != name for each in scope.graph.inputs)
