"""Upgrades a database file to this release's schema after a backup, and refuses files that it does not know."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from sqlalchemy import URL, Connection, NullPool, create_engine, event
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.pool import ConnectionPoolEntry

from vibes.domain.errors import Conflict, StorageUnavailable
from vibes.storage.sql.failures import driver_errors, unavailable
from vibes.storage.sql.snapshot import write_snapshot
from vibes.storage.upgrading.schema import MIGRATIONS, known_revisions, make_newest, require_known


def migrate(database: Path, *, migrations: Path = MIGRATIONS) -> None:
    """Create or upgrade the file; does nothing when it is up to date.

    An older file is first copied to ``<database>.before-<revision>.bak``. Raises Conflict, without touching the file,
    when it is of a newer release (``newer_schema``) or not the hub's (``foreign_database``).
    """
    known = known_revisions(migrations)
    newest = known[-1]
    with _sqlite_errors(database):
        current = _revision(database)
        require_known(str(database), current, known)
        if current == newest:
            return
        if current is not None:
            write_snapshot(database, database.with_name(f"{database.name}.before-{newest}.bak"))
        with _connection(database) as connection:
            make_newest(connection, current, migrations)


def _revision(database: Path) -> str | None:
    """The revision of the file; None when it does not exist or is empty."""
    if not database.exists():
        return None
    with closing(sqlite3.connect(f"{database.as_uri()}?mode=ro", uri=True)) as connection:
        tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
        if not tables:
            return None
        if "alembic_version" not in tables:
            raise Conflict(
                f"{database} holds another program's tables. Name another file for the hub's database.",
                code="foreign_database",
            )
        row = connection.execute("SELECT version_num FROM alembic_version").fetchone()
        return row and str(row[0])


@contextmanager
def _connection(database: Path) -> Iterator[Connection]:
    """One transaction in which tables may be rebuilt: foreign keys are off, and checked at the end."""
    engine = create_engine(
        URL.create("sqlite", database=str(database)),
        poolclass=NullPool,
        connect_args={"isolation_level": None},
    )
    event.listen(engine, "connect", _without_foreign_keys)
    event.listen(engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN IMMEDIATE"))
    with driver_errors(), engine.begin() as connection:
        yield connection
        broken = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
        if broken:
            raise StorageUnavailable(f"The migration would leave {len(broken)} rows that refer to nothing.")


def _without_foreign_keys(connection: DBAPIConnection, _entry: ConnectionPoolEntry) -> None:
    cursor = connection.cursor()
    cursor.execute("PRAGMA foreign_keys=OFF")
    cursor.close()


@contextmanager
def _sqlite_errors(database: Path) -> Iterator[None]:
    try:
        yield
    except sqlite3.DatabaseError as error:
        raise unavailable(error) from error
    except OSError as error:
        raise StorageUnavailable(f"Cannot use {database}: {error.strerror}.") from error
