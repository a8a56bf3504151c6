"""The answer to a submission is lost: before the node had it, or after."""

from pathlib import Path

import pytest

from tests.faults.world import world

pytestmark = pytest.mark.processes


async def test_a_prompt_that_was_cut_on_its_way_is_sent_again_and_drawn_once(tmp_path: Path) -> None:
    async with world(tmp_path) as broken:
        for machine in broken.machines.values():
            await machine.fault(swallow_next_posts=2)
        finished = await broken.finished(await broken.ask(8))
        drawn = await broken.drawn()
    assert {each["status"] for each in finished["generations"]} == {"complete"}
    assert len(drawn) == 8


async def test_a_prompt_whose_answer_was_cut_is_found_and_never_sent_twice(tmp_path: Path) -> None:
    """The trap: a node that gets one id twice draws it twice, and with an equal number dies of it."""
    async with world(tmp_path) as broken:
        for machine in broken.machines.values():
            await machine.fault(cut_next_posts=3)
        finished = await broken.finished(await broken.ask(8))
        drawn = await broken.drawn()
    assert {each["status"] for each in finished["generations"]} == {"complete"}
    assert len(drawn) == 8
