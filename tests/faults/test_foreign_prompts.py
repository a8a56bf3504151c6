"""A person uses a node's own page while the hub uses the node."""

from pathlib import Path

import pytest

from tests.faults.world import world

pytestmark = pytest.mark.processes


async def test_what_a_human_asked_for_is_drawn_whatever_the_hub_cancels_and_however_it_ends(tmp_path: Path) -> None:
    async with world(tmp_path, time_scale=0.8) as broken:
        await broken.human_asks("slow", 3)
        await broken.human_asks("fast", 2)
        batch = await broken.ask(6)
        cancelled = await broken.ask(6)
        await broken.works("fast")
        await broken.cancel(cancelled)
        assert broken.hub is not None
        await broken.hub.kill()
        await broken.start_hub()
        await broken.human_asks("slow", 1)
        finished = await broken.finished(batch)
        await broken.humans_are_served()
    assert {each["status"] for each in finished["generations"]} == {"complete"}
