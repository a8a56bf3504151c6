"""What an earlier hub has left running: known by its number, its start and its command, and ended only then."""

import asyncio
import json
import logging
import os
import signal
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

_log = logging.getLogger(__name__)

_STARTED = 19
"""Place of the start time in ``/proc/PID/stat`` after the name in brackets (proc_pid_stat(5), field 22)."""
_LOOKS, _LOOK_SECONDS = 100, 0.1


@dataclass(frozen=True, slots=True)
class Written:
    """What the pid file says of a process."""

    pid: int
    started: int
    """In clock ticks after the machine's start: the same number may be another process later."""
    port: int
    command: tuple[str, ...]


def same_process(written: Written, started: int | None, command: Sequence[str]) -> bool:
    """Whether what runs under the number now is what was written down. Its command may still stand behind that of
    what becomes it."""
    return started == written.started and tuple(command[-len(written.command) :]) == written.command


def start_of(pid: int) -> int | None:
    """None: no such process."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
        return int(stat.rpartition(")")[2].split()[_STARTED])
    except (OSError, ValueError, IndexError):
        return None


def _command_of(pid: int) -> list[str]:
    """Empty for one that is gone, or ended."""
    try:
        line = Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return []
    return [os.fsdecode(each) for each in line.removesuffix(b"\0").split(b"\0")]


def note(file: Path, pid: int, port: int, command: tuple[str, ...]) -> None:
    """Write it down, unless it has ended already."""
    started = start_of(pid)
    if started is not None:
        new = file.with_suffix(".new")
        new.write_text(json.dumps(asdict(Written(pid, started, port, command))), encoding="utf-8")
        new.replace(file)


def read(file: Path) -> Written | None:
    """None: nothing that can be read."""
    try:
        found = json.loads(file.read_text(encoding="utf-8"))
        pid, started, port = int(found["pid"]), int(found["started"]), int(found["port"])
        written = Written(pid, started, port, tuple(map(str, found["command"])))
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return written if written.pid > 1 and written.command else None


async def end_leftover(file: Path) -> bool:
    """Kill it with its group, and wait until it is gone; False where there is none. OSError when it does not go."""
    written = read(file)
    if written is None or not _runs(written):
        return False
    _log.warning("process %s of an earlier run is still there, and is killed", written.pid)
    kill_group(written.pid)
    for _ in range(_LOOKS):
        if not _runs(written):
            return True
        await asyncio.sleep(_LOOK_SECONDS)
    raise OSError(f"process {written.pid} of an earlier run cannot be ended")


def _runs(written: Written) -> bool:
    return same_process(written, start_of(written.pid), _command_of(written.pid))


def kill_group(pid: int) -> None:
    """The process, which leads a group of its own, and whatever it has started."""
    try:
        os.killpg(pid, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        _log.debug("the group of process %s is gone", pid)
