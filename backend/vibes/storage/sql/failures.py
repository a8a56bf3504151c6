"""Turns a database driver's exceptions into the hub's errors and sentences."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import DatabaseError, DataError, IntegrityError, ProgrammingError
from sqlalchemy.exc import TimeoutError as NoFreeConnection

from vibes.domain.errors import Conflict, InvalidRequest, StorageUnavailable

_ADVICE = {
    sqlite3.SQLITE_FULL: "The disk is full: free some space, the hub goes on by itself.",
    sqlite3.SQLITE_BUSY: "Another program keeps the database locked: close it (a database browser, a backup).",
    sqlite3.SQLITE_READONLY: "The database file is read-only: give the hub's user the right to write it.",
    sqlite3.SQLITE_PERM: "Access was denied: give the hub's user the right to read and write the database file.",
    sqlite3.SQLITE_IOERR: "The disk failed: check it, and that the folder is not on a network drive.",
    sqlite3.SQLITE_CANTOPEN: "The file cannot be opened: check that its folder exists and may be written.",
    sqlite3.SQLITE_CORRUPT: "The database file is damaged: stop the hub and put a backup in its place.",
    sqlite3.SQLITE_NOTADB: "The file is not a SQLite database: name another one, or put a backup in its place.",
}
"""By SQLite's primary result code (https://www.sqlite.org/rescode.html)."""


@contextmanager
def driver_errors() -> Iterator[None]:
    """Raise Conflict, InvalidRequest or StorageUnavailable for what the driver reports inside the block.

    Our own mistakes (wrong SQL, a wrong type) pass through unchanged, since they are bugs.
    """
    try:
        yield
    except IntegrityError as error:
        raise Conflict(
            f"What they refer to is gone, or the rows exist already. (The database says: {error.orig})"
        ) from error
    except (DataError, UnicodeEncodeError, OverflowError) as error:
        raise InvalidRequest(
            "A text or number cannot be stored; texts must be valid Unicode, integers fit into 64 bits."
        ) from error
    except ProgrammingError:
        raise
    except NoFreeConnection as error:
        raise unavailable(error) from error
    except DatabaseError as error:
        raise unavailable(error.orig) from error


def unavailable(error: BaseException | None) -> StorageUnavailable:
    """The error for a database that cannot be read or written, with what to do about it."""
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF  # the low byte of an extended code is the primary one
    advice = _ADVICE.get(code, "The database did not answer as it should.")
    return StorageUnavailable(f"{advice} (The database says: {error})")
