"""Nodes share a folder, lose files, write no graph or are interrupted: each picture is still the right one."""

from pathlib import Path

import pytest

from tests.faults.checker import rows
from tests.faults.world import Machine, world
from tests.waiting import eventually

pytestmark = pytest.mark.processes


async def test_two_nodes_with_one_output_folder_never_give_each_others_pictures(tmp_path: Path) -> None:
    """The checker reads the seed out of every picture that was stored."""
    async with world(tmp_path, time_scale=0.0, one_checkout=True) as broken:
        finished = await broken.finished(await broken.ask(60))
        again = await broken.finished(await broken.ask(20, seed=int(finished["generations"][0]["seed"])))
        states = {row["state"] for row in rows(tmp_path, "SELECT DISTINCT state FROM attempts")}
    assert {each["gpu_id"] for each in finished["generations"]} == {"fast", "slow"}
    assert {each["status"] for each in again["generations"]} == {"complete"}
    assert states <= {"won", "superseded", "withdrawn"}, (
        "and none had to be drawn again for it: one of two is of second attempts, or was taken back before it began"
    )


async def test_nodes_that_write_no_metadata_are_as_good_and_the_graph_is_the_hubs(tmp_path: Path) -> None:
    async with world(tmp_path, time_scale=0.0) as broken:
        for machine in broken.machines.values():
            await machine.fault(disable_metadata=True)
        finished = await broken.finished(await broken.ask(4))
        for generation in finished["generations"]:
            graph = await broken.get(f"/api/generations/{generation['id']}/graph")
            assert {each["inputs"].get("seed", generation["seed"]) for each in graph.values()} == {generation["seed"]}


async def test_a_file_that_vanishes_before_it_is_fetched_is_drawn_again_by_the_same_healthy_node(
    tmp_path: Path,
) -> None:
    async with world(tmp_path, names=("fast",), VIBES_BREAKER_PAUSE="300") as broken:
        for _ in range(4):
            await broken["fast"].fault(delete_next_views=1)
            [generation] = (await broken.finished(await broken.ask(1, seed=7)))["generations"]
            assert generation["status"] == "complete"
        [gpu] = (await broken.get("/api/gpus"))["gpus"]
        assert (gpu["healthy"], gpu["reason"]) == (True, None)


async def test_somebody_elses_interrupt_costs_a_picture_nothing_but_time(tmp_path: Path) -> None:
    async with world(tmp_path, names=("fast",)) as broken:
        batch = await broken.ask(1, steps=60)
        interrupted: list[str] = []
        for _ in range(3):
            running = await eventually(lambda: _another(broken["fast"], interrupted), what="it runs, or runs again")
            interrupted.append(running)
            await broken["fast"].interrupt()
        [generation] = (await broken.finished(batch))["generations"]
        states = rows(tmp_path, "SELECT state FROM attempts ORDER BY created_at")
    assert (generation["status"], generation["error_message"]) == ("complete", None)
    assert [row["state"] for row in states] == ["lost", "lost", "lost", "won"]


async def _another(machine: Machine, known: list[str]) -> str | None:
    """The prompt that runs, if it is none of these."""
    return next((each for each in await machine.running() if each not in known), None)
