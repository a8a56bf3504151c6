"""Brings a database into a backup and back: an SQLite file by itself, PostgreSQL by its own programs."""

import os
import shutil
import sqlite3
import subprocess
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from sqlalchemy import URL, NullPool, create_engine, text

from vibes.domain.errors import Conflict, StorageUnavailable
from vibes.domain.generation import StoredImage
from vibes.environment.durable_files import fsync_folder
from vibes.generators.processes.environment import harmless
from vibes.storage.sql.failures import driver_errors
from vibes.storage.sql.named_images import named_images
from vibes.storage.sql.postgresql.engine import postgresql_engine
from vibes.storage.sql.snapshot import write_snapshot
from vibes.storage.sql.sqlite import database_path

_DEBIAN = Path("/usr/lib/postgresql")
"""Debian keeps the programs of each version in a folder that is not on the path."""


_LOOKS = 6
"""Half a second apart."""


class NoProgram(Exception):
    """A program of PostgreSQL is not installed here."""


def copy_file(url: URL, copy: Path) -> list[StoredImage]:
    """Copy an SQLite database as it is now; answers the images that the copy names. Raises StorageUnavailable."""
    source = database_path(url)
    if not source.exists():
        raise StorageUnavailable(f"there is no database {source}. Name the hub's data folder with --data")
    try:
        write_snapshot(source, copy)
    except (sqlite3.DatabaseError, OSError) as error:
        raise StorageUnavailable(f"the database {source} cannot be copied: {error}") from error
    return images_in(copy)


def images_in(database: Path) -> list[StoredImage]:
    """Those that an SQLite file names."""
    address = f"{database.resolve().as_uri()}?mode=ro&immutable=1"  # leaves nothing beside it, wherever it lies
    engine = create_engine("sqlite://", creator=lambda: sqlite3.connect(address, uri=True), poolclass=NullPool)
    with driver_errors(), engine.connect() as connection:
        return list(named_images(connection))


def copy_server(url: URL, copy: Path) -> list[StoredImage]:
    """Dump a PostgreSQL database, and tell the images that the very same state of it names.

    Raises NoProgram, StorageUnavailable.
    """
    program = _program("pg_dump")
    engine = postgresql_engine(url, connections=1).execution_options(isolation_level="REPEATABLE READ")
    try:
        with driver_errors(), engine.connect() as connection:
            connection.execute(text("SET LOCAL idle_in_transaction_session_timeout = 0"))
            state = connection.execute(text("SELECT pg_export_snapshot()")).scalar_one()
            _run([program, "--format=custom", f"--snapshot={state}", f"--file={copy}"], url)
            return list(named_images(connection))
    finally:
        engine.dispose()


def images_of_server(url: URL) -> list[StoredImage]:
    engine = postgresql_engine(url, connections=1)
    try:
        with driver_errors(), engine.connect() as connection:
            return list(named_images(connection))
    finally:
        engine.dispose()


def require_no_hub_on_server(url: URL) -> None:
    """Raises Conflict while a hub is connected: it would go on with what is no more. StorageUnavailable."""
    engine = postgresql_engine(url, connections=1, autocommit=True)
    others = text(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() "
        "AND application_name = current_setting('application_name')"
    )
    try:
        with driver_errors(), engine.connect() as connection:
            for _ in range(_LOOKS):  # the server notices a moment later that one has gone
                if not connection.execute(others).scalar_one():
                    return
                connection.execute(text("SELECT pg_sleep(0.5)"))
    finally:
        engine.dispose()
    raise Conflict("a hub, or another command, is connected to the database. Stop all hubs and workers first")


def restore_server(url: URL, dump: Path, aside: Path, *, force: bool) -> Path | None:
    """Answers where what was there is now: in a dump of its own. Raises NoProgram, StorageUnavailable, and Conflict
    where there are tables already, unless forced."""
    program = _program("pg_restore")
    engine = postgresql_engine(url, connections=1)
    try:
        with driver_errors(), engine.connect() as connection:
            tables = connection.execute(text("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'")).scalar_one()
    finally:
        engine.dispose()
    if tables and not force:
        raise Conflict("the database has tables already. Name a new one in VIBES_DATABASE_URL, or say --force")
    if tables:
        _run([_program("pg_dump"), "--format=custom", f"--file={aside}"], url)
    clean = ["--clean", "--if-exists"] if tables else []
    target = f"--dbname={url.database or ''}"
    _run([program, *clean, "--no-owner", "--exit-on-error", "--single-transaction", target, str(dump)], url)
    return aside if tables else None


def restore_file(url: URL, copy: Path, moment: str) -> Path | None:
    """Put an SQLite file in its place; answers where an earlier one was set aside. Raises OSError."""
    path = database_path(url)
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.part")
    shutil.copyfile(copy, temporary)
    descriptor = os.open(temporary, os.O_RDWR)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    aside = _set_aside(path, path.with_name(f"{path.name}.before-restore-{moment}"))  # once there was room for the copy
    temporary.replace(path)
    fsync_folder(path.parent)
    return aside


def _set_aside(path: Path, aside: Path) -> Path | None:
    """With its log. It is not opened: it may be damaged, and SQLite deletes a log that it can make nothing of."""
    there = path.exists()
    for end in ("", "-wal", "-shm"):
        with suppress(FileNotFoundError):
            path.with_name(path.name + end).replace(aside.with_name(aside.name + end))
    return aside if there else None


def _program(name: str) -> str:
    newest = sorted(
        _DEBIAN.glob(f"*/bin/{name}"), key=lambda path: int(path.parts[-3]) if path.parts[-3].isdigit() else 0
    )
    found = str(newest[-1]) if newest else shutil.which(name)
    if found is None:
        raise NoProgram(name)
    return found


def _run(command: Sequence[str], url: URL) -> None:
    """Names and password go by the environment, which other users cannot see."""
    given = {
        "PGHOST": url.host or str(url.query.get("host", "")),
        "PGPORT": str(url.port or ""),
        "PGUSER": url.username or "",
        "PGPASSWORD": str(url.password or ""),
        "PGDATABASE": url.database or "",
        "PGSSLMODE": str(url.query.get("sslmode", "")),
        "PGSSLROOTCERT": str(url.query.get("sslrootcert", "")),
    }
    environment = harmless() | {name: value for name, value in given.items() if value}
    done = subprocess.run(command, env=environment, capture_output=True, check=False)  # noqa: S603 - a program of PostgreSQL
    if done.returncode != 0:
        said = done.stderr.decode("utf-8", "replace").strip().splitlines()
        raise StorageUnavailable(f"{Path(command[0]).name} failed: {said[-1] if said else done.returncode}")
