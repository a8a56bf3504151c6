"""The real clock, and one that goes on while the machine is suspended."""

import asyncio
import time
from datetime import UTC, datetime


def since_boot() -> float:
    """Seconds that never jump and, where the system counts those (Linux: CLOCK_BOOTTIME), go on while the machine is
    suspended: for what runs out elsewhere, too. `SystemClock.monotonic` stands still then, as do the event loop's
    timers."""
    boot = getattr(time, "CLOCK_BOOTTIME", None)
    return time.monotonic() if boot is None else time.clock_gettime(boot)


class SystemClock:
    def now(self) -> datetime:
        return datetime.now(UTC)

    def monotonic(self) -> float:
        return time.monotonic()

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)
