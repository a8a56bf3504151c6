"""Brings a PostgreSQL database to this release's schema, one hub at a time."""

import logging
from pathlib import Path

from sqlalchemy import Connection, Engine

from vibes.domain.errors import Conflict, StorageUnavailable
from vibes.storage.sql.failures import driver_errors
from vibes.storage.upgrading.schema import MIGRATIONS, known_revisions, make_newest, require_known

_log = logging.getLogger(__name__)
_LOCK = 0x76696265735F6462
"""The same for every hub: https://www.postgresql.org/docs/current/explicit-locking.html#ADVISORY-LOCKS."""
_OLDEST_SERVER = 13


def migrate_server(engine: Engine, *, migrations: Path = MIGRATIONS) -> None:
    """Create or upgrade the tables in one transaction; does nothing when they are up to date.

    Whoever comes second waits for the first. Raises Conflict when they are a newer release's (``newer_schema``) or not
    the hub's (``foreign_database``), and StorageUnavailable where the server is too old or keeps no Unicode.
    """
    with driver_errors(), engine.begin() as connection:
        name = _require_fit(connection)
        known = known_revisions(migrations)
        current = _revision(connection, name)
        require_known(name, current, known)
        if current == known[-1]:
            return
        connection.exec_driver_sql("SET LOCAL lock_timeout = '5min'")
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_LOCK})")
        connection.exec_driver_sql("SET LOCAL lock_timeout = '5s'")
        current = _revision(connection, name)  # another hub may have been first
        require_known(name, current, known)
        if current == known[-1]:
            return
        if current is not None:
            _log.warning(
                "%s is upgraded from schema %s to %s; the way back is your last pg_dump", name, current, known[-1]
            )
        make_newest(connection, current, migrations)


def _require_fit(connection: Connection) -> str:
    """The database in words."""
    name, version, encoding, schema = connection.exec_driver_sql(
        "SELECT current_database(), current_setting('server_version_num')::int, "
        "current_setting('server_encoding'), current_schema()"
    ).one()
    if version < _OLDEST_SERVER * 10_000:
        raise StorageUnavailable(f"The database server is too old: PostgreSQL {_OLDEST_SERVER} or newer is needed.")
    if encoding != "UTF8":
        advice = f"createdb -T template0 -E UTF8 {name}"
        raise StorageUnavailable(f"The database {name} keeps texts as {encoding}, not as UTF8: make one with {advice}.")
    if schema is None:
        raise StorageUnavailable(f"The database {name} has no schema that its user may use: make it the owner of one.")
    return f"The database {name}"


def _revision(connection: Connection, name: str) -> str | None:
    """The revision of the tables; None where there are none."""
    of_schema = "SELECT tablename FROM pg_tables WHERE schemaname = current_schema()"
    tables = {row.tablename for row in connection.exec_driver_sql(of_schema)}
    if not tables:
        return None
    if "alembic_version" not in tables:
        raise Conflict(f"{name} holds another program's tables. Name another one for the hub.", code="foreign_database")
    row = connection.exec_driver_sql("SELECT version_num FROM alembic_version").first()
    return None if row is None else str(row.version_num)
