"""Looks, by the rows alone, for what should be worked on and is not: whatever fault left it behind, it goes on within
a minute. No look trusts the board."""

import logging
from collections.abc import Awaitable, Callable, Sequence

from vibes.ports.clock import Clock

logger = logging.getLogger(__name__)

SWEEP_SECONDS = 15.0
"""Half a lease."""

Look = Callable[[], Awaitable[None]]
"""At one kind of thing that may have been left behind; whoever owns that kind brings the look along."""


class Healing:
    def __init__(self, looks: Sequence[Look], clock: Clock) -> None:
        """``looks`` are made in this order at each sweep."""
        self._looks = looks
        self._clock = clock

    async def follow(self) -> None:
        """For ever: one sweep after the other."""
        while True:
            await self._clock.sleep(SWEEP_SECONDS)
            await self.sweep()

    async def sweep(self) -> None:
        """What breaks in one of the looks keeps none of the others from being made; the last fault is raised."""
        fault: Exception | None = None
        for look in self._looks:
            try:
                await look()
            except Exception as error:  # the other looks are made all the same, then it is raised
                logger.exception("a look for what was left behind broke")
                fault = error
        if fault is not None:
            raise fault
