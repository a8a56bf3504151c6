"""Everything specific to an open SQLite file: how connections to it are opened, begun and closed."""

import json
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from sqlalchemy import URL, Connection, Engine, create_engine, event
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.pool import ConnectionPoolEntry

from vibes.domain.errors import InvalidRequest
from vibes.environment.home_folder import at_home
from vibes.storage.sql.engines import READERS
from vibes.storage.sql.failures import driver_errors
from vibes.storage.sql.urls import SQLITE_EXAMPLE

SYNCHRONOUS = ("FULL", "NORMAL", "EXTRA")
"""FULL: a commit survives a power cut. NORMAL: the last commits may be lost, the database stays intact."""

_BUSY_TIMEOUT_MS = 5000
"""For other programs that use the file; the hub itself never competes for the write lock."""

_json_text = partial(json.dumps, default=dict)
"""``default`` allows read-only mappings, which specs and graphs may contain."""


def database_path(url: URL) -> Path:
    """The file that the URL names, with symbolic links resolved.

    Raises InvalidRequest for one in memory, which a second connection could not see.
    """
    if not url.database or url.database == ":memory:" or url.query:
        raise InvalidRequest(f"The URL must name a file and nothing else; write for example {SQLITE_EXAMPLE}")
    return at_home(Path(url.database)).resolve()


class SqliteEngines:
    """Implements ``Engines`` over a file.

    ``synchronous``: FULL keeps every commit through a power cut, NORMAL may lose the last.
    """

    marks = None

    def __init__(self, path: Path, *, synchronous: str = "FULL") -> None:
        self.writer = writer_engine(path, synchronous=synchronous)
        self.readers = reader_engine(path)

    def prepare(self) -> None:
        """Opens the writer first: it switches the file to WAL, which an open reader would prevent. A file that cannot
        be written is noticed here and not at the first picture."""
        with driver_errors(), self.writer.begin():
            pass

    def finish(self) -> None:
        self.writer.dispose()
        with driver_errors():
            _empty_log(self.readers)

    def dispose(self) -> None:
        self.writer.dispose()
        self.readers.dispose()


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


def _empty_log(readers: Engine) -> None:
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
