"""Keeps Python's garbage collector from scanning the hub itself, and a long queue, again and again."""

import gc
from collections.abc import Callable

from vibes.ports.clock import Clock

GROWTH = 2000
"""Growth of the queue, in generations, after which the heap is frozen again."""
LOOK_SECONDS = 0.5
SELDOM = 1000
"""Middle collections between two full ones while a long queue waits (Python's default: 10). A prediction of all of it
makes hundreds of thousands of objects that live for seconds; full collections would scan them again and again."""


class SettledHeap:
    """A full collection scans every object and stops all else: 0.3 s with a hundred thousand queued, and a third of it
    for what the hub itself is made of and never lets go.

    Queued work has no cycles, so it is freed without the collector. Frozen objects are left out of collections; a cycle
    that happens to be among them stays until the queue is short again.
    """

    def __init__(self, queued: Callable[[], int], clock: Clock) -> None:
        """``queued``: number of generations that wait now."""
        self._queued = queued
        self._clock = clock
        self._usual = gc.get_threshold()
        self._settled_at = 0

    async def follow(self) -> None:
        """Runs for ever."""
        try:
            await self._clock.sleep(LOOK_SECONDS)  # by then all is built
            gc.freeze()
            while True:
                self.look()
                await self._clock.sleep(LOOK_SECONDS)
        finally:
            self.let_go()

    def look(self) -> None:
        """Freeze what has grown, or unfreeze."""
        queued = self._queued()
        if queued >= self._settled_at + GROWTH:
            gc.collect(1)
            gc.freeze()
            gc.set_threshold(*self._usual[:2], SELDOM)
            self._settled_at = queued
        elif queued < GROWTH <= self._settled_at:
            self.let_go()
            gc.collect()
            gc.freeze()

    def let_go(self) -> None:
        """Restore Python's defaults: the hub ends, or little is queued."""
        gc.unfreeze()
        gc.set_threshold(*self._usual)
        self._settled_at = 0
