"""A node answers, and what it answers is an error or no picture."""

from pathlib import Path

import pytest

from tests.faults.test_events_lost import resident_megabytes
from tests.faults.world import world

pytestmark = pytest.mark.processes


@pytest.mark.parametrize("fault", ["fail_next_prompts", "out_of_memory_next_prompts"])
async def test_a_job_that_fails_on_one_node_is_drawn_by_the_other(tmp_path: Path, fault: str) -> None:
    async with world(tmp_path) as broken:
        await broken["slow"].fault(**{fault: 1})
        finished = await broken.finished(await broken.ask(1, preferred_gpu="slow"))
    [generation] = finished["generations"]
    assert (generation["status"], generation["gpu_id"]) == ("complete", "fast")


async def test_a_job_that_fails_everywhere_says_what_the_nodes_said(tmp_path: Path) -> None:
    async with world(tmp_path) as broken:
        for machine in broken.machines.values():
            await machine.fault(out_of_memory_next_prompts=1)
        [generation] = (await broken.finished(await broken.ask(1)))["generations"]
        after = await broken.finished(await broken.ask(2))
    assert generation["status"] == "failed"
    assert "memory" in generation["error_message"].lower()
    assert after["status"] == "complete"


@pytest.mark.parametrize(
    "fault",
    [
        *("truncate_next_views", "corrupt_next_views", "oversized_next_views"),
        *("swap_next_views", "delete_next_views"),
    ],
)
async def test_a_picture_that_is_none_is_fetched_again_and_never_stored(tmp_path: Path, fault: str) -> None:
    async with world(tmp_path) as broken:
        assert broken.hub is not None
        before = resident_megabytes(broken.hub.process.pid)
        await broken.finished(await broken.ask(1, preferred_gpu="fast"))
        await broken["fast"].fault(**{fault: 1})
        finished = await broken.finished(await broken.ask(4))
        grown = resident_megabytes(broken.hub.process.pid) - before
    assert {each["status"] for each in finished["generations"]} == {"complete"}
    assert grown < 250, "10 GB were offered"


async def test_a_node_that_only_sends_garbage_is_left_alone_and_its_work_done_elsewhere(tmp_path: Path) -> None:
    async with world(tmp_path) as broken:
        await broken["slow"].fault(corrupt_next_views=1000)
        finished = await broken.finished(await broken.ask(16))
        await broken["slow"].heal()
        again = await broken.ask(12)
        await broken.finished(again)
        one = await broken.finished(await broken.ask(1, preferred_gpu="slow"))
    assert {(each["status"], each["gpu_id"]) for each in finished["generations"]} == {("complete", "fast")}
    assert one["status"] == "complete"
