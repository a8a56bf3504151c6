"""Keeps work from a node that keeps losing it, and admits one job now and then to see whether it is well again.

Knows no clock: the caller passes the time.
"""

from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from vibes.domain.chance import random_between

Repeat = Callable[[], Awaitable[object]]
"""Repeats what failed, without a job; raises NodeError while it fails."""

IN_A_ROW = 3
OF_THE_LAST, AT_LEAST = 10, 5
"""It opens at 3 errors in a row or 5 among the last 10: one error is often an accident, these are not."""

JITTER = 0.2
"""Part by which pauses vary, so that nodes that failed together are not tried in the same moment."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BreakerTimes:
    """Pauses in seconds, doubled each time that the admitted job fails too."""

    first: float = 10.0
    longest: float = 300.0


class Breaker:
    """Closed (work is admitted), open (none until a time), then half open: one job decides."""

    def __init__(self, times: BreakerTimes) -> None:
        self._times = times
        self._recent: deque[bool] = deque(maxlen=OF_THE_LAST)
        self._pause = 0.0
        """Seconds of the present pause; 0 while it is closed."""
        self._opened_at = 0.0
        self._until = 0.0

    @property
    def closed(self) -> bool:
        return not self._pause

    def open_for(self, now: float) -> float:
        """Seconds until a job is admitted; 0 when it is closed or half open."""
        return max(self._until - now, 0.0) if self._pause else 0.0

    def opened_ago(self, now: float) -> float:
        """Seconds since it last opened."""
        return now - self._opened_at

    def half_open(self, now: float) -> None:
        """The node seems to be well again: end the pause."""
        if self._pause:
            self._until = now

    def perhaps_well(self, now: float) -> None:
        """The node may have been repaired unseen: shorten the pause to the first one, so that a node that is not well
        gets one job in that time."""
        if self._pause:
            self._until = min(self._until, max(now, self._opened_at + self._times.first))

    def succeeded(self) -> None:
        """The node did its work."""
        if self._pause:
            self._recent.clear()
            self._pause = 0.0
        self._recent.append(True)

    def failed(self, now: float) -> bool:
        """The node lost or damaged a job; True when that opens the breaker.

        Failures while it is open belong to earlier work and do not count.
        """
        if self._pause and now < self._until:
            return False
        self._recent.append(False)
        if self._pause or self._in_a_row >= IN_A_ROW or self._recent.count(False) >= AT_LEAST:
            self._open(now)
            return True
        return False

    @property
    def failures(self) -> str:
        """The recent failures, for people."""
        row = self._in_a_row
        late = self._recent.count(False)
        return f"{row} errors in a row" if row >= IN_A_ROW else f"{late} error{'s' if late != 1 else ''} of late"

    @property
    def _in_a_row(self) -> int:
        row = 0
        for good in reversed(self._recent):
            if good:
                break
            row += 1
        return row

    def _open(self, now: float) -> None:
        self._pause = min(2 * self._pause, self._times.longest) if self._pause else self._times.first
        self._opened_at = now
        self._until = now + self._pause * random_between(1 - JITTER, 1 + JITTER)
