"""What a picture differs in from those that were asked for with it: parameters, each with its value."""

from collections.abc import Mapping
from dataclasses import dataclass

from vibes.domain.pictures.spec import ParameterValue

Varied = Mapping[str, ParameterValue]
"""By parameter. Beside a request's own fields and a workflow's parameters: ``wording:cat`` is what stands in the prompt
instead of "cat", ``wording`` what is added to it, ``lora:NAME`` the weight of a LoRA, ``loras`` a list of them in
words, ``__animal__`` and ``{red|blue}`` what these wildcards became."""

WORDING, LORA = "wording:", "lora:"
"""What the names of such parameters begin with."""
ADDED_WORDING = "wording"
"""The parameter for what is added to the end of the prompt."""


@dataclass(frozen=True, slots=True)
class Axis:
    """One side of a grid of pictures: a parameter, and its values in the order of the columns or rows."""

    parameter: str
    values: tuple[ParameterValue, ...]


def is_wildcard(parameter: str) -> bool:
    """Whether it tells what a wildcard of the prompt became."""
    return parameter.startswith(("__", "{"))


def value_text(value: ParameterValue) -> str:
    """A value as people write it: 7 for 7.0, true for True."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float):
        return f"{value:.10g}"
    return str(value)


def varied_text(varied: Varied) -> str:
    """``steps 30, wording:cat dog``; empty for nothing."""
    return ", ".join(f"{parameter} {value_text(value)}" for parameter, value in varied.items())
