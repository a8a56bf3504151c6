"""One run of a ComfyUI as a process: begun, and ended for sure with all that it has started."""

import asyncio
import os
import signal
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from vibes.generators.managed_comfyui.command import Folders
from vibes.generators.managed_comfyui.output import Output
from vibes.generators.processes.started import Started, started

_LAST_WORDS_SECONDS = 1.0


class ComfyUIProcess:
    """Made by `begun`."""

    def __init__(self, process: Started, output: Output) -> None:
        self.pid = process.pid
        self.output = output
        self._process = process

    @property
    def runs(self) -> bool:
        return self._process.runs

    async def over(self, within: float | None = None) -> bool:
        """Whether it has ended within so many seconds (None: however long it takes)."""
        return await self._process.over(within)

    async def status(self) -> int:
        """Waits for its end; the negative number of the signal that has ended it. All that it said was read."""
        await self.over()
        await asyncio.to_thread(self.output.wait, _LAST_WORDS_SECONDS)
        return self._process.status or 0

    async def end(self, patience: float) -> None:
        """Ask it to end, and kill it with its group when it has not after ``patience`` seconds."""
        self._process.signal(signal.SIGINT)  # ComfyUI has no handler for SIGTERM
        try:
            if await self.over(patience):
                return
        finally:
            self._process.kill()
        await self.over()


async def begun(command: Sequence[str], environment: Mapping[str, str], folder: Path, own: Folders) -> ComfyUIProcess:
    """``folder``: where it runs; ``own``: what it writes. OSError where it cannot."""
    reading, writing = os.pipe()
    try:
        process = await started(
            command, environment, own.root, cwd=folder, stdin=subprocess.DEVNULL, stdout=writing, stderr=writing
        )
    except BaseException:  # nothing was started, so nobody else closes this end
        os.close(reading)
        raise
    finally:
        os.close(writing)
    return ComfyUIProcess(process, Output(reading, own.log))
