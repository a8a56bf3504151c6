"""A consistent copy of an SQLite file, also while a hub writes to it."""

import os
import sqlite3
from contextlib import closing
from pathlib import Path


def write_snapshot(database: Path, copy: Path) -> None:
    """Write a complete, compact copy under that name, flushed to the disk, or none.

    It holds what was committed when it began. Raises sqlite3.DatabaseError and OSError.
    """
    unfinished = copy.with_name(f"{copy.name}.part")
    unfinished.unlink(missing_ok=True)
    with closing(sqlite3.connect(database, isolation_level=None)) as connection:
        connection.execute("VACUUM INTO ?", (str(unfinished),))
    descriptor = os.open(unfinished, os.O_RDWR)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    unfinished.replace(copy)


def intact(database: Path) -> bool:
    """Whether SQLite finds no damage in it. Reads all of it."""
    with closing(sqlite3.connect(f"{database.resolve().as_uri()}?mode=ro&immutable=1", uri=True)) as connection:
        try:
            return connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        except sqlite3.DatabaseError:
            return False
