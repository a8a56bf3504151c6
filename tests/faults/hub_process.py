"""A hub as a real process that starts quickly, and may be told at which point of its own work it is to be killed."""

import asyncio
import multiprocessing
import os
import signal
import sys
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from multiprocessing.process import BaseProcess
from pathlib import Path
from types import FrameType
from typing import Any

import httpx

from tests.faults.world import HURRY
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
async def hub_process(folder: Path, port: int, dies_at: KillPoint | None = None) -> AsyncIterator[BaseProcess]:
    """Forked from one that has loaded the libraries: a hundred starts in a minute."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["vibes.app.hub", "vibes.commands.hub.serve", "tests.faults.hub_process"])
    process = context.Process(target=_serve, args=(str(folder), port, dies_at))
    process.start()
    try:
        yield process
    finally:
        if process.is_alive():
            process.kill()
        await asyncio.to_thread(process.join)


async def answers(port: int) -> bool:
    try:
        async with loopback_client(f"http://127.0.0.1:{port}") as http:
            return (await http.get("/healthz")).status_code == 200
    except httpx.HTTPError:
        return False


async def is_ready(port: int) -> None:
    await eventually(lambda: answers(port), what="the hub answers")


def _serve(folder: str, port: int, dies_at: KillPoint | None) -> None:
    os.chdir(folder)
    os.environ |= HURRY
    with Path(f"hub-{os.getpid()}.log").open("wb") as log:
        os.dup2(log.fileno(), 1)
        os.dup2(log.fileno(), 2)
        if dies_at is not None:
            _die_at(dies_at)
        run_serve(Settings(config=Path("gpus.yaml"), data=Path("data"), port=port))  # type: ignore[call-arg]  # the rest is from the environment


def _die_at(point: KillPoint) -> None:
    """By SIGKILL, as from outside: nothing is flushed, closed or said."""
    left = point.nth

    def watch(frame: FrameType, event: str, _: Any) -> None:
        nonlocal left
        code = frame.f_code
        if event == "call" and code.co_name == point.function and code.co_filename.endswith(point.module):
            left -= 1
            if not left:
                os.kill(os.getpid(), signal.SIGKILL)

    threading.setprofile(watch)
    sys.setprofile(watch)
