"""What a process says: always read, since a full pipe would stop it; the end is remembered, the rest goes to a file."""

import logging
import os
import re
from collections import deque
from logging.handlers import RotatingFileHandler
from pathlib import Path
from threading import Lock, Thread

LINES_KEPT = 200
_LONGEST_LINE = 8192
_FILE_BYTES, _OLD_FILES = 4 * 1024**2, 2
_CHUNK = 65536
_COLOURS = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")


class Lines:
    """Bytes as lines: of a progress bar, which draws over itself, only the latest state; endless lines are cut."""

    def __init__(self) -> None:
        self._open = b""

    def feed(self, chunk: bytes) -> list[str]:
        *whole, self._open = (self._open + chunk).split(b"\n")
        self._open = self._open[-_LONGEST_LINE:]
        return [text for text in map(_text, whole) if text]

    def rest(self) -> list[str]:
        """What came without an end of line."""
        text, self._open = _text(self._open), b""
        return [text] if text else []


def _text(line: bytes) -> str:
    shown = line.rstrip(b"\r").rpartition(b"\r")[2][-_LONGEST_LINE:]
    return _COLOURS.sub("", shown.decode(errors="replace")).rstrip()


class Output:
    """Reads in a thread of its own until the other side is closed, however busy the hub is."""

    def __init__(self, descriptor: int, file: Path) -> None:
        self._descriptor = descriptor
        self._kept: deque[str] = deque(maxlen=LINES_KEPT)
        self._lock = Lock()
        self._file = RotatingFileHandler(
            file, maxBytes=_FILE_BYTES, backupCount=_OLD_FILES, encoding="utf-8", errors="replace"
        )
        self._thread = Thread(target=self._read, name="output of ComfyUI", daemon=True)
        self._thread.start()

    def tail(self, lines: int = LINES_KEPT) -> list[str]:
        """The last lines, oldest first."""
        with self._lock:
            return list(self._kept)[-lines:]

    def wait(self, seconds: float) -> None:
        """Until all is read; something that it has started may hold the pipe open."""
        self._thread.join(seconds)

    def _read(self) -> None:
        lines = Lines()
        with os.fdopen(self._descriptor, "rb", buffering=0) as pipe:
            while chunk := pipe.read(_CHUNK):
                self._keep(lines.feed(chunk))
        self._keep(lines.rest())
        self._file.close()

    def _keep(self, lines: list[str]) -> None:
        with self._lock:
            self._kept.extend(lines)
        for line in lines:  # a full disk is told by the handler, and stops nothing
            self._file.emit(logging.makeLogRecord({"msg": line}))
