"""Everything specific to SQLite: its URLs, and how connections are opened, begun and closed."""

import json
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import ArgumentError
from sqlalchemy.pool import ConnectionPoolEntry

from vibes.domain.errors import InvalidRequest
from vibes.environment.home_folder import at_home

SYNCHRONOUS = ("FULL", "NORMAL", "EXTRA")
"""FULL: a commit survives a power cut. NORMAL: the last commits may be lost, the database stays intact."""

_EXAMPLE = "sqlite:///data/vibes.db"
_BUSY_TIMEOUT_MS = 5000
"""For other programs that use the file; the hub itself never competes for the write lock."""
READERS = 4
"""Connections that read at the same time."""

_json_text = partial(json.dumps, default=dict)
"""``default`` allows read-only mappings, which specs and graphs may contain."""


def database_path(url: str) -> Path:
    """The file of a ``sqlite:///path`` or ``sqlite+aiosqlite:///path`` URL, with symbolic links resolved.

    Raises InvalidRequest for other databases, and for one in memory, which a second connection could not see.
    """
    try:
        parsed = make_url(url)
    except ArgumentError:
        raise InvalidRequest(f"{url!r} is not a database URL; write for example {_EXAMPLE}") from None
    if parsed.drivername not in {"sqlite", "sqlite+aiosqlite"}:
        raise InvalidRequest(f"A {parsed.drivername} database is not supported yet; write for example {_EXAMPLE}")
    if not parsed.database or parsed.database == ":memory:" or parsed.query:
        raise InvalidRequest(f"The URL must name a file and nothing else; write for example {_EXAMPLE}")
    return at_home(Path(parsed.database)).resolve()


def writer_engine(path: Path, *, synchronous: str) -> Engine:
    """The only connection that writes.

    SQLite has one write lock, and a transaction that reads before it writes fails at once when another writer has it,
    whatever the busy timeout. So every transaction here begins with BEGIN IMMEDIATE.
    """
    if synchronous not in SYNCHRONOUS:
        raise InvalidRequest(f"synchronous must be one of {', '.join(SYNCHRONOUS)}, not {synchronous!r}")
    engine = create_engine(
        _url(path),
        connect_args={"isolation_level": None},  # otherwise the driver sends a deferred BEGIN
        pool_size=1,
        max_overflow=0,
        json_serializer=_json_text,
    )
    _prepare_connections(engine, ("journal_mode=WAL", f"synchronous={synchronous}", "foreign_keys=ON"))
    event.listen(engine, "begin", _begin_immediate)
    return engine


def reader_engine(path: Path) -> Engine:
    """Connections that only read, each statement by itself, also while the writer writes."""
    engine = create_engine(
        _url(path),
        isolation_level="AUTOCOMMIT",
        skip_autocommit_rollback=True,  # no transaction is ever open
        pool_reset_on_return=None,
        pool_size=READERS,
        max_overflow=0,
    )
    _prepare_connections(engine, ("query_only=ON",))
    return engine


def empty_log(readers: Engine) -> None:
    """Copy the write-ahead log into the database file. Uses a reader, which has no transaction: a checkpoint cannot run
    inside one."""
    with readers.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")


def _url(path: Path) -> URL:
    return URL.create("sqlite", database=str(path))


def _prepare_connections(engine: Engine, pragmas: Sequence[str]) -> None:
    statements = [f"PRAGMA {pragma}" for pragma in (f"busy_timeout={_BUSY_TIMEOUT_MS}", *pragmas)]

    def prepare(connection: DBAPIConnection, _entry: ConnectionPoolEntry) -> None:
        cursor = connection.cursor()
        for statement in statements:
            cursor.execute(statement)
        cursor.close()

    event.listen(engine, "connect", prepare)


def _begin_immediate(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE")
