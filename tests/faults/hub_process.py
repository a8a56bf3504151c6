"""A hub as a real process that starts quickly, and may be told at which point of its own work it is to be killed."""

import os
import signal
import sys
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import Any

import httpx

from tests.faults.world import HURRY
from tests.forked import ForkedProcess, enter_process
from tests.loopback import loopback_client
from tests.waiting import eventually
from vibes.commands.hub.serve import run_serve
from vibes.environment.settings import Settings


@dataclass(frozen=True, slots=True)
class KillPoint:
    """The moment in which a function is entered: ``function`` of the module whose file ends with ``module``."""

    module: str
    function: str
    nth: int = 1
    """Not the first time, but this one."""


@asynccontextmanager
async def hub_process(
    folder: Path, port: int, dies_at: KillPoint | None = None, **settings: str
) -> AsyncIterator[ForkedProcess]:
    """It is waited for by nobody: at the end it is killed, in whatever it is about. ``settings``: of the hub."""
    process = ForkedProcess(_serve, str(folder), port, dies_at, settings)
    try:
        yield process
    finally:
        if process.returncode is None:
            process.send_signal(signal.SIGKILL)
        await process.wait()


async def answers(port: int) -> bool:
    try:
        async with loopback_client(f"http://127.0.0.1:{port}") as http:
            return (await http.get("/healthz")).status_code == 200
    except httpx.HTTPError:
        return False


async def is_ready(port: int) -> None:
    await eventually(lambda: answers(port), what="the hub answers")


def _serve(folder: str, port: int, dies_at: KillPoint | None, settings: dict[str, str]) -> None:
    enter_process(folder, {**HURRY, **{f"VIBES_{name.upper()}": value for name, value in settings.items()}}, "hub")
    if dies_at is not None:
        _die_at(dies_at)
    run_serve(Settings(config=Path("gpus.yaml"), data=Path("data"), port=port))  # type: ignore[call-arg]  # the rest is from the environment


def _die_at(point: KillPoint) -> None:
    """By SIGKILL, as from outside: nothing is flushed, closed or said."""
    left = point.nth

    def watch(frame: FrameType, _: str, __: Any) -> None:
        """Called when a function of Python is entered, and for nothing in it, since it answers None."""
        nonlocal left
        code = frame.f_code
        if code.co_name == point.function and code.co_filename.endswith(point.module):
            left -= 1
            if not left:
                os.kill(os.getpid(), signal.SIGKILL)

    threading.settrace(watch)
    sys.settrace(watch)
