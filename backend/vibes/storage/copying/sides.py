"""Opens the two databases of a copy: one is read as it is at a moment, one is written in a transaction."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import URL, Connection, Table, inspect, select, text

from vibes.domain.errors import Conflict, NotFound
from vibes.storage.sql.failures import driver_errors
from vibes.storage.sql.file_lock import only_hub
from vibes.storage.sql.sqlite import SqliteEngines, database_path
from vibes.storage.sql.tables import METADATA
from vibes.storage.sql.urls import database_url, is_postgresql
from vibes.storage.upgrading.migrate import migrate
from vibes.storage.upgrading.schema import MIGRATIONS, known_revisions

_OF_RUNNING_HUBS = frozenset({"commit_marks", "leases", "replicas", "replica_secrets", "workers"})
"""Who runs at present: nothing that belongs to another database."""


def tables() -> tuple[Table, ...]:
    """All that are taken along, each behind those that it refers to."""
    return tuple(each for each in METADATA.sorted_tables if each.name not in _OF_RUNNING_HUBS)


@contextmanager
def reading(url: str) -> Iterator[Connection]:
    """The database as it is at this moment, while no hub uses it.

    Raises NotFound where there is none, Conflict where a hub runs on it (``database_in_use``) or where it is of another
    release (``other_schema``).
    """
    parsed = database_url(url)
    opened = _read_server(parsed) if is_postgresql(parsed) else _read_file(parsed)
    with opened as connection, driver_errors():
        _require_newest(connection)
        yield connection


@contextmanager
def writing(url: str) -> Iterator[Connection]:
    """An empty database, made and brought to the newest schema where needed; all is written, or nothing is.

    Raises Conflict when it has rows already (``not_empty``), or a hub runs on it.
    """
    parsed = database_url(url)
    with _write_server(parsed) if is_postgresql(parsed) else _write_file(parsed) as connection, driver_errors():
        for table in tables():
            if connection.execute(select(table).limit(1)).first() is not None:
                raise Conflict(
                    f"The database that is to be written has rows already (in {table.name}): name an empty one.",
                    code="not_empty",
                )
        yield connection


@contextmanager
def _read_file(url: URL) -> Iterator[Connection]:
    path = database_path(url)
    if not path.exists():
        raise NotFound(f"There is no database {path}.")
    engines = SqliteEngines(path)
    try:
        with only_hub(path), engines.readers.connect() as connection:
            yield connection
    finally:
        engines.dispose()


@contextmanager
def _write_file(url: URL) -> Iterator[Connection]:
    path = database_path(url)
    with only_hub(path):
        migrate(path)
        engines = SqliteEngines(path)
        try:
            with engines.writer.begin() as connection:
                yield connection
            engines.finish()
        finally:
            engines.dispose()


@contextmanager
def _read_server(url: URL) -> Iterator[Connection]:
    with _server(url) as connected:
        connection = connected.execution_options(isolation_level="REPEATABLE READ")
        with connection.begin():
            _prepare(connection)
            yield connection


@contextmanager
def _write_server(url: URL) -> Iterator[Connection]:
    from vibes.storage.upgrading.postgresql import migrate_server

    with _server(url) as connection:
        migrate_server(connection.engine)
        with connection.begin():
            _prepare(connection)
            yield connection


@contextmanager
def _server(url: URL) -> Iterator[Connection]:
    # Imported only here: what SQLAlchemy knows of PostgreSQL, and its driver, are megabytes
    from vibes.storage.sql.postgresql.engine import postgresql_engine

    engine = postgresql_engine(url, connections=2)
    try:
        with driver_errors(), engine.connect() as connection:
            yield connection
    finally:
        engine.dispose()


def _prepare(connection: Connection) -> None:
    """One side may wait long for the other. A hub that runs here is told by its lease."""
    connection.execute(text("SET LOCAL idle_in_transaction_session_timeout = 0"))
    if inspect(connection).has_table("leases"):
        leading = "SELECT address FROM leases WHERE name = 'leader' AND expires_at > clock_timestamp()"
        if (row := connection.execute(text(leading)).first()) is not None:
            raise Conflict(f"A hub runs on that database, at {row.address}: stop it.", code="database_in_use")


def _require_newest(connection: Connection) -> None:
    newest = known_revisions(MIGRATIONS)[-1]
    found = None
    if inspect(connection).has_table("alembic_version"):
        found = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    if found != newest:
        advice = "start this release's hub over it once, which brings it up to date" if found else "it is not the hub's"
        raise Conflict(
            f"The database that is to be read has the schema {found or 'of something else'}, not {newest}: {advice}.",
            code="other_schema",
        )
