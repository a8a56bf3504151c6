"""A node stands still, or cannot be reached for a while, and then is there again."""

from pathlib import Path

import pytest

from tests.faults.world import world
from tests.waiting import eventually

pytestmark = pytest.mark.processes


async def test_a_frozen_node_is_given_up_and_used_again_once_it_thaws(tmp_path: Path) -> None:
    async with world(tmp_path) as broken:
        batch = await broken.ask(8)
        await broken.works("slow")
        broken["slow"].stop_it()
        try:
            await broken.becomes("slow", "offline")
            finished = await broken.finished(batch)
        finally:
            broken["slow"].go_on()
        await broken.becomes("slow", "ready", "busy")
        again = await broken.finished(await broken.ask(1, preferred_gpu="slow"))
    assert {each["status"] for each in finished["generations"]} == {"complete"}
    assert again["generations"][0]["gpu_id"] == "slow"


async def test_a_partition_with_a_finished_and_a_running_picture_on_the_far_side(tmp_path: Path) -> None:
    """The far side works on: what it finishes is taken if nobody else has drawn it meanwhile, and never twice."""
    async with world(tmp_path, time_scale=1.0) as broken:
        await broken.finished(await broken.ask(8))
        batch = await broken.ask(12)
        await eventually(broken["slow"].running)
        await broken["slow"].post("/simulator/unplug", {"seconds": 15})
        await broken.becomes("slow", "offline")
        finished = await broken.finished(batch)
        await broken.becomes("slow", "ready", "busy")
        one = await broken.ask(1, preferred_gpu="slow")
        assert (await broken.finished(one))["generations"][0]["gpu_id"] == "slow"
    assert {each["status"] for each in finished["generations"]} == {"complete"}


async def test_the_result_from_the_far_side_is_taken_when_nobody_else_could_draw_it(tmp_path: Path) -> None:
    async with world(tmp_path, time_scale=1.0) as broken:
        await broken["fast"].kill()
        await broken.becomes("fast", "offline")
        batch = await broken.ask(1)
        await broken.works("slow")
        await broken["slow"].post("/simulator/unplug", {"seconds": 12})
        await broken.becomes("slow", "offline")
        [generation] = (await broken.finished(batch))["generations"]
        await broken["fast"].start()
        assert len((await broken["slow"].get("/simulator/state"))["started"]) == 1, "it was drawn once"
    assert (generation["status"], generation["gpu_id"]) == ("complete", "slow")
