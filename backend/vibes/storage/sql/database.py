"""The open database: concurrent reads, and writes one after another in grouped commits."""

import asyncio
import logging
from collections.abc import Callable, Iterator, Mapping, Sequence, Sized
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import Any, Generic, TypeVar

from sqlalchemy import Connection, Delete, Row, Select, Update

from vibes.domain.errors import StorageUnavailable
from vibes.ports.observing.measures import SHORT_SECONDS, Histogram
from vibes.storage.sql.engines import READERS, Engines, Marks
from vibes.storage.sql.failures import Collision, PassingTrouble, driver_errors

_log = logging.getLogger(__name__)
T = TypeVar("T")
Guard = Callable[[Connection], None]
"""Raises where this process may not write any more; it keeps what it looked at from changing until the commit."""

PATIENCE_SECONDS = 30.0
"""For so long an operation waits for a server that is away, or starts again."""
_FIRST_PAUSE, _LONGEST_PAUSE = 0.05, 1.0


class Database:
    """Reads and writes one database until it is closed; raises StorageUnavailable when it does not answer.

    A single committer does all writes in their order. Writes that arrive while it is busy share the next transaction
    and its wait for the disk, which under load triples what one hub can store. Each read and each transaction runs in a
    thread as a whole: one thread call for each statement, as asynchronous drivers make, took two fifths of the event
    loop's time under a flood of jobs. An operation is finished even when its caller is cancelled, so that no connection
    is left in the middle of one. Trouble that passes (a server that restarts, a deadlock) is waited out for
    ``PATIENCE_SECONDS``, and nothing is written twice by that; rows that others hold keep nobody else waiting.
    """

    def __init__(self, engines: Engines, guard: Guard | None = None) -> None:
        self._engines = engines
        self._guard = guard
        self._writing_thread = ThreadPoolExecutor(1, "database-writer")
        self._reading_threads = ThreadPoolExecutor(READERS, "database-reader")
        self._waiting: list[_Write[Any]] = []
        self._committer: asyncio.Task[None] | None = None
        self._reading: set[asyncio.Future[Any]] = set()
        self._closed = False
        self.writes = DatabaseWrites(self._waiting)
        self._number = 0
        self._in_doubt: _InDoubt | None = None
        self._outage = _Outage()

    async def rows(self, query: Select[Any]) -> Sequence[Row[Any]]:
        """Every row of the query, from one snapshot."""
        return await self.values(query, lambda row: row)

    async def values(
        self,
        query: Select[Any],
        value_of: Callable[[Row[Any]], T],
        parameters: Mapping[str, object] | None = None,
        *,
        patience: float = PATIENCE_SECONDS,
    ) -> Sequence[T]:
        """``value_of`` each row, computed in the reading thread, since thousands take a while."""
        read = partial(self._read, query, value_of, parameters)
        until = asyncio.get_running_loop().time() + patience
        for pause in _pauses():
            self._require_open()
            try:
                found = await self._in_thread(read)
            except PassingTrouble as trouble:
                self._outage.begin(trouble)
                if asyncio.get_running_loop().time() + pause > until:
                    raise
                await asyncio.sleep(pause)
            else:
                self._outage.end()
                return found
        raise AssertionError("pauses never end")

    async def row(self, query: Select[Any], parameters: Mapping[str, object] | None = None) -> Row[Any] | None:
        """The first row of the query."""
        found = await self.values(query, lambda row: row, parameters)
        return found[0] if found else None

    async def write(self, work: Callable[[Connection], T], *, patience: float | None = None) -> T:
        """Run ``work`` atomically: on return all of it is on the disk, on an exception none of it.

        ``patience``: seconds, ``PATIENCE_SECONDS`` where nothing is said.
        ``work`` may run again after a roll-back, so it must only use its connection.
        """
        self._require_open()
        loop = asyncio.get_running_loop()
        began_at = loop.time()
        write = _Write(work, loop.create_future(), began_at + (PATIENCE_SECONDS if patience is None else patience))
        write.done.add_done_callback(_heard)
        self._waiting.append(write)
        if self._committer is None:
            self._committer = asyncio.create_task(self._commit_all())
        result: T = await asyncio.shield(write.done)
        self.writes.seconds.observe(loop.time() - began_at)
        return result

    async def change(self, statement: Update | Delete, *, patience: float | None = None) -> int:
        """Run one statement atomically; answers how many rows it changed."""
        return await self.write(lambda connection: connection.execute(statement).rowcount, patience=patience)

    async def close(self) -> None:
        """Finish pending operations, then release the database. Nobody waits for a server any more."""
        self._closed = True
        if unfinished := {each for each in (self._committer, *self._reading) if each is not None}:
            await asyncio.wait(unfinished)
        await asyncio.to_thread(self._let_go)

    def _let_go(self) -> None:
        self._writing_thread.shutdown()
        self._reading_threads.shutdown()
        try:
            self._engines.finish()
        finally:
            self._engines.dispose()

    def _require_open(self) -> None:
        if self._closed:
            raise StorageUnavailable("The database is closed: the hub is stopping.")

    async def _in_thread(self, read: Callable[[], T]) -> T:
        reading = asyncio.get_running_loop().run_in_executor(self._reading_threads, read)
        self._reading.add(reading)
        reading.add_done_callback(self._read_is_over)
        return await asyncio.shield(reading)

    def _read_is_over(self, reading: asyncio.Future[Any]) -> None:
        self._reading.discard(reading)
        if not reading.cancelled():
            reading.exception()  # its caller was told, or has gone

    def _read(
        self, query: Select[Any], value_of: Callable[[Row[Any]], T], parameters: Mapping[str, object] | None
    ) -> Sequence[T]:
        with driver_errors(), self._engines.readers.connect() as connection:
            return [value_of(row) for row in connection.execute(query, parameters)]

    async def _commit_all(self) -> None:
        pauses = _pauses()
        try:
            while self._waiting:
                together = [*self._waiting]
                self._waiting.clear()
                doubt = self._in_doubt
                left = await self._commit(together) if doubt is None else await self._look_back(doubt, together)
                if left:
                    self._waiting[:0] = left
                    await asyncio.sleep(next(pauses))
                else:
                    pauses = _pauses()
        finally:
            self._committer = None

    async def _commit(self, together: Sequence["_Write[Any]"]) -> Sequence["_Write[Any]"]:
        """Commit all in one transaction; if one of them fails, each in its own, so that only that one fails.

        Answers those that are to be tried again.
        """
        outcome = asyncio.get_running_loop().run_in_executor(self._writing_thread, self._transaction, together)
        await asyncio.wait([outcome])
        error = outcome.exception()
        if error is None:
            self._outage.end()
            for write, result in zip(together, outcome.result(), strict=True):
                write.done.set_result(result)
        elif isinstance(error, Collision) and len(together) > 1:
            return await self._commit_each(together)
        elif isinstance(error, PassingTrouble):
            self._outage.begin(error)
            return self._still_patient(together, error)
        elif len(together) == 1 or isinstance(error, StorageUnavailable):
            for write in together:
                write.done.set_exception(error)
        else:
            return await self._commit_each(together)
        return ()

    async def _commit_each(self, writes: Sequence["_Write[Any]"]) -> Sequence["_Write[Any]"]:
        left: list[_Write[Any]] = []
        for number, write in enumerate(writes):
            left += await self._commit([write])
            if self._outage.lasts:
                return [*left, *writes[number + 1 :]]
        return left

    def _still_patient(self, writes: Sequence["_Write[Any]"], error: Exception) -> Sequence["_Write[Any]"]:
        now, passes = asyncio.get_running_loop().time(), isinstance(error, PassingTrouble) and not self._closed
        left = [each for each in writes if passes and now < each.until]
        for write in writes:
            if write not in left:
                write.done.set_exception(error)
        return left

    async def _look_back(self, doubt: "_InDoubt", together: Sequence["_Write[Any]"]) -> Sequence["_Write[Any]"]:
        """Find out what became of the transaction whose connection broke; answers what is still to be written."""
        look = partial(self._last_mark, doubt.marks)
        try:
            last = await asyncio.get_running_loop().run_in_executor(self._writing_thread, look)
        except Exception as error:  # noqa: BLE001 - whatever it is, nobody waits for ever
            return self._still_patient(together, error)
        self._in_doubt = None
        if last != doubt.number:
            return together
        for write, result in doubt.results:
            if not write.done.done():
                write.done.set_result(result)
        return [each for each in together if not each.done.done()]

    def _last_mark(self, marks: Marks) -> int:
        with driver_errors(), self._engines.writer.begin() as connection:
            return marks.last(connection)

    def _transaction(self, together: Sequence["_Write[Any]"]) -> Sequence[Any]:
        self._number += 1
        results: Sequence[Any] = ()
        try:
            with driver_errors(), self._engines.writer.begin() as connection:
                if self._engines.marks is not None:
                    self._engines.marks.put(connection, self._number)
                if self._guard is not None:
                    self._guard(connection)
                results = [write.work(connection) for write in together]
        except PassingTrouble:
            if self._engines.marks is not None and len(results) == len(together):  # it broke while it was committed
                done = tuple(zip(together, results, strict=True))
                self._in_doubt = _InDoubt(self._engines.marks, self._number, done)
            raise
        return results


class DatabaseWrites:
    """Implements ``Writes``."""

    def __init__(self, waiting: Sized) -> None:
        self.seconds = Histogram(SHORT_SECONDS)
        self._waiting = waiting

    @property
    def waiting(self) -> int:
        return len(self._waiting)


@dataclass(frozen=True, slots=True, eq=False)
class _Write(Generic[T]):
    """One write, and the future that gets its answer once it is on the disk."""

    work: Callable[[Connection], T]
    done: asyncio.Future[T]
    until: float
    """By the event loop's clock: how long it waits for trouble to pass."""


@dataclass(frozen=True, slots=True)
class _InDoubt:
    """A transaction of which nobody has said whether it was committed."""

    marks: Marks
    number: int
    results: Sequence[tuple[_Write[Any], Any]]


class _Outage:
    """Says once that the database is away, and once that it is back."""

    def __init__(self) -> None:
        self.lasts = False

    def begin(self, trouble: PassingTrouble) -> None:
        """What collides is no outage."""
        if not self.lasts and not isinstance(trouble, Collision):
            _log.warning("what is to be read and written waits: %s", trouble)
            self.lasts = True

    def end(self) -> None:
        if self.lasts:
            _log.info("the database answers again")
            self.lasts = False


def _heard(done: "asyncio.Future[Any]") -> None:
    """Whoever waited may have been cancelled: then nobody else looks whether it failed."""
    if not done.cancelled():
        done.exception()


def _pauses() -> Iterator[float]:
    pause = _FIRST_PAUSE
    while True:
        yield pause
        pause = min(pause * 2, _LONGEST_PAUSE)
