"""Simulated time of one prompt: deadlines count from its start, so that errors of waiting do not add up."""

import asyncio


class Timeline:
    """Lets scaled seconds pass; computing that took longer than its share shortens the waits that follow."""

    def __init__(self, scale: float) -> None:
        self._scale = scale
        self._loop = asyncio.get_running_loop()
        self._deadline = self._loop.time()

    async def spend(self, seconds: float) -> None:
        """Return when these seconds have passed; if they already have, after other tasks had a turn."""
        self._deadline += seconds * self._scale
        await asyncio.sleep(max(self._deadline - self._loop.time(), 0))
