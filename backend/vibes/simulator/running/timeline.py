"""Simulated time for one prompt: deadlines that follow from its start, so that waiting never adds up an error."""

import asyncio


class Timeline:
    """Spends scaled seconds; work that took longer than its share is caught up on by what comes next."""

    def __init__(self, scale: float) -> None:
        self._scale = scale
        self._loop = asyncio.get_running_loop()
        self._deadline = self._loop.time()

    async def spend(self, seconds: float) -> None:
        """Return when these seconds are over; at once, but after letting others run, when they already are."""
        self._deadline += seconds * self._scale
        await asyncio.sleep(max(self._deadline - self._loop.time(), 0))
