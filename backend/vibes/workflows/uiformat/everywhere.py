"""Links that cg-use-everywhere ("Anything Everywhere") makes when a workflow is run, to inputs without one."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any

from vibes.workflows.uiformat.document import BYPASSED, SUBGRAPH_INPUTS, SUBGRAPH_OUTPUTS, Slot, UiLink, UiNode
from vibes.workflows.uiformat.editor_nodes import BROADCASTERS
from vibes.workflows.uiformat.patterns import Patterns, never
from vibes.workflows.uiformat.routes import bypass_slot, link_type
from vibes.workflows.uiformat.scopes import Scope

MAX_BROADCASTS = 100
"""Most broadcasts of a scope that count."""
MAX_OPEN_INPUTS = 2_000
"""Most inputs of a scope that may get one."""

_SEED = "Seed Everywhere"
_PROMPTS = "Prompts Everywhere"
_PROMPT_NAMES = (r"(_|\b)pos(itive|_|\b)|positive", r"(_|\b)neg(ative|_|\b)|negative")
_Rule = Callable[[UiNode, Slot], bool]


@dataclass(frozen=True, slots=True)
class _Broadcast:
    type: str
    origin: str
    origin_slot: int
    priority: float
    rules: tuple[_Rule, ...]
    text_to_lists: bool
    to_any: bool

    def reaches(self, node: UiNode, slot: Slot) -> bool:
        if self.origin == node.id or not self._carries(slot.type):
            return False
        return all(rule(node, slot) for rule in self.rules)

    def _carries(self, wanted: str) -> bool:
        if self.type == wanted:
            return True
        return (self.text_to_lists and (self.type, wanted) == ("STRING", "COMBO")) or (self.to_any and wanted == "*")


def broadcasts(scope: Scope, patterns: Patterns, *, old: bool) -> dict[tuple[str, int], tuple[str, int]]:
    """The inputs of a scope that get what is broadcast there, each with the output that it gets.

    Of several broadcasts the one of the highest priority counts; of several of the same none does. ``old``: saved by an
    editor that lists a field among the inputs only where a person made it one.
    """
    running = [node for node in scope.graph.nodes.values() if node.mode == 0]
    found = list(islice((each for node in running for each in _broadcasts_of(scope, node, patterns)), MAX_BROADCASTS))
    if not found:
        return {}
    result = {}
    for node, index, slot in islice(_open_inputs(scope, old=old), MAX_OPEN_INPUTS):
        matches = sorted((each for each in found if each.reaches(node, slot)), key=lambda each: -each.priority)
        if matches and (len(matches) == 1 or matches[0].priority > matches[1].priority):
            result[node.id, index] = matches[0].origin, matches[0].origin_slot
    return result


def _broadcasts_of(scope: Scope, node: UiNode, patterns: Patterns) -> Iterator[_Broadcast]:
    told = _properties(node)
    rules = [*_title_and_input_rules(node, told, patterns), *_area_rules(scope, node, told, patterns)]
    priority = told.get("priority")
    repeated = set(_repeated([each for _, _, each in _given(scope, node)]))
    base = _Broadcast(
        "*",
        node.id,
        0,
        priority if isinstance(priority, int | float) and priority else _default_priority(node, rules, repeated),
        tuple(rule for _, rule in rules),
        bool(told.get("string_to_combo")),
        bool(told.get("send_to_any")),
    )
    if node.class_type == _SEED or told.get("seed_inputs"):
        pattern = patterns.test(told.get("input_regex") or "seed") or never
        yield replace(base, type="INT", rules=(*base.rules, lambda _, slot: pattern(_seen(slot))))
        return
    for index, link, kind in _given(scope, node):
        extra: tuple[_Rule, ...] = ()
        if node.class_type == _PROMPTS and index < len(_PROMPT_NAMES):
            extra = (_matches_input(_PROMPT_NAMES[index], patterns),)
        elif kind in repeated or told.get("apply_to_unrepeated"):
            extra = (_repeated_rule(told.get("repeated_type_rule"), _name_of(node, index), patterns),)
        yield replace(base, type=kind, origin=link[0], origin_slot=link[1], rules=(*base.rules, *extra))


def _given(scope: Scope, node: UiNode) -> list[tuple[int, tuple[str, int], str]]:
    """What a graph node broadcasts: the number of its slot, the output, and its type."""
    if node.class_type in BROADCASTERS:
        return list(_linked(scope, node))
    if node.properties.get("ue_convert"):
        hidden = _mapping(_properties(node).get("output_not_broadcasting"))
        shown = [(index, each) for index, each in enumerate(node.outputs) if not hidden.get(each.name)]
        return [(index, (node.id, index), each.type) for index, each in shown]
    return []


def _linked(scope: Scope, node: UiNode) -> Iterator[tuple[int, tuple[str, int], str]]:
    for index, slot in enumerate(node.inputs):
        link = scope.graph.links.get(slot.link) if slot.link is not None else None
        for _ in range(len(scope.graph.nodes)):
            origin = scope.graph.nodes.get(link.origin) if link else None
            if link is None or origin is None or origin.mode == 0:
                break
            link = _behind_bypass(scope, origin, link)
        if link is not None and (link.origin == SUBGRAPH_INPUTS or link.origin in scope.graph.nodes):
            yield index, (link.origin, link.origin_slot), link_type(scope, link)


def _behind_bypass(scope: Scope, origin: UiNode, link: UiLink) -> UiLink | None:
    passed = bypass_slot(origin, link.origin_slot, link_type(scope, link)) if origin.mode == BYPASSED else None
    told = None if passed is None else origin.input_at(passed)
    return scope.graph.links.get(told.link) if told is not None and told.link is not None else None


def _open_inputs(scope: Scope, *, old: bool) -> Iterator[tuple[UiNode, int, Slot]]:
    for node in scope.graph.nodes.values():
        if node.class_type in BROADCASTERS or node.properties.get("rejects_ue_links"):
            continue
        told = _properties(node)
        open_fields = told.get("widget_ue_connectable", node.properties.get("widget_ue_connectable"))
        closed = _mapping(told.get("input_ue_unconnectable"))
        for index, slot in enumerate(node.inputs):
            open_field = bool(_mapping(open_fields).get(slot.widget)) if isinstance(open_fields, dict) else old
            if slot.link is None and not closed.get(slot.name) and (slot.widget is None or open_field):
                yield node, index, slot
    outside = UiNode(SUBGRAPH_OUTPUTS, "", "subgraph output node")
    for index, slot in enumerate(scope.graph.outputs):
        if (SUBGRAPH_OUTPUTS, index) not in scope.ends:
            yield outside, index, slot


def _title_and_input_rules(node: UiNode, told: Mapping[str, Any], patterns: Patterns) -> list[tuple[str, _Rule]]:
    rules: list[tuple[str, _Rule]] = []
    if (title := patterns.test(told.get("title_regex"))) is not None:
        turned = bool(told.get("title_regex_invert"))
        rules.append(("regex", lambda other, _: title(other.title or other.class_type) != turned))
    if node.class_type != _SEED and (name := patterns.test(told.get("input_regex"))) is not None:
        inverted = bool(told.get("input_regex_invert"))
        rules.append(("regex", lambda _, slot: name(_seen(slot)) != inverted))
    return rules


def _area_rules(scope: Scope, node: UiNode, told: Mapping[str, Any], patterns: Patterns) -> list[tuple[str, _Rule]]:
    rules: list[tuple[str, _Rule]] = []
    mine = [index for index, held in enumerate(scope.grouped) if node.id in held]
    wanted = told.get("group_restricted")
    if wanted in (1, 2):
        together = _held(scope, mine)
        rules.append(("group", lambda other, _: (other.id in together) == (wanted == 1)))
    colour = told.get("color_restricted")
    if colour in (1, 2):
        rules.append(("color", lambda other, _: (other.color == node.color) == (colour == 1)))
    if (title := patterns.test(told.get("group_regex"))) is not None:
        inverted = bool(told.get("group_regex_invert"))
        named = _held(scope, (index for index, each in enumerate(scope.graph.groups) if title(each.title) != inverted))
        rules.append(("regex", lambda other, _: other.id in named))
    return rules


def _held(scope: Scope, groups: Iterable[int]) -> frozenset[str]:
    """The graph nodes that lie in any of these coloured areas."""
    return frozenset().union(*(scope.grouped[index] for index in groups))


def _default_priority(node: UiNode, rules: list[tuple[str, _Rule]], repeated: set[str]) -> float:
    """As cg-use-everywhere counts: the narrower a broadcast, the higher."""
    kinds = {kind for kind, _ in rules}
    narrow = node.class_type in (_SEED, _PROMPTS)
    by_name = "regex" in kinds or bool(repeated)
    return 10 + 10 * narrow + 20 * by_name + 3 * ("group" in kinds) + 6 * ("color" in kinds)


def _repeated(kinds: list[str]) -> Iterator[str]:
    return (each for each in kinds if kinds.count(each) > 1)


def _repeated_rule(rule: object, name: str, patterns: Patterns) -> _Rule:
    """Which inputs get one of several broadcasts of the same type."""
    match rule:
        case 1:
            return lambda _, slot: _seen(slot).startswith(name) or name.startswith(_seen(slot))
        case 2:
            return lambda _, slot: _seen(slot).endswith(name) or name.endswith(_seen(slot))
        case 3:
            return lambda node, _: node.title == name
        case 4:
            return _matches_input(name, patterns)
        case _:
            return lambda _, slot: _seen(slot) == name


def _matches_input(pattern: str, patterns: Patterns) -> _Rule:
    test = patterns.test(pattern) or never
    return lambda _, slot: test(_seen(slot))


def _name_of(node: UiNode, index: int) -> str:
    slots = node.inputs if node.class_type in BROADCASTERS else node.outputs
    return _seen(slots[index])


def _seen(slot: Slot) -> str:
    return slot.label or slot.name


def _properties(node: UiNode) -> dict[str, Any]:
    """The settings of a broadcast; before version 7 its regular expressions were its fields."""
    told = node.properties.get("ue_properties")
    if isinstance(told, dict) and told.get("version"):
        return told
    found = {name: node.properties.get(name) for name in ("group_restricted", "color_restricted")}
    if node.class_type in BROADCASTERS and isinstance(node.values, list):
        names = ("title_regex", "input_regex", "group_regex")
        found |= dict(zip(names, (each if isinstance(each, str) else None for each in node.values), strict=False))
    return found


def _mapping(value: object) -> Mapping[Any, Any]:
    return value if isinstance(value, dict) else {}
