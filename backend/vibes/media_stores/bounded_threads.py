"""Threads that wait for a disk which may never answer, as a share does whose server is away."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any, ParamSpec, TypeVar

from vibes.domain.errors import StorageUnavailable

P = ParamSpec("P")
T = TypeVar("T")

THREADS = 8
SECONDS = 30.0
"""That something may take: a picture of 64 MiB over a line of 20 Mbit/s."""


class BoundedThreads:
    """Implements ``InThread``. While something has been waited for in vain, nothing else is begun: the system gives no
    way to end it, and it would take one thread after another."""

    def __init__(self, where: str) -> None:
        """``where``: what is waited for, in a sentence."""
        self._where = where
        self._pool = ThreadPoolExecutor(THREADS, "media")
        self._stuck: set[asyncio.Future[Any]] = set()

    async def __call__(self, func: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T:
        if self._stuck:
            raise self._silent()
        running = asyncio.get_running_loop().run_in_executor(self._pool, partial(func, *args, **kwargs))
        done, _ = await asyncio.wait([running], timeout=SECONDS)
        if not done:
            self._stuck.add(running)
            running.add_done_callback(self._came_back)
            raise self._silent()
        return running.result()

    def _came_back(self, running: asyncio.Future[Any]) -> None:
        self._stuck.discard(running)
        if not running.cancelled():
            running.exception()  # nobody waits for it any more

    def _silent(self) -> StorageUnavailable:
        return StorageUnavailable(
            f"cannot be reached: {self._where} does not answer. Is the server of that share running?"
        )

    def close(self) -> None:
        """Without waiting for what is stuck."""
        self._pool.shutdown(wait=False, cancel_futures=True)
