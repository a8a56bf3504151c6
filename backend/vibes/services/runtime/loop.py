"""Background activities that live as long as the hub: named, owned, and restarted for ever when they fail."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from vibes.domain.passing import unexpected

logger = logging.getLogger(__name__)

REST_SECONDS = (1.0, 2.0, 5.0, 10.0, 30.0)
"""Pauses before an activity is restarted, the last one from then on: the cause may pass, such as a full disk."""

HEALTHY_SECONDS = 60.0
"""An activity that ran for so long has recovered; its next fault counts as the first."""


class Troubles:
    """The activities that fail at present, in words for operators."""

    def __init__(self) -> None:
        self._sentences: dict[str, str] = {}

    def note(self, name: str, error: BaseException, times: int) -> None:
        often = f", {times} times in a row" if times > 1 else ""
        self._sentences[name] = f"{name} broke{often} ({_words(error)}); it is begun again by itself"

    def over(self, name: str) -> None:
        self._sentences.pop(name, None)

    def of(self, name: str) -> str | None:
        return self._sentences.get(name)

    @property
    def sentences(self) -> list[str]:
        return list(self._sentences.values())


async def keep_running(name: str, body: Callable[[], Awaitable[None]], troubles: Troubles) -> None:
    """Run ``body``, which should never end, until this is cancelled; when it fails or ends, it is restarted after a
    pause.

    The same fault is logged with its traceback once in a row.
    """
    clock = asyncio.get_running_loop()
    broke, last = 0, ""
    while True:
        began = clock.time()
        mended = clock.call_later(HEALTHY_SECONDS, troubles.over, name)
        try:
            error = await _break_of(body)
        finally:
            mended.cancel()
        broke = broke + 1 if clock.time() - began < HEALTHY_SECONDS else 1
        rest = REST_SECONDS[min(broke, len(REST_SECONDS)) - 1]
        told = broke > 1 and _words(error) == last
        last = _words(error)
        logger.error(
            "%s broke (%d in a row), it is begun again in %.0f s: %s",
            *(name, broke, rest, last),
            exc_info=None if told else unexpected(error),
        )
        troubles.note(name, error, broke)
        await asyncio.sleep(rest)


async def _break_of(body: Callable[[], Awaitable[None]]) -> BaseException:
    """What ended it. Raises CancelledError only if this task is cancelled, not something inside."""
    task = asyncio.current_task()
    try:
        await body()
    except asyncio.CancelledError as error:
        if task is None or task.cancelling():
            raise
        return error
    except Exception as error:  # noqa: BLE001 - a fault of ours becomes a log line and a pause
        return error
    return RuntimeError("it ended by itself")


def _words(error: BaseException) -> str:
    return repr(error) if isinstance(error, LookupError) or not str(error) else f"{type(error).__name__}: {error}"


class Loops:
    """Owns the activities of one hub. None of them ends the hub, whatever its fault: vital ones that fail show in
    `broken`, all in `troubles`."""

    def __init__(self) -> None:
        self.troubles = Troubles()
        self._vital: set[str] = set()
        self._tasks: list[asyncio.Task[None]] = []

    def start(self, name: str, body: Callable[[], Awaitable[None]], *, vital: bool = False) -> None:
        """``vital``: without it no work goes on, so that the hub is not ready while it fails."""
        if vital:
            self._vital.add(name)
        self._tasks.append(asyncio.create_task(keep_running(name, body, self.troubles), name=name))

    @property
    def broken(self) -> str | None:
        """What is wrong with a vital activity; None while all of them run."""
        return next((trouble for name in self._vital if (trouble := self.troubles.of(name))), None)

    async def stop(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)


@asynccontextmanager
async def running_loops() -> AsyncIterator[Loops]:
    """Activities that are started inside end with it."""
    loops = Loops()
    try:
        yield loops
    finally:
        await loops.stop()
