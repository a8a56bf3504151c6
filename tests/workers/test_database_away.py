"""A worker whose database is away: what is said and asked every few seconds waits for nothing, and work goes on."""

import asyncio
import threading
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from types import SimpleNamespace
from typing import Any, NoReturn

import pytest

from tests.hub import settings_for
from tests.loopback import free_port
from tests.waiting import HANG_SECONDS, deadline, eventually
from tests.workers.examples import READY, order
from vibes.commands.workers.work import worker_settings
from vibes.domain.errors import StorageUnavailable
from vibes.domain.nodes.outcome import Errored, OutputFile, Running, Succeeded, Whereabouts
from vibes.ports.workers.rows import Seat, WorkerDesk
from vibes.services.runtime.clock import SystemClock
from vibes.storage.repositories.workers.desk import SqlWorkerDesk
from vibes.storage.sql.database import PATIENCE_SECONDS, Database
from vibes.storage.sql.failures import PassingTrouble
from vibes.worker import errand as errands
from vibes.worker import process as worker_process
from vibes.worker.delivery import deliver
from vibes.worker.errand import Errand, Means, Stop
from vibes.worker.process import WorkerProcess

DRAWN = Succeeded((OutputFile("a.png", "", "output"),))


def away(*_: object) -> NoReturn:
    raise PassingTrouble("the server is away")


@pytest.mark.parametrize(
    "asked",
    [
        lambda desk: desk.beat(Seat("w1", 1), READY),
        lambda desk: desk.started(order()),
        lambda desk: desk.wanted(order()),
    ],
)
async def test_what_is_asked_again_soon_waits_for_no_server(asked: Callable[[WorkerDesk], Awaitable[object]]) -> None:
    engine = SimpleNamespace(begin=away, connect=away)
    engines: Any = SimpleNamespace(writer=engine, readers=engine, marks=None, finish=lambda: None, dispose=lambda: None)
    database = Database(engines)
    async with deadline(PATIENCE_SECONDS / 3):
        with pytest.raises(StorageUnavailable):
            await asked(SqlWorkerDesk(database))
    await database.close()


class _Node:
    """Draws it in three looks, each of which is followed by the next at once."""

    def __init__(self, *found: Whereabouts) -> None:
        self.errand: Errand | None = None
        self._found = [*found]

    async def find(self, *_: object, **__: object) -> Whereabouts:
        assert self.errand is not None
        self.errand.look()
        return self._found.pop(0)

    async def fetch(self, *_: object) -> bytes:
        return b"a picture"


class _Desk:
    """Of a database that is away for the first question of each kind."""

    def __init__(self) -> None:
        self.told_start = 0
        self.hangs = False
        self._asked: set[str] = set()

    async def started(self, _: object) -> bool:
        self._first("started")
        self.told_start += 1
        return True

    async def wanted(self, _: object) -> bool:
        if self.hangs:
            await asyncio.Event().wait()
        self._first("wanted")
        return True

    def _first(self, what: str) -> None:
        if what not in self._asked:
            self._asked.add(what)
            away()


class _Store:
    """A media store that is away for the first try."""

    def __init__(self) -> None:
        self.tries = 0

    async def put(self, _: object) -> None:
        self.tries += 1
        if self.tries == 1:
            away()


class _Clock(SystemClock):
    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(0)


def errand_of(desk: _Desk, *found: Whereabouts) -> tuple[Errand, Means]:
    node, store = _Node(*found), _Store()
    means: Any = Means(node=node, desk=desk, handoff=store, clock=_Clock(), deadline=60.0)  # type: ignore[arg-type]  # all of them that is asked
    made = node.errand = Errand(order(), {}, means, adopted=True)
    return made, means


async def test_that_it_draws_is_told_at_the_next_look_where_it_could_not_be_told_at_once() -> None:
    desk = _Desk()
    made, _ = errand_of(desk, Running(), Running(), Running(), DRAWN)
    async with deadline():
        assert await made.run() == DRAWN
    assert desk.told_start == 1


async def test_a_database_that_does_not_answer_keeps_nothing_from_ending(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(errands, "WANTED_SECONDS", 0.01)
    desk = _Desk()
    desk.hangs = True
    made, _ = errand_of(desk, Errored(message="out of memory"))
    async with deadline():
        assert await made.run() == Errored(message="out of memory")


async def test_what_is_drawn_waits_for_a_store_also_while_nobody_can_tell_whose_it_is() -> None:
    made, means = errand_of(_Desk())
    async with deadline():
        outcome = await deliver(made.order, {}, DRAWN, means)
    assert not isinstance(outcome, Stop)
    assert isinstance(outcome, Succeeded)


async def test_a_worker_that_waits_for_a_database_ends_when_it_is_told_to(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """One that may never come, such as with a wrong password."""
    settings = settings_for(tmp_path, database_url=f"postgresql://vibes@127.0.0.1:{free_port()}/vibes")
    process = WorkerProcess(settings, worker_settings(comfyui="http://127.0.0.1:1"))
    process.start()
    await eventually(lambda: "waiting: The database server does not answer" in caplog.text)
    process.drain()
    process.drain()
    await asyncio.to_thread(process.wait, HANG_SECONDS)
    assert not process._thread.is_alive()
    assert process.failure is None


async def test_a_worker_ends_also_where_a_library_lost_the_cancellation_while_it_opened(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opening = threading.Event()

    @asynccontextmanager
    async def deaf_desk(url: str) -> AsyncIterator[_Desk]:
        opening.set()
        with suppress(asyncio.CancelledError):
            await asyncio.Event().wait()
        yield _Desk()

    monkeypatch.setattr(worker_process, "open_worker_desk", deaf_desk)
    process = WorkerProcess(settings_for(tmp_path), worker_settings(comfyui="http://127.0.0.1:1"))
    process.start()
    assert await asyncio.to_thread(opening.wait, HANG_SECONDS)
    process.drain()
    await asyncio.to_thread(process.wait, HANG_SECONDS)
    assert not process._thread.is_alive()
    assert process.failure is None
