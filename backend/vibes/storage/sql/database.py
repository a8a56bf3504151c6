"""The open database: concurrent reads, and writes one after another in grouped commits."""

import asyncio
from collections.abc import Callable, Mapping, Sequence, Sized
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Generic, TypeVar

from sqlalchemy import Connection, Delete, Row, Select, Update

from vibes.domain.errors import StorageUnavailable
from vibes.ports.measures import SHORT_SECONDS, Histogram
from vibes.storage.sql.engine import READERS, empty_log, reader_engine, writer_engine
from vibes.storage.sql.failures import driver_errors

T = TypeVar("T")


class Database:
    """Reads and writes one database until it is closed; raises StorageUnavailable when it does not answer.

    A single committer does all writes in their order. Writes that arrive while it is busy share the next transaction
    and its wait for the disk, which under load triples what one hub can store. Each read and each transaction runs in a
    thread as a whole: one thread call for each statement, as asynchronous drivers make, took two fifths of the event
    loop's time under a flood of jobs. An operation is finished even when its caller is cancelled, so that no connection
    is left in the middle of one.
    """

    def __init__(self, path: Path, *, synchronous: str = "FULL") -> None:
        self._writer = writer_engine(path, synchronous=synchronous)
        self._readers = reader_engine(path)
        self._writing_thread = ThreadPoolExecutor(1, "database-writer")
        self._reading_threads = ThreadPoolExecutor(READERS, "database-reader")
        self._waiting: list[_Write[Any]] = []
        self._committer: asyncio.Task[None] | None = None
        self._reading: set[asyncio.Future[Any]] = set()
        self._closed = False
        self.writes = DatabaseWrites(self._waiting)

    async def rows(self, query: Select[Any]) -> Sequence[Row[Any]]:
        """Every row of the query, from one snapshot."""
        return await self.values(query, lambda row: row)

    async def values(
        self, query: Select[Any], value_of: Callable[[Row[Any]], T], parameters: Mapping[str, object] | None = None
    ) -> Sequence[T]:
        """``value_of`` each row, computed in the reading thread, since thousands take a while."""
        self._require_open()
        read = partial(self._read, query, value_of, parameters)
        reading = asyncio.get_running_loop().run_in_executor(self._reading_threads, read)
        self._reading.add(reading)
        reading.add_done_callback(self._reading.discard)
        return await asyncio.shield(reading)

    async def row(self, query: Select[Any], parameters: Mapping[str, object] | None = None) -> Row[Any] | None:
        """The first row of the query."""
        found = await self.values(query, lambda row: row, parameters)
        return found[0] if found else None

    async def write(self, work: Callable[[Connection], T]) -> T:
        """Run ``work`` atomically: on return all of it is on the disk, on an exception none of it.

        ``work`` may run again after a roll-back, so it must only use its connection.
        """
        self._require_open()
        write = _Write(work, asyncio.get_running_loop().create_future())
        self._waiting.append(write)
        began_at = asyncio.get_running_loop().time()
        if self._committer is None:
            self._committer = asyncio.create_task(self._commit_all())
        result: T = await asyncio.shield(write.done)
        self.writes.seconds.observe(asyncio.get_running_loop().time() - began_at)
        return result

    async def change(self, statement: Update | Delete) -> int:
        """Run one statement atomically; answers how many rows it changed."""
        return await self.write(lambda connection: connection.execute(statement).rowcount)

    async def close(self) -> None:
        """Finish pending operations, then release the file."""
        self._closed = True
        if unfinished := {each for each in (self._committer, *self._reading) if each is not None}:
            await asyncio.wait(unfinished)
        await asyncio.to_thread(self._let_go)

    def _let_go(self) -> None:
        self._writing_thread.shutdown()
        self._reading_threads.shutdown()
        self._writer.dispose()
        try:
            with driver_errors():
                empty_log(self._readers)
        finally:
            self._readers.dispose()

    def _require_open(self) -> None:
        if self._closed:
            raise StorageUnavailable("The database is closed: the hub is stopping.")

    def _read(
        self, query: Select[Any], value_of: Callable[[Row[Any]], T], parameters: Mapping[str, object] | None
    ) -> Sequence[T]:
        with driver_errors(), self._readers.connect() as connection:
            return [value_of(row) for row in connection.execute(query, parameters)]

    async def _commit_all(self) -> None:
        try:
            while self._waiting:
                together = [*self._waiting]
                self._waiting.clear()
                await self._commit(together)
        finally:
            self._committer = None

    async def _commit(self, together: Sequence["_Write[Any]"]) -> None:
        """Commit all in one transaction; if one of them fails, each in its own, so that only that one fails."""
        outcome = asyncio.get_running_loop().run_in_executor(self._writing_thread, self._transaction, together)
        await asyncio.wait([outcome])
        error = outcome.exception()
        if error is None:
            for write, result in zip(together, outcome.result(), strict=True):
                write.done.set_result(result)
        elif len(together) == 1 or isinstance(error, StorageUnavailable):
            for write in together:
                write.done.set_exception(error)
        else:
            for write in together:
                await self._commit([write])

    def _transaction(self, together: Sequence["_Write[Any]"]) -> Sequence[Any]:
        with driver_errors(), self._writer.begin() as connection:
            return [write.work(connection) for write in together]


class DatabaseWrites:
    """Implements ``Writes``."""

    def __init__(self, waiting: Sized) -> None:
        self.seconds = Histogram(SHORT_SECONDS)
        self._waiting = waiting

    @property
    def waiting(self) -> int:
        return len(self._waiting)


@dataclass(frozen=True, slots=True)
class _Write(Generic[T]):
    """One write, and the future that gets its answer once it is on the disk."""

    work: Callable[[Connection], T]
    done: asyncio.Future[T]
