"""How many messages a node may send: those beyond the allowance are read later, so that a node that sends without end
does not hold up the others.

Knows no clock: the caller passes the time.
"""

from vibes.nodes.comfyui.reading.foreign_json import weight

PER_SECOND, AT_ONCE = 1000.0, 4000.0
"""Small messages a second, and the largest number of them in one burst. A sampler sends three a step, and none makes
more than 100 steps a second."""
_SMALL_TEXT = 1000
_WEIGHT_OF_ONE, _BYTES_OF_ONE = 1000.0, 65536.0
"""Units of `weight`, and bytes of a binary frame, that cost as much to handle as one small message."""


class Allowance:
    """A store that refills by `PER_SECOND` up to `AT_ONCE`. ``now`` is in seconds of a monotonic clock."""

    def __init__(self, now: float) -> None:
        self._left = AT_ONCE
        self._at = now

    def spend(self, frame: str | bytes, now: float) -> float:
        """Take the cost of a message; answers the seconds to wait before the next one is read, 0 while the allowance
        lasts."""
        self._left = min(self._left + (now - self._at) * PER_SECOND, AT_ONCE) - _cost(frame)
        self._at = now
        return max(-self._left / PER_SECOND, 0.0)


def _cost(frame: str | bytes) -> float:
    if isinstance(frame, bytes):
        return 1 + len(frame) / _BYTES_OF_ONE
    return 1.0 if len(frame) <= _SMALL_TEXT else 1 + weight(frame) / _WEIGHT_OF_ONE
