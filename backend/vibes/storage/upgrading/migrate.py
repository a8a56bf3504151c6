"""Upgrades a database file to this release's schema after a backup, and refuses files that it does not know."""

import os
import sqlite3
from collections.abc import Collection, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from sqlalchemy import URL, Connection, NullPool, create_engine, event
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.pool import ConnectionPoolEntry

from vibes.domain.errors import Conflict, StorageUnavailable
from vibes.storage.sql.failures import driver_errors, unavailable
from vibes.storage.sql.tables import METADATA

MIGRATIONS = Path(__file__).parents[1] / "migrations"


def migrate(database: Path, *, migrations: Path = MIGRATIONS) -> None:
    """Create or upgrade the file; does nothing when it is up to date.

    An older file is first copied to ``<database>.before-<revision>.bak``. Raises Conflict, without touching the file,
    when it is of a newer release (``newer_schema``) or not the hub's (``foreign_database``).
    """
    known = [path.stem.partition("_")[0] for path in sorted((migrations / "versions").glob("[!_]*.py"))]
    newest = known[-1]
    with _sqlite_errors(database):
        current = _revision(database)
        _require_known(database, current, known)
        if current == newest:
            return
        if current is not None:
            _back_up(database, database.with_name(f"{database.name}.before-{newest}.bak"))
        with _connection(database) as connection:
            if current is None and migrations == MIGRATIONS:
                _create(connection, newest)
            else:
                _upgrade(connection, migrations)


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


def _require_known(database: Path, revision: str | None, known: Collection[str]) -> None:
    if revision is not None and revision not in known:
        raise Conflict(
            f"{database} was written by a newer release (schema {revision}). Install that release, or put back the "
            "backup that it made before it changed the file.",
            code="newer_schema",
        )


def _back_up(database: Path, backup: Path) -> None:
    """Write a complete, compact copy under that name, or none."""
    unfinished = backup.with_name(f"{backup.name}.part")
    unfinished.unlink(missing_ok=True)
    with closing(sqlite3.connect(database, isolation_level=None)) as connection:
        connection.execute("VACUUM INTO ?", (str(unfinished),))
    descriptor = os.open(unfinished, os.O_RDWR)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    unfinished.replace(backup)


def _create(connection: Connection, newest: str) -> None:
    """Create what all migrations together would make of an empty file."""
    METADATA.create_all(connection)
    connection.exec_driver_sql(
        "CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL, "
        "CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num))"
    )
    connection.exec_driver_sql("INSERT INTO alembic_version VALUES (?)", (newest,))


def _upgrade(connection: Connection, migrations: Path) -> None:
    # Imported only here: Alembic takes 8 MB for the life of the hub, and there is seldom something to upgrade
    from vibes.storage.upgrading.upgrade import upgrade

    upgrade(connection, migrations)


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
