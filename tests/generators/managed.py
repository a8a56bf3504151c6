"""Helpers for stories about a ComfyUI that is kept running as a process."""

import os
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from tests.fakes.managed_comfyui import FOLDER, traits
from tests.waiting import eventually
from vibes.generators.managed_comfyui.config import ManagedConfig
from vibes.generators.managed_comfyui.standing import Stage
from vibes.generators.managed_comfyui.supervisor import Home, ManagedComfyUI, Patience
from vibes.generators.processes.left_behind import left_behind, start_of

QUICK = Patience(look=0.05, look_at_first=0.05, end=20, pace=0.01)


def config(options: Mapping[str, Any], **fares: Any) -> ManagedConfig:
    given = {"folder": FOLDER, "python": sys.executable, "environment": traits(**fares), **options}
    return ManagedConfig.model_validate(given)


@asynccontextmanager
async def managed(
    folder: Path,
    *,
    patience: Patience = QUICK,
    environment: Mapping[str, str] | None = None,
    options: Mapping[str, Any] | None = None,
    **fares: Any,
) -> AsyncIterator[ManagedComfyUI]:
    """Started; stopped in the end."""
    comfyui = ManagedComfyUI(config(options or {}, **fares), folder, patience=patience, environment=environment)
    comfyui.start()
    try:
        yield comfyui
    finally:
        await comfyui.stop()


async def at_home(comfyui: ManagedComfyUI, run: int = 1) -> Home:
    """Once it answers, in that run or a later one."""
    return await eventually(
        lambda: comfyui.home if comfyui.home is not None and comfyui.home.run >= run else None,
        what=f"run {run} answers",
    )


async def fares(comfyui: ManagedComfyUI, stage: Stage) -> str:
    """What it says once it has come to that."""
    await eventually(lambda: comfyui.standing.stage is stage, what=f"it is {stage}")
    return comfyui.standing.words


async def gone(pid: int) -> None:
    await eventually(lambda: not alive(pid), what=f"process {pid} is gone")


def alive(pid: int) -> bool:
    """A process that nobody has reaped yet is none any more."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z" and start_of(pid) is not None


def process_for(folder: Path) -> int:
    """The number of the process that this one has started for the folder; 0: none."""
    return next((pid for pid in left_behind(folder, our_own=True) if os.getpgid(pid) == pid), 0)
