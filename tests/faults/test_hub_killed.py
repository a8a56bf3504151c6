"""The hub itself is killed, again and again, at moments that chance decides."""

import asyncio
import multiprocessing
import os
import random
import signal
import socket
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest

from tests.faults.checker import rows
from tests.faults.world import HURRY, World, world
from tests.waiting import eventually
from vibes.commands.serve import run_serve
from vibes.settings import Settings

pytestmark = pytest.mark.processes

KILLS = 100
PICTURES = 200
LONGEST_LIFE_SECONDS = 1.0
SEED = 20261121


async def test_a_hub_killed_a_hundred_times_in_two_hundred_pictures_loses_none_and_draws_none_twice(
    tmp_path: Path,
) -> None:
    chance = random.Random(SEED)  # noqa: S311 - repeatable accidents
    port = free_port()
    async with world(tmp_path, time_scale=2.0, hub=False) as broken:
        async with hub_process(tmp_path, port) as first:
            batch = await submitted(broken, port)
            await lives_for(chance, first.pid)
        for _ in range(KILLS - 1):
            async with hub_process(tmp_path, port) as hub:
                await lives_for(chance, hub.pid)
        drawn_by_then = len(rows(tmp_path, "SELECT 1 FROM generations WHERE status = 'complete'"))
        assert 0 < drawn_by_then < PICTURES, "every one of them was killed in mid-run"
        await broken.start_hub()
        finished = await broken.finished(batch, within=240)
        drawn = [(await machine.get("/simulator/state"))["executed"] for machine in broken.machines.values()]
    assert {each["status"] for each in finished["generations"]} == {"complete"}
    assert sum(map(len, drawn)) == PICTURES, "each was drawn once, whoever of a hundred hubs asked for it"
    assert len(rows(tmp_path, "SELECT 1 FROM attempts WHERE state = 'won'")) == PICTURES


async def submitted(broken: World, port: int) -> str:
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", trust_env=False) as http:
        body = {"prompt": "a harbour at night", "model_family": "sd15", "count": PICTURES}
        batch_id = str((await http.post("/api/generate/batch", json=body)).json()["batch_id"])
    broken.batches.append(batch_id)
    return batch_id


async def lives_for(chance: random.Random, pid: int | None) -> None:
    """Let the hub work until a random moment, then kill it: the moment is what is random, not the length of a test."""
    assert pid is not None
    die_at = time.monotonic() + chance.uniform(0, LONGEST_LIFE_SECONDS)
    await eventually(lambda: time.monotonic() >= die_at)
    os.kill(pid, signal.SIGKILL)


@asynccontextmanager
async def hub_process(folder: Path, port: int) -> AsyncIterator[multiprocessing.process.BaseProcess]:
    """A real process that serves, forked from one that has loaded the libraries: a hundred starts in a minute."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["vibes.app", "vibes.commands.serve", "tests.faults.test_hub_killed"])
    process = context.Process(target=serve, args=(str(folder), port))
    process.start()
    try:
        await eventually(lambda: answers(port), within=30, what="the hub answers")
        yield process
    finally:
        if process.is_alive():
            process.kill()
        await asyncio.to_thread(process.join)


def serve(folder: str, port: int) -> None:
    os.chdir(folder)
    os.environ |= HURRY
    with Path(f"hub-{os.getpid()}.log").open("wb") as log:
        os.dup2(log.fileno(), 1)
        os.dup2(log.fileno(), 2)
        run_serve(Settings(config=Path("gpus.yaml"), data=Path("data"), port=port))  # type: ignore[call-arg]  # the rest is from the environment


async def answers(port: int) -> bool:
    try:
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", trust_env=False) as http:
            return (await http.get("/healthz")).status_code == 200
    except httpx.HTTPError:
        return False


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port
