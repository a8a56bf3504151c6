"""Imports several files, one after another, and shows a line for each: one that cannot be done stops no other."""

from collections.abc import Callable, Iterable
from pathlib import Path

import typer
from rich.table import Table

from vibes.commands.common.console import escape_markup, out
from vibes.commands.workflows.import_files import Unreadable
from vibes.domain.errors import HubError
from vibes.workflows.importing.importer import Draft

ASKS_NO_MACHINE = (
    "Without --url this command asks no machine and knows only what comes with ComfyUI. A hub asks its own: say --url, "
    "or drop the file into the studio."
)
_COLUMNS = ("file", "name", "family", "operation", "found", "unsure")


def import_several(named: Iterable[tuple[Path, str]], run: Callable[[Path, str], Draft], *, done: str) -> None:
    """Run each file under its name. ``done``: what became of those that went well, such as ``imported``.

    Exits with 1 when one failed, after all had their turn.
    """
    table = _empty_table()
    refused: list[tuple[Path, str]] = []
    count, lacks_classes = 0, False
    for path, name in named:
        count += 1
        try:
            draft = run(path, name)
        except (HubError, Unreadable) as error:
            lacks_classes |= isinstance(error, HubError) and error.code == "missing_classes"
            refused.append((path, error.message if isinstance(error, HubError) else str(error)))
            table.add_row(escape_markup(path.name), escape_markup(name), "-", "-", "-", "refused")
        else:
            table.add_row(*map(escape_markup, _row(path, draft)))
    out.print(table)
    for path, why in refused:
        told = why if why.startswith(str(path)) else f"{path}: {why}"
        out.print(f"\n{told}", markup=False, highlight=False, soft_wrap=True)
    if lacks_classes:
        out.print(f"\n{ASKS_NO_MACHINE}", markup=False, highlight=False, soft_wrap=True)
    out.print(f"\n{count - len(refused)} of {count} {done}", highlight=False)
    if refused:
        raise typer.Exit(1)


def _empty_table() -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for title in _COLUMNS:
        table.add_column(title, overflow="fold", justify="right" if title == "found" else "left")
    return table


def _row(path: Path, draft: Draft) -> tuple[str, ...]:
    unsure = ", ".join(each.parameter for each in draft.unsure) or "-"
    families = ", ".join(draft.entry["families"])
    return path.name, draft.name, families, str(draft.entry["operation"]), str(len(draft.found)), unsure
