"""Time that jumps over real sockets: where nobody in this process has anything to do, it is at once as late as the next
timer, so that seconds are counted and none is waited for, however busy the computer is."""

import asyncio
import selectors
from collections.abc import Callable, Coroutine
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

T = TypeVar("T")

BEGIN = datetime(2040, 1, 1, tzinfo=UTC)
"""Later than any file of this checkout."""

_UNDER_WAY_SECONDS = 0.002
"""Real seconds that something sent within this process may take until it can be read."""
_LOOK_SECONDS = 0.05
"""Real seconds between two looks while a thread is at work, or nothing is due."""


class JumpingLoop(asyncio.SelectorEventLoop):
    """Its time stands still while anything is to be read, or a thread works for it."""

    def __init__(self) -> None:
        self.now = 0.0
        self.visits = 0
        """To threads, which are not over yet."""
        super().__init__(_Selector(self))

    def time(self) -> float:
        return self.now

    def run_in_executor(  # type: ignore[override]  # its stub knows which arguments fit
        self, executor: Any, func: Callable[..., T], *args: Any
    ) -> asyncio.Future[T]:
        future = super().run_in_executor(executor, func, *args)
        self.visits += 1
        future.add_done_callback(self._is_back)
        return future

    def _is_back(self, _: object) -> None:
        self.visits -= 1


class _Selector(selectors.DefaultSelector):
    def __init__(self, loop: JumpingLoop) -> None:
        super().__init__()
        self._loop = loop

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        found = super().select(0)
        if found or (timeout is not None and timeout <= 0):
            return found
        if self._loop.visits or timeout is None:
            return super().select(_LOOK_SECONDS)
        found = super().select(_UNDER_WAY_SECONDS)
        if not found:
            self._loop.now += timeout
        return found


class JumpingClock:
    """The clock of the hub, and of everybody else, in this time."""

    def __init__(self) -> None:
        """Within the loop."""
        self._loop = asyncio.get_running_loop()

    def now(self) -> datetime:
        return BEGIN + timedelta(seconds=self.monotonic())

    def monotonic(self) -> float:
        return self._loop.time()

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)


def run(story: Coroutine[Any, Any, T]) -> T:
    with asyncio.Runner(loop_factory=JumpingLoop) as runner:
        return runner.run(story)
