"""A process that is started beside the hub, leads a group of its own, and ends with all that it has started."""

import asyncio
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from concurrent.futures import Future
from contextlib import suppress
from pathlib import Path
from queue import SimpleQueue
from threading import Lock, Thread
from typing import Any, NamedTuple

from vibes.generators.processes import launch
from vibes.generators.processes.left_behind import VARIABLE, Mark, kill_group


class _Begun(NamedTuple):
    arguments: Mapping[str, Any]
    answer: "Future[subprocess.Popen[bytes]]"


class _Beginner:
    """Begins processes in one thread that lives as long as this process: the kernel ends them when the thread that
    began them ends, not only when the whole process does."""

    def __init__(self) -> None:
        self._asked: SimpleQueue[_Begun] = SimpleQueue()
        self._thread: Thread | None = None
        self._lock = Lock()

    async def begin(self, **arguments: Any) -> "subprocess.Popen[bytes]":
        with self._lock:
            if self._thread is None or not self._thread.is_alive():
                self._asked = SimpleQueue()
                self._thread = Thread(target=self._serve, args=(self._asked,), name="begins processes", daemon=True)
                self._thread.start()
        answer: Future[subprocess.Popen[bytes]] = Future()
        self._asked.put(_Begun(arguments, answer))
        try:
            return await asyncio.shield(asyncio.wrap_future(answer))
        except asyncio.CancelledError:
            answer.add_done_callback(_unwanted)
            raise

    @staticmethod
    def _serve(asked: "SimpleQueue[_Begun]") -> None:
        while True:
            each = asked.get()
            try:
                each.answer.set_result(subprocess.Popen(**each.arguments))
            except (OSError, ValueError) as error:  # whoever has asked is told
                each.answer.set_exception(error)


def _unwanted(answer: "Future[subprocess.Popen[bytes]]") -> None:
    """It was begun although nobody waited for it any more."""
    if answer.exception() is None:
        process = answer.result()
        kill_group(process.pid)
        process.wait()
        for pipe in (process.stdin, process.stdout, process.stderr):
            if pipe is not None:
                pipe.close()


_BEGINNER = _Beginner()


class Started:
    """Made by `started`."""

    def __init__(self, process: "subprocess.Popen[bytes]") -> None:
        self.pid = process.pid
        self.pipes = (process.stdin, process.stdout, process.stderr)
        """Where they were asked for."""
        self._process = process
        self._status: Future[int] = Future()
        Thread(target=self._wait, name=f"end of process {process.pid}", daemon=True).start()

    @property
    def runs(self) -> bool:
        return not self._status.done()

    @property
    def status(self) -> int | None:
        """None while it runs; the negative number of the signal that has ended it."""
        return self._status.result() if self._status.done() else None

    async def over(self, within: float | None = None) -> bool:
        """Whether it has ended within so many seconds (None: however long it takes)."""
        await asyncio.wait({asyncio.wrap_future(self._status)}, timeout=within)
        return self._status.done()

    def signal(self, number: int) -> None:
        """To it alone."""
        if self.runs:
            with suppress(ProcessLookupError):
                os.kill(self.pid, number)

    def kill(self) -> None:
        """With its group."""
        if self.runs:
            kill_group(self.pid)

    def _wait(self) -> None:
        """Its number is free for others only once it is reaped: its group is killed before that."""
        if hasattr(os, "waitid"):  # not on macOS before Python 3.13
            os.waitid(os.P_PID, self.pid, os.WEXITED | os.WNOWAIT)
            kill_group(self.pid)
        self._status.set_result(self._process.wait())


async def started(command: Sequence[str], environment: Mapping[str, str], owner: Path, **how: Any) -> Started:
    """In a session of its own, so that a Ctrl-C in the hub's terminal ends the hub alone; marked as one that works for
    the folder ``owner``, so that it is found should it survive. ``command`` begins with a path, not only a name;
    ``how``: further arguments of `subprocess.Popen`. OSError where it cannot be started."""
    process = await _BEGINNER.begin(
        args=[sys.executable, "-I", "-S", launch.__file__, str(os.getpid()), *command],
        env={**environment, VARIABLE: str(Mark.ours(owner))},
        start_new_session=True,
        **how,
    )
    return Started(process)
