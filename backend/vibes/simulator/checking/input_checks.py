"""The checks of one input of a graph node: its type, its range and its list of choices."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from vibes.simulator.checking.problems import Problem
from vibes.simulator.setup.dialect import Dialect

_LONGEST_LIST_SHOWN = 20

_COERCIONS: Mapping[str, Callable[[Any], object]] = {"INT": int, "FLOAT": float, "STRING": str, "BOOLEAN": bool}


@dataclass(frozen=True, slots=True)
class InputCheck:
    """One declared input: its name and its specification out of ``/object_info``."""

    name: str
    spec: list[Any]
    dialect: Dialect

    @property
    def type_name(self) -> Any:
        """The name of a type, ``COMBO``, or in the older encoding the list of choices itself."""
        return self.spec[0]

    @property
    def options(self) -> Mapping[str, Any]:
        return self.spec[1] if len(self.spec) > 1 else {}

    @property
    def config(self) -> list[Any]:
        return [self.type_name, self.options]

    @property
    def choices(self) -> list[Any] | None:
        """The choices in either encoding; None for an input without a list."""
        if isinstance(self.type_name, list):
            return self.type_name
        named = self.type_name == "COMBO" and self.dialect.checks_named_combos
        return list(self.options.get("options", [])) if named else None

    def accepts(self, received: object) -> bool:
        """Whether an output of type ``received`` may be linked here. Types may be comma lists; ``*`` accepts all."""
        wanted = self.type_name
        if received == wanted or "*" in (received, wanted):
            return True
        if not isinstance(received, str) or not isinstance(wanted, str):
            return False
        return bool(set(received.split(",")) & set(wanted.split(",")))

    def problem(self, type_: str, message: str, details: str, **extra: Any) -> Problem:
        return Problem(type_, message, details, {"input_name": self.name, "input_config": self.config, **extra})


def check_constant(inputs: dict[str, Any], check: InputCheck, *, only_type: bool) -> list[Problem]:
    """Coerce a constant in place, then check range and choices; at most one problem per input."""
    value = inputs[check.name]
    if isinstance(value, dict) and "__value__" in value:
        value = inputs[check.name] = value["__value__"]
    coerce = _COERCIONS.get(check.type_name) if isinstance(check.type_name, str) else None
    if coerce is not None:
        try:
            value = inputs[check.name] = coerce(value)
        except (ValueError, TypeError, OverflowError) as raised:
            sentence = f"Failed to convert an input value to a {check.type_name} value"
            details = f"{check.name}, {value}, {raised}"
            extra = {"received_value": value, "exception_message": str(raised)}
            return [check.problem("invalid_input_type", sentence, details, **extra)]
    return [] if only_type else _out_of_range(value, check) or _not_in_list(value, check)


def _out_of_range(value: Any, check: InputCheck) -> list[Problem]:
    lowest, highest = check.options.get("min"), check.options.get("max")
    if lowest is not None and value < lowest:
        sentence = f"Value {value} smaller than min of {lowest}"
        return [check.problem("value_smaller_than_min", sentence, check.name, received_value=value)]
    if highest is not None and value > highest:
        sentence = f"Value {value} bigger than max of {highest}"
        return [check.problem("value_bigger_than_max", sentence, check.name, received_value=value)]
    return []


def _not_in_list(value: Any, check: InputCheck) -> list[Problem]:
    choices = check.choices
    if choices is None or value in choices:
        return []
    short = len(choices) <= _LONGEST_LIST_SHOWN
    shown = repr(value) if check.dialect.quotes_with_repr else f"'{value}'"
    listed = str(choices) if short else f"(list of length {len(choices)})"
    extra = {
        "input_name": check.name,
        "input_config": check.config if short else None,
        "received_value": value,
    }
    return [Problem("value_not_in_list", "Value not in list", f"{check.name}: {shown} not in {listed}", extra)]
