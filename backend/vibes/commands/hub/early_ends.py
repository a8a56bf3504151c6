"""A hub that its supervisor starts again and again, and that ends each time within seconds: says why, each time.

Each start is noted in the data folder, and forgotten once the hub has lived for a while or was ended by a person.
"""

import json
import os
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

from vibes.commands.common.console import Failed, escape_markup, notes
from vibes.environment.durable_files import write_whole
from vibes.environment.private_folder import keep_private
from vibes.environment.starts import Start, read_starts, starts_file

LASTING_SECONDS = 30.0
"""A hub that has lived so long did not end at its start."""
TOGETHER_SECONDS = 900.0
"""Ends further apart are no loop."""
SAID_FROM = 3
_KEPT = 10
KILLED = "ended from outside, without a word"


def sentence(ends: Sequence[Start]) -> str | None:
    """What to tell about starts that all ended, the last one just now; None while these are too few."""
    if len(ends) < SAID_FROM:
        return None
    last = ends[-1].at
    loop = [end for end in ends if last - end.at <= TOGETHER_SECONDS]
    if len(loop) < SAID_FROM:
        return None
    reasons = [end.reason or KILLED for end in loop]
    minutes = max(1, round((last - loop[0].at) / 60))
    head = f"the hub has ended right after its start {len(loop)} times within {minutes} min"
    advice = _advice(reasons[-1])
    if len(set(reasons)) == 1:
        return f"{head}, each time for the same reason: {reasons[-1]} – {advice}"
    told = "; ".join(f"{_clock(end.at)} {reason}" for end, reason in zip(loop, reasons, strict=True))
    return f"{head}: {told} – {advice}"


def _advice(reason: str) -> str:
    if reason == KILLED:
        return (
            "look what ends it: want of memory (`journalctl -k | grep -i oom`, `docker inspect`), or a limit of "
            "its supervisor"
        )
    return "starting it again changes nothing until that is mended; `vibes doctor` looks at all of it"


def _clock(at: float) -> str:
    return f"{datetime.fromtimestamp(at, UTC):%H:%M:%S} UTC"


@contextmanager
def told_of_early_ends(data: Path) -> Iterator[None]:
    """Around a hub's whole life: writes down how it ends, and says so from the third time on."""
    keep_private()
    book = _Book(starts_file(data))
    book.begin()
    if (said := sentence(book.ended)) is not None and book.ended[-1].reason is None:
        _say(said)  # nobody could when it happened
    lasting = threading.Timer(LASTING_SECONDS, book.forget)
    lasting.daemon = True
    lasting.start()
    try:
        yield
    except Failed as failed:
        book.end(failed.message)
        raise
    except Exception as error:  # raised again: what ended the hub is noted, whatever it was
        book.end(f"{type(error).__name__}: {error}".partition("\n")[0])
        raise
    else:
        book.forget()
    finally:
        lasting.cancel()


def _say(what: str) -> None:
    notes.print(f"[bold red]vibes:[/] {escape_markup(what)}", highlight=False, soft_wrap=True)


class _Book:
    """The starts of this machine's hub on a data folder. What cannot be written down is not: the hub matters more."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._forgotten = False
        self._begun: Start | None = None
        self.ended: list[Start] = []
        """Earlier ones."""

    def begin(self) -> None:
        self.ended = [
            start for start in read_starts(self._path) if start.reason is not None or not _runs(start.process)
        ]
        self._begun = Start(datetime.now(UTC).timestamp(), os.getpid())
        self._write([*self.ended, self._begun])

    def end(self, reason: str) -> None:
        """Note it, and tell, unless the hub had lived for long."""
        with self._lock:
            if self._forgotten or self._begun is None:
                return
            ends = [*self.ended, Start(self._begun.at, self._begun.process, reason)]
            self._write(ends)
        if (said := sentence(ends)) is not None:
            _say(said)

    def forget(self) -> None:
        with self._lock, suppress(OSError):
            self._forgotten = True
            self._path.unlink(missing_ok=True)

    def _write(self, starts: Sequence[Start]) -> None:
        """Not into an empty folder, which is made private when the hub first opens it."""
        with suppress(OSError):
            if any(self._path.parent.iterdir()):
                write_whole(self._path, json.dumps([asdict(start) for start in starts[-_KEPT:]]).encode())


def _runs(process: int) -> bool:
    """Whether that process is another one and still there."""
    if process == os.getpid():
        return False  # of an earlier life of a container, where it is always number 1
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True
