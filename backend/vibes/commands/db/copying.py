"""Shows how a database is copied or checked, table by table."""

from collections.abc import Iterator
from contextlib import contextmanager

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
from rich.table import Table

from vibes.commands.common.console import fail, notes, out
from vibes.domain.errors import HubError
from vibes.environment.private_folder import keep_private
from vibes.storage.copying.database_copy import Progress as Heard
from vibes.storage.copying.database_copy import copy_database, digests


def run_copy(source: str, target: str) -> None:
    keep_private()
    try:
        with _progress() as heard:
            copied = copy_database(as_url(source), as_url(target), heard)
    except HubError as error:
        fail(error.message)
    out.print(f"{sum(copied.rows.values()):,} rows of {len(copied.rows)} tables were copied, and each is proven.")
    if copied.mended:
        out.print(f"{copied.mended:,} of them had characters that no other database keeps: a sign stands there now.")
    out.print("Pictures are files, and stay where they are. The hub uses it with VIBES_DATABASE_URL.")


def run_check(database: str, other: str | None) -> None:
    try:
        with _progress() as heard:
            found = {each: digests(as_url(each), heard) for each in (database, other) if each is not None}
    except HubError as error:
        fail(error.message)
    table = Table("table", "rows", "hash", box=None)
    differing: list[str] = []
    for name, digest in found[database].items():
        equal = other is None or found[other][name] == digest
        table.add_row(name, f"{digest.rows:,}", str(digest)[:16] if equal else "differs")
        differing += [] if equal else [name]
    out.print(table)
    if differing:
        fail(f"the two databases differ in {', '.join(differing)}.")
    out.print("Every row was read." if other is None else "Every row was read; both databases hold the same.")


def as_url(given: str) -> str:
    return given if "://" in given else f"sqlite:///{given}"


@contextmanager
def _progress() -> Iterator[Heard]:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=notes, transient=True) as progress:
        shown = {"": progress.add_task("", visible=False)}

        def heard(name: str, done: int, total: int) -> None:
            if name not in shown:
                shown[name] = progress.add_task(name, total=total)
            progress.update(shown[name], completed=done, total=total)

        yield heard
