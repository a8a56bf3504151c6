"""The clock port: where every time in the hub comes from."""

from datetime import datetime
from typing import Protocol


class Clock(Protocol):
    """Time, so that tests can hold it in their hand."""

    def now(self) -> datetime:
        """Wall-clock time, aware, UTC."""

    def monotonic(self) -> float:
        """Seconds that never jump, for durations inside this process."""

    async def sleep(self, seconds: float) -> None: ...
