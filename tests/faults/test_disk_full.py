"""The disk that the hub writes to is full for a while."""

import asyncio
import errno
import os
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.faults.checker import rows
from tests.faults.world import World, world
from tests.waiting import eventually

if TYPE_CHECKING:
    from _typeshed import FileDescriptorLike

pytestmark = pytest.mark.processes

DISK_BYTES = 12 * 2**20
LEFT_BYTES = 1_200_000


def no_space_beside(ballast: Path) -> None:
    """What the hub's process does first: from now on no file becomes durable while the ballast is there. SQLite does
    not ask Python."""
    fsync = os.fsync

    def refused(fd: "FileDescriptorLike") -> None:
        if ballast.exists():
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        fsync(fd)

    os.fsync = refused


async def test_with_a_full_disk_finished_pictures_wait_and_none_is_lost(tmp_path: Path) -> None:
    """Skipped where no disk may be mounted; the next story stands in for it there."""
    async with small_disk(tmp_path / "data"), world(tmp_path, time_scale=0.2) as broken:
        ballast = tmp_path / "data" / "ballast"
        fill(ballast, LEFT_BYTES)
        await is_full_for_a_while(broken, await broken.ask(24), ballast)


async def test_without_the_right_to_mount_a_disk_the_hub_is_told_that_its_own_is_full(tmp_path: Path) -> None:
    ballast = tmp_path / "ballast"
    async with world(tmp_path, time_scale=0.2, prepared=partial(no_space_beside, ballast)) as broken:
        batch = await broken.ask(24)
        await eventually(lambda: stored(broken), what="a picture is stored")
        ballast.touch()
        await is_full_for_a_while(broken, batch, ballast)


async def is_full_for_a_while(broken: World, batch: str, ballast: Path) -> None:
    """The story itself: there is no space before the batch has ended, until the ballast goes."""
    assert broken.hub is not None
    log = broken.hub.log
    await eventually(lambda: "trying again in" in log.read_text(), what="the disk is full")
    for path in stored(broken):
        assert path.is_file()
    assert (await broken.get("/healthz"))["status"] == "ok"
    assert "Free some space" in (await broken.get("/api/gpus"))["storage_problem"]
    await asyncio.to_thread(ballast.unlink)
    finished = await broken.finished(batch)
    assert (await broken.get("/api/gpus"))["storage_problem"] is None
    assert {each["status"] for each in finished["generations"]} == {"complete"}


def stored(broken: World) -> list[Path]:
    found = rows(broken.folder, "SELECT image_path FROM generations WHERE status = 'complete'")
    return [broken.folder / "data" / "images" / row["image_path"] for row in found]


@asynccontextmanager
async def small_disk(folder: Path) -> AsyncIterator[None]:
    await asyncio.to_thread(folder.mkdir)
    refusal = await run("mount", "-t", "tmpfs", "-o", f"size={DISK_BYTES}", "tmpfs", str(folder))
    if refusal is not None:
        pytest.skip(f"a small disk needs the right to mount one: {refusal}")
    try:
        yield
    finally:
        assert await run("umount", str(folder)) is None


async def run(program: str, *arguments: str) -> str | None:
    """What it says when it fails; None when it does not."""
    found = shutil.which(program)
    if found is None:
        return f"there is no {program}"
    process = await asyncio.create_subprocess_exec(found, *arguments, stderr=asyncio.subprocess.PIPE)
    _, said = await process.communicate()
    return said.decode().strip() if process.returncode else None


def fill(ballast: Path, left: int) -> None:
    """Take all the space but ``left`` bytes."""
    with ballast.open("wb") as file:
        file.write(bytes(max(DISK_BYTES - left - used(ballast.parent), 0)))


def used(folder: Path) -> int:
    return sum(path.stat().st_blocks * 512 for path in folder.rglob("*") if path.is_file())
