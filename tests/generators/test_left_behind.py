"""When the hub is killed: what it has started ends with it, and what that has started with the next start."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import pytest

from tests.generators.managed import alive, at_home, gone, managed
from tests.generators.test_local import local
from tests.waiting import deadline, eventually
from vibes.generators.processes.left_behind import VARIABLE, Mark, end_left_behind, left_behind, start_of

ROOT = Path(__file__).parents[2]
SLEEPS = ("/bin/sleep", "600")

KEEPS_A_COMFYUI = """
import asyncio, sys
from pathlib import Path
from tests.generators.managed import at_home, managed

async def main():
    async with managed(Path(sys.argv[1]), grandchild=True) as comfyui:
        await at_home(comfyui)
        print(comfyui.pid, flush=True)
        await asyncio.Event().wait()

asyncio.run(main())
"""

DRAWS = """
import asyncio, sys
from pathlib import Path
from tests.generators.test_local import Watcher, child_of, local

async def main():
    async with local(Path(sys.argv[1])) as generator:
        watcher = Watcher()
        drawing = asyncio.ensure_future(generator.generate_image(sys.argv[2], observer=watcher))
        await watcher.began.wait()
        print(await child_of(generator), flush=True)
        await drawing

asyncio.run(main())
"""


@asynccontextmanager
async def hub(code: str, *arguments: str) -> AsyncIterator[tuple[asyncio.subprocess.Process, int]]:
    """Stands in for one, with the number of what it has started."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", code, *arguments, cwd=ROOT, stdout=subprocess.PIPE
    )
    assert process.stdout is not None
    try:
        async with deadline():
            yield process, int(await process.stdout.readline())
    finally:
        with suppress(ProcessLookupError):
            process.kill()
        await process.wait()


async def number_in(file: Path) -> int:
    return await eventually(lambda: _number_in(file), what="it has started another")


def _number_in(file: Path) -> int:
    return int(file.read_text(encoding="ascii") or 0) if file.exists() else 0


async def test_a_comfyui_ends_with_the_hub_and_what_it_has_started_with_the_next_start(tmp_path: Path) -> None:
    async with hub(KEEPS_A_COMFYUI, str(tmp_path)) as (process, pid):
        grandchild = await number_in(tmp_path / "user" / "grandchild")
        process.kill()
        await gone(pid)
    assert alive(grandchild), "nobody has told it"
    async with managed(tmp_path) as comfyui:
        await at_home(comfyui)
        assert not alive(grandchild)


async def test_what_draws_ends_with_the_hub_and_what_it_has_started_with_the_next_start(tmp_path: Path) -> None:
    """It hangs in a library that never comes back, which keeps it from noticing that its pipe is at its end."""
    async with hub(DRAWS, str(tmp_path), "start another and stop") as (process, pid):
        grandchild = await number_in(tmp_path / "grandchild")
        process.kill()
        await gone(pid)
    assert alive(grandchild), "nobody has told it"
    async with local(tmp_path):
        assert not alive(grandchild)


@asynccontextmanager
async def marked(mark: Mark) -> AsyncIterator[int]:
    environment: Mapping[str, str] = {**os.environ, VARIABLE: str(mark)}
    process = await asyncio.create_subprocess_exec(*SLEEPS, env=environment)
    try:
        yield process.pid
    finally:
        with suppress(ProcessLookupError):
            process.send_signal(signal.SIGKILL)
        await process.wait()


@pytest.mark.parametrize("whose", ["another folder's", "another hub's", "our own"])
async def test_what_somebody_still_keeps_is_left_alone(tmp_path: Path, whose: str) -> None:
    ours = Mark.ours(tmp_path)
    parent = os.getppid()
    marks = {
        "another folder's": ours._replace(started=ours.started - 1, folder=str(tmp_path / "other")),
        "another hub's": ours._replace(pid=parent, started=start_of(parent) or 0),
        "our own": ours,
    }
    async with marked(marks[whose]) as pid:
        await eventually(lambda: _has_begun(pid))
        assert not await end_left_behind(tmp_path)
        assert alive(pid)
        assert (pid in left_behind(tmp_path, our_own=True)) is (whose == "our own")


async def test_a_starter_whose_number_another_process_has_by_now_is_gone(tmp_path: Path) -> None:
    ours = Mark.ours(tmp_path)
    async with marked(ours._replace(started=ours.started - 1)) as pid:
        await eventually(lambda: _has_begun(pid))
        assert await end_left_behind(tmp_path)
        assert not alive(pid)


def _has_begun(pid: int) -> bool:
    return b"sleep\x00" in Path(f"/proc/{pid}/cmdline").read_bytes()


@pytest.mark.parametrize("text", ["", "x", "1 2", "a b /folder", "1 2.5 /folder"])
def test_what_is_no_mark_is_left_alone(text: str) -> None:
    assert Mark.read(text) is None


def test_a_mark_says_what_it_was_made_of() -> None:
    mark = Mark(7, 100, "/a folder/with blanks ")
    assert Mark.read(str(mark)) == mark
