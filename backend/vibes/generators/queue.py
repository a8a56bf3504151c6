"""Requests in the order in which they came, of which a few at a time are carried out on one event loop.

They may be handed in, cleared and counted from any thread and any event loop; what is carried out belongs to the loop
on which the queue was started. A lock guards what both sides see.
"""

import asyncio
import logging
import threading
from collections.abc import Callable, Coroutine, Mapping
from concurrent.futures import Future, InvalidStateError
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from typing import Any, TypeVar

from vibes.generators.errors import Cancelled, GeneratorError, InvalidInput, Unavailable
from vibes.generators.observing import SafeObserver

logger = logging.getLogger(__name__)

STOP_SECONDS = 10.0
"""How long a request under way may take to end once it is told to."""

T = TypeVar("T")


@dataclass(eq=False, slots=True)
class Request:
    """One picture asked for."""

    id: str
    prompt: str
    options: Mapping[str, Any]
    observer: SafeObserver
    answer: Future[str] = field(default_factory=Future)
    """The path of the picture, or why there is none. Cancelled when its caller wants it no more."""
    task: asyncio.Task[str] | None = field(default=None, init=False)


@dataclass(slots=True)
class Counts:
    """Since the queue was made."""

    total: int = 0
    successful: int = 0
    failed: int = 0
    cancelled: int = 0


class RequestQueue:
    """``work`` carries out one request, on the loop of `start`. ``owner`` is for messages."""

    def __init__(self, work: Callable[[Request], Coroutine[Any, Any, str]], max_concurrent: int, owner: str) -> None:
        self.max_concurrent = max_concurrent
        self.counts = Counts()
        self._work = work
        self._owner = owner
        self._lock = threading.RLock()
        self._waiting: dict[str, Request] = {}
        self._running: dict[str, Request] = {}
        self._home: asyncio.AbstractEventLoop | None = None
        self._wake = asyncio.Event()
        self._processor: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """On the present loop. Does nothing where it is started already; after a loop that is gone it begins anew."""
        if self._alive():
            return
        self._fail_all(Cancelled(f"{self._owner}: the event loop that it was on has ended"))
        with self._lock:
            self._home = asyncio.get_running_loop()
        self._begin_processor()

    async def stop(self, reason: str) -> None:
        """What waits fails as `Unavailable`, what runs is cancelled and given `STOP_SECONDS` to end."""
        if self._alive():
            await self._at_home(self._stop(reason))
        else:
            self._fail_all(Cancelled(reason))

    async def restart(self) -> None:
        """A new processor on the same loop, or a start on the present one. What runs and what waits stays."""
        if self._alive():
            await self._at_home(self._restart())
        else:
            await self.start()

    def submit(self, request: Request) -> None:
        """Hand it in; its ``answer`` tells how it ended."""
        with self._lock:
            if not self._alive():
                raise Unavailable(f"{self._owner} is not started")
            if request.id in self._waiting or request.id in self._running:
                raise InvalidInput(f"the request {request.id!r} is under way already")
            self._waiting[request.id] = request
            self.counts.total += 1
        request.answer.add_done_callback(lambda answer: self._on_answer(request, answer))
        self._call_home(self._wake.set)

    def clear(self, reason: str) -> int:
        """All that wait fail as `Unavailable`, with this reason; how many there were. What runs goes on."""
        with self._lock:
            cleared, self._waiting = [*self._waiting.values()], {}
        for request in cleared:
            self._settle(request, Unavailable(reason))
        return len(cleared)

    def withdraw(self, request_id: str, reason: str) -> bool:
        """Let one that waits fail as `Cancelled`; False where it has begun, or is not here."""
        with self._lock:
            request = self._waiting.pop(request_id, None)
        if request is None:
            return False
        self._settle(request, Cancelled(reason))
        return True

    async def cancel(self, request_id: str, reason: str) -> bool:
        """As `withdraw`, and one that runs is cancelled: True once it has ended without a picture."""
        if self.withdraw(request_id, reason):
            return True
        with self._lock:
            request = self._running.get(request_id)
        return request is not None and self._alive() and await self._at_home(self._interrupt(request))

    def position(self, request_id: str) -> int | None:
        """How many wait before it; None where it does not wait."""
        with self._lock:
            return [*self._waiting].index(request_id) if request_id in self._waiting else None

    def is_running(self, request_id: str) -> bool:
        with self._lock:
            return request_id in self._running

    def stats(self) -> dict[str, Any]:
        with self._lock:
            return {
                "started": self._alive(),
                "processor_running": self._processor is not None and not self._processor.done(),
                "max_concurrent": self.max_concurrent,
                "pending": len(self._waiting),
                "running": len(self._running),
                "total_requests": self.counts.total,
                "successful_requests": self.counts.successful,
                "failed_requests": self.counts.failed,
                "cancelled_requests": self.counts.cancelled,
            }

    def _alive(self) -> bool:
        return self._home is not None and not self._home.is_closed()

    async def _at_home(self, doing: Coroutine[Any, Any, T]) -> T:
        if asyncio.get_running_loop() is self._home or self._home is None:
            return await doing
        return await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(doing, self._home))

    def _call_home(self, call: Callable[[], object]) -> None:
        """A loop that has been closed meanwhile needs no call any more."""
        home = self._home
        if home is not None:
            with suppress(RuntimeError):
                home.call_soon_threadsafe(call)

    def _begin_processor(self) -> None:
        self._wake = asyncio.Event()
        self._wake.set()
        self._processor = asyncio.get_running_loop().create_task(self._process(self._wake))

    async def _restart(self) -> None:
        if self._processor is not None:
            self._processor.cancel()
        self._begin_processor()

    async def _process(self, wake: asyncio.Event) -> None:
        while True:
            await wake.wait()
            wake.clear()
            self._begin_next()
            self._tell_positions()

    def _begin_next(self) -> None:
        with self._lock:
            while self._waiting and len(self._running) < self.max_concurrent:
                request = self._waiting.pop(next(iter(self._waiting)))
                self._running[request.id] = request
                request.task = asyncio.get_running_loop().create_task(self._work(request))
                request.task.add_done_callback(partial(self._on_end, request))

    def _tell_positions(self) -> None:
        with self._lock:
            waiting = [*self._waiting.values()]
        for position, request in enumerate(waiting):
            request.observer.waiting(position)

    def _on_end(self, request: Request, task: asyncio.Task[str]) -> None:
        """Also of one that was cancelled before its first turn."""
        with self._lock:
            self._running.pop(request.id, None)
        if task.cancelled():
            self._settle(request, Cancelled(f"{self._owner}: cancelled while it was drawn"))
        else:
            self._settle(request, task.exception() or task.result())
        self._wake.set()

    def _settle(self, request: Request, ended: str | BaseException) -> None:
        """Count it and answer its caller, unless that one is gone."""
        with self._lock:
            if request.answer.cancelled() or isinstance(ended, Cancelled):
                self.counts.cancelled += 1
            elif isinstance(ended, str):
                self.counts.successful += 1
            else:
                self.counts.failed += 1
        with suppress(InvalidStateError):
            if isinstance(ended, str):
                request.answer.set_result(ended)
            else:
                request.answer.set_exception(ended)

    def _on_answer(self, request: Request, answer: Future[str]) -> None:
        """Called in any thread. Nobody waits for a cancelled one: it is not begun any more, or ended."""
        if not answer.cancelled():
            return
        with self._lock:
            waited = self._waiting.pop(request.id, None) is not None
            task = request.task
        if waited:
            self._settle(request, Cancelled("its caller wants it no more"))
        elif task is not None:
            self._call_home(lambda: _cancel(task))

    async def _interrupt(self, request: Request) -> bool:
        if request.task is None or request.task is asyncio.current_task():
            return False
        _cancel(request.task)
        await asyncio.wait({request.task}, timeout=STOP_SECONDS)
        return request.answer.done() and isinstance(_error_of(request.answer), Cancelled)

    async def _stop(self, reason: str) -> None:
        with self._lock:
            self._home, processor = None, self._processor
            self._processor = None
            running = [*self._running.values()]
        if processor is not None:
            processor.cancel()
        self.clear(reason)
        await self._end(running)

    async def _end(self, requests: list[Request]) -> None:
        tasks = {request.task for request in requests if request.task is not None} - {asyncio.current_task()}
        for task in tasks:
            _cancel(task)
        if not tasks:
            return
        _, stubborn = await asyncio.wait(tasks, timeout=STOP_SECONDS)
        if stubborn:
            logger.warning("%s: %d pictures do not end though they are cancelled", self._owner, len(stubborn))

    def _fail_all(self, error: GeneratorError) -> None:
        with self._lock:
            left = [*self._waiting.values(), *self._running.values()]
            self._waiting, self._running = {}, {}
            self._home, self._processor = None, None
        for request in left:
            self._settle(request, error)


def _cancel(task: asyncio.Task[str]) -> None:
    """Once: a second cancellation would break what it does to end well."""
    if not task.cancelling():
        task.cancel()


def _error_of(answer: Future[str]) -> BaseException | None:
    return Cancelled("its caller wants it no more") if answer.cancelled() else answer.exception()
