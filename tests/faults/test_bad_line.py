"""The network between the hub and a node fails, while both of them are well."""

import random
from pathlib import Path

import pytest

from tests.faults.bad_line import Fate
from tests.faults.world import World, world
from tests.waiting import eventually

pytestmark = pytest.mark.processes

SEED = 20261121
FATES = (*[Fate.CUT_BEFORE] * 3, *[Fate.CUT_AFTER] * 3, *[Fate.PASSES] * 4)


async def test_submissions_cut_at_random_before_and_after_their_arrival_are_drawn_once_each(tmp_path: Path) -> None:
    chance = random.Random(SEED)  # noqa: S311 - repeatable accidents
    async with world(tmp_path, time_scale=0.2, line=True, VIBES_BREAKER_PAUSE="0.2") as broken:
        broken.line.fate = lambda: chance.choice(FATES)
        finished = await broken.finished(await broken.ask(30))
        drawn = await broken.drawn()
    assert {each["status"] for each in finished["generations"]} == {"complete"}
    assert len(drawn) == 30, "no picture was drawn for nothing"
    assert {Fate.CUT_BEFORE, Fate.CUT_AFTER} <= set(broken.line.fates)


async def test_a_submission_whose_answer_comes_far_too_late_is_found_meanwhile(tmp_path: Path) -> None:
    async with world(tmp_path, line=True, VIBES_ANSWER_TIMEOUT="2") as broken:
        broken.line.fate = lambda: Fate.ANSWER_HELD
        finished = await broken.finished(await broken.ask(1, preferred_gpu="slow"))
        broken.line.let_go()
        drawn = await broken.drawn()
    assert (finished["generations"][0]["status"], len(drawn)) == ("complete", 1)
    assert broken.line.fates == [Fate.ANSWER_HELD], "it was sent once"


async def test_a_submission_that_arrives_after_its_repetition_is_not_drawn_again(tmp_path: Path) -> None:
    """The trap: the node takes one id twice. The second copy is taken back while the first one runs."""
    fates = iter([Fate.HELD])
    async with world(tmp_path, time_scale=2.0, line=True, VIBES_ANSWER_TIMEOUT="2") as broken:
        broken.posts_each = 2
        broken.line.fate = lambda: next(fates, Fate.PASSES)
        batch = await broken.ask(1, preferred_gpu="slow")
        prompt_id = await broken.works("slow")
        broken.line.let_go()
        await eventually(lambda: has_come_twice(broken, prompt_id), what="the late one has arrived as well")
        finished = await broken.finished(batch)
        await eventually(lambda: is_idle(broken), what="the copy is gone")
        drawn = await broken.drawn()
    assert (finished["generations"][0]["status"], drawn) == ("complete", [prompt_id])
    assert broken.line.fates == [Fate.HELD, Fate.PASSES]


async def test_a_line_that_falls_silent_with_a_finished_and_a_running_picture_on_the_far_side(tmp_path: Path) -> None:
    """Nobody is told, no connection ends; the far side works on, and what it drew is taken if it is still wanted."""
    async with world(tmp_path, time_scale=1.0, line=True) as broken:
        await broken.finished(await broken.ask(8))  # both have proven their speed: now work is prefetched
        batch = await broken.ask(24)
        both = await eventually(lambda: one_runs_and_one_waits(broken), what="one runs there and one waits behind it")
        broken.line.go_dead()
        await broken.becomes("slow", "offline")
        await eventually(lambda: was_drawn(broken, *both), what="the far side has drawn both")
        broken.line.revive()
        await broken.becomes("slow", "ready", "busy")
        finished = await broken.finished(batch)
        again = await broken.finished(await broken.ask(1, preferred_gpu="slow"))
    assert {each["status"] for each in finished["generations"]} == {"complete"}
    assert again["generations"][0]["gpu_id"] == "slow"


async def test_a_hub_that_is_restarted_while_a_node_is_cut_off_waits_for_what_it_draws(tmp_path: Path) -> None:
    async with world(tmp_path, time_scale=2.0, line=True, VIBES_ADOPTION_GRACE="60") as broken:
        batch = await broken.ask(1, preferred_gpu="slow")
        prompt_id = await broken.works("slow")
        broken.line.go_dead()
        assert broken.hub is not None
        await broken.hub.kill()
        await broken.start_hub({"VIBES_ADOPTION_GRACE": "60"})
        await broken.becomes("slow", "offline")
        await eventually(lambda: was_drawn(broken, prompt_id), what="the far side has drawn it")
        broken.line.revive()
        [generation] = (await broken.finished(batch))["generations"]
        drawn = await broken.drawn()
    assert (generation["status"], generation["gpu_id"]) == ("complete", "slow")
    assert drawn == [prompt_id], "nobody drew it again meanwhile"


async def was_drawn(broken: World, *prompt_ids: str) -> bool:
    return set(prompt_ids) <= set((await broken["slow"].get("/simulator/state"))["executed"])


async def one_runs_and_one_waits(broken: World) -> tuple[str, ...] | None:
    """In one look: between two, the first may have ended."""
    queue = await broken["slow"].get("/queue")
    both = tuple(prompt_id for _, prompt_id, *_ in (*queue["queue_running"], *queue["queue_pending"]))
    return both if len(both) == 2 else None


async def has_come_twice(broken: World, prompt_id: str) -> bool:
    """The node's own account, since the hub may take the copy back before anybody sees it wait."""
    return bool((await broken["slow"].get("/simulator/state"))["received"].get(prompt_id) == 2)


async def is_idle(broken: World) -> bool:
    return not await broken["slow"].pending() and not await broken["slow"].running()
