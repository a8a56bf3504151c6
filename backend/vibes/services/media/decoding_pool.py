"""Threads that only decode pictures, so that neither disk nor database waits for them."""

import asyncio
import os
from collections import deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from enum import StrEnum
from typing import Any, TypeVar

from vibes.documents.image_header import MAX_PIXELS, memory_needed, tells_at_once

T = TypeVar("T")

MEMORY_BYTES = 12 * MAX_PIXELS
"""Memory for the pictures of a lane that are decoded at a time: one of the largest, or many small ones."""


class Lane(StrEnum):
    """Who waits. Each lane has its own threads and memory, so that uploads do not delay nodes' pictures."""

    NODES = "nodes"
    """Pictures that nodes made, and those that are sent to them."""
    PEOPLE = "people"
    """Uploads, and pictures for browsers."""


class DecodingPool:
    """Takes pictures of a lane in order, as many at a time as its memory allows."""

    def __init__(self, *, memory_bytes: int = MEMORY_BYTES) -> None:
        cores = os.cpu_count() or 1
        self._lanes = {
            Lane.NODES: _LaneThreads(Lane.NODES, max(cores, 2), memory_bytes),
            Lane.PEOPLE: _LaneThreads(Lane.PEOPLE, max(cores // 2, 1), memory_bytes),
        }

    async def run(self, lane: Lane, content: bytes, work: Callable[[bytes], T]) -> T:
        """The result of ``work`` on the picture, in a thread, once there is memory for it. Raises what it raises.

        A cancelled caller does not wait; its picture keeps its memory until the thread has finished.
        """
        return await self._lanes[lane].run(content, work)

    def close(self) -> None:
        """Cancel what waits; what is being decoded ends by itself."""
        for lane in self._lanes.values():
            lane.close()


class _LaneThreads:
    def __init__(self, name: str, threads: int, memory_bytes: int) -> None:
        self._threads = ThreadPoolExecutor(threads, f"pictures-of-{name}")
        self._memory_bytes = memory_bytes
        self._free_bytes = memory_bytes
        self._waiting: deque[tuple[int, asyncio.Future[None]]] = deque()

    async def run(self, content: bytes, work: Callable[[bytes], T]) -> T:
        loop = asyncio.get_running_loop()
        if tells_at_once(content):
            needed = memory_needed(content)
        else:
            needed = await loop.run_in_executor(self._threads, memory_needed, content)
        needed = min(needed, self._memory_bytes)  # a picture larger than the whole memory is decoded alone
        await self._take(needed)
        try:
            working = loop.run_in_executor(self._threads, work, content)
        except RuntimeError:  # closed meanwhile
            self._give_back(needed)
            raise
        working.add_done_callback(lambda done: self._ended(done, needed))
        return await asyncio.shield(working)

    def close(self) -> None:
        self._threads.shutdown(wait=False, cancel_futures=True)

    async def _take(self, needed: int) -> None:
        """Wait until there is so much memory, after earlier callers."""
        turn = asyncio.get_running_loop().create_future()
        self._waiting.append((needed, turn))
        self._let_go_on()
        try:
            await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled():  # its turn came at the same moment
                self._give_back(needed)
            else:
                self._let_go_on()
            raise

    def _ended(self, done: "asyncio.Future[Any]", needed: int) -> None:
        if not done.cancelled():
            done.exception()  # fetched, so that asyncio does not report it, even if the caller is gone
        self._give_back(needed)

    def _give_back(self, needed: int) -> None:
        self._free_bytes += needed
        self._let_go_on()

    def _let_go_on(self) -> None:
        while self._waiting:
            needed, turn = self._waiting[0]
            if not turn.cancelled():
                if needed > self._free_bytes:
                    return
                self._free_bytes -= needed
                turn.set_result(None)
            self._waiting.popleft()
