"""How connections to PostgreSQL are opened, watched and begun."""

import json
import re
from collections.abc import Mapping
from contextlib import suppress
from datetime import timedelta

from sqlalchemy import URL, Connection, Engine, create_engine, delete, event, func, insert, select, update
from sqlalchemy.engine.interfaces import DBAPIConnection, ExceptionContext
from sqlalchemy.pool import ConnectionPoolEntry

from vibes.domain.chance import random_uuid
from vibes.domain.errors import InvalidRequest, StorageUnavailable
from vibes.storage.sql.column_types import storable
from vibes.storage.sql.database_time import DatabaseTime
from vibes.storage.sql.engines import READERS
from vibes.storage.sql.failures import driver_errors
from vibes.storage.sql.mark_tables import COMMIT_MARKS

_ON_THE_LINE: Mapping[str, str] = {
    "connect_timeout": "5",
    "keepalives": "1",
    "keepalives_idle": "10",
    "keepalives_interval": "5",
    "keepalives_count": "3",
    "tcp_user_timeout": "20000",
    "application_name": "vibes",
    "client_encoding": "utf8",
}
"""A server that is cut off is noticed after 25 s at most, and not after hours; what the URL says itself goes before.
https://www.postgresql.org/docs/current/libpq-connect.html"""
_FOR_A_SESSION: Mapping[str, str] = {
    "timezone": "'UTC'",
    "lock_timeout": "'5s'",
    # A hub that is stopped in the middle of a transaction would keep its locks, also from whoever takes over.
    "idle_in_transaction_session_timeout": "'10s'",
    "default_transaction_isolation": "'read committed'",
}
_OLD_PLANS = frozenset({"0A000", "26000"})
"""A cached plan whose result would change; a prepared statement that is not there."""
KEPT = timedelta(days=30)
"""For which the mark of a writer stays that does not write. A hub that leads and a worker write every few minutes; one
that follows writes nothing, and so needs no mark."""
_NUL = re.compile(r"(?<!\\)((?:\\\\)*)\\u0000")
"""As JSON writes it, and not a backslash before four digits."""


def postgresql_engine(url: URL, *, connections: int, autocommit: bool = False) -> Engine:
    """An engine that keeps so many connections, and opens none before it is used.

    ``autocommit``: each statement by itself, without a transaction around it. Raises InvalidRequest when the driver is
    not installed.
    """
    try:
        from vibes.storage.sql.postgresql.dialect import DRIVER
    except ModuleNotFoundError as error:
        raise _no_driver() from error
    given = {name: value for name, value in _ON_THE_LINE.items() if name not in url.query}
    alone = {"isolation_level": "AUTOCOMMIT", "skip_autocommit_rollback": True, "pool_reset_on_return": None}
    try:
        engine = create_engine(
            url.set(drivername=DRIVER),
            connect_args=given,
            pool_size=connections,
            max_overflow=0,
            pool_recycle=1800,
            json_serializer=_json_text,
            hide_parameters=True,
            **(alone if autocommit else {}),
        )
    except ModuleNotFoundError as error:
        raise _no_driver() from error
    event.listen(engine, "connect", _prepare)
    event.listen(engine, "handle_error", _give_up_old_plans)
    return engine


class PostgresqlEngines:
    """Implements ``Engines`` over a server."""

    def __init__(self, url: URL) -> None:
        self.writer = postgresql_engine(url, connections=1)
        self.readers = postgresql_engine(url, connections=READERS, autocommit=True)
        self.marks = PostgresqlMarks(str(random_uuid()))

    def prepare(self) -> None:
        with driver_errors(), self.writer.begin() as connection:
            self.marks.begin(connection)

    def finish(self) -> None:
        with suppress(StorageUnavailable), driver_errors(), self.writer.begin() as connection:
            self.marks.end(connection)

    def dispose(self) -> None:
        self.writer.dispose()
        self.readers.dispose()


class PostgresqlMarks:
    """Implements ``Marks`` by a row that counts one writer's transactions; one that is killed leaves its row, which
    goes when another begins `KEPT` later."""

    def __init__(self, writer: str) -> None:
        mine = COMMIT_MARKS.c.writer == writer
        self._tidy = delete(COMMIT_MARKS).where(COMMIT_MARKS.c.seen_at < func.clock_timestamp() - KEPT)
        self._begin = insert(COMMIT_MARKS).values(writer=writer, number=0, seen_at=DatabaseTime())
        self._put = update(COMMIT_MARKS).where(mine).values(seen_at=DatabaseTime())
        self._last = select(COMMIT_MARKS.c.number).where(mine).with_for_update()
        self._end = delete(COMMIT_MARKS).where(mine)

    def begin(self, connection: Connection) -> None:
        connection.execute(self._tidy)
        connection.execute(self._begin)

    def put(self, connection: Connection, number: int) -> None:
        if connection.execute(self._put, {"number": number}).rowcount != 1:
            raise _another_database()

    def last(self, connection: Connection) -> int:
        row = connection.execute(self._last).first()
        if row is None:
            raise _another_database()
        return int(row.number)

    def end(self, connection: Connection) -> None:
        connection.execute(self._end)


def _another_database() -> StorageUnavailable:
    return StorageUnavailable(
        "The database is not the one that it was, as after a backup was put back: restart the hub."
    )


def _give_up_old_plans(context: ExceptionContext) -> None:
    """A later release's migration may change what a statement answers that this connection has prepared, and a pooler
    may have forgotten it: such a connection is as good as broken, and a new one is opened for the next try."""
    if getattr(context.original_exception, "sqlstate", None) in _OLD_PLANS:
        context.is_disconnect = True


def _json_text(value: object) -> str:
    """Read-only mappings, which specs and graphs may contain, are allowed. NUL, which the server would keep and then
    refuse every question about what is beside it, becomes a replacement character, as does half a surrogate pair."""
    text = storable(json.dumps(value, default=dict, ensure_ascii=False))
    return _NUL.sub(r"\1\\ufffd", text)


def _prepare(connection: DBAPIConnection, _entry: ConnectionPoolEntry) -> None:
    cursor = connection.cursor()
    cursor.execute("; ".join(f"SET {name} = {value}" for name, value in _FOR_A_SESSION.items()))
    cursor.close()
    connection.commit()


def _no_driver() -> InvalidRequest:
    return InvalidRequest("PostgreSQL needs its driver: pip install 'vibes-imgen[postgresql]'")
