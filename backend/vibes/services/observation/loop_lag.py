"""How late the event loop is: what every request, event and plan waits at the most."""

import asyncio

from vibes.ports.clock import Clock
from vibes.ports.observing.measures import Histogram

SAMPLE_SECONDS = 1.0


class LoopLag:
    def __init__(self, lag: Histogram, clock: Clock) -> None:
        self._lag = lag
        self._clock = clock

    async def follow(self) -> None:
        """Measure it, once a second, until cancelled."""
        time = asyncio.get_running_loop().time
        while True:
            due = time() + SAMPLE_SECONDS
            await self._clock.sleep(SAMPLE_SECONDS)
            self._lag.observe(max(time() - due, 0.0))
