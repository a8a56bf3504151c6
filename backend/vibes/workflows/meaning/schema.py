"""What graph-node classes take and give, as ``/object_info`` tells it: inputs in order, outputs by name and type."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from types import MappingProxyType
from typing import Any

ANY = "*"
"""The type that fits all others."""
COMBO = "COMBO"
"""The type of an input that takes one of a list of values, in both ways in which ComfyUI writes it."""
WIDGET_TYPES = frozenset({"INT", "FLOAT", "STRING", "BOOLEAN", COMBO})
"""Types of inputs that hold a value where nothing is linked to them."""

_PROSE = frozenset({"tooltip", "display", "round", "advanced"})
_SEEDS = frozenset({"seed", "noise_seed"})
_UPLOADS = ("image_upload", "video_upload", "audio_upload", "file_upload", "upload")
_NOTHING: Mapping[str, Any] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Input:
    """One input of a graph-node class."""

    name: str
    type: str
    """``MODEL`` and the like, several with commas between them, `ANY`, or one of `WIDGET_TYPES`."""
    required: bool = True
    details: Mapping[str, Any] = field(default_factory=lambda: _NOTHING)
    """ComfyUI's options of the input, without what is only read by people: ``default``, ``min``, ``options`` …"""

    @property
    def default(self) -> Any:
        """The value that a new graph node has: for a list without a default its first; None where none is told."""
        return self.details.get("default", next(iter(self.options), None))

    @property
    def options(self) -> tuple[Any, ...]:
        """The values of a list; empty where it has none, or has it from elsewhere."""
        found = self.details.get("options")
        return tuple(found) if isinstance(found, list | tuple) else ()

    @property
    def is_widget(self) -> bool:
        """Whether ComfyUI's editor shows a field for it, so that a graph node keeps a value of it."""
        return self.type in WIDGET_TYPES and not self.forced

    @property
    def forced(self) -> bool:
        """Whether it takes links alone although its type has a field."""
        return bool(self.details.get("forceInput") or self.details.get("rawLink"))

    @property
    def control_after_generate(self) -> bool:
        """Whether the editor keeps a second value behind it, such as ``randomize``."""
        return bool(self.details.get("control_after_generate", self.type == "INT" and self.name in _SEEDS))

    @property
    def multiline(self) -> bool:
        return bool(self.details.get("multiline"))

    @property
    def uploads(self) -> str | None:
        """The option by which its list shows uploaded files, such as ``image_upload``; None for any other input."""
        return next((each for each in _UPLOADS if self.details.get(each)), None)


@dataclass(frozen=True, slots=True)
class Output:
    """One output of a graph-node class; its slot is its index."""

    name: str
    type: str


@dataclass(frozen=True)
class GraphNodeClass:
    """A class of graph nodes; what an old or broken node does not tell of it is empty."""

    name: str
    inputs: tuple[Input, ...] = ()
    """Those that are required first, then the optional ones, each in the order in which the editor shows them."""
    outputs: tuple[Output, ...] = ()
    is_output: bool = False
    """Whether ComfyUI runs it for its own sake: it saves or shows something."""
    title: str = ""
    """The title of a new graph node."""

    def input_named(self, name: str) -> Input | None:
        return self._by_name.get(name)

    def output(self, slot: int) -> Output | None:
        return self.outputs[slot] if 0 <= slot < len(self.outputs) else None

    @cached_property
    def _by_name(self) -> Mapping[str, Input]:
        return {each.name: each for each in self.inputs}


@dataclass(frozen=True, slots=True)
class Schema:
    """The classes that are known; of one that is not, nothing is known."""

    classes: Mapping[str, GraphNodeClass] = field(default_factory=dict)

    def get(self, class_type: str) -> GraphNodeClass | None:
        return self.classes.get(class_type)

    def over(self, below: "Schema") -> "Schema":
        """Both together; where both know a class, this one is right."""
        return Schema({**below.classes, **self.classes}) if self.classes else below


def read_schema(object_info: Mapping[str, Any], only: Collection[str] | None = None) -> Schema:
    """``object_info``: the answer of a ComfyUI, of any version; entries in no known form are left out.

    ``only``: the classes that are wanted.
    """
    names = object_info if only is None else [name for name in only if name in object_info]
    return Schema({name: _class(name, told) for name in names if isinstance(told := object_info[name], dict)})


def _class(name: str, told: Mapping[str, Any]) -> GraphNodeClass:
    title = told.get("display_name")
    return GraphNodeClass(
        name,
        tuple(_inputs(told)),
        tuple(_outputs(told)),
        told.get("output_node") is True,
        title if isinstance(title, str) else name,
    )


def _inputs(told: Mapping[str, Any]) -> Iterator[Input]:
    sections = told.get("input")
    orders = told.get("input_order")
    for section in ("required", "optional"):
        inputs = sections.get(section) if isinstance(sections, dict) else None
        if not isinstance(inputs, dict):
            continue
        order = orders.get(section) if isinstance(orders, dict) else None
        names = [each for each in order if isinstance(each, str)] if isinstance(order, list) else []
        for name in dict.fromkeys([*names, *inputs]):
            if name in inputs and (found := _input(name, inputs[name], required=section == "required")):
                yield found


def _input(name: str, declaration: object, *, required: bool) -> Input | None:
    """Both forms of a list: ``[["a", "b"], {…}]`` and ``["COMBO", {"options": ["a", "b"]}]``."""
    match declaration:
        case [list(options), *rest]:
            return Input(name, COMBO, required, {**_details(rest), "options": options})
        case [str(kind), *rest]:
            return Input(name, kind, required, _details(rest))
        case _:
            return None


def _details(rest: list[Any]) -> Mapping[str, Any]:
    told = rest[0] if rest and isinstance(rest[0], dict) else {}
    return {name: value for name, value in told.items() if name not in _PROSE} or _NOTHING


def _outputs(told: Mapping[str, Any]) -> Iterator[Output]:
    kinds, names = told.get("output"), told.get("output_name")
    for slot, kind in enumerate(kinds if isinstance(kinds, list) else ()):
        shown = kind if isinstance(kind, str) else COMBO
        name = names[slot] if isinstance(names, list) and slot < len(names) else shown
        yield Output(name if isinstance(name, str) else shown, shown)
