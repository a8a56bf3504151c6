"""Which field of a graph node each of its saved values belongs to."""

import math
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from vibes.workflows.meaning.schema import COMBO, GraphNodeClass, Input, read_schema
from vibes.workflows.uiformat.document import UiNode

DYNAMIC_COMBO = "COMFY_DYNAMICCOMBO_V3"
"""The type of a list whose choice decides which further inputs there are."""
POWER_LORA = "Power Lora Loader (rgthree)"

_OTHER_FIELDS = frozenset(
    {"COLOR", "MARKDOWN", "TEXTAREA", "BOUNDING_BOX", "CURVE", "RANGE", "LOAD_3D", "LOAD_3D_ANIMATION", "WEBCAM"}
    | {"AUDIO_RECORD"}
)
"""Types beside the common ones for which the editor shows a field of its own."""
_CONTROLS = frozenset({"fixed", "increment", "increment-wrap", "decrement", "randomize"})
"""What the editor does with a number after a run; it is kept as a value behind it."""
_CONTROL_FIELDS = frozenset({"control_after_generate", "control_filter_list", "upload", "audioUI", "videopreview"})
_EMPTY: Mapping[str, Any] = {"INT": 0, "FLOAT": 0.0, "STRING": "", "BOOLEAN": False, "AUDIO_RECORD": "", "WEBCAM": ""}
"""What the editor shows in a field for which no default is told."""


@dataclass(slots=True)
class FieldValues:
    """``values`` by the names of API format."""

    values: dict[str, Any] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)
    """Fields whose value is of another type than its class takes: the file is of another version."""
    nameless: int = 0
    """Values for which no name is known."""


def field_values(node: UiNode, known: GraphNodeClass | None) -> FieldValues:
    """The values of a graph node; those that the file lacks are the defaults of its class.

    By name where the file has names, else by position: in the order of the class where the types fit, else in the order
    in which the file lists its fields among the inputs.
    """
    if node.class_type == POWER_LORA and isinstance(node.values, list):
        found = FieldValues(_power_loras(node.values))
    elif node.named or isinstance(node.values, dict):
        named = node.named or (node.values if isinstance(node.values, dict) else {})
        found = FieldValues({name: each for name, each in named.items() if name not in _CONTROL_FIELDS})
    else:
        found = _by_position(node, known)
    if known is not None:
        _check(found, known)
    return found


def _power_loras(values: Sequence[Any]) -> dict[str, Any]:
    """Its rows; the editor adds them as they are wanted, so that no class tells their names."""
    rows = [each for each in values if isinstance(each, dict) and "lora" in each]
    return {f"lora_{number}": each for number, each in enumerate(rows, 1)}


def _by_position(node: UiNode, known: GraphNodeClass | None) -> FieldValues:
    values = list(node.values)
    listed = [each.widget for each in node.inputs if each.widget]
    by_file = along([_field_of(name, known) for name in listed], values)
    if known is None:
        return by_file if by_file.nameless == 0 else FieldValues(nameless=len(values))
    by_class = min(
        (along(fields, values) for fields in _orders(known)), key=lambda each: (len(each.wrong), each.nameless)
    )
    if by_class.wrong and listed and not by_file.wrong and by_file.nameless == 0:
        return by_file
    return by_class


def _field_of(name: str, known: GraphNodeClass | None) -> Input:
    """A field that the file lists; of any type where the class does not have it."""
    return input_of(known, name) or Input(name, "*")


def input_of(known: GraphNodeClass | None, name: str) -> Input | None:
    """The input of that name, where the class is known and has it."""
    return known.input_named(name) if known else None


def _orders(known: GraphNodeClass) -> Iterator[list[Input]]:
    """The fields of the class; and with those that took values before they took links alone."""
    fields = [each for each in known.inputs if has_field(each)]
    yield fields
    if any(each.forced for each in known.inputs):
        yield [each for each in known.inputs if has_field(each) or each.forced]


def has_field(told: Input) -> bool:
    """Whether the editor keeps a value of the input."""
    if told.forced:
        return False
    kind = told.details.get("widgetType", told.type)
    return told.is_widget or kind in _OTHER_FIELDS or kind == DYNAMIC_COMBO or kind in _EMPTY


def along(fields: Sequence[Input], values: Sequence[Any]) -> FieldValues:
    """Give each field the next value; what the editor keeps behind a number or a list is passed over.

    Where there are too few values, a field which the next value does not fit, while it fits the one behind, is one that
    the class got later: it has no value.
    """
    found = FieldValues()
    left = deque(values)
    waiting = deque(fields)
    while waiting and left:
        told = waiting.popleft()
        if not fits(told, left[0]) and len(left) <= len(waiting) and fits(waiting[0], left[0]):
            continue
        value = left.popleft()
        if not told.forced:
            found.values[told.name] = value
            if not fits(told, value):
                found.wrong.append(told.name)
        if told.type == DYNAMIC_COMBO:
            waiting.extendleft(reversed([each for each in chosen_inputs(told, value) if has_field(each)]))
        _pass_over_controls(told, waiting[0] if waiting else None, left)
    found.nameless = sum(1 for each in left if each not in (None, "", "image", "audio", "video"))
    return found


def _pass_over_controls(told: Input, following: Input | None, left: deque[Any]) -> None:
    if not left or not _is_control(told, following, left[0]):
        return
    left.popleft()
    if told.type == COMBO and told.control_after_generate and left and left[0] == "":
        left.popleft()  # which of the list's values are gone through


def _is_control(told: Input, following: Input | None, value: Any) -> bool:
    """Whether a value is what the editor does with the field after a run.

    The first editors wrote true or false, and packs that have a button there write null.
    """
    if value is None or isinstance(value, bool):
        return told.control_after_generate and (following is None or not fits(following, value))
    if not isinstance(value, str) or value not in _CONTROLS or told.type not in ("INT", "FLOAT", "*", COMBO):
        return False
    return following is None or value not in following.options


def chosen_inputs(told: Input, choice: Any) -> tuple[Input, ...]:
    """The further inputs that a choice of a `DYNAMIC_COMBO` brings, with their full names."""
    for option in told.options:
        if isinstance(option, dict) and option.get("key") == choice:
            inner = read_schema({"": {"input": option.get("inputs")}}).get("")
            inputs = inner.inputs if inner else ()
            return tuple(Input(f"{told.name}.{each.name}", each.type, each.required, each.details) for each in inputs)
    return ()


def _check(found: FieldValues, known: GraphNodeClass) -> None:
    """Put the default in the place of what is missing or of a wrong type."""
    found.wrong = []
    waiting = deque(known.inputs)
    while waiting:
        told = waiting.popleft()
        if not has_field(told):
            continue
        if told.name not in found.values or not fits(told, found.values[told.name]):
            if told.name in found.values:
                found.wrong.append(told.name)
            default = default_of(told)
            found.values.pop(told.name, None)
            if default is not None:
                found.values[told.name] = default
        if told.type == DYNAMIC_COMBO:
            waiting.extendleft(reversed(chosen_inputs(told, found.values.get(told.name))))


def default_of(told: Input) -> Any:
    """What the editor puts into the field of a new graph node; None where nothing is told.

    Python classes may tell Infinity or NaN, which no graph can hold.
    """
    default = told.default
    if isinstance(default, float) and not math.isfinite(default):
        default = None
    if told.type == DYNAMIC_COMBO and isinstance(default, dict):
        return default.get("key")
    return _EMPTY.get(told.type) if default is None else default


def fits(told: Input, value: Any) -> bool:
    """Whether ComfyUI takes a value of this type there; a name that its list does not have is another matter."""
    match told.type.split(",")[0]:
        case "INT":
            whole = isinstance(value, float) and value.is_integer()
            return whole or (isinstance(value, int) and not isinstance(value, bool))
        case "FLOAT":
            return isinstance(value, int | float) and not isinstance(value, bool)
        case "BOOLEAN":
            return isinstance(value, bool)
        case "STRING":
            return isinstance(value, str)
        case "COMBO":
            if told.details.get("multiselect") and isinstance(value, list):
                return True
            return _is_choice(told.options, value)
        case "COMFY_DYNAMICCOMBO_V3":
            return isinstance(value, str)
        case _:
            return True


def _is_choice(options: Sequence[Any], value: Any) -> bool:
    if isinstance(value, bool):
        return value in options or not options
    if isinstance(value, str):
        return not options or any(isinstance(each, str) for each in options)
    return isinstance(value, int | float) and (value in options or not options)
