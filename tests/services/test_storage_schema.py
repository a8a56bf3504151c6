"""The tables of PostgreSQL are those of SQLite, whether they were made at once or by all migrations, and go on from
release to release."""

import re
import shutil
from pathlib import Path

import pytest
from sqlalchemy import make_url

from tests.backing import answers, execute, postgresql
from tests.factories import make_session, store_batch
from vibes.domain.errors import StorageUnavailable
from vibes.storage.open import open_storage
from vibes.storage.sql.postgresql.engine import PostgresqlEngines
from vibes.storage.sql.tables import METADATA
from vibes.storage.upgrading.postgresql import migrate_server
from vibes.storage.upgrading.schema import MIGRATIONS, known_revisions

GUEST = "guest"
NEWEST = known_revisions(MIGRATIONS)[-1]
COLUMNS = """
SELECT table_name, column_name, data_type, is_nullable, column_default, collation_name FROM information_schema.columns
 WHERE table_schema = 'public' AND table_name <> 'alembic_version' ORDER BY table_name, column_name"""
INDEXES = (
    "SELECT indexdef FROM pg_indexes WHERE schemaname = 'public' AND tablename <> 'alembic_version' ORDER BY indexdef"
)
CONSTRAINTS = """
SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint
 WHERE connamespace = 'public'::regnamespace AND conrelid <> 'alembic_version'::regclass ORDER BY 1, 2"""


def migrated(url: str, migrations: Path) -> None:
    engines = PostgresqlEngines(make_url(url))
    try:
        migrate_server(engines.writer, migrations=migrations)
    finally:
        engines.dispose()


def next_release(folder: Path, then: str = "") -> Path:
    """The shipped migrations and one more."""
    migrations = shutil.copytree(MIGRATIONS, folder / "migrations", ignore=shutil.ignore_patterns("__pycache__"))
    (migrations / "versions" / "next.py").write_text(
        "import sqlalchemy as sa\nfrom alembic import op\n\n"
        f"revision = 'next'\ndown_revision = '{NEWEST}'\n\n\n"
        f"def upgrade():\n    op.add_column('sessions', sa.Column('title', sa.Text()))\n    {then}\n"
    )
    return migrations


def test_the_migrations_make_exactly_the_tables_that_are_made_at_once(postgresql_url: str, tmp_path: Path) -> None:
    same = shutil.copytree(MIGRATIONS, tmp_path / "migrations")  # ours, on an empty database, are left out for speed
    with postgresql().database(migrated=False) as url:
        migrated(url, same)
        for query in (COLUMNS, INDEXES, CONSTRAINTS):
            assert answers(url, query) == answers(postgresql_url, query)
        assert answers(url, "SELECT version_num FROM alembic_version") == [(NEWEST,)]

    names = {name for name, *_ in answers(postgresql_url, COLUMNS)}
    assert names == set(METADATA.tables)


def test_every_text_is_compared_by_its_code_points_and_every_integer_has_64_bits(postgresql_url: str) -> None:
    columns = answers(postgresql_url, COLUMNS)
    assert {collation for *_, kind, _, _, collation in columns if kind == "text"} == {"C"}
    assert {kind for _, _, kind, *_ in columns} == {
        *("text", "bigint", "boolean", "json", "double precision", "timestamp with time zone")
    }


def test_partial_indexes_leave_out_the_same_rows_as_in_sqlite(postgresql_url: str) -> None:
    conditions = {
        name: index.dialect_options["sqlite"]["where"]
        for table in METADATA.tables.values()
        for index in table.indexes
        if (name := str(index.name)) and index.dialect_options["sqlite"]["where"] is not None
    }
    defined = {str(row[0]).split()[2]: str(row[0]) for row in answers(postgresql_url, INDEXES)}
    assert conditions
    assert {name for name, text in defined.items() if " WHERE " in text} == {
        re.sub(r"^CREATE INDEX (\S+).*", r"\1", name) for name in conditions
    }
    assert defined["ix_generations_starred"].endswith("WHERE (starred IS TRUE)")


async def test_a_later_release_keeps_every_row_and_says_that_there_is_no_copy(
    postgresql_url: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    session = make_session()
    async with open_storage(postgresql_url) as storage:
        await storage.sessions.add(session)

    migrated(postgresql_url, next_release(tmp_path))

    assert answers(postgresql_url, "SELECT id, title FROM sessions") == [(session.id, None)]
    assert answers(postgresql_url, "SELECT version_num FROM alembic_version") == [("next",)]
    assert "pg_dump" in caplog.text


async def test_a_migration_that_fails_leaves_the_database_as_it_was(postgresql_url: str, tmp_path: Path) -> None:
    broken = next_release(tmp_path, then="op.execute('SELECT * FROM no_such_table')")

    with pytest.raises(Exception, match="no_such_table"):
        migrated(postgresql_url, broken)

    assert answers(postgresql_url, "SELECT version_num FROM alembic_version") == [(NEWEST,)]
    assert "title" not in {row[1] for row in answers(postgresql_url, COLUMNS)}


async def test_a_user_without_rights_is_told_what_is_lacking() -> None:
    with postgresql().database(migrated=False) as url:
        execute(url, "REVOKE ALL ON SCHEMA public FROM public")
        role = f"CREATE ROLE guest LOGIN PASSWORD '{GUEST}'"
        execute(url, f"DO $$ BEGIN {role}; EXCEPTION WHEN duplicate_object THEN NULL; END $$")
        execute(url, "GRANT USAGE ON SCHEMA public TO guest")
        guest = make_url(url).set(username="guest", password=GUEST).render_as_string(hide_password=False)
        with pytest.raises(StorageUnavailable, match="make it the owner"):
            async with open_storage(guest):
                pass


async def test_two_releases_share_a_database_while_one_takes_the_others_place(
    postgresql_url: str, tmp_path: Path
) -> None:
    async with open_storage(postgresql_url) as earlier:
        (before,) = await store_batch(earlier)
        migrated(postgresql_url, next_release(tmp_path))
        (after,) = await store_batch(earlier)
        assert await earlier.generations.get(before.id) == before
        assert await earlier.generations.get(after.id) == after


async def test_a_column_that_a_later_release_changes_is_read_on_by_an_earlier_one(postgresql_url: str) -> None:
    """Its connections have prepared what they ask often, and the server refuses to answer that otherwise."""
    session = make_session()
    async with open_storage(postgresql_url) as storage:
        await storage.sessions.add(session)
        for _ in range(20):
            assert await storage.sessions.get(session.id) == session
        execute(postgresql_url, "ALTER TABLE sessions ALTER COLUMN version TYPE integer")
        assert await storage.sessions.get(session.id) == session
