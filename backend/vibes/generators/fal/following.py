"""One request that fal has accepted, looked at until it is over. Every look may be repeated: none of them costs."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from http import HTTPStatus
from typing import Any

from vibes.generators.errors import Cancelled, GeneratorError, MaybePaid
from vibes.generators.fal.answers import Accepted, Completed, InProgress, InQueue, State, state
from vibes.generators.fal.config import FalConfig
from vibes.generators.fal.failures import of_ending, of_result
from vibes.generators.fal.queue import FalQueue
from vibes.generators.found import Running, Waiting
from vibes.generators.hosted.http import NoAnswer, NotSent, Reply
from vibes.generators.observing import SafeObserver

logger = logging.getLogger(__name__)

_MISSES = 3
"""Looks in a row that find no such request, until it is believed: the first may come before fal's own books."""
_LONGEST_PAUSE = 15.0
"""Seconds between two looks while fal does not answer well."""
_RESULT_TRIES = 6


class Following:
    """``accepted``: what is followed. One `to_its_end` at a time."""

    def __init__(self, config: FalConfig, queue: FalQueue, accepted: Accepted, observer: SafeObserver) -> None:
        self._config = config
        self._queue = queue
        self._observer = observer
        self.accepted = accepted
        self.where: Waiting | Running = Waiting()
        self.unwanted = False
        """fal was asked to cancel it."""

    async def to_its_end(self) -> Any:
        """What the model answered. Raises a GeneratorError, MaybePaid where nothing is known of it any more."""
        try:
            async with asyncio.timeout(self._config.deadline_seconds):
                over = await self._until_over()
                if over.error is not None or over.error_type is not None:
                    raise of_ending(over.error_type, over.error or "it failed")
                return await self._result()
        except TimeoutError:
            await self.cancel()
            raise MaybePaid(
                f"fal accepted it as {self.accepted.request_id} and was not done in {self._config.deadline_seconds:g} s"
            ) from None

    async def cancel(self) -> bool:
        """Ask fal to stop it; whether that was heard in time. What runs may go on all the same."""
        try:
            reply = await self._queue.cancel(self.accepted)
        except (NotSent, NoAnswer) as error:
            logger.warning("fal did not hear that %s is unwanted: %s", self.accepted.request_id, error)
            return False
        self.unwanted = self.unwanted or reply.good
        return reply.good

    async def _until_over(self) -> Completed:
        pause, misses = self._config.poll_seconds, 0
        while True:
            reply = await _answered(lambda: self._queue.status(self.accepted))
            seen = None if reply is None else state(await reply.value())
            misses = misses + 1 if reply is not None and reply.status == HTTPStatus.NOT_FOUND else 0
            if misses >= _MISSES:
                raise self._lost()
            if seen is not None:
                self._note(seen)
            if isinstance(seen, Completed):
                return seen
            pause = self._config.poll_seconds if seen is not None else min(pause * 2, _LONGEST_PAUSE)
            await asyncio.sleep(pause)

    def _lost(self) -> GeneratorError:
        name = self.accepted.request_id
        if self.unwanted:
            return Cancelled(f"fal cancelled {name}")
        return MaybePaid(f"fal accepted it as {name} and knows it no longer")

    def _note(self, seen: State) -> None:
        match seen:
            case InQueue(position):
                self.where = Waiting(position)
                self._observer.waiting(position)
            case InProgress(step, steps):
                self._note_running()
                if steps:
                    self._observer.progress(step, steps)
            case Completed(error=None):
                self._note_running()

    def _note_running(self) -> None:
        if not isinstance(self.where, Running):
            self._observer.started()
        self.where = Running()

    async def _result(self) -> Any:
        pause = self._config.poll_seconds
        for _ in range(_RESULT_TRIES):
            reply = await _answered(lambda: self._queue.result(self.accepted))
            value = await reply.value() if reply is not None else None
            if reply is not None and reply.good and value is not None:
                return value
            error = of_result(reply, value) if reply is not None and not reply.good else None
            if error is not None:
                raise error
            await asyncio.sleep(pause)
            pause = min(pause * 2, _LONGEST_PAUSE)
        raise MaybePaid(f"fal drew {self.accepted.request_id}, and its result could not be fetched")


async def _answered(ask: Callable[[], Awaitable[Reply]]) -> Reply | None:
    """None: no answer, this time."""
    try:
        return await ask()
    except (NotSent, NoAnswer) as error:
        logger.info("fal does not answer: %s", error)
        return None
