"""When a request names what no node has, the nodes are asked again before it is refused: the file may be new."""

import asyncio
from collections.abc import Callable, Collection
from math import inf

from vibes.ports.clock import Clock
from vibes.services.fleet.watched_node import WatchedNode

AGAIN_SECONDS = 15.0
"""Least seconds between two readings: lists may be large, and wrong names must not cause constant reading."""
LONGEST_SECONDS = 3.0
"""Seconds to wait for a node's lists; a slower node is asked but not waited for."""
LOOK_SECONDS = 0.02


class FreshLists:
    def __init__(self, watches: Callable[[], Collection[WatchedNode]], clock: Clock) -> None:
        self._watches = watches
        self._clock = clock
        self._asked_at = -inf
        self._turn = asyncio.Lock()
        self._readings = 0

    async def read(self) -> bool:
        """Have every node that answers read its lists; False when that was done a moment ago. Callers during a reading
        wait for it."""
        before = self._readings
        async with self._turn:
            if self._readings != before:
                return True
            if self._clock.monotonic() - self._asked_at < AGAIN_SECONDS:
                return False
            self._asked_at = self._clock.monotonic()
            await self._ask()
            self._readings += 1
            return True

    async def _ask(self) -> None:
        asked = [(watch, watch.inventory) for watch in self._watches() if watch.reachable]
        for watch, _ in asked:
            watch.doubt_lists()
        give_up_at = self._clock.monotonic() + LONGEST_SECONDS
        while any(watch.reachable and watch.inventory is before for watch, before in asked):
            if self._clock.monotonic() > give_up_at:
                break
            await asyncio.sleep(LOOK_SECONDS)
