"""The clock port: the source of every time in the hub.

The timers of the event loop (``asyncio.timeout``, ``asyncio.sleep``, ``call_later``) run on the same time as
`monotonic`: a hub with another clock must run on an event loop that keeps that clock's time.
"""

from datetime import datetime
from typing import Protocol


class Clock(Protocol):
    """A source of time that tests can replace."""

    def now(self) -> datetime:
        """Wall-clock time, aware, UTC."""

    def monotonic(self) -> float:
        """Seconds that never jump, for durations within this process."""

    async def sleep(self, seconds: float) -> None: ...
