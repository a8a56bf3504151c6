"""Many at once, callers that vanish, disks that fill: the storage loses nothing and says what is wrong."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from sqlalchemy import insert

from tests.factories import NOON, begin_attempt, make_attempt, make_image, make_session, store_batch
from tests.waiting import deadline
from vibes.domain.errors import StorageUnavailable
from vibes.domain.generation import GenerationStatus
from vibes.ports.storage import Storage
from vibes.storage.open import SqlStorage
from vibes.storage.sql.database import Database
from vibes.storage.sql.rows import session_columns
from vibes.storage.sql.sqlite import SqliteEngines
from vibes.storage.sql.tables import SESSIONS
from vibes.storage.upgrading.migrate import migrate


@pytest.fixture
def path(tmp_path: Path) -> Path:
    migrate(tmp_path / "vibes.db")
    return tmp_path / "vibes.db"


@pytest.fixture
async def database(path: Path) -> AsyncIterator[Database]:
    opened = Database(SqliteEngines(path))
    yield opened
    await opened.close()


@pytest.fixture
def storage(database: Database) -> Storage:
    return SqlStorage(database)


async def pragma(database: Database, statement: str) -> None:
    await database.write(lambda connection: connection.exec_driver_sql(f"PRAGMA {statement}").all())


@contextmanager
def another_writer(path: Path) -> Iterator[None]:
    """Another program that holds SQLite's write lock."""
    with closing(sqlite3.connect(path, isolation_level=None)) as browser:
        browser.execute("BEGIN IMMEDIATE")
        yield


async def test_what_callers_asked_for_is_stored_whole_even_when_they_are_cancelled(
    path: Path, storage: Storage
) -> None:
    generations = await store_batch(storage, 20)
    attempts = [make_attempt(generation_id=generation.id) for generation in generations]

    with another_writer(path):
        callers = [asyncio.create_task(storage.attempts.begin(attempt)) for attempt in attempts]
        await storage.ping()
        for caller in callers:
            caller.cancel()
        outcomes = await asyncio.gather(*callers, return_exceptions=True)
    async with deadline():
        await storage.generations.set_starred(generations[0].id, starred=True)  # behind all of theirs

    assert {type(outcome) for outcome in outcomes} == {asyncio.CancelledError}
    batch = await storage.generations.of_batch(generations[0].batch_id)
    assert {generation.status for generation in batch} == {GenerationStatus.GENERATING}
    assert len(await storage.attempts.open_attempts()) == len(attempts)


async def test_closing_finishes_what_was_asked_before(path: Path) -> None:
    database = Database(SqliteEngines(path))
    storage = SqlStorage(database)
    generations = await store_batch(storage, 300)

    with another_writer(path):
        writing = asyncio.create_task(storage.generations.cancel(generations[0].id, at=NOON))
        await storage.ping()
        reading = asyncio.create_task(storage.generations.of_batch(generations[0].batch_id))
        closing = asyncio.create_task(database.close())
        await reading
        assert not closing.done()
    await closing

    assert writing.done()
    assert await writing
    assert list(await reading) == list(generations)


async def test_closing_leaves_no_read_behind(path: Path) -> None:
    database = Database(SqliteEngines(path))
    storage = SqlStorage(database)
    generations = await store_batch(storage, 300)

    reading = asyncio.create_task(storage.generations.of_batch(generations[0].batch_id))
    closing = asyncio.create_task(database.close())
    await closing

    assert list(await reading) == list(generations)
    assert not path.with_name("vibes.db-wal").exists()


async def test_a_full_disk_refuses_with_advice_and_heals_when_there_is_room(
    database: Database, storage: Storage
) -> None:
    (generation,) = await store_batch(storage)
    attempt = await begin_attempt(storage, generation)
    big = make_session(config={"text": "x" * 500_000})
    await pragma(database, "max_page_count=1")

    with pytest.raises(StorageUnavailable, match="disk is full"):
        await storage.sessions.add(big)
    assert await storage.attempts.open_attempts() == [attempt]

    await pragma(database, "max_page_count=1000000")
    await storage.sessions.add(big)
    assert await storage.attempts.win(attempt.id, [make_image()], generation_time_ms=1, at=NOON)


async def test_another_program_that_keeps_the_database_locked_is_named_as_the_cause(
    path: Path, database: Database, storage: Storage
) -> None:
    generations = await store_batch(storage, 120)
    await pragma(database, "busy_timeout=1000")

    async def cancel_all() -> list[bool | BaseException]:
        cancels = (storage.generations.cancel(generation.id, at=NOON) for generation in generations)
        return await asyncio.gather(*cancels, return_exceptions=True)

    with another_writer(path):
        async with deadline():  # they wait together, not a second each
            refusals = await cancel_all()
        assert list(await storage.generations.of_batch(generations[0].batch_id)) == list(generations)

    assert {type(refusal) for refusal in refusals} == {StorageUnavailable}
    assert "Another program keeps the database locked" in str(refusals[0])
    assert await cancel_all() == [True] * len(generations)


async def test_readers_cannot_write(database: Database) -> None:
    sneaky = insert(SESSIONS).values(session_columns(make_session())).returning(SESSIONS.c.id)

    with pytest.raises(StorageUnavailable, match="readonly"):
        await database.rows(sneaky)  # type: ignore[arg-type]  # the point: it is no query


async def test_our_own_mistakes_are_not_disguised_as_storage_trouble(database: Database) -> None:
    with pytest.raises(ZeroDivisionError):
        await database.write(lambda _: 1 // 0)
