"""Tables that fit: on a narrow terminal long cells wrap and the least important columns are left out; no word is
cut."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from rich.table import Table
from rich.text import Text

GAP = 2
"""Characters between columns."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """Cells are rich markup."""

    heading: str
    cells: Sequence[str]
    worth: int | None = None
    """When columns do not fit, the one with the lowest value is left out first; None: never."""
    folds_at: int | None = None
    """Narrowest width in characters, with the text wrapped; None: it never wraps."""
    justify: Literal["left", "right"] = "left"

    @property
    def width(self) -> int:
        lines = [line for cell in (self.heading, *self.cells) for line in Text.from_markup(cell).plain.split("\n")]
        return max(Text(line).cell_len for line in lines)

    @property
    def least_width(self) -> int:
        return self.width if self.folds_at is None else min(self.width, self.folds_at)


def fitting(columns: Sequence[Column], width: int) -> list[Column]:
    """The columns that fit beside each other, in their order."""
    shown = list(columns)
    while sum(column.least_width + GAP for column in shown) - GAP > width:
        dispensable = [column for column in shown if column.worth is not None]
        if not dispensable:
            break
        shown.remove(min(dispensable, key=lambda column: column.worth or 0))
    return shown


def table_of(columns: Sequence[Column], width: int, *, title: str | None = None, caption: str | None = None) -> Table:
    """A table for a terminal of ``width`` characters."""
    shown = fitting(columns, width)
    table = Table(
        title=title,
        title_style="yellow",
        caption=caption,
        caption_style="dim",
        caption_justify="left",
        box=None,
        pad_edge=False,
        padding=(0, GAP, 0, 0),
    )
    for column in shown:
        folds = column.folds_at is not None
        table.add_column(column.heading, justify=column.justify, no_wrap=not folds, overflow="fold")
    for row in zip(*(column.cells for column in shown), strict=True):
        table.add_row(*row)
    return table
