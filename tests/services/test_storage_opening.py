"""A database is opened by one hub only, brought to today's schema with a backup, and never guessed at."""

import asyncio
import logging
import re
import shutil
import sqlite3
import sys
from contextlib import closing
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine

from tests.factories import make_session, store_batch
from tests.waiting import deadline
from vibes.domain.errors import Conflict, HubError, InvalidRequest, StorageUnavailable
from vibes.domain.generation import GenerationStatus
from vibes.domain.ids import BatchId
from vibes.storage.open import open_storage
from vibes.storage.sql.tables import METADATA
from vibes.storage.upgrading.migrate import migrate
from vibes.storage.upgrading.schema import MIGRATIONS

NEWEST = ScriptDirectory(MIGRATIONS).get_current_head()
"""The schema of this release."""

NEXT_REVISION = f"""
import sqlalchemy as sa
from alembic import op

revision = "next"
down_revision = "{NEWEST}"


def upgrade():
    op.add_column("sessions", sa.Column("title", sa.Text()))
    {{then}}
"""


@pytest.fixture
def database(tmp_path: Path) -> Path:
    return tmp_path / "vibes.db"


@pytest.fixture
def diary(database: Path) -> Path:
    database.write_text("Dear diary, " * 1000)
    return database


def url_of(database: Path) -> str:
    return f"sqlite:///{database}"


def next_release(folder: Path, then: str = "") -> Path:
    """The shipped migrations and one more."""
    migrations = folder / "migrations"
    shutil.copytree(MIGRATIONS, migrations, ignore=shutil.ignore_patterns("__pycache__"))
    (migrations / "versions" / "next.py").write_text(NEXT_REVISION.format(then=then))
    return migrations


def read_bytes(database: Path) -> bytes:
    return database.read_bytes()


def read(database: Path, query: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(database)) as connection:
        return connection.execute(query).fetchall()


def execute(database: Path, statement: str) -> None:
    with closing(sqlite3.connect(database)) as connection, connection:
        connection.execute(statement)


def definitions(database: Path) -> dict[object, list[str]]:
    """The clauses of each table and index; sorted, because a column that is added later stands behind the others."""
    query = "SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL AND name != 'alembic_version'"
    return {name: sorted(re.findall(r"[^,\s][^,]*[^,\s]", str(sql)[:-1])) for name, sql in read(database, query)}


def column_names(database: Path) -> list[object]:
    return [row[1] for row in read(database, "PRAGMA table_info(sessions)")]


async def test_the_database_and_its_folder_are_created(tmp_path: Path) -> None:
    database = tmp_path / "some" / "where" / "vibes.db"

    async with open_storage(url_of(database)) as storage:
        await storage.ping()

    assert read(database, "SELECT version_num FROM alembic_version") == [(NEWEST,)]
    assert read(database, "PRAGMA journal_mode") == [("wal",)]
    assert [path.name for path in database.parent.glob("*.bak")] == []


def test_the_migrations_make_exactly_the_tables_that_the_code_knows(database: Path, tmp_path: Path) -> None:
    migrations = shutil.copytree(MIGRATIONS, tmp_path / "migrations")  # ours, on a new file, are left out for speed
    migrate(database, migrations=migrations)
    drawn = tmp_path / "drawn.db"
    created = tmp_path / "created.db"
    migrate(created)
    for path, draw in ((database, False), (drawn, True)):
        engine = create_engine(f"sqlite:///{path}")
        with engine.begin() as connection:
            if draw:
                METADATA.create_all(connection)
            assert compare_metadata(MigrationContext.configure(connection), METADATA) == []
        engine.dispose()

    # Clause for clause as well: the comparison overlooks conditions of indexes and ON DELETE.
    assert definitions(database) == definitions(drawn) == definitions(created)


def test_migrating_twice_changes_nothing_the_second_time(database: Path) -> None:
    migrate(database)
    before = database.read_bytes()

    migrate(database)

    assert database.read_bytes() == before


def test_logging_stays_as_the_hub_configured_it(database: Path) -> None:
    ours = logging.getLogger("vibes.some.logger")
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level

    migrate(database)

    assert (root.handlers, root.level) == (handlers, level)
    assert not ours.disabled


async def test_an_older_database_is_backed_up_and_keeps_its_rows(database: Path, tmp_path: Path) -> None:
    session = make_session()
    async with open_storage(url_of(database)) as storage:
        await storage.sessions.add(session)

    migrate(database, migrations=next_release(tmp_path))

    backup = tmp_path / "vibes.db.before-next.bak"
    assert read(backup, "SELECT version_num FROM alembic_version") == [(NEWEST,)]
    assert read(backup, "SELECT id FROM sessions") == [(session.id,)]
    assert "title" not in column_names(backup)
    assert read(database, "SELECT version_num FROM alembic_version") == [("next",)]
    assert read(database, "SELECT id, title FROM sessions") == [(session.id, None)]


async def test_a_backup_is_a_database_that_opens(database: Path, tmp_path: Path) -> None:
    session = make_session()
    async with open_storage(url_of(database)) as storage:
        await storage.sessions.add(session)
    migrate(database, migrations=next_release(tmp_path))

    async with open_storage(url_of(tmp_path / "vibes.db.before-next.bak")) as storage:
        assert await storage.sessions.get(session.id) == session


def test_a_migration_that_fails_leaves_the_database_as_it_was(database: Path, tmp_path: Path) -> None:
    migrate(database)
    broken = next_release(tmp_path, then="op.execute('SELECT * FROM no_such_table')")

    with pytest.raises(StorageUnavailable, match="no such table"):
        migrate(database, migrations=broken)

    assert read(database, "SELECT version_num FROM alembic_version") == [(NEWEST,)]
    assert "title" not in column_names(database)
    assert (tmp_path / "vibes.db.before-next.bak").exists()


def test_a_migration_that_breaks_references_is_taken_back(database: Path, tmp_path: Path) -> None:
    migrate(database)
    orphan = "op.execute(\"INSERT INTO idempotency_keys VALUES ('key', 'hash', 'no batch')\")"

    with pytest.raises(StorageUnavailable, match="1 rows that refer to nothing"):
        migrate(database, migrations=next_release(tmp_path, then=orphan))

    assert read(database, "SELECT count(*) FROM idempotency_keys") == [(0,)]


async def refusal_of(database: Path) -> HubError:
    """Why the file is not opened; it must be the same afterwards, byte for byte."""
    before = read_bytes(database)
    with pytest.raises(HubError) as refusal:
        async with open_storage(url_of(database)):
            pass
    assert read_bytes(database) == before
    return refusal.value


async def test_a_newer_schema_is_refused_and_not_touched(database: Path) -> None:
    migrate(database)
    execute(database, "UPDATE alembic_version SET version_num = '0999'")

    refusal = await refusal_of(database)

    assert (type(refusal), refusal.code) == (Conflict, "newer_schema")
    assert "schema 0999" in refusal.message


def leave_unfinished(database: Path) -> None:
    """As a killed program leaves it: what it wrote last is still in the write-ahead log."""
    with closing(sqlite3.connect(database)) as connection:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("INSERT INTO alembic_version VALUES ('0999')")
        connection.execute("DELETE FROM alembic_version WHERE version_num != '0999'")
        connection.commit()
        for name in ("vibes.db", "vibes.db-wal"):
            shutil.copy(database.with_name(name), database.with_name(f"copy-of-{name}"))


async def test_a_newer_schema_is_not_touched_even_where_its_release_was_killed(database: Path) -> None:
    migrate(database)
    leave_unfinished(database)
    copy, log = database.with_name("copy-of-vibes.db"), database.with_name("copy-of-vibes.db-wal")
    unwritten = read_bytes(log)

    assert (await refusal_of(copy)).code == "newer_schema"

    assert read_bytes(log) == unwritten


async def test_another_programs_database_is_refused_and_not_touched(database: Path) -> None:
    execute(database, "CREATE TABLE recipes (name TEXT)")

    refusal = await refusal_of(database)

    assert (type(refusal), refusal.code) == (Conflict, "foreign_database")
    assert "another program's tables" in refusal.message


async def test_a_file_that_is_no_database_is_refused_and_not_touched(
    diary: Path,
) -> None:
    refusal = await refusal_of(diary)

    assert type(refusal) is StorageUnavailable
    assert "not a SQLite database" in refusal.message


async def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")

    with pytest.raises(StorageUnavailable, match=r"Cannot write .*vibes\.db\.lock"):
        async with open_storage(url_of(tmp_path / "file" / "vibes.db")):
            pass


async def test_a_url_may_name_the_driver_that_other_programs_would_use(database: Path) -> None:
    async with open_storage(f"sqlite+aiosqlite:///{database}") as storage:
        counts = await storage.generations.count_by_status()
    assert set(counts.values()) == {0}


@pytest.mark.parametrize(
    "url",
    [
        "vibes.db",
        "postgresql+asyncpg://localhost/vibes",
        "mysql://localhost/vibes",
        "sqlite:///:memory:",
        "sqlite+aiosqlite://",
        "sqlite:///vibes.db?mode=ro",
    ],
)
async def test_a_url_that_names_no_file_is_refused_with_an_example(url: str) -> None:
    with pytest.raises(InvalidRequest, match="sqlite:///data/vibes"):
        async with open_storage(url):
            pass


async def test_an_unknown_synchronous_setting_is_refused_before_anything_is_made(database: Path) -> None:
    with pytest.raises(InvalidRequest, match="FULL, NORMAL, EXTRA"):
        async with open_storage(url_of(database), synchronous="OFF; DROP TABLE sessions"):
            pass

    assert list(database.parent.iterdir()) == []


async def test_a_second_hub_is_refused_until_the_first_has_closed(database: Path) -> None:
    link = database.with_name("link.db")
    async with open_storage(url_of(database)):
        link.symlink_to(database)
        for name in (database, link):
            with pytest.raises(Conflict, match=r"in use by another hub \(process \d+\)") as refusal:
                async with open_storage(url_of(name)):
                    pass
            assert refusal.value.code == "database_in_use"

    async with open_storage(url_of(link)) as storage:
        await storage.ping()


async def test_a_closed_storage_says_so(database: Path) -> None:
    async with open_storage(url_of(database)) as storage:
        pass

    with pytest.raises(StorageUnavailable, match="closed"):
        await storage.ping()
    with pytest.raises(StorageUnavailable, match="closed"):
        await storage.sessions.add(make_session())


HALF_A_BATCH = """
import asyncio, sys
from sqlalchemy import insert
from tests.factories import make_batch_of, make_spec, store_batch
from vibes.storage.open import open_storage
from vibes.storage.sql.rows import batch_columns, generation_columns
from vibes.storage.sql.tables import BATCHES, GENERATIONS

async def main():
    async with open_storage(sys.argv[1]) as storage:
        (first, *_) = await store_batch(storage, 20)
        batch, generations = make_batch_of(100, session_id=first.session_id, spec=make_spec(prompt="x" * 60_000))

        def write_half_and_hang(connection):
            connection.execute(insert(BATCHES), batch_columns(batch))
            connection.execute(insert(GENERATIONS), [generation_columns(one) for one in generations])
            print(first.batch_id, batch.id, flush=True)
            sys.stdin.read()

        await storage._database.write(write_half_and_hang)

asyncio.run(main())
"""


@pytest.mark.processes
async def test_a_hub_killed_in_the_middle_of_a_transaction_leaves_all_that_was_committed_and_nothing_else(
    database: Path,
) -> None:
    root = Path(__file__).parents[2]
    hub = await asyncio.create_subprocess_exec(
        sys.executable,
        "-c",
        HALF_A_BATCH,
        url_of(database),
        cwd=root,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    async with deadline():
        assert hub.stdout is not None
        committed, half = (await hub.stdout.readline()).decode().split()
        unfinished = database.with_name("vibes.db-wal").stat().st_size
        with pytest.raises(Conflict, match=f"process {hub.pid}"):
            async with open_storage(url_of(database)):
                pass
        hub.kill()
        await hub.wait()
    assert unfinished > 1_000_000

    async with open_storage(url_of(database)) as storage:
        survivors = await storage.generations.with_status([GenerationStatus.QUEUED])
        assert {generation.batch_id for generation in survivors} == {committed}
        assert len(survivors) == 20
        assert await storage.generations.get_batch(BatchId(half)) is None
        await store_batch(storage, 3)

    assert read(database, "PRAGMA integrity_check") == [("ok",)]
    assert read(database, "PRAGMA foreign_key_check") == []
