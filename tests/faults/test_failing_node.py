"""A node that refuses what it is given, again and again, and then is well."""

from pathlib import Path

import pytest

from tests.faults.checker import rows
from tests.faults.world import world
from tests.waiting import eventually

pytestmark = pytest.mark.processes


async def test_a_node_that_loses_every_submission_is_spared_and_comes_back_by_itself(tmp_path: Path) -> None:
    async with world(tmp_path, VIBES_BREAKER_PAUSE="5") as broken:
        broken.posts_each = 2
        await broken["slow"].fault(swallow_next_posts=1000)
        batch = await broken.ask(30)
        await broken.reason_of("slow", "errors in a row")
        tried = rows(tmp_path, "SELECT 1 FROM attempts WHERE node_id = 'slow'")
        finished = await broken.finished(batch)
        await broken["slow"].heal()

        async def draws_again() -> bool:
            one = await broken.finished(await broken.ask(1, preferred_gpu="slow"))
            return bool(one["generations"][0]["gpu_id"] == "slow")

        await eventually(draws_again, what="it is used again")
    assert len(tried) <= 3
    assert {(each["status"], each["gpu_id"]) for each in finished["generations"]} == {("complete", "fast")}
