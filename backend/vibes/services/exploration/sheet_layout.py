"""Where each picture of a batch stands on its sheet, and what is written beside it; pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, sqrt

from vibes.domain.batch import Batch
from vibes.domain.exploration.grid import axis_name
from vibes.domain.generation import Generation, GenerationStatus
from vibes.domain.pictures.variation import Axis, value_text, varied_text
from vibes.text.plain_text import on_one_line

LARGEST_CELL, SMALLEST_CELL = 256, 32
"""Pixels; a thumbnail has at most as many as the largest."""
MOST_PIXELS = 24_000_000
"""Of all cells together, which is 72 MB while the sheet is made."""

_MISSING = {
    GenerationStatus.QUEUED: "waits",
    GenerationStatus.GENERATING: "is being drawn",
    GenerationStatus.FAILED: "failed",
    GenerationStatus.CANCELLED: "cancelled",
    GenerationStatus.COMPLETE: "its file is lost",
}


@dataclass(frozen=True, slots=True)
class SheetCell:
    column: int
    row: int
    picture: Generation | None
    """None: it was deleted."""
    caption: str = ""
    """Below it; empty where its column and row say all."""

    @property
    def missing(self) -> str:
        """What stands in its place where it has no picture."""
        return "deleted" if self.picture is None else _MISSING[self.picture.status]


@dataclass(frozen=True, slots=True)
class SheetLayout:
    title: str
    columns: tuple[str, ...]
    """Labels; empty texts where columns mean nothing."""
    rows: tuple[str, ...]
    cells: tuple[SheetCell, ...]
    across: str = ""
    """What the columns are."""
    down: str = ""

    @property
    def cell_size(self) -> int:
        """Pixels of a cell's edge, so that the whole stays within `MOST_PIXELS`."""
        fitting = int(sqrt(MOST_PIXELS / max(len(self.columns) * len(self.rows), 1)))
        return max(min(LARGEST_CELL, fitting), SMALLEST_CELL)


def layout_of(batch: Batch, pictures: Sequence[Generation]) -> SheetLayout:
    """A grid by its axes; anything else in rows of about as many as there are rows, each with its difference below."""
    title = _title(pictures)
    return _grid(batch.axes, pictures, title) if batch.axes else _rows(pictures, title)


def _grid(axes: Sequence[Axis], pictures: Sequence[Generation], title: str) -> SheetLayout:
    x, y = axes[0], axes[1] if len(axes) > 1 else None
    placed = {tuple(value_text(each.varied.get(axis.parameter, "")) for axis in axes): each for each in pictures}
    rows = tuple(map(value_text, y.values)) if y else ("",)
    columns = tuple(map(value_text, x.values))
    cells = [
        SheetCell(column, row, placed.get((across, down) if y else (across,)))
        for row, down in enumerate(rows)
        for column, across in enumerate(columns)
    ]
    down = axis_name(y.parameter) if y else ""
    return SheetLayout(title, columns, rows, tuple(cells), axis_name(x.parameter), down)


def _rows(pictures: Sequence[Generation], title: str) -> SheetLayout:
    width = max(ceil(sqrt(len(pictures))), 1)
    cells = [
        SheetCell(index % width, index // width, each, varied_text(each.varied) or f"seed {each.spec.seed}")
        for index, each in enumerate(pictures)
    ]
    return SheetLayout(title, ("",) * width, ("",) * ceil(len(pictures) / width), tuple(cells))


def _title(pictures: Sequence[Generation]) -> str:
    """What all have in common."""
    if not pictures:
        return "no pictures are left"
    specs = [each.spec for each in pictures]
    first, prompts, seeds = specs[0], {spec.prompt for spec in specs}, {spec.seed for spec in specs}
    seed = f"seed {first.seed}" if len(seeds) == 1 else ""
    prompt = on_one_line(first.prompt) if len(prompts) == 1 else f"{len(prompts)} wordings"
    return " · ".join(filter(None, [first.model_family, seed, prompt]))
