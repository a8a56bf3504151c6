"""Runs coroutines on an event loop in a thread, for callers without a loop of their own."""

import asyncio
from collections.abc import AsyncGenerator, Coroutine, Generator
from concurrent.futures import Future, wait
from contextlib import AbstractAsyncContextManager
from threading import Thread
from typing import Any, TypeVar

T = TypeVar("T")

END_SECONDS = 5.0
"""Seconds that cancelled work has for cleaning up."""


class BackgroundLoop:
    """An event loop in a thread. Also works when the caller's thread runs a loop, as in a notebook."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = Thread(target=self._loop.run_forever, name="vibes client", daemon=True)
        self._thread.start()

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """The coroutine's result or exception; when the caller is interrupted, the coroutine is cancelled."""
        end: Future[T] = Future()
        doing = asyncio.run_coroutine_threadsafe(_carry_out(work, end), self._loop)
        try:
            return end.result()
        finally:
            if not end.done():
                doing.cancel()
                wait([end], timeout=END_SECONDS)  # so that nothing of it goes on after the caller has left

    def iterate(self, items: AsyncGenerator[T, None]) -> Generator[T, None, None]:
        """Each item when it comes; the source is closed when the caller stops reading."""
        try:
            while True:
                try:
                    item = self.run(_next(items))
                except StopAsyncIteration:
                    return
                yield item
        finally:
            self.run(items.aclose())

    def enter(self, manager: AbstractAsyncContextManager[T]) -> T:
        return self.run(_entered(manager))

    def close(self) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.run_until_complete(self._loop.shutdown_asyncgens())
        self._loop.close()


async def _next(items: AsyncGenerator[T, None]) -> T:
    return await anext(items)


async def _entered(manager: AbstractAsyncContextManager[T]) -> T:
    return await manager.__aenter__()


async def _carry_out(work: Coroutine[Any, Any, T], end: "Future[T]") -> None:
    try:
        end.set_result(await work)
    except BaseException as error:  # noqa: BLE001 - a cancellation too must end the wait of the caller, who raises it
        end.set_exception(error)
