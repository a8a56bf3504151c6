"""UI format → API format: the graph that ComfyUI's editor would send for a workflow that it saved."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from vibes.workflows.meaning.schema import GraphNodeClass, Schema
from vibes.workflows.uiformat.document import BYPASSED, MUTED, UiNode, read_document
from vibes.workflows.uiformat.editor_nodes import VIRTUAL
from vibes.workflows.uiformat.everywhere import broadcasts
from vibes.workflows.uiformat.field_values import FieldValues, field_values, input_of
from vibes.workflows.uiformat.group_nodes import with_group_nodes
from vibes.workflows.uiformat.held import held_values
from vibes.workflows.uiformat.patterns import Patterns
from vibes.workflows.uiformat.prompt_text import first_alternatives
from vibes.workflows.uiformat.public_inputs import PublicInput, public_inputs, public_outputs
from vibes.workflows.uiformat.routes import Constant, Nothing, Routes, Source
from vibes.workflows.uiformat.scopes import Scope, scopes_of
from vibes.workflows.uiformat.shared_fields import add_shared_fields

_OLD_EDITOR = re.compile(r"^1\.(\d|1[0-5])\.")
_MOST_NAMED = 8


@dataclass(frozen=True, slots=True)
class MissingClass:
    """A class of graph nodes that is not known, so that no machine that was asked has it."""

    class_type: str
    graph_node_ids: tuple[str, ...]
    pack: str | None
    """What to install, where the file tells it: a name in ComfyUI's registry of packs, or a repository on GitHub."""
    nameless: bool = False
    """Whether it has saved values whose names only the class itself tells; they are not in the graph."""

    def sentence(self) -> str:
        where = f" of the pack {self.pack}" if self.pack else ""
        lost = ", so that the names of its settings are not known" if self.nameless else ""
        return f"no machine that was asked has the graph-node class {self.class_type}{where}{lost}"


@dataclass(frozen=True, slots=True)
class Converted:
    """A workflow in API format."""

    graph: dict[str, dict[str, Any]]
    notes: tuple[str, ...] = ()
    """Sentences about what is not as in the file."""
    missing: tuple[MissingClass, ...] = ()
    public: tuple[PublicInput, ...] = ()
    """The inputs that its author chose for people to set, in the author's order."""
    outputs: tuple[str, ...] = ()
    """The graph nodes whose pictures its author chose; empty where none was chosen."""
    corners: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    """Where its author put the graph nodes of the canvas, those inside subgraphs apart, which have a canvas each."""


@dataclass
class _Told:
    """What is told about the graph, or put right at its end."""

    muted: list[tuple[str, str]] = field(default_factory=list)
    """Inputs that a graph node feeds which does not run."""
    wrong: dict[str, list[str]] = field(default_factory=dict)
    alternatives: list[str] = field(default_factory=list)
    missing: dict[str, MissingClass] = field(default_factory=dict)


@dataclass
class _Work:
    schema: Schema
    routes: Routes
    graph: dict[str, dict[str, Any]] = field(default_factory=dict)
    orders: dict[str, tuple[int, ...]] = field(default_factory=dict)
    told: _Told = field(default_factory=_Told)


def to_api(value: Mapping[str, Any], schema: Schema) -> Converted:
    """Convert a parsed file in UI format (`is_ui_format`).

    ``schema``: the classes that the machines have, over those that come with ComfyUI. Raises InvalidRequest
    (``graph_too_large``); takes time proportional to the size of what comes out.
    """
    document, group_fields = with_group_nodes(read_document(value), schema)
    root = scopes_of(document)
    old = _is_of_old_editor(document.extra)
    patterns = Patterns()
    for scope in root.all():
        scope.broadcasts = broadcasts(scope, patterns, old=old)
    held = held_values(root, group_fields)
    add_shared_fields(root, held, schema)
    work = _Work(schema, Routes(held))
    _add_scope(work, root)
    _leave_out_links_to_nothing(work)
    graph = {key: work.graph[key] for key in sorted(work.graph, key=lambda each: work.orders[each])}
    return Converted(
        graph,
        tuple(_notes(work)),
        tuple(work.told.missing.values()),
        tuple(public_inputs(document.extra, root, graph)),
        tuple(public_outputs(document.extra, graph)),
        {key: node.corner for key, node in root.graph.nodes.items() if key in graph},
    )


def _is_of_old_editor(extra: Mapping[str, Any]) -> bool:
    """Whether it is older than 1.16 (April 2025), whose files list as an input only what was made one."""
    version = extra.get("frontendVersion")
    return not isinstance(version, str) or _OLD_EDITOR.match(version) is not None


def _add_scope(work: _Work, scope: Scope) -> None:
    for node in scope.graph.nodes.values():
        if node.mode in (MUTED, BYPASSED):
            continue
        if node.id in scope.inside:
            _add_scope(work, scope.inside[node.id])
        elif node.class_type not in VIRTUAL and not _is_decoration(work, scope, node):
            _add_node(work, scope, node)


def _is_decoration(work: _Work, scope: Scope, node: UiNode) -> bool:
    """A class that nobody knows and that is linked to nothing: a note or a switchboard of some pack."""
    if work.schema.get(node.class_type) is not None:
        return False
    return node.id not in scope.givers and all(each.link is None for each in node.inputs)


def _add_node(work: _Work, scope: Scope, node: UiNode) -> None:
    known = work.schema.get(node.class_type)
    full_id = scope.full_id(node.id)
    found = field_values(node, known)
    values = {**found.values, **work.routes.held.get((*scope.path, node.id), {})}
    inputs = {name: _written(work, node, known, name, each) for name, each in values.items()}
    for slot, told in enumerate(node.inputs):
        brought = work.routes.into(scope, node, slot)
        match brought:
            case Source(graph_node_id, output):
                inputs[told.name] = [graph_node_id, output]
            case Constant(value):
                inputs[told.name] = _written(work, node, known, told.name, value)
            case Nothing(muted=True):
                work.told.muted.append((full_id, told.name))
    title = node.title or (known.title if known else "") or node.class_type
    work.graph[full_id] = {"inputs": inputs, "class_type": node.class_type, "_meta": {"title": title}}
    work.orders[full_id] = (*_outer_orders(scope), node.order)
    if found.wrong:
        work.told.wrong.setdefault(node.class_type, []).extend(found.wrong)
    if known is None:
        _add_missing(work, node, full_id, found)


def _outer_orders(scope: Scope) -> tuple[int, ...]:
    return tuple(each.host.order for each in reversed([*scope.around()]) if each.host is not None)


def _add_missing(work: _Work, node: UiNode, full_id: str, found: FieldValues) -> None:
    before = work.told.missing.get(node.class_type) or MissingClass(node.class_type, (), None)
    work.told.missing[node.class_type] = replace(
        before,
        graph_node_ids=(*before.graph_node_ids, full_id),
        pack=before.pack or node.pack,
        nameless=before.nameless or found.nameless > 0,
    )


def _written(work: _Work, node: UiNode, known: GraphNodeClass | None, name: str, value: Any) -> Any:
    """A value as API format has it: a list would be taken for a link."""
    if isinstance(value, list):
        return {"__value__": value}
    told = input_of(known, name)
    if isinstance(value, str) and told is not None and told.details.get("dynamicPrompts"):
        text = first_alternatives(value)
        if text.chosen:
            work.told.alternatives.append(node.title or node.class_type)
        return text.text
    return value


def _leave_out_links_to_nothing(work: _Work) -> None:
    """Inputs whose source is not in the graph keep the value of their field only where the class needs one."""
    for graph_node_id, name in work.told.muted:
        graph_node = work.graph[graph_node_id]
        known = work.schema.get(graph_node["class_type"])
        told = input_of(known, name)
        if told is None or not told.required:
            graph_node["inputs"].pop(name, None)
    for graph_node in work.graph.values():
        inputs = graph_node["inputs"]
        for name in [each for each, value in inputs.items() if isinstance(value, list) and value[0] not in work.graph]:
            del inputs[name]


def _notes(work: _Work) -> Iterator[str]:
    for each in work.told.missing.values():
        yield each.sentence()
    for class_type, names in work.told.wrong.items():
        listed = ", ".join(list(dict.fromkeys(names))[:_MOST_NAMED])
        yield f"{class_type} of the file is of another version: look at {listed}, which got the usual value"
    if work.told.alternatives:
        listed = ", ".join(list(dict.fromkeys(work.told.alternatives))[:_MOST_NAMED])
        yield f"of alternatives in braces ({listed}) the first was taken"
