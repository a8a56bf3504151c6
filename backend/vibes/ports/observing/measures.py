"""Measured values, counted as they come: how many, how much together, and how many up to each bound."""

from bisect import bisect_left
from collections.abc import Sequence
from itertools import accumulate
from typing import Protocol

SHORT_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0, 30.0)
"""Bounds for what a hub does by itself: a plan, a write, a turn of the event loop."""


class Histogram:
    """Counts values by bounds; costs some hundred bytes however many it has counted."""

    __slots__ = ("_counts", "bounds", "total")

    def __init__(self, bounds: Sequence[float]) -> None:
        """``bounds``: rising; a value equal to one belongs below it. Those above the last are counted, too."""
        self.bounds = tuple(bounds)
        self.total = 0.0
        """Of all values together."""
        self._counts = [0] * (len(self.bounds) + 1)

    def observe(self, value: float) -> None:
        self._counts[bisect_left(self.bounds, value)] += 1
        self.total += value

    @property
    def count(self) -> int:
        return sum(self._counts)

    @property
    def cumulative(self) -> list[int]:
        """How many values are at most each bound, and last of all how many there are."""
        return list(accumulate(self._counts))


class Writes(Protocol):
    """How a database's writes go, since it was opened."""

    seconds: Histogram
    """Of each write, from when it was asked for until it was on the disk."""

    @property
    def waiting(self) -> int:
        """Writes that wait for those before them."""
