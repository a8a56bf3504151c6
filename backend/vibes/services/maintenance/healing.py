"""Looks, by the rows alone, for work that should go on and does not, so that whatever fault left it, it goes on within
a minute."""

import logging
from collections.abc import Awaitable, Callable, Sequence

from vibes.domain.passing import unexpected
from vibes.ports.clock import Clock

logger = logging.getLogger(__name__)

SWEEP_SECONDS = 15.0
"""Half the duration of a lease."""

Look = Callable[[], Awaitable[None]]
"""A check for one kind of work left behind; provided by the room that owns that kind."""


class Healing:
    def __init__(self, looks: Sequence[Look], clock: Clock) -> None:
        """``looks``: made in this order at each sweep."""
        self._looks = looks
        self._clock = clock

    async def follow(self) -> None:
        """One sweep after the other, for ever."""
        while True:
            await self._clock.sleep(SWEEP_SECONDS)
            await self.sweep()

    async def sweep(self) -> None:
        """Make every look, even if one fails; raises the last fault."""
        fault: Exception | None = None
        for look in self._looks:
            try:
                await look()
            except Exception as error:  # raised after the other looks
                logger.error("a look for what was left behind broke: %s", error, exc_info=unexpected(error))
                fault = error
        if fault is not None:
            raise fault
