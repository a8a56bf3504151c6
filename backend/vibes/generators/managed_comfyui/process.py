"""One run of a ComfyUI as a process: begun, and ended for sure with all that it has started."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from concurrent.futures import Future
from contextlib import suppress
from pathlib import Path
from queue import SimpleQueue
from threading import Lock, Thread
from typing import Any, NamedTuple

from vibes.generators.managed_comfyui import launch
from vibes.generators.managed_comfyui.leftovers import kill_group
from vibes.generators.managed_comfyui.output import Output

_LAST_WORDS_SECONDS = 1.0


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
        kill_group(answer.result().pid)
        answer.result().wait()


_BEGINNER = _Beginner()


class ComfyUIProcess:
    """Made by `begun`."""

    def __init__(self, process: "subprocess.Popen[bytes]", output: Output) -> None:
        self.pid = process.pid
        self.output = output
        self._process = process
        self._status: Future[int] = Future()
        Thread(target=self._wait, name="end of ComfyUI", daemon=True).start()

    @property
    def runs(self) -> bool:
        return not self._status.done()

    async def over(self, within: float | None = None) -> bool:
        """Whether it has ended within so many seconds (None: however long it takes)."""
        ended = asyncio.wrap_future(self._status)
        await asyncio.wait({ended}, timeout=within)
        return self._status.done()

    async def status(self) -> int:
        """Waits for its end; the negative number of the signal that has ended it. All that it said was read."""
        await self.over()
        await asyncio.to_thread(self.output.wait, _LAST_WORDS_SECONDS)
        return self._status.result()

    async def end(self, patience: float) -> None:
        """Ask it to end, and kill it with its group when it has not after ``patience`` seconds."""
        if self.runs:
            with suppress(ProcessLookupError):
                os.kill(self.pid, signal.SIGINT)  # ComfyUI has no handler for SIGTERM
            try:
                if await self.over(patience):
                    return
            finally:
                if self.runs:
                    kill_group(self.pid)
            await self.over()

    def _wait(self) -> None:
        """Its number is free for others only once it is reaped: its group is killed before that."""
        os.waitid(os.P_PID, self.pid, os.WEXITED | os.WNOWAIT)
        kill_group(self.pid)
        self._status.set_result(self._process.wait())


async def begun(command: Sequence[str], environment: Mapping[str, str], folder: Path, log: Path) -> ComfyUIProcess:
    """In a session of its own, so that a Ctrl-C in the hub's terminal ends the hub alone. OSError where it cannot."""
    reading, writing = os.pipe()
    try:
        process = await _BEGINNER.begin(
            args=[sys.executable, "-I", "-S", launch.__file__, str(os.getpid()), *command],
            cwd=folder,
            env=dict(environment),
            stdin=subprocess.DEVNULL,
            stdout=writing,
            stderr=writing,
            start_new_session=True,
        )
    except BaseException:  # nothing was started, so nobody else closes this end
        os.close(reading)
        raise
    finally:
        os.close(writing)
    return ComfyUIProcess(process, Output(reading, log))
