"""How much a node may say: what is beyond it is read later, so that one that talks without end keeps nobody from work.

Knows no clock: whoever asks says what time it is.
"""

from vibes.nodes.comfyui.foreign_json import weight

PER_SECOND, AT_ONCE = 1000.0, 4000.0
"""Messages, if small. A sampler tells three a step, and none is faster than 100 steps a second."""
_SMALL_TEXT = 1000
_WEIGHT_OF_ONE, _BYTES_OF_ONE = 1000.0, 65536.0
"""What costs as much to parse, or to pass on, as a small message costs anyway."""


class Allowance:
    """Fills up by `PER_SECOND` and holds `AT_ONCE`. ``now`` is in seconds of any clock that does not jump."""

    def __init__(self, now: float) -> None:
        self._left = AT_ONCE
        self._at = now

    def spend(self, frame: str | bytes, now: float) -> float:
        """Take the cost of a message; answers the seconds to wait before the next one is read, mostly 0."""
        self._left = min(self._left + (now - self._at) * PER_SECOND, AT_ONCE) - _cost(frame)
        self._at = now
        return max(-self._left / PER_SECOND, 0.0)


def _cost(frame: str | bytes) -> float:
    if isinstance(frame, bytes):
        return 1 + len(frame) / _BYTES_OF_ONE
    return 1.0 if len(frame) <= _SMALL_TEXT else 1 + weight(frame) / _WEIGHT_OF_ONE
