"""Time that jumps to whatever comes next, and an event loop that lives in it: nothing waits, and nothing is random."""

import asyncio
import heapq
import random
from asyncio import base_events, tasks
from collections.abc import Callable, Coroutine
from datetime import UTC, datetime, timedelta
from itertools import count
from math import inf
from typing import Any, TypeVar

T = TypeVar("T")

BEGIN = datetime(2040, 1, 1, tzinfo=UTC)
"""Later than any file of this checkout, so that none seems to have been changed a moment ago."""

SWIFT_SECONDS, SLOW_SECONDS = 0.002, 0.5
"""How long a visit to a thread takes at most: an ordinary one, and one that waits for the disk."""
DISKS = (0.02, 0.1, 0.4)
"""Which part of the visits waits for the disk: one of these in each process."""


class Agenda:
    """What is to happen outside of the hub, and when, in seconds since the story began."""

    def __init__(self) -> None:
        self.now = 0.0
        self.wall_offset = 0.0
        """Seconds by which somebody has put the wall clock forward."""
        self._due: list[tuple[float, int, Callable[[], None]]] = []
        self._count = count()

    def later(self, seconds: float, act: Callable[[], None]) -> None:
        heapq.heappush(self._due, (self.now + max(seconds, 0.0), next(self._count), act))

    def advance(self, until: float) -> bool:
        """Let the next thing happen, if it is due by then; False when nothing is, and then it is ``until``."""
        if not self._due or self._due[0][0] > until:
            if until < inf:
                self.now = max(self.now, until)
            return False
        at, _, act = heapq.heappop(self._due)
        self.now = max(self.now, at)
        act()
        return True

    def pass_time(self, seconds: float) -> None:
        """While no hub runs."""
        until = self.now + seconds
        while self.advance(until):
            pass


class VirtualClock:
    """The hub's clock in a story."""

    def __init__(self, agenda: Agenda) -> None:
        self._agenda = agenda

    def now(self) -> datetime:
        return BEGIN + timedelta(seconds=self._agenda.now + self._agenda.wall_offset)

    def monotonic(self) -> float:
        return self._agenda.now

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)


class NothingEverHappens(RuntimeError):
    """Everybody waits, and nothing is due: without a timer the story would stand still for ever."""


class _Selector:
    """Instead of waiting for sockets: the next thing happens."""

    def __init__(self, loop: "VirtualLoop", agenda: Agenda) -> None:
        self._loop, self._agenda = loop, agenda

    def select(self, timeout: float | None) -> list[Any]:
        self._loop.turn()
        if timeout is None:
            if not self._agenda.advance(inf):
                raise NothingEverHappens
        elif timeout > 0:
            self._agenda.advance(self._agenda.now + timeout)
        return []


_numbers = count()


class _Numbered:
    """Sets go by hashes, and hashes by addresses, which no seed repeats."""

    _number: int

    def __hash__(self) -> int:
        return self._number


class _Task(_Numbered, tasks.Task[Any]):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self._number = next(_numbers)
        super().__init__(*args, **kwargs)


class _Future(_Numbered, asyncio.Future[Any]):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self._number = next(_numbers)
        super().__init__(*args, **kwargs)


class VirtualLoop(base_events.BaseEventLoop):
    """One process: abandon the loop, and the process was killed at that very moment.

    What a thread would do is done in one go, some virtual time after it was asked for, and its result is known some
    time later: in between the process may be killed.
    """

    def __init__(self, agenda: Agenda, chance: random.Random) -> None:
        super().__init__()
        self._agenda, self._chance = agenda, chance
        self._selector = _Selector(self, agenda)
        self._disk = chance.choice(DISKS)
        self._turns_left: int | None = None
        self.everything: list[asyncio.Task[Any]] = []
        """All tasks ever made: those of a killed process must not be tidied up in the middle of the story."""
        self.set_task_factory(self._task)  # type: ignore[arg-type]  # its stub knows the very keywords

    def time(self) -> float:
        return self._agenda.now

    def create_future(self) -> asyncio.Future[Any]:
        return _Future(loop=self)

    def kill_in(self, turns: int) -> None:
        """Stop after so many more turns, wherever everybody is then."""
        self._turns_left = turns

    def turn(self) -> None:
        if self._turns_left is not None:
            self._turns_left -= 1
            if self._turns_left <= 0:
                self.stop()

    def run_in_executor(  # type: ignore[override]  # its stub knows which arguments fit
        self, executor: Any, func: Callable[..., T], *args: Any
    ) -> asyncio.Future[T]:
        if getattr(executor, "_shutdown", False):
            raise RuntimeError("cannot schedule new futures after shutdown")
        future = self.create_future()
        self.call_later(self._visit_seconds(), self._execute, future, func, args)
        return future

    def _visit_seconds(self) -> float:
        return self._chance.uniform(0, SLOW_SECONDS if self._chance.random() < self._disk else SWIFT_SECONDS)

    def _execute(self, future: asyncio.Future[Any], func: Callable[..., Any], args: tuple[Any, ...]) -> None:
        tell: Callable[[Any], None]
        try:
            outcome, tell = func(*args), future.set_result
        except BaseException as error:  # noqa: BLE001 - whatever it is, the one who asked is told
            outcome, tell = error, future.set_exception
        self.call_later(self._visit_seconds(), _tell, future, tell, outcome)

    def _task(self, loop: asyncio.AbstractEventLoop, body: Coroutine[Any, Any, Any], **kwargs: Any) -> _Task:
        task = _Task(body, loop=loop, **kwargs)
        self.everything.append(task)
        return task

    def bury(self) -> None:
        """Let go of everybody who still waits: they were killed, and are not to complain of it."""
        self.set_exception_handler(lambda *_: None)
        for task in self.everything:
            task._log_destroy_pending = False  # type: ignore[attr-defined]  # the only way to say so
        self.everything.clear()
        self.close()

    def _process_events(self, event_list: list[Any]) -> None:
        """There are none: nothing comes from outside but by the agenda."""

    def _write_to_self(self) -> None:
        """Nobody waits who would have to be woken."""


def _tell(future: asyncio.Future[Any], tell: Callable[[Any], None], outcome: Any) -> None:
    if not future.done():
        tell(outcome)
