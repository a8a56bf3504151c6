"""The end of what a process says on stderr, within a bound, whatever it says."""

from collections import deque

LINES, LONGEST = 100, 400
"""Kept lines, and characters of one."""
_SHOWN = 12


class LogTail:
    def __init__(self) -> None:
        self._lines: deque[str] = deque(maxlen=LINES)
        self._open = b""

    def feed(self, said: bytes) -> None:
        """Progress bars overwrite their line by a carriage return: each state is a line here."""
        *whole, rest = (self._open + said).replace(b"\r", b"\n").split(b"\n")
        self._lines.extend(text for line in whole[-LINES:] if (text := _readable(line)))
        self._open = rest[-4 * LONGEST :]

    def __str__(self) -> str:
        last = _readable(self._open)
        shown = [*self._lines, *([last] if last else [])][-_SHOWN:]
        return "\n".join(shown)


def _readable(line: bytes) -> str:
    text = line.decode("utf-8", "replace").rstrip()
    return "".join(each if each.isprintable() else " " for each in text[:LONGEST])
