"""Asking again, but only for what is safe: nothing was begun, or nothing is billed."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TypeVar

from vibes.generators.errors import RateLimited, Unavailable

logger = logging.getLogger(__name__)

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Retries:
    more: int = 2
    """How often it is asked again at most."""
    first_pause: float = 1.0
    """Seconds before the second try; the pause doubles with each further one."""
    longest_pause: float = 30.0
    """Seconds. Who is told to wait longer than this gives up at once: another node is done sooner."""

    def pause(self, number: int, error: RateLimited | Unavailable) -> float | None:
        """Seconds until the try after this failed one, the first being 1; None: give up."""
        if number > self.more:
            return None
        told = error.retry_after if isinstance(error, RateLimited) else None
        if told is not None:
            return max(told, 0.0) if told <= self.longest_pause else None
        pause: float = self.first_pause * 2 ** (number - 1)
        return min(pause, self.longest_pause)


async def with_retries(ask: Callable[[], Awaitable[T]], retries: Retries, who: str) -> T:
    """What ``ask`` answers, asked again after `RateLimited` and `Unavailable`; every other error comes through at once,
    for nobody knows what asking again would cost. ``who`` is for the log."""
    number = 1
    while True:
        try:
            return await ask()
        except (RateLimited, Unavailable) as error:
            pause = retries.pause(number, error)
            if pause is None:
                raise
            logger.warning("%s: %s; asking again in %.1f s", who, error, pause)
        await asyncio.sleep(pause)
        number += 1
