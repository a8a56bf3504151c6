"""The open database: reads side by side, writes one after another and committed in groups."""

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic, TypeVar

from sqlalchemy import Connection, Delete, Row, Select, Update

from vibes.domain.errors import StorageUnavailable
from vibes.storage.sql.engine import READERS, empty_log, reader_engine, writer_engine
from vibes.storage.sql.failures import driver_errors

T = TypeVar("T")


class Database:
    """Reads and writes one database until it is closed; raises StorageUnavailable when it does not answer.

    A single committer does all writing, in the order of arrival. Whatever arrives while it is busy shares the next
    transaction, and with it the price of waiting for the disk: under load that triples what one hub can store.
    Each read and each transaction is one visit to a thread, whatever it is made of: a visit for every statement, as
    asynchronous drivers make them, took two fifths of the event loop's time in a flood of jobs.
    What was asked for is finished even when its caller is cancelled: nothing stays half done on a connection.
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

    async def rows(self, query: Select[Any]) -> Sequence[Row[Any]]:
        """Every row of the query, as of one moment."""
        return await self.values(query, lambda row: row)

    async def values(self, query: Select[Any], value_of: Callable[[Row[Any]], T]) -> Sequence[T]:
        """What ``value_of`` makes of every row, in the thread that reads them: of thousands it takes a while."""
        self._require_open()
        reading = asyncio.get_running_loop().run_in_executor(self._reading_threads, self._read, query, value_of)
        self._reading.add(reading)
        reading.add_done_callback(self._reading.discard)
        return await asyncio.shield(reading)

    async def row(self, query: Select[Any]) -> Row[Any] | None:
        """The first row of the query."""
        found = await self.rows(query)
        return found[0] if found else None

    async def write(self, work: Callable[[Connection], T]) -> T:
        """Runs ``work`` atomically: all of it is on the disk when this returns, nothing of it when this raises.

        ``work`` may run again after a roll-back, so it must do nothing but use its connection.
        """
        self._require_open()
        write = _Write(work, asyncio.get_running_loop().create_future())
        self._waiting.append(write)
        if self._committer is None:
            self._committer = asyncio.create_task(self._commit_all())
        return await asyncio.shield(write.done)

    async def change(self, statement: Update | Delete) -> int:
        """One statement, atomically; answers how many rows it met."""
        return await self.write(lambda connection: connection.execute(statement).rowcount)

    async def close(self) -> None:
        """Finishes what was asked for, then lets go of the file."""
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

    def _read(self, query: Select[Any], value_of: Callable[[Row[Any]], T]) -> Sequence[T]:
        with driver_errors(), self._readers.connect() as connection:
            return [value_of(row) for row in connection.execute(query)]

    async def _commit_all(self) -> None:
        try:
            while self._waiting:
                together, self._waiting = self._waiting, []
                await self._commit(together)
        finally:
            self._committer = None

    async def _commit(self, together: Sequence["_Write[Any]"]) -> None:
        """All in one transaction; when one of them is refused, each in its own, so that only that one is."""
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


@dataclass(frozen=True, slots=True)
class _Write(Generic[T]):
    """What somebody wants written, and where the answer goes once it is on the disk."""

    work: Callable[[Connection], T]
    done: asyncio.Future[T]
