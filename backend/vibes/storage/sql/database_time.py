"""The database's own clock: the only one that all who share a database agree upon."""

from typing import Any

from sqlalchemy import ColumnElement
from sqlalchemy.ext.compiler import compiles

from vibes.storage.sql.column_types import UtcDateTime


class DatabaseTime(ColumnElement[Any]):
    """The present moment there, also late in a transaction; in SQLite to the millisecond."""

    type = UtcDateTime()
    inherit_cache = True


@compiles(DatabaseTime)
def _of_sqlite(*_: object, **__: object) -> str:
    return "strftime('%Y-%m-%d %H:%M:%f', 'now') || '000'"


@compiles(DatabaseTime, "postgresql")
def _of_postgresql(*_: object, **__: object) -> str:
    return "clock_timestamp()"
