"""Keeps Python's garbage collector away from a long queue, which stays and has nothing for it."""

import gc
from collections.abc import Callable

from vibes.services.ports import Clock

GROWTH = 2000
"""Queued generations more than at the last time, from which on the heap is settled again."""
LOOK_SECONDS = 0.5


class SettledHeap:
    """A full collection goes through every object and stops all else: 0.3 s at a hundred thousand queued.

    What waits has no cycles, so it is freed without the collector when it leaves. Settled objects are left out of
    collections; a cycle that happens to be among them stays until the queue is short again.
    """

    def __init__(self, queued: Callable[[], int], clock: Clock) -> None:
        """``queued``: how many generations wait now."""
        self._queued = queued
        self._clock = clock
        self._settled_at = 0

    async def follow(self) -> None:
        """For ever."""
        while True:
            self.look()
            await self._clock.sleep(LOOK_SECONDS)

    def look(self) -> None:
        """Settle what has grown, or let go of it."""
        queued = self._queued()
        if queued >= self._settled_at + GROWTH:
            gc.collect(1)
            gc.freeze()
            self._settled_at = queued
        elif queued < GROWTH <= self._settled_at:
            gc.unfreeze()
            self._settled_at = 0
