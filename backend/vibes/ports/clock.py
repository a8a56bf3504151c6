"""The clock port: where every time in the hub comes from.

The timers of the event loop (``asyncio.timeout``, ``asyncio.sleep``, ``call_later``) run on the same time as
`monotonic`: whoever puts another clock into a hub runs it on an event loop that keeps that clock's time.
"""

from datetime import datetime
from typing import Protocol


class Clock(Protocol):
    """Time, so that tests can hold it in their hand."""

    def now(self) -> datetime:
        """Wall-clock time, aware, UTC."""

    def monotonic(self) -> float:
        """Seconds that never jump, for durations inside this process."""

    async def sleep(self, seconds: float) -> None: ...
