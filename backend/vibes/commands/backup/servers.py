"""Brings a PostgreSQL database into a backup and back, by the server's own programs."""

import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from sqlalchemy import URL, Connection, text

from vibes.commands.backup.programs import program_for, require_well, run_program, told_of
from vibes.domain.errors import Conflict
from vibes.domain.generation import StoredImage
from vibes.storage.sql.failures import driver_errors
from vibes.storage.sql.named_images import named_images
from vibes.storage.sql.postgresql.engine import postgresql_engine

_LOOKS = 6
"""Half a second apart."""


def copy_server(url: URL, copy: Path) -> list[StoredImage]:
    """Dump a PostgreSQL database, and tell the images that the very same state of it names.

    Raises NoProgram, StorageUnavailable.
    """
    engine = postgresql_engine(url, connections=1).execution_options(isolation_level="REPEATABLE READ")
    try:
        with driver_errors(), engine.connect() as connection:
            program = program_for("pg_dump", _version(connection))
            connection.execute(text("SET LOCAL idle_in_transaction_session_timeout = 0"))
            state = connection.execute(text("SELECT pg_export_snapshot()")).scalar_one()
            run_program([program, "--format=custom", f"--snapshot={state}", f"--file={copy}"], url)
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


@dataclass(frozen=True, slots=True)
class _Server:
    version: int
    tables: Sequence[str]
    """As SQL writes their names."""


def require_room_on_server(url: URL, *, force: bool) -> None:
    """Raises like `restore_server`, with nothing changed."""
    server = _look(url, force=force)
    for name in ("pg_dump", "pg_restore", "psql"):
        program_for(name, server.version)


def restore_server(url: URL, dump: Path, aside: Path, *, force: bool) -> Path | None:
    """Answers where what was there is now: in a dump of its own. All that was there goes, also tables of a newer
    release, which the dump does not know. Raises NoProgram, StorageUnavailable with nothing changed, and Conflict where
    there are tables already, unless forced."""
    server = _look(url, force=force)
    read, write = program_for("pg_restore", server.version), program_for("psql", server.version)
    reading = [read, "--no-owner", "--file=-", str(dump)]
    writing = [write, "--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1", "--command=BEGIN"]
    if server.tables:
        run_program([program_for("pg_dump", server.version), "--format=custom", f"--file={aside}"], url)
        reading += ["--clean", "--if-exists"]
        writing.append(f"--command=DROP TABLE {', '.join(server.tables)} CASCADE")
    _pour(reading, [*writing, "--file=-"], url)
    return aside if server.tables else None


def _look(url: URL, *, force: bool) -> _Server:
    engine = postgresql_engine(url, connections=1)
    query = "SELECT 'public.' || quote_ident(tablename) FROM pg_tables WHERE schemaname = 'public' ORDER BY 1"
    try:
        with driver_errors(), engine.connect() as connection:
            server = _Server(_version(connection), connection.execute(text(query)).scalars().all())
    finally:
        engine.dispose()
    if server.tables and not force:
        raise Conflict("the database has tables already. Name a new one in VIBES_DATABASE_URL, or say --force")
    return server


def _version(connection: Connection) -> int:
    number: int = connection.execute(text("SELECT current_setting('server_version_num')::int")).scalar_one()
    return number // 10_000


def _pour(reading: Sequence[str], writing: Sequence[str], url: URL) -> None:
    """Hand what one program reads to another one that writes it, in a transaction that has begun and that ends well
    only once all of it was read: whatever fails or is killed on the way, this process too, has it rolled back."""
    environment, pipe = told_of(url), subprocess.PIPE
    with (
        tempfile.TemporaryFile() as read_errors,
        tempfile.TemporaryFile() as write_errors,
        subprocess.Popen(reading, env=environment, stdout=pipe, stderr=read_errors) as reader,  # noqa: S603 - PostgreSQL's
        subprocess.Popen(  # noqa: S603 - the same
            writing, env=environment, stdin=pipe, stdout=subprocess.DEVNULL, stderr=write_errors
        ) as writer,
    ):
        try:
            with suppress(BrokenPipeError):  # the writer has failed, and says why
                _hand_on(reader, writer)
        except BaseException:  # Ctrl-C too, after which Popen would wait for a quarter of a second alone
            for each in (reader, writer):
                each.kill()
                each.wait()
            raise
        require_well(writing, writer.wait(), _said(write_errors))
        require_well(reading, reader.wait(), _said(read_errors))


def _hand_on(reader: "subprocess.Popen[bytes]", writer: "subprocess.Popen[bytes]") -> None:
    if reader.stdout is None or writer.stdin is None:
        return
    with writer.stdin, reader.stdout:
        shutil.copyfileobj(reader.stdout, writer.stdin)
        if reader.wait() == 0:
            writer.stdin.write(b"\nCOMMIT;\n")


def _said(errors: IO[bytes]) -> bytes:
    errors.seek(0)
    return errors.read()
