"""What an earlier run has left running: found by a mark that a process hands on to whatever it starts, and killed."""

import asyncio
import logging
import os
import signal
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

_log = logging.getLogger(__name__)

VARIABLE = "VIBES_STARTED_BY"
_STARTED = 19
"""Place of the start time in ``/proc/PID/stat`` after the name in brackets (proc_pid_stat(5), field 22)."""
_LOOKS, _LOOK_SECONDS = 100, 0.1


class Mark(NamedTuple):
    """Who has started a process, and what for."""

    pid: int
    started: int
    """In clock ticks after the machine's start: the same number may be another process later."""
    folder: str

    @classmethod
    def ours(cls, folder: Path) -> "Mark":
        return cls(os.getpid(), start_of(os.getpid()) or 0, str(folder.resolve()))

    @classmethod
    def read(cls, text: str) -> "Mark | None":
        try:
            pid, started, folder = text.split(" ", 2)
            return cls(int(pid), int(started), folder)
        except ValueError:
            return None

    def __str__(self) -> str:
        return f"{self.pid} {self.started} {self.folder}"

    @property
    def starter_runs(self) -> bool:
        return start_of(self.pid) == self.started


def start_of(pid: int) -> int | None:
    """None: no such process, or none that can be told (only Linux tells)."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
        return int(stat.rpartition(")")[2].split()[_STARTED])
    except (OSError, ValueError, IndexError):
        return None


def left_behind(folder: Path, *, our_own: bool = False) -> list[int]:
    """Processes that were started for this folder, and all that they have started since, by someone who is gone;
    ``our_own``: or by this process. Looks at every process; only Linux tells of them."""
    ours = Mark.ours(folder)
    return [
        pid
        for pid, mark in _marked()
        if mark.folder == ours.folder and (mark == ours if mark.starter_runs else True) and (our_own or mark != ours)
    ]


async def end_left_behind(folder: Path, *, our_own: bool = False) -> bool:
    """Kill them, and wait until they are gone; False where there were none. OSError when one does not go."""
    left: list[int] = []
    for look in range(_LOOKS):
        left = await asyncio.to_thread(left_behind, folder, our_own=our_own)
        if not left:
            return look > 0
        if look == 0:
            _log.warning("of an earlier run there are still the processes %s, which are killed", left)
        for pid in left:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        await asyncio.sleep(_LOOK_SECONDS)
    raise OSError(f"processes of an earlier run cannot be ended: {', '.join(map(str, left))}")


def kill_group(pid: int) -> None:
    """The process, which leads a group of its own, and whatever it has started."""
    try:
        os.killpg(pid, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        _log.debug("the group of process %s is gone", pid)


def _marked() -> Iterator[tuple[int, Mark]]:
    """Those of other users, which cannot be read, and ended ones, which have no environment any more, are left out."""
    prefix = f"{VARIABLE}=".encode()
    for entry in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            for each in (entry / "environ").read_bytes().split(b"\0"):
                if each.startswith(prefix) and (mark := Mark.read(os.fsdecode(each[len(prefix) :]))):
                    yield int(entry.name), mark
