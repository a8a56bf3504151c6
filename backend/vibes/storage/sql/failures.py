"""Turns a database driver's exceptions into the hub's errors and sentences."""

import re
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from sqlalchemy.exc import DatabaseError, DataError, DBAPIError, IntegrityError, InterfaceError, ProgrammingError
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

_AWAY = "The database server does not answer: see that it runs and can be reached, the hub goes on by itself."
_PASSING: Mapping[str, str] = {
    "08": _AWAY,  # a connection that broke
    "25006": "The database server is a read-only standby: name the one that may be written, or have it take over.",
    "25P03": _AWAY,  # a hub that was stopped in the middle of a transaction
    "40001": "Too many wrote the same rows at once: try it again.",
    "40P01": "Too many wrote the same rows at once: try it again.",
    "53300": "The database server has no free connection: raise its max_connections, or stop what keeps them.",
    "55P03": "Something keeps rows of the database locked: end it (a dump, a migration, an open session of psql).",
    "57P": _AWAY,  # it ends, or starts
}
"""What is tried again for a while, by PostgreSQL's code or its beginning
(https://www.postgresql.org/docs/current/errcodes-appendix.html)."""
_COLLISIONS = frozenset({"40001", "40P01", "55P03"})
_LASTING: Mapping[str, str] = {
    "42501": "The database user lacks a right: make it the owner of the hub's database.",
    "53100": "The database server's disk is full: free some space there, the hub goes on by itself.",
    "57014": "The database took too long to answer.",
    "XX001": "The database is damaged: stop the hub and put a backup in its place.",
}
_REFUSED = (
    (re.compile("password|authentication|pg_hba", re.IGNORECASE), "The database server refuses user or password."),
    (re.compile('database ".*" does not exist'), "Create that database first: createdb -O USER NAME."),
    (re.compile('role ".*" does not exist'), "The database server does not know that user: createuser NAME."),
)
"""A server that refuses a connection says why in words alone."""


class PassingTrouble(StorageUnavailable):
    """It will pass by itself, so the operation is tried again for a while before anybody is told."""


class Collision(PassingTrouble):
    """Of this operation alone: somebody else has its rows."""


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
    except ProgrammingError as error:
        if _state(error.orig) not in _LASTING:
            raise
        raise unavailable(error.orig) from error
    except NoFreeConnection as error:
        raise unavailable(error) from error
    except (DatabaseError, InterfaceError) as error:
        raise _away(error) if error.connection_invalidated else unavailable(error.orig) from error


def unavailable(error: BaseException | None) -> StorageUnavailable:
    """The error for a database that cannot be read or written, with what to do about it."""
    if hasattr(error, "sqlstate"):
        return _of_postgresql(error)
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF  # the low byte of an extended code is the primary one
    advice = _ADVICE.get(code, "The database did not answer as it should.")
    return StorageUnavailable(f"{advice} (The database says: {error})")


def _of_postgresql(error: BaseException | None) -> StorageUnavailable:
    state, said = _state(error), " ".join(str(error).split())
    if not state:
        refused = next((advice for pattern, advice in _REFUSED if pattern.search(said)), None)
        if refused is None:
            return PassingTrouble(f"{_AWAY} (It was said: {said})")
        return StorageUnavailable(f"{refused} (The database says: {said})")
    passing = next((advice for start, advice in _PASSING.items() if state.startswith(start)), None)
    if passing is not None:
        kind = Collision if state in _COLLISIONS else PassingTrouble
        return kind(f"{passing} (The database says: {said})")
    advice = _LASTING.get(state, "The database did not answer as it should.")
    return StorageUnavailable(f"{advice} (The database says: {said})")


def _away(error: DBAPIError) -> StorageUnavailable:
    """The connection is gone, whatever the driver called it."""
    return PassingTrouble(f"{_AWAY} (It was said: {' '.join(str(error.orig).split())})")


def _state(error: BaseException | None) -> str:
    return getattr(error, "sqlstate", None) or ""
