"""The hub itself is killed, again and again, at moments that chance decides."""

import os
import random
import signal
import time
from pathlib import Path
from typing import Any

import pytest

from tests.faults.checker import rows
from tests.faults.hub_process import hub_process, is_ready
from tests.faults.world import World, world
from tests.loopback import free_port, loopback_client
from tests.waiting import eventually

pytestmark = pytest.mark.processes

KILLS = 40
"""Of real processes; by the thousand, hubs die in the simulation."""
STARTS = 12
AT_ONCE = 12
"""Pictures that somebody asks for whenever few are left, so that each hub is killed in mid-run, on any machine."""
LONGEST_LIFE_SECONDS = 1.0
SEED = 20261121


@pytest.mark.long
async def test_a_hub_killed_forty_times_in_the_middle_of_its_work_loses_no_picture_and_draws_none_twice(
    tmp_path: Path,
) -> None:
    chance = random.Random(SEED)  # noqa: S311 - repeatable accidents
    port = free_port()
    async with world(tmp_path, time_scale=0.5, hub=False) as broken:
        for _ in range(KILLS):
            async with hub_process(tmp_path, port) as hub:
                await is_ready(port)
                if len(open_generations(tmp_path)) < AT_ONCE // 2:
                    await submitted(broken, port)
                await lives_for(chance, hub.pid)
        assert len(broken.batches) > 1, "some of them drew"
        await broken.start_hub()
        finished = [await broken.finished(batch) for batch in broken.batches]
        drawn = await broken.drawn()
    assert {each["status"] for batch in finished for each in batch["generations"]} == {"complete"}
    pictures = AT_ONCE * len(broken.batches)
    assert len(drawn) == pictures, "each was drawn once, whoever of forty hubs asked for it"
    assert len(rows(tmp_path, "SELECT 1 FROM attempts WHERE state = 'won'")) == pictures


async def test_a_hub_killed_while_it_starts_has_changed_nothing_that_the_next_one_needs(tmp_path: Path) -> None:
    """Where it reads the database, adopts what runs and requeues what is lost, whatever comes first."""
    chance = random.Random(SEED)  # noqa: S311 - repeatable accidents
    async with world(tmp_path, time_scale=0.5) as broken:
        batch = await broken.ask(12)
        await broken.works("slow")
        assert broken.hub is not None
        await broken.hub.kill()
        for _ in range(STARTS):
            async with hub_process(tmp_path, free_port()) as hub:
                await lives_for(chance, hub.pid)
        await broken.start_hub()
        finished = await broken.finished(batch)
        drawn = await broken.drawn()
    assert {each["status"] for each in finished["generations"]} == {"complete"}
    assert len(drawn) == 12


async def test_after_a_power_cut_of_everything_the_batch_goes_on(tmp_path: Path) -> None:
    async with world(tmp_path) as broken:
        batch = await broken.ask(12)
        for machine_id in broken.machines:
            await broken.works(machine_id)
        assert broken.hub is not None
        await broken.hub.kill()
        for machine in broken.machines.values():
            await machine.kill()
        await broken.start_hub()
        await broken.becomes("fast", "offline")
        for machine in broken.machines.values():
            await machine.start()
        finished = await broken.finished(batch)
    assert {each["status"] for each in finished["generations"]} == {"complete"}


def open_generations(folder: Path) -> list[dict[str, Any]]:
    return rows(folder, "SELECT 1 FROM generations WHERE status <> 'complete'")


async def submitted(broken: World, port: int) -> None:
    async with loopback_client(f"http://127.0.0.1:{port}") as http:
        body = {"prompt": "a harbour at night", "model_family": "sd15", "count": AT_ONCE}
        batch_id = str((await http.post("/api/generate/batch", json=body)).json()["batch_id"])
    broken.batches.append(batch_id)


async def lives_for(chance: random.Random, pid: int | None) -> None:
    """Let the hub work until a random moment, then kill it: the moment is what is random, not the length of a test."""
    assert pid is not None
    die_at = time.monotonic() + chance.uniform(0, LONGEST_LIFE_SECONDS)
    await eventually(lambda: time.monotonic() >= die_at)
    os.kill(pid, signal.SIGKILL)
