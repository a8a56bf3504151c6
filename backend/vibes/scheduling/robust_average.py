"""A moving average that single odd samples do not affect and that follows lasting changes."""

from collections import deque
from statistics import median

SMOOTHING = 0.3
"""Weight of the newest sample, 0 to 1: after seven samples a lasting change has come through to nine tenths."""

REMEMBERED = 20
"""Accepted samples of which the median is taken."""

OUTLIER_FACTOR = 3.0
"""A sample is odd when it is so many times above or below the median: a stall, or an answer from the node's cache."""

ODD_IN_A_ROW = 3
"""So many odd samples in a row are a lasting change, from which the average starts anew."""


class RobustAverage:
    """Exponentially weighted; ``samples`` counts every sample that was accepted."""

    __slots__ = ("_odd", "_recent", "samples", "value")

    def __init__(self, first: float) -> None:
        self.value = first
        self.samples = 1
        self._recent = deque([first], maxlen=REMEMBERED)
        self._odd: list[float] = []

    @property
    def samples_kept(self) -> tuple[tuple[float, ...], tuple[float, ...]]:
        """The accepted samples for the median, and the odd ones that were put aside."""
        return tuple(self._recent), tuple(self._odd)

    @classmethod
    def restored(cls, value: float, samples: int, kept: tuple[tuple[float, ...], tuple[float, ...]]) -> "RobustAverage":
        average = cls(value)
        recent, odd = kept
        average.samples, average._recent, average._odd = samples, deque(recent, maxlen=REMEMBERED), list(odd)
        return average

    @property
    def spread(self) -> float:
        """Largest deviation of the accepted samples from the average, as a part of it."""
        return max(abs(sample - self.value) for sample in self._recent) / self.value

    def add(self, sample: float) -> None:
        """Take a sample in, or put it aside while it is odd; three odd ones in a row start the average anew."""
        usual = median(self._recent)
        if usual / OUTLIER_FACTOR <= sample <= usual * OUTLIER_FACTOR:
            self._odd.clear()
            self._recent.append(sample)
            self.value += (sample - self.value) * SMOOTHING
            self.samples += 1
            return
        self._odd.append(sample)
        if len(self._odd) >= ODD_IN_A_ROW:
            self.value = median(self._odd)
            self.samples += len(self._odd)
            self._recent = deque(self._odd, maxlen=REMEMBERED)
            self._odd = []
