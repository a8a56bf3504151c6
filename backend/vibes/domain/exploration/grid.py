"""Grids: every combination of the values of one or two axes, drawn from the centre outwards."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from vibes.domain.errors import InvalidRequest, Problem
from vibes.domain.exploration.variations import MAX_VARIATIONS, Variation, VariationValue
from vibes.domain.pictures.spec import MAX_SEED, ParameterValue
from vibes.domain.pictures.variation import ADDED_WORDING, WORDING

WHOLE_NUMBERS = frozenset({"seed", "steps", "width", "height"})
"""Parameters of which there are whole numbers alone, so that a range of them is rounded."""
DECIMALS = 6
"""Of the values of a range that is divided into equal parts."""

Number = int | float
_PART = re.compile(r"\[(.+)\]")
"""What stood for the words of a part of the prompt, such as a card of the concept builder, by its name."""


@dataclass(frozen=True, slots=True)
class GridAxis:
    """One side of a grid, as it is asked for."""

    parameter: str
    values: tuple[VariationValue, ...]


@dataclass(frozen=True, slots=True)
class Cell:
    column: int
    row: int


def cells_from_centre(columns: int, rows: int) -> list[Cell]:
    """Every cell, the nearest to the centre first, so that the middle of a range is seen early; among equals the upper
    and then the left one."""
    across, down = (columns - 1) / 2, (rows - 1) / 2
    cells = [Cell(column, row) for row in range(rows) for column in range(columns)]
    return sorted(cells, key=lambda cell: (cell.column - across) ** 2 + (cell.row - down) ** 2)


def grid(axes: Sequence[GridAxis]) -> list[tuple[Cell, Variation]]:
    """The cells of a grid in the order of drawing. Raises InvalidRequest for one that is too large, or whose axes are
    of one parameter."""
    x, y = axes[0], axes[1] if len(axes) > 1 else None
    if y is not None and x.parameter == y.parameter:
        raise _invalid("axes.y.parameter", f"{y.parameter} goes across already")
    size = len(x.values) * (len(y.values) if y else 1)
    if size > MAX_VARIATIONS:
        raise _invalid("axes", f"{size} pictures are more than the {MAX_VARIATIONS} that a grid may have")
    return [
        (cell, {x.parameter: x.values[cell.column], **({y.parameter: y.values[cell.row]} if y else {})})
        for cell in cells_from_centre(len(x.values), len(y.values) if y else 1)
    ]


def range_values(
    parameter: str, begin: Number, end: Number, *, step: Number | None, count: int | None
) -> tuple[ParameterValue, ...]:
    """From ``begin`` to ``end``, both included where the step leads there, in either direction; with a count so many
    values at equal distances instead.

    Whole numbers stay whole. Raises ValueError for a range without an end, or with more than a grid may have.
    """
    if not (abs(begin) <= MAX_SEED and abs(end) <= MAX_SEED):  # "not <=" refuses NaN too
        raise ValueError(f"must begin and end with a number, at most {MAX_SEED}")
    if step is not None and not 0 < abs(step) <= MAX_SEED:
        raise ValueError("must have a step that leads somewhere")
    whole = parameter in WHOLE_NUMBERS
    if count is not None:
        return tuple(_spread(begin, end, count, whole=whole))
    first, last, width = Decimal(str(begin)), Decimal(str(end)), abs(Decimal(str(1 if step is None else step)))
    steps = int(abs(last - first) / width) + 1
    if steps > MAX_VARIATIONS:
        raise ValueError(f"would have more than {MAX_VARIATIONS} values")
    towards = width if last >= first else -width
    integral = isinstance(begin, int) and (step is None or isinstance(step, int))
    return tuple(int(each) if integral else float(each) for each in (first + towards * k for k in range(steps)))


def _spread(begin: Number, end: Number, count: int, *, whole: bool) -> Sequence[ParameterValue]:
    if not 1 <= count <= MAX_VARIATIONS:
        raise ValueError(f"must have between 1 and {MAX_VARIATIONS} values")
    if whole:
        places = [int(begin) + round(Decimal(int(end) - int(begin)) * k / max(count - 1, 1)) for k in range(count)]
        return list(dict.fromkeys(places))
    return [round(begin + (end - begin) * k / max(count - 1, 1), DECIMALS) for k in range(count)]


def axis_name(parameter: str) -> str:
    """The parameter as people read it: of a wording what it stands for."""
    if parameter == ADDED_WORDING:
        return "with"
    if not parameter.startswith(WORDING):
        return parameter
    find = parameter.removeprefix(WORDING)
    part = _PART.fullmatch(find)
    return part[1] if part else f"instead of {find!r}"


def _invalid(field: str, message: str) -> InvalidRequest:
    return InvalidRequest(message, code="invalid_parameters", problems=[Problem(field, message)])
