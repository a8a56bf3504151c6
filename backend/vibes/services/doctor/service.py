"""The doctor of a running hub: one examination at a time, which all who ask meanwhile share."""

import asyncio
from collections.abc import Callable, Sequence

from vibes.domain.doctor.finding import Report
from vibes.ports.checks import Check
from vibes.ports.clock import Clock
from vibes.services.doctor.examination import examine


class Doctor:
    def __init__(self, checks: Callable[[], Sequence[Check]], clock: Clock, version: str) -> None:
        """``checks``: called for each examination."""
        self._checks = checks
        self._clock = clock
        self._version = version
        self._under_way: asyncio.Task[Report] | None = None

    async def examine(self) -> Report:
        """What is found now. Who asks during an examination gets the result of that one, so that no number of callers
        asks the nodes more than once at a time; it goes on when a caller leaves."""
        if self._under_way is None or self._under_way.done():
            examination = examine(self._checks(), self._clock, self._version, "hub")
            self._under_way = asyncio.create_task(examination, name="doctor")
        return await asyncio.shield(self._under_way)

    async def close(self) -> None:
        if self._under_way is not None and not self._under_way.done():
            self._under_way.cancel()
            await asyncio.wait({self._under_way})
