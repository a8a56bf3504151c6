"""The product as real processes: started, waited for, ended by their own ids."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

START_SECONDS = 180.0
COMPILED_ONCE = {"PYTHONDONTWRITEBYTECODE": ""}
"""Where the environment forbids it, every start would compile every library again."""
END_SECONDS = 120.0


@dataclass(frozen=True, slots=True)
class Finished:
    """What a command left behind."""

    status: int
    stdout: str
    stderr: str


class RunningProcess(Protocol):
    @property
    def pid(self) -> int: ...
    @property
    def returncode(self) -> int | None: ...
    def send_signal(self, number: int, /) -> None: ...
    async def wait(self) -> int: ...


@dataclass(frozen=True, slots=True)
class Service:
    """A running ``vibes`` that has said where it answers."""

    process: RunningProcess
    urls: tuple[str, ...]
    log: Path
    """What it said on stderr."""

    @property
    def url(self) -> str:
        return self.urls[0]

    async def kill(self) -> None:
        """As a power cut would: no chance to say goodbye."""
        if self.process.returncode is None:
            self.process.send_signal(signal.SIGKILL)
        await self.process.wait()


async def run_vibes(
    *arguments: str | Path, cwd: Path, environment: Mapping[str, str] | None = None, stdin: bytes | None = None
) -> Finished:
    """One command to its end."""
    return await finished(
        await start_vibes(*arguments, cwd=cwd, environment=environment, reads=stdin is not None), stdin
    )


async def finished(process: asyncio.subprocess.Process, stdin: bytes | None = None) -> Finished:
    async with asyncio.timeout(120):
        stdout, stderr = await process.communicate(stdin)
    return Finished(process.returncode or 0, stdout.decode(), stderr.decode())


@asynccontextmanager
async def vibes_service(
    *arguments: str | Path, cwd: Path, nodes: int = 1, environment: Mapping[str, str] | None = None
) -> AsyncIterator[Service]:
    """A service from its ``ready`` line (one a node) to its orderly end."""
    process = await start_vibes(*arguments, cwd=cwd, environment=environment)
    log = cwd / f"{arguments[0]}-{process.pid}.log"
    drain = asyncio.create_task(_drain(process, log))
    try:
        async with asyncio.timeout(START_SECONDS):
            urls = [await _ready(process) for _ in range(nodes)]
        yield Service(process, tuple(urls), log)
    finally:
        if process.returncode is None:
            process.send_signal(signal.SIGTERM)
        async with asyncio.timeout(END_SECONDS):
            await process.wait()
        await drain


async def start_vibes(
    *arguments: str | Path, cwd: Path, environment: Mapping[str, str] | None = None, reads: bool = False
) -> asyncio.subprocess.Process:
    """One command that the caller waits for; ``reads``: from its stdin."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("VIBES_")}
    return await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "vibes",
        *map(str, arguments),
        cwd=cwd,
        env={**inherited, **COMPILED_ONCE, "COLUMNS": "160", **(environment or {})},
        stdin=asyncio.subprocess.PIPE if reads else asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )


async def _ready(process: asyncio.subprocess.Process) -> str:
    assert process.stdout is not None
    while line := (await process.stdout.readline()).decode():
        if line.startswith("ready "):
            return line.split()[1]
    raise AssertionError(f"the process ended with {await process.wait()} before it was ready; its log is in its folder")


async def _drain(process: asyncio.subprocess.Process, log: Path) -> None:
    """Keep what it says, so that a full pipe never stops it."""
    assert process.stderr is not None
    with log.open("wb") as file:
        while chunk := await process.stderr.read(65536):
            file.write(chunk)
            file.flush()
