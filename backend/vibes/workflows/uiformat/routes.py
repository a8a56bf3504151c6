"""Follows a link back to what it really brings: an output of a graph node that runs, or a value."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from vibes.workflows.uiformat.document import (
    BYPASSED,
    MUTED,
    SUBGRAPH_INPUTS,
    SUBGRAPH_OUTPUTS,
    Slot,
    UiLink,
    UiNode,
)
from vibes.workflows.uiformat.editor_nodes import GETTERS, PRIMITIVES, REROUTES, SETTERS, VIRTUAL
from vibes.workflows.uiformat.scopes import Scope, first_value


@dataclass(frozen=True, slots=True)
class Source:
    """An output of a graph node, by its id in API format."""

    graph_node_id: str
    slot: int


@dataclass(frozen=True, slots=True)
class Constant:
    """A value, from a primitive or from a field of the graph node that stands for a subgraph."""

    value: Any


@dataclass(frozen=True, slots=True)
class Nothing:
    """The link ends at a graph node that does not run (``muted``), or leads nowhere."""

    muted: bool = False


_ANY = frozenset({"*", "COMFY_MATCHTYPE_V3"})
"""Types that fit all others; the second is that of what is linked to it."""

Brought = Source | Constant | Nothing

_Input = tuple[Scope, UiNode, int]
_Place = tuple[tuple[str, ...], str, int]
_Output = tuple[Scope, str, int]


@dataclass(frozen=True, slots=True)
class Routes:
    """``held``: what fields hold that are shown on the graph node that stands for a subgraph, by `Held`."""

    held: Mapping[tuple[str, ...], Mapping[str, Any]]
    _followed: dict[tuple[_Place, str], Brought] = field(default_factory=dict, init=False)
    """What each place was found to bring to an input of some type: many inputs may share one long way."""
    _passed: dict[tuple[_Place, str], int | None] = field(default_factory=dict, init=False)
    """Outputs that are bypassed, with the input that stands in for each."""

    def into(self, scope: Scope, node: UiNode, slot: int) -> Brought | None:
        """What the input gets; None where nothing is linked to it."""
        told = node.input_at(slot)
        if told is None or (told.link is None and (node.id, slot) not in scope.broadcasts):
            return None
        at: _Input | Brought = (scope, node, slot)
        seen: dict[tuple[_Place, str], _Input] = {}
        while isinstance(at, tuple):
            key = (at[0].path, at[1].id, at[2]), told.type
            if key in seen:  # reroutes in a circle
                at = Nothing()
            elif key in self._followed:
                at = self._followed[key]
            else:
                seen[key] = at
                at = self._back(at, told.type)
        for key, place in reversed(seen.items()):
            at = self._own(place) if at == Nothing() else at
            self._followed[key] = at
        return at

    def _own(self, at: _Input) -> Brought:
        """The value of the subgraph at that place, where those around it have none."""
        scope, node, slot = at
        told = node.input_at(slot)
        inner = scope.inside.get(node.id)
        if inner is not None and told is not None and told.name in self.held.get(inner.path, {}):
            return Constant(self.held[inner.path][told.name])
        return Nothing()

    def _back(self, at: _Input, wanted: str) -> _Input | Brought:
        """One link back from an input."""
        scope, node, slot = at
        told = node.input_at(slot)
        link = None if told is None or told.link is None else scope.graph.links.get(told.link)
        if link is not None:
            return self._from((scope, link.origin, link.origin_slot), wanted)
        given = scope.broadcasts.get((node.id, slot))
        return Nothing() if given is None else self._from((scope, *given), wanted)

    def _from(self, at: _Output, wanted: str) -> _Input | Brought:
        scope, origin, slot = at
        return self._outside(scope, slot) if origin == SUBGRAPH_INPUTS else self._through(at, wanted)

    def _outside(self, scope: Scope, slot: int) -> _Input | Brought:
        """From an input of a subgraph to the graph node that stands for it."""
        if scope.parent is None or scope.host is None or not 0 <= slot < len(scope.graph.inputs):
            return Nothing()
        name = scope.graph.inputs[slot].name
        outer = outer_slot(scope, slot)
        if outer is not None:
            linked = scope.host.inputs[outer].link is not None
            if linked or (scope.host.id, outer) in scope.parent.broadcasts:
                return scope.parent, scope.host, outer
        fields = self.held.get(scope.path, {})
        return Constant(fields[name]) if name in fields else Nothing()

    def _through(self, at: _Output, wanted: str) -> _Input | Brought:
        """From an output to what makes it: the graph node itself, or an input where it only passes on."""
        scope, node_id, slot = at
        node = scope.graph.nodes.get(node_id)
        if node is None:
            return Nothing()
        if node.class_type in VIRTUAL:  # also where it is muted: it would not run anyway
            return self._virtual(scope, node)
        if node.mode == MUTED:
            return Nothing(muted=True)
        if node.mode == BYPASSED:
            key = (scope.path, node_id, slot), wanted
            if key not in self._passed:
                self._passed[key] = bypass_slot(node, slot, wanted)
            passed = self._passed[key]
            return Nothing() if passed is None else (scope, node, passed)
        if node_id in scope.inside:
            return self._inside(scope.inside[node_id], slot, wanted)
        return Source(scope.full_id(node_id), slot)

    def _virtual(self, scope: Scope, node: UiNode) -> _Input | Brought:
        kind = node.class_type
        if kind in REROUTES | SETTERS:
            return scope, node, 0
        if kind in PRIMITIVES:
            return self._primitive(scope, node)
        return self._setter(scope, node) if kind in GETTERS else Nothing()

    def _primitive(self, scope: Scope, node: UiNode) -> Brought:
        shown = self.held.get((*scope.path, node.id), {})
        value = next(iter(shown.values()), first_value(node))
        return Nothing() if value is None else Constant(value)

    def _inside(self, scope: Scope, slot: int, wanted: str) -> _Input | Brought:
        """From an output of the graph node that stands for a subgraph to what is linked to it inside."""
        link = scope.ends.get((SUBGRAPH_OUTPUTS, slot))
        if link is not None:
            return self._from((scope, link.origin, link.origin_slot), wanted)
        given = scope.broadcasts.get((SUBGRAPH_OUTPUTS, slot))
        return Nothing() if given is None else self._from((scope, *given), wanted)

    def _setter(self, scope: Scope, getter: UiNode) -> _Input | Brought:
        """The input of the setter of that name, here or around."""
        name = first_value(getter)
        for each in scope.around():
            setter = each.setters.get(name) if isinstance(name, str | int | float) else None
            if setter is not None:
                return each, setter, 0
        return Nothing()


def bypass_slot(node: UiNode, slot: int, wanted: str) -> int | None:
    """The input that stands in for an output of a graph node that is bypassed, as the editor chooses it.

    The input of the same number where its type fits, else the first of the wanted type, else the first that fits;
    None where none does. ``wanted``: the type of the input that is fed.
    """
    if wanted == "*":
        return slot if slot < len(node.inputs) else (0 if node.inputs else None)
    given = node.outputs[slot].type if 0 <= slot < len(node.outputs) else "*"

    def fits(told: Slot) -> bool:
        return fit(told.type, given) and fit(told.type, wanted)

    same = node.input_at(slot)
    if same is not None and fits(same):
        return slot
    exact = (index for index, told in enumerate(node.inputs) if told.type == wanted)
    any_that_fits = (index for index, told in enumerate(node.inputs) if fits(told))
    return next(exact, next(any_that_fits, None))


def fit(one: str, other: str) -> bool:
    """Whether ComfyUI's editor lets two slots be linked: a type may be a list with commas, and some are any."""
    if not _ANY.isdisjoint((one, other)):
        return True
    return not set(one.lower().split(",")).isdisjoint(other.lower().split(","))


def outer_slot(scope: Scope, slot: int) -> int | None:
    """Which input of the graph node that stands for a subgraph is that input of the subgraph; None where it has none.

    By name, as the editor leaves out inputs that are fields without a link; by number where it was renamed.
    """
    if scope.host is None or not 0 <= slot < len(scope.graph.inputs):
        return None
    outer, inner = scope.host.inputs, scope.graph.inputs
    found = next((index for index, each in enumerate(outer) if each.name == inner[slot].name), None)
    if found is None and len(outer) == len(inner) and all(each.name != outer[slot].name for each in inner):
        return slot
    return found


def link_type(scope: Scope, link: UiLink) -> str:
    """What a link carries, by its origin; what the link itself tells is sometimes only ``*``."""
    node = scope.graph.nodes.get(link.origin)
    slots = scope.graph.inputs if link.origin == SUBGRAPH_INPUTS else node.outputs if node else ()
    told = slots[link.origin_slot].type if 0 <= link.origin_slot < len(slots) else "*"
    return link.type if told == "*" else told
