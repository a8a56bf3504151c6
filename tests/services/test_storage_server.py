"""A database server restarts, breaks connections and goes away: nothing is lost, nothing is written twice, and what is
wrong is said."""

import asyncio
import signal
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager

import psycopg
import pytest
from sqlalchemy import Connection, event, make_url

from tests.backing import PostgresqlServer, answers, execute, postgresql
from tests.factories import NOON, make_session, store_batch
from tests.loopback import free_port
from tests.waiting import deadline
from vibes.domain.errors import Conflict, HubError, StorageUnavailable
from vibes.domain.ids import SessionId
from vibes.domain.session import ConfigValue, Session
from vibes.ports.storage import Storage
from vibes.storage import open as opening
from vibes.storage.open import SqlStorage, open_storage
from vibes.storage.sql import database as databases
from vibes.storage.sql.database import Database
from vibes.storage.sql.postgresql import engine
from vibes.storage.sql.postgresql.engine import PostgresqlEngines

PEOPLE = 8
TURNS = 40


@pytest.fixture
def server() -> PostgresqlServer:
    started = postgresql()
    if started.folder is None:
        pytest.skip("the server of TEST_DATABASE_URL is somebody else's: it is not stopped")
    return started


@pytest.fixture
async def storage(postgresql_url: str) -> AsyncIterator[Storage]:
    async with open_storage(postgresql_url) as opened:
        yield opened


def counted(session: Session) -> dict[str, ConfigValue]:
    return {**session.config, "turns": int(str(session.config.get("turns", 0))) + 1}


async def count(storage: Storage, session_id: SessionId, times: int) -> None:
    for _ in range(times):
        assert await storage.sessions.change_config(session_id, counted, at=NOON) is not None


async def count_of(storage: Storage, session_id: SessionId) -> object:
    session = await storage.sessions.get(session_id)
    assert session is not None
    return session.config["turns"]


MISHAPS: dict[str, Callable[[PostgresqlServer, str], object]] = {
    "every connection is ended": lambda server, url: server.terminate(url),
    "it restarts": lambda server, _: server.restart(),
    "it crashes": lambda server, _: server.restart(signal.SIGQUIT),
}


@pytest.mark.parametrize("mishap", MISHAPS)
async def test_whatever_happens_to_the_server_everything_is_written_exactly_once(
    server: PostgresqlServer, postgresql_url: str, storage: Storage, mishap: str
) -> None:
    sessions = [make_session() for _ in range(PEOPLE)]
    for session in sessions:
        await storage.sessions.add(session)

    async with deadline():
        people = asyncio.gather(*(count(storage, session.id, TURNS) for session in sessions))
        for _ in range(3):
            while await count_of_first(storage, sessions[0].id) == 0:
                continue
            await asyncio.to_thread(MISHAPS[mishap], server, postgresql_url)
        await people

    assert [await count_of(storage, session.id) for session in sessions] == [TURNS] * PEOPLE


async def count_of_first(storage: Storage, session_id: SessionId) -> object:
    session = await storage.sessions.get(session_id)
    return session and session.config.get("turns", 0)


async def test_reads_and_writes_wait_for_a_server_that_is_away(
    server: PostgresqlServer, storage: Storage, caplog: pytest.LogCaptureFixture
) -> None:
    session = make_session()
    await storage.sessions.add(session)

    server.stop()
    writing = asyncio.create_task(count(storage, session.id, 1))
    reading = asyncio.create_task(storage.sessions.get(session.id))
    with pytest.raises(StorageUnavailable, match="does not answer"):
        await storage.ping()
    assert not writing.done()
    assert not reading.done()
    server.start()

    async with deadline():
        assert await reading is not None
        await writing
    told = [each for each in caplog.messages if "waits: The database server does not answer" in each]
    assert len(told) == 1
    assert await count_of(storage, session.id) == 1


async def test_a_server_that_stays_away_is_told_of_in_time_and_used_when_it_is_back(
    server: PostgresqlServer, storage: Storage, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = make_session()
    await storage.sessions.add(session)
    monkeypatch.setattr(databases, "PATIENCE_SECONDS", 0.2)

    server.stop()
    async with deadline(20):
        with pytest.raises(StorageUnavailable, match="see that it runs and can be reached, the hub goes on by itself"):
            await count(storage, session.id, 1)
    monkeypatch.undo()
    server.start()

    async with deadline():
        await count(storage, session.id, 1)
    assert await count_of(storage, session.id) == 1


async def test_a_row_that_somebody_else_holds_keeps_only_those_waiting_who_want_it(
    postgresql_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(engine._FOR_A_SESSION, "lock_timeout", "'100ms'")
    async with open_storage(postgresql_url) as storage:
        held, free = make_session(), make_session()
        for session in (held, free):
            await storage.sessions.add(session)
        with psycopg.connect(postgresql_url.replace("+psycopg", "")) as somebody:
            somebody.execute("SELECT 1 FROM sessions WHERE id = %s FOR UPDATE", [held.id])
            async with deadline():
                waiting = asyncio.create_task(count(storage, held.id, 1))
                await count(storage, free.id, 5)
            assert not waiting.done()
        async with deadline():
            await waiting
        assert (await count_of(storage, held.id), await count_of(storage, free.id)) == (1, 5)


async def test_closing_waits_for_no_server(server: PostgresqlServer, postgresql_url: str) -> None:
    async with deadline(20):
        async with open_storage(postgresql_url) as storage:
            server.stop()
            writing = asyncio.create_task(storage.sessions.add(make_session()))
            await asyncio.sleep(0)
        with pytest.raises(StorageUnavailable):
            await writing
    server.start()


class Cut:
    """Breaks the writer's connection once: before its COMMIT is sent, or before the answer to it arrives."""

    def __init__(self, database: Database, *, after: bool) -> None:
        self._after = after
        self.done = False
        event.listen(database._engines.writer, "commit", self._cut)

    def _cut(self, connection: Connection) -> None:
        if not self.done:
            self.done = True
            driver = connection.connection.dbapi_connection
            assert driver is not None
            if self._after:
                driver.commit()
            driver.close()


@pytest.mark.parametrize("after", [True, False], ids=["after", "before"])
async def test_a_commit_whose_answer_is_lost_is_looked_up_and_not_repeated(postgresql_url: str, after: bool) -> None:
    database = Database(PostgresqlEngines(make_url(postgresql_url)))
    await asyncio.to_thread(database._engines.prepare)
    storage = SqlStorage(database)
    session = make_session()
    await storage.sessions.add(session)
    cut = Cut(database, after=after)

    async with deadline():
        await asyncio.gather(*(count(storage, session.id, 5) for _ in range(3)))

    assert cut.done
    assert await count_of(storage, session.id) == 15
    await database.close()


async def test_where_nobody_can_tell_what_became_of_a_commit_nobody_waits_for_ever(
    postgresql_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    database = Database(PostgresqlEngines(make_url(postgresql_url)))
    await asyncio.to_thread(database._engines.prepare)
    storage = SqlStorage(database)
    session = make_session()
    await storage.sessions.add(session)
    with monkeypatch.context() as patch:
        patch.setattr(database._engines.marks, "last", lambda _: 1 // 0)
        Cut(database, after=False)
        async with deadline():
            with pytest.raises(ZeroDivisionError):
                await count(storage, session.id, 1)

    async with deadline():
        await count(storage, session.id, 1)
    assert await count_of(storage, session.id) == 1
    await database.close()


async def test_what_a_killed_writer_has_left_goes_after_a_month_and_that_of_one_which_writes_stays(
    postgresql_url: str,
) -> None:
    count_marks = "SELECT writer FROM commit_marks ORDER BY writer"
    month_ago = "UPDATE commit_marks SET seen_at = seen_at - interval '31 days'"
    async with open_storage(postgresql_url) as opened:
        [mine] = answers(postgresql_url, count_marks)
        execute(postgresql_url, month_ago)
        await opened.sessions.add(make_session())
        execute(postgresql_url, "INSERT INTO commit_marks VALUES ('killed lately', 7, clock_timestamp())")
        execute(postgresql_url, "INSERT INTO commit_marks VALUES ('killed', 7, clock_timestamp() - interval '31 days')")
        async with open_storage(postgresql_url):
            assert {("killed lately",), mine} < {*answers(postgresql_url, count_marks)}
            assert ("killed",) not in answers(postgresql_url, count_marks)
        await opened.sessions.add(make_session())
    assert answers(postgresql_url, count_marks) == [("killed lately",)]


class Deposed(HubError):
    """This hub leads no more."""


async def test_a_guard_is_asked_in_each_transaction_and_its_no_leaves_nothing_written(postgresql_url: str) -> None:
    allowed, asked = True, 0

    def guard(connection: Connection) -> None:
        nonlocal asked
        asked += 1
        connection.exec_driver_sql("SELECT 1")
        if not allowed:
            raise Deposed("another one leads")

    async with open_storage(postgresql_url, guard=guard) as storage:
        first, second = make_session(), make_session()
        await storage.sessions.add(first)
        allowed = False
        refusals = await asyncio.gather(
            *(storage.sessions.add(each) for each in (second, make_session())), return_exceptions=True
        )
        assert [type(each) for each in refusals] == [Deposed, Deposed]
        assert asked > 2
        assert await storage.sessions.get(second.id) is None
        assert await storage.sessions.get(first.id) == first


async def test_of_hubs_that_start_together_one_makes_the_tables() -> None:
    with postgresql().database(migrated=False) as url:

        async def store() -> None:
            async with open_storage(url) as storage:
                await store_batch(storage, 2)

        async with deadline():
            await asyncio.gather(*(store() for _ in range(4)))

        async with open_storage(url) as storage:
            assert sum((await storage.generations.count_by_status()).values()) == 8


@contextmanager
def impatient() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(opening, "PATIENCE_SECONDS", 0.0)
        yield


async def refusal_of(url: str) -> HubError:
    with impatient(), pytest.raises(HubError) as refusal:
        async with deadline(20), open_storage(url):
            pass
    return refusal.value


async def test_what_a_server_refuses_is_said_without_the_password(postgresql_url: str) -> None:
    url = make_url(postgresql_url)
    cases = {
        "refuses user or password": url.set(password="s3cret-word"),  # noqa: S106 - a wrong one
        "Create that database first": url.set(database="nowhere", password=url.password),
        "does not answer": url.set(port=9),
        "refuses": url.set(username="nobody-s3cret-word"),
    }
    for words, given in cases.items():
        refusal = await refusal_of(given.render_as_string(hide_password=False))
        assert isinstance(refusal, StorageUnavailable)
        assert words in refusal.message
        assert str(given.password) not in refusal.message


async def test_another_programs_database_is_refused_and_not_touched() -> None:
    with postgresql().database(migrated=False) as url:
        execute(url, "CREATE TABLE recipes (name TEXT)")
        refusal = await refusal_of(url)
        assert (type(refusal), refusal.code) == (Conflict, "foreign_database")
        assert answers(url, "SELECT tablename FROM pg_tables WHERE schemaname = 'public'") == [("recipes",)]


async def test_a_newer_releases_database_is_refused(postgresql_url: str) -> None:
    execute(postgresql_url, "UPDATE alembic_version SET version_num = '0999'")
    refusal = await refusal_of(postgresql_url)
    assert (type(refusal), refusal.code) == (Conflict, "newer_schema")


async def test_a_database_without_unicode_is_refused_with_the_command_that_makes_a_right_one() -> None:
    with postgresql().database(encoding="SQL_ASCII") as url:
        refusal = await refusal_of(url)
    assert "createdb -T template0 -E UTF8" in refusal.message


async def test_a_server_that_is_away_at_the_start_is_told_once(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(opening, "_AGAIN_SECONDS", 0.01)
    monkeypatch.setattr(opening, "PATIENCE_SECONDS", 0.2)
    with pytest.raises(StorageUnavailable, match="does not answer"):
        async with open_storage(f"postgresql://vibes@127.0.0.1:{free_port()}/vibes"):
            pass
    assert caplog.text.count("does not answer") == 1
