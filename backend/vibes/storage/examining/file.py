"""Looks at a database file."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

from vibes.ports.clock import Clock
from vibes.ports.database_facts import DatabaseFacts
from vibes.storage.sql.file_lock import holder_of
from vibes.storage.upgrading.schema import MIGRATIONS, known_revisions

_LONGEST_DAMAGE = 200
_MOST_DAMAGE = 3
_STEPS = 10_000
"""Of SQLite's virtual machine between two looks at the time; a millisecond or so."""


def examine_file(path: Path, clock: Clock, check_seconds: float) -> DatabaseFacts:
    """``check_seconds``: for which its integrity is checked."""
    facts = DatabaseFacts(
        place=str(path),
        dialect="SQLite",
        version=sqlite3.sqlite_version,
        known_schemas=tuple(known_revisions(MIGRATIONS)),
    )
    if not path.exists():
        return replace(facts, exists=False)
    log = path.with_name(f"{path.name}-wal")
    facts = replace(facts, size_bytes=_size(path), log_bytes=_size(log), held_by=holder_of(path))
    try:
        with _reading(path, log) as connection:
            return _read(connection, facts, clock, clock.monotonic() + check_seconds)
    except (sqlite3.Error, OSError) as error:
        return replace(facts, problem=str(error))


@contextmanager
def _reading(path: Path, log: Path) -> Iterator[sqlite3.Connection]:
    """Without a log nobody writes, and the file is read as it is: otherwise a reader would make a log."""
    how = "mode=ro" if log.exists() else "mode=ro&immutable=1"
    with closing(sqlite3.connect(f"{path.as_uri()}?{how}", uri=True, timeout=1.0)) as connection:
        yield connection


def _read(connection: sqlite3.Connection, facts: DatabaseFacts, clock: Clock, until: float) -> DatabaseFacts:
    tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    if "alembic_version" not in tables:
        return replace(facts, foreign=bool(tables))
    row = connection.execute("SELECT version_num FROM alembic_version").fetchone()
    mode = connection.execute("PRAGMA journal_mode").fetchone()
    facts = replace(facts, schema=row and str(row[0]), journal_mode=_journal_mode(Path(facts.place), mode))
    connection.set_progress_handler(lambda: clock.monotonic() > until, _STEPS)
    try:
        told = [str(line) for (line,) in connection.execute(f"PRAGMA quick_check({_MOST_DAMAGE})")]
    except sqlite3.OperationalError as error:
        if "interrupted" in str(error):
            return replace(facts, checked=False)
        raise
    return replace(facts, damage=tuple(line[:_LONGEST_DAMAGE] for line in told if line != "ok"))


def _journal_mode(path: Path, told: Any) -> str:
    """By the file's own header, since who reads it as unchangeable is told another one; 2 at byte 18 means WAL
    (SQLite's file format, 1.3)."""
    with suppress(OSError), path.open("rb") as file:
        header = file.read(20)
        if len(header) > _WRITE_VERSION and header[_WRITE_VERSION] == _WAL:
            return "wal"
    return str(told[0]) if told else ""


_WRITE_VERSION, _WAL = 18, 2


def _size(path: Path) -> int:
    try:
        return os.stat(path).st_size  # noqa: PTH116 - one call for a file that may just have gone
    except OSError:
        return 0
