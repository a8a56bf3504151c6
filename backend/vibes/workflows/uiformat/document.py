"""ComfyUI's UI format read into values: graphs with graph nodes, slots and links, of any version of the editor."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import Any

from vibes.domain.errors import InvalidRequest

MAX_UI_NODES = 2_000
"""Most graph nodes of a file, those inside subgraphs counted once for each place where the subgraph is used."""
MAX_SLOTS = 20_000
"""Most inputs and outputs of all graph nodes of a file; and most links, those inside subgraphs counted as those are."""

MAX_NODE_SLOTS = 1_000
"""Most inputs and outputs of one graph node."""
MAX_GROUPS = 200
"""Most coloured areas of a canvas that count."""

SUBGRAPH_INPUTS = "-10"
"""The id that stands for the inputs of a subgraph at the beginning of a link."""
SUBGRAPH_OUTPUTS = "-20"
"""The id that stands for the outputs of a subgraph at the end of a link."""

MUTED = 2
BYPASSED = 4


@dataclass(frozen=True, slots=True)
class Slot:
    """An input or an output of a graph node or of a subgraph."""

    name: str
    type: str = "*"
    link: str | None = None
    """What an input is linked to; outputs have none."""
    widget: str | None = None
    """The field whose value an input takes where nothing is linked to it."""
    label: str = ""
    """What a person sees, where it is not the name."""
    links: tuple[str, ...] = ()
    """What an input of a subgraph feeds, in its order; others have none."""


@dataclass(frozen=True, slots=True)
class UiLink:
    """From an output to an input of the same graph."""

    id: str
    origin: str
    origin_slot: int
    target: str
    target_slot: int
    type: str = "*"


@dataclass(frozen=True, slots=True)
class UiNode:
    """A graph node as the editor keeps it."""

    id: str
    class_type: str
    title: str = ""
    mode: int = 0
    """0 runs, `MUTED` and `BYPASSED` do not."""
    order: int = 0
    inputs: tuple[Slot, ...] = ()
    outputs: tuple[Slot, ...] = ()
    values: Sequence[Any] | Mapping[str, Any] = ()
    """What its fields hold: by position, or by name."""
    named: Mapping[str, Any] = field(default_factory=dict)
    """The same by name; only new editors tell it."""
    properties: Mapping[str, Any] = field(default_factory=dict)
    color: str = ""
    middle: tuple[float, float] = (0.0, 0.0)
    """Where its middle is on the canvas, x to the right and y down, in the editor's units."""
    corner: tuple[float, float] = (0.0, 0.0)
    """Where its upper left corner is."""

    def input_at(self, slot: int) -> Slot | None:
        return self.inputs[slot] if 0 <= slot < len(self.inputs) else None

    @property
    def pack(self) -> str | None:
        """The pack that its class is from, as the registry of packs or GitHub knows it; None where it is not told."""
        found = (self.properties.get(key) for key in ("cnr_id", "aux_id"))
        return next((each for each in found if isinstance(each, str) and each and each != "comfy-core"), None)


@dataclass(frozen=True, slots=True)
class UiGroup:
    """A coloured area of the canvas, with a title."""

    title: str
    bounds: tuple[float, float, float, float]
    """x, y, width and height."""

    def holds(self, node: UiNode) -> bool:
        (x, y), (left, top, width, height) = node.middle, self.bounds
        return left <= x < left + width and top <= y < top + height


@dataclass(frozen=True, slots=True)
class UiGraph:
    """The canvas, or what is inside a subgraph."""

    nodes: Mapping[str, UiNode]
    links: Mapping[str, UiLink]
    groups: tuple[UiGroup, ...] = ()
    inputs: tuple[Slot, ...] = ()
    outputs: tuple[Slot, ...] = ()
    id: str = ""


@dataclass(frozen=True, slots=True)
class UiDocument:
    """A whole file."""

    graph: UiGraph
    subgraphs: Mapping[str, UiGraph]
    """By the id that is the class of the graph nodes which stand for them."""
    group_nodes: Mapping[str, Mapping[str, Any]]
    """What came before subgraphs, as it is in the file, by name."""
    extra: Mapping[str, Any]


def is_ui_format(value: object) -> bool:
    """Whether parsed JSON is in UI format, not whether it is a good one."""
    return isinstance(value, dict) and isinstance(value.get("nodes"), list)


def read_document(value: Mapping[str, Any]) -> UiDocument:
    """Raises InvalidRequest (``graph_too_large``) for a file with more than `MAX_UI_NODES`, `MAX_SLOTS` or
    `MAX_NODE_SLOTS`.

    What is in no known form is left out.
    """
    extra = _mapping(value.get("extra"))
    definitions = _list(_mapping(value.get("definitions")).get("subgraphs"))
    subgraphs = {str(each["id"]): _graph(each) for each in definitions if isinstance(each, dict) and "id" in each}
    graph = _graph(value)
    found = [graph, *subgraphs.values()]
    _check(sum(len(each.nodes) for each in found), MAX_UI_NODES, "graph nodes")
    slots = [len(node.inputs) + len(node.outputs) for each in found for node in each.nodes.values()]
    slots_outside = [len(each.inputs) + len(each.outputs) for each in found]
    _check(sum(slots), MAX_SLOTS, "inputs and outputs")
    _check(max([*slots, *slots_outside]), MAX_NODE_SLOTS, "inputs and outputs of one graph node")
    _check(sum(len(each.links) for each in found), MAX_SLOTS, "links")
    groups = _mapping(extra.get("groupNodes"))
    return UiDocument(graph, subgraphs, {name: each for name, each in groups.items() if isinstance(each, dict)}, extra)


def _check(count: int, most: int, word: str) -> None:
    if count > most:
        raise InvalidRequest(f"the workflow has {count} {word}; an import takes up to {most}", code="graph_too_large")


def _graph(value: Mapping[str, Any]) -> UiGraph:
    links = {each.id: each for each in map(read_link, _list(value.get("links"))) if each is not None}
    nodes = [read_node(each) for each in _list(value.get("nodes")) if isinstance(each, dict) and "id" in each]
    return UiGraph(
        {each.id: _with_links(each, links) for each in nodes},
        links,
        tuple(islice(_groups(value.get("groups")), MAX_GROUPS)),
        tuple(_slots(value.get("inputs"))),
        tuple(_slots(value.get("outputs"))),
        str(value.get("id", "")),
    )


def _with_links(node: UiNode, links: Mapping[str, UiLink]) -> UiNode:
    """Without what leads nowhere: an input's link that is not among the links."""
    if all(each.link is None or each.link in links for each in node.inputs):
        return node
    kept = tuple(each if each.link in links else replace(each, link=None) for each in node.inputs)
    return replace(node, inputs=kept)


def read_node(value: Mapping[str, Any]) -> UiNode:
    values = value.get("widgets_values")
    title = value.get("title")
    return UiNode(
        id=str(value.get("id")),
        class_type=str(value.get("type", "")),
        title=title if isinstance(title, str) else "",
        mode=_whole(value.get("mode")),
        order=_whole(value.get("order")),
        inputs=tuple(_slots(value.get("inputs"))),
        outputs=tuple(_slots(value.get("outputs"))),
        values=values if isinstance(values, list | dict) else (),
        named=_mapping(value.get("widgets_values_named")),
        properties=_mapping(value.get("properties")),
        color=str(value.get("color") or ""),
        middle=_middle(_pair(value.get("pos")), _pair(value.get("size"))),
        corner=_pair(value.get("pos")),
    )


def read_link(value: object) -> UiLink | None:
    """A link as a list, as on the canvas, or as an object, as in subgraphs."""
    if isinstance(value, dict):
        names = ("id", "origin_id", "origin_slot", "target_id", "target_slot", "type")
        value = [value.get(each) for each in names]
    match value:
        case [int() | str() as number, origin, int(origin_slot), target, int(target_slot), *rest]:
            return UiLink(str(number), str(origin), origin_slot, str(target), target_slot, _type(*rest[:1]))
        case _:
            return None


def _slots(value: object) -> Iterator[Slot]:
    for each in _list(value):
        told = _mapping(each)
        link = told.get("link")
        widget = _mapping(told.get("widget")).get("name")
        label = told.get("label") or told.get("localized_name")
        yield Slot(
            str(told.get("name", "")),
            _type(told.get("type")),
            None if link is None else str(link),
            widget if isinstance(widget, str) else None,
            label if isinstance(label, str) else "",
            tuple(str(each) for each in _list(told.get("linkIds")) if isinstance(each, int | str)),
        )


def _groups(value: object) -> Iterator[UiGroup]:
    for each in map(_mapping, _list(value)):
        match each.get("bounding"):
            case [int() | float() as x, int() | float() as y, int() | float() as width, int() | float() as height]:
                yield UiGroup(str(each.get("title", "")), (x, y, width, height))


def _type(value: object = None) -> str:
    """``*`` for any; old editors write a list of choices in the place of COMBO."""
    if isinstance(value, str):
        return value or "*"
    return "COMBO" if isinstance(value, list) else "*"


def _middle(place: tuple[float, float], size: tuple[float, float]) -> tuple[float, float]:
    return place[0] + size[0] / 2, place[1] + size[1] / 2


def _pair(value: object) -> tuple[float, float]:
    """As a list, or as an object with the keys 0 and 1."""
    match value:
        case [int() | float() as x, int() | float() as y, *_]:
            return float(x), float(y)
        case {"0": int() | float() as x, "1": int() | float() as y}:
            return float(x), float(y)
        case _:
            return 0.0, 0.0


def _whole(value: object) -> int:
    return value if isinstance(value, int) else 0


def _list(value: object) -> list[Any]:
    """An object counts as its values: some editors wrote links so."""
    if isinstance(value, dict):
        return list(value.values())
    return value if isinstance(value, list) else []


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}
