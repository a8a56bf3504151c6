"""A node's process is killed while it draws."""

from pathlib import Path

import pytest

from tests.faults.checker import rows
from tests.faults.world import Machine, World, world
from tests.waiting import eventually

pytestmark = pytest.mark.processes


async def test_a_node_killed_in_mid_job_loses_nothing(tmp_path: Path) -> None:
    async with world(tmp_path) as broken:
        batch = await broken.ask(10)
        await broken.works("slow")
        await broken["slow"].kill()
        finished = await broken.finished(batch)
        await broken["slow"].start()
        await broken.becomes("slow", "ready")
    assert finished["status"] == "complete"
    assert {each["status"] for each in finished["generations"]} == {"complete"}


async def test_a_node_killed_with_one_running_and_one_waiting_gives_both_back(tmp_path: Path) -> None:
    async with world(tmp_path, time_scale=0.8) as broken:
        await broken.finished(await broken.ask(8))  # it has proven its speed: now work is prefetched
        batch = await broken.ask(24)
        await eventually(broken["fast"].pending, what="a prompt waits behind the running one")
        await broken["fast"].kill()
        await broken.becomes("fast", "offline")
        await broken["fast"].start()
        finished = await broken.finished(batch)
    assert {each["status"] for each in finished["generations"]} == {"complete"}


async def test_a_restarted_node_with_an_empty_history_gets_its_work_again(tmp_path: Path) -> None:
    async with world(tmp_path) as broken:
        batch = await broken.ask(4, preferred_gpu="slow")
        await broken.works("slow")
        await broken["slow"].kill()
        await broken["slow"].start()
        finished = await broken.finished(batch)
    assert {each["status"] for each in finished["generations"]} == {"complete"}


async def test_a_job_that_kills_every_node_it_runs_on_fails_and_the_fleet_lives(tmp_path: Path) -> None:
    async with world(tmp_path, time_scale=1.0) as broken:
        poison = await broken.ask(1, steps=150)  # no node is done with it before it is killed
        for _ in range(3):
            victim = await eventually(lambda: _who_runs(broken))
            await _is_known_to_run(broken, poison)
            await victim.kill()
            await victim.start()
        [failed] = (await broken.finished(poison))["generations"]
        after = await broken.finished(await broken.ask(2))
    assert failed["status"] == "failed"
    assert failed["error_message"].startswith("3 nodes died while they ran it")
    assert after["status"] == "complete"


async def _who_runs(broken: World) -> Machine | None:
    for machine in broken.machines.values():
        if await machine.running():
            return machine
    return None


async def _is_known_to_run(broken: World, batch_id: str) -> None:
    """The hub has heard that it runs, and not only that it was taken."""

    async def known() -> bool:
        return bool(rows(broken.folder, "SELECT 1 FROM attempts WHERE state = 'running'"))

    await eventually(known, what="the hub knows that it runs")
    assert not (await broken.batch(batch_id))["completed"]
