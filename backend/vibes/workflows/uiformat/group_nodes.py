"""Group nodes, the forerunners of subgraphs, as subgraphs: which of their inner inputs and outputs are outside.

The order in which ComfyUI's editor makes the slots and fields of a group node out of what is inside is the one here;
a file tells the slots by their number.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from vibes.domain.errors import InvalidRequest
from vibes.workflows.meaning.schema import Input, Schema
from vibes.workflows.uiformat.document import (
    MAX_SLOTS,
    MAX_UI_NODES,
    SUBGRAPH_INPUTS,
    SUBGRAPH_OUTPUTS,
    Slot,
    UiDocument,
    UiGraph,
    UiLink,
    UiNode,
    read_node,
)
from vibes.workflows.uiformat.editor_nodes import PRIMITIVES, REROUTES
from vibes.workflows.uiformat.field_values import along, has_field

_PREFIXES = ("workflow>", "workflow/")
"""In front of a group node's name where it is a class; the second is of old editors."""


@dataclass(frozen=True)
class _Group:
    """A group node as the file has it."""

    nodes: list[UiNode]
    links: list[UiLink]
    external: set[tuple[str, int]]
    """Outputs that are linked inside and outside."""
    settings: Mapping[str, Any]
    """Names that a person gave, and what was hidden."""
    seen: dict[str, int] = field(default_factory=dict)
    """How often each name outside was wanted."""
    inputs: list[tuple[Slot, str, int]] = field(default_factory=list)
    """Each input outside, with the graph node and input inside that it feeds."""
    outputs: list[tuple[Slot, str, int]] = field(default_factory=list)
    fields: list[tuple[str, Input]] = field(default_factory=list)

    @cached_property
    def ends(self) -> frozenset[tuple[str, int]]:
        """Inputs that are linked inside."""
        return frozenset((each.target, each.target_slot) for each in self.links)

    @cached_property
    def starts(self) -> frozenset[tuple[str, int]]:
        """Outputs that are linked inside."""
        return frozenset((each.origin, each.origin_slot) for each in self.links)


def with_group_nodes(document: UiDocument, schema: Schema) -> tuple[UiDocument, dict[str, list[tuple[str, Input]]]]:
    """The document with each of its group nodes as a subgraph, and the fields that each class of them has.

    Raises InvalidRequest (``graph_too_large``).
    """
    subgraphs: dict[str, UiGraph] = dict(document.subgraphs)
    fields: dict[str, list[tuple[str, Input]]] = {}
    nodes = links = 0
    for name, told in document.group_nodes.items():
        group = _read(told)
        nodes, links = nodes + len(group.nodes), links + len(group.links)
        if nodes > MAX_UI_NODES or links > MAX_SLOTS:
            raise InvalidRequest(f"the group nodes up to {name} are too large", code="graph_too_large")
        _find_slots(group, schema)
        for prefix in _PREFIXES:
            subgraphs[prefix + name] = _graph(group)
            fields[prefix + name] = group.fields
    return replace(document, subgraphs=subgraphs), fields


def _read(told: Mapping[str, Any]) -> _Group:
    nodes, external, settings = (told.get(key) for key in ("nodes", "external", "config"))
    shown = [each for each in external if isinstance(each, list)] if isinstance(external, list) else []
    return _Group(
        [
            replace(read_node(each), id=str(index))
            for index, each in enumerate(nodes if isinstance(nodes, list) else ())
            if isinstance(each, dict)
        ],
        list(_links(told.get("links"))),
        {(str(node), slot) for node, slot in (each[:2] for each in shown if len(each) > 1) if isinstance(slot, int)},
        settings if isinstance(settings, dict) else {},
    )


def _links(told: object) -> Iterator[UiLink]:
    for number, each in enumerate(told if isinstance(told, list) else ()):
        match each:
            case [int(origin), int(origin_slot), int(target), int(target_slot), *rest]:
                kind = rest[1] if len(rest) > 1 and isinstance(rest[1], str) else "*"
                yield UiLink(f"inner {number}", str(origin), origin_slot, str(target), target_slot, kind)


def _find_slots(group: _Group, schema: Schema) -> None:
    """Fields that were made inputs come behind those of all graph nodes, in the order in which they were made."""
    later: list[tuple[UiNode, int, Input]] = []
    for node in group.nodes:
        inputs = _inputs_of(node, group, schema)
        made = [each.widget for each in node.inputs if each.widget]
        plain = [each for each in inputs if not _is_field(each)]
        for each in inputs:
            if _is_field(each) and each.name not in made:
                _name(group, node, each)
                group.fields.append((node.id, each))
        for slot, each in enumerate(plain):
            if (node.id, slot) not in group.ends:
                _add_input(group, node, slot, each)
        named = {each.name: each for each in inputs}
        for slot, name in enumerate(made, len(plain)):
            if name in named and (node.id, slot) not in group.ends:
                later.append((node, slot, named[name]))
        _find_outputs(group, node, schema)
    for node, slot, each in later:
        _add_input(group, node, slot, each)
        group.fields.append((node.id, each))


def _is_field(told: Input) -> bool:
    return has_field(told) or told.type == "FIELD"


def _inputs_of(node: UiNode, group: _Group, schema: Schema) -> tuple[Input, ...]:
    known = schema.get(node.class_type)
    if known is not None:
        return tuple(_of_its_time(node, known.inputs))
    if node.class_type in PRIMITIVES:
        return (Input("value", "FIELD"),) if (node.id, 0) in group.starts else ()
    if node.class_type in REROUTES:
        inside = {(node.id, 0)} <= group.ends & group.starts - group.external
        return () if inside else (Input(_carried(node, group), _carried(node, group)),)
    return tuple(Input(each.name, each.type) for each in node.inputs if each.widget is None)


def _carried(node: UiNode, group: _Group) -> str:
    """The type of what a reroute passes on."""
    return next((each.type for each in group.links if node.id in (each.origin, each.target) and each.type != "*"), "*")


def _of_its_time(node: UiNode, inputs: tuple[Input, ...]) -> Iterator[Input]:
    """Without fields that the class got after the file was saved: those for which it has no value."""
    fields = [each for each in inputs if has_field(each)]
    old = along(fields, node.values).values if isinstance(node.values, list) and node.values else None
    return (each for each in inputs if old is None or each.name in old or not has_field(each))


def _add_input(group: _Group, node: UiNode, slot: int, told: Input) -> None:
    settings = _settings(group, node, "input", told.name)
    name = _name(group, node, told)
    if settings.get("visible") is not False:
        group.inputs.append((Slot(name, told.type, widget=name if _is_field(told) else None), node.id, slot))


def _name(group: _Group, node: UiNode, told: Input) -> str:
    """The name outside: the one a person gave, its label, or its own; with the title in front where that is taken."""
    given = _settings(group, node, "input", told.name).get("name")
    label = next((each.label for each in node.inputs if each.name == told.name and each.label), "")
    name = key = given if isinstance(given, str) else label or told.name
    if name in group.seen or (node.class_type in PRIMITIVES and node.title):
        prefix = f"{node.title or node.class_type} "
        key = name = f"{prefix}{told.name}"
        if key in group.seen:
            name = f"{prefix}{group.seen[key]} {told.name}"
    group.seen[key] = group.seen.get(key, 1) + 1
    return name


def _find_outputs(group: _Group, node: UiNode, schema: Schema) -> None:
    known = schema.get(node.class_type)
    kinds = [each.type for each in known.outputs] if known else [each.type for each in node.outputs]
    if node.class_type in PRIMITIVES and (node.id, 0) not in group.starts:
        return
    for slot, kind in enumerate(kinds):
        told = _settings(group, node, "output", str(slot)).get("visible")
        hidden = (node.id, slot) in group.starts and (node.id, slot) not in group.external
        if told if isinstance(told, bool) else not hidden:
            group.outputs.append((Slot(kind, kind), node.id, slot))


def _settings(group: _Group, node: UiNode, side: str, name: str) -> Mapping[str, Any]:
    found: Any = group.settings
    for key in (node.id, side, name):
        found = found.get(key) if isinstance(found, dict) else None
    return found if isinstance(found, dict) else {}


def _graph(group: _Group) -> UiGraph:
    """Inputs inside may be numbered beyond those that the file lists: fields without a slot of their own are not."""
    outer = [
        UiLink(f"outer {number}", SUBGRAPH_INPUTS, number, node_id, slot)
        for number, (_, node_id, slot) in enumerate(group.inputs)
    ]
    ends = [
        UiLink(f"end {number}", node_id, slot, SUBGRAPH_OUTPUTS, number, told.type)
        for number, (told, node_id, slot) in enumerate(group.outputs)
    ]
    links = {each.id: each for each in (*group.links, *outer, *ends)}
    into = {(each.target, each.target_slot): each.id for each in (*group.links, *outer)}
    return UiGraph(
        {node.id: _linked(node, into) for node in group.nodes},
        links,
        inputs=tuple(each for each, _, _ in group.inputs),
        outputs=tuple(each for each, _, _ in group.outputs),
    )


def _linked(node: UiNode, into: Mapping[tuple[str, int], str]) -> UiNode:
    inputs = tuple(replace(each, link=into.get((node.id, slot))) for slot, each in enumerate(node.inputs))
    return replace(node, inputs=inputs)
