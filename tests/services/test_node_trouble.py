"""Nodes that answer and are not well: what they get, what they are called, and how they come back."""

from pathlib import Path

import pytest

from tests.fakes import FakeFleet
from tests.hub import open_hub, settings_for
from tests.services.asking import finished, request
from tests.waiting import eventually
from vibes.domain.attempt import AttemptState
from vibes.domain.errors import NodeUnreachable
from vibes.domain.generation import GenerationStatus
from vibes.domain.ids import NodeId
from vibes.domain.node import NodeState
from vibes.services.breaker import IN_A_ROW

FAST, SLOW = NodeId("fast"), NodeId("slow")


async def test_a_failing_node_gets_three_jobs_and_is_used_again_once_it_is_well(tmp_path: Path) -> None:
    fleet = FakeFleet()
    async with open_hub(settings_for(tmp_path, breaker_pause=1.0), fleet) as hub:
        watch = hub.supervisor.get(SLOW)

        async def drawn_by() -> str | None:
            submission = await hub.generations.submit(request(preferred_gpu=SLOW))
            [generation] = await finished(hub, submission.batch.id)
            return generation.gpu_id

        fleet["slow"].refusal = NodeUnreachable("502 Bad Gateway")
        while watch.breaker.closed:
            assert await drawn_by() == "fast"
        assert fleet["slow"].tries == IN_A_ROW
        assert watch.reason == "3 errors in a row: left alone for a while"
        assert await drawn_by() == "fast"
        assert fleet["slow"].tries == IN_A_ROW, "nothing more while its breaker is open"
        fleet["slow"].refusal = None
        await eventually(lambda: not hub.board.view(watch).paused_for)
        assert not watch.breaker.closed
        assert await drawn_by() == "slow"
        assert watch.breaker.closed


async def test_one_loss_costs_a_node_a_question_and_no_pause(tmp_path: Path) -> None:
    fleet = FakeFleet(instant=False)
    async with open_hub(settings_for(tmp_path, breaker_pause=1000), fleet) as hub:
        submission = await hub.generations.submit(request(preferred_gpu=SLOW))
        await eventually(lambda: fleet["slow"].running)
        fleet["slow"].forget_everything()
        [again] = await eventually(lambda: fleet["slow"].running, what="it is given to it once more")
        fleet["slow"].finish(again)
        [generation] = await finished(hub, submission.batch.id)
    assert generation.gpu_id == "slow"


async def test_a_node_whose_worker_is_dead_is_called_wedged_and_loses_its_work(tmp_path: Path) -> None:
    fleet = FakeFleet()
    async with open_hub(settings_for(tmp_path, wedged_after=0.05), fleet) as hub:
        fleet["slow"].wedged = True
        submission = await hub.generations.submit(request(preferred_gpu=SLOW))
        watch = hub.supervisor.get(SLOW)
        await eventually(lambda: watch.state is NodeState.WEDGED)
        assert watch.reason == "1 prompts wait and none runs: restart ComfyUI there"
        [generation] = await finished(hub, submission.batch.id)
        assert (generation.status, generation.gpu_id) == (GenerationStatus.COMPLETE, "fast")
        await eventually(lambda: not fleet["slow"].pending, what="ours is taken back")
        sent = len(fleet["slow"].graphs)
        [elsewhere] = await finished(hub, (await hub.generations.submit(request(preferred_gpu=SLOW))).batch.id)
        assert (elsewhere.gpu_id, len(fleet["slow"].graphs)) == ("fast", sent)

        fleet["slow"].forget_everything()
        await eventually(lambda: watch.state is NodeState.READY, what="a restart heals it")
        [healed] = await finished(hub, (await hub.generations.submit(request(preferred_gpu=SLOW))).batch.id)
    assert healed.gpu_id == "slow"


async def test_a_prompt_without_a_sign_of_life_wedges_its_node(tmp_path: Path) -> None:
    fleet = FakeFleet(instant=False)
    async with open_hub(settings_for(tmp_path, silent_limit=0.3), fleet) as hub:
        for watch in hub.supervisor.nodes.values():
            work_free = hub.board.view(watch)
            assert work_free.free
        submission = await hub.generations.submit(request(preferred_gpu=SLOW))
        [stuck] = await eventually(lambda: fleet["slow"].running)
        hub.board.active[stuck].expected_seconds = 0.01
        await eventually(lambda: hub.supervisor.get(SLOW).state is NodeState.WEDGED)
        [other] = await eventually(lambda: fleet["fast"].running)
        fleet["fast"].finish(other)
        [generation] = await finished(hub, submission.batch.id)
    assert generation.gpu_id == "fast"


async def test_a_prompt_that_was_lost_on_its_way_is_sent_once_more(tmp_path: Path) -> None:
    fleet = FakeFleet()
    async with open_hub(settings_for(tmp_path), fleet) as hub:
        fleet["slow"].posts_lost = 1
        [generation] = await finished(hub, (await hub.generations.submit(request(preferred_gpu=SLOW))).batch.id)
        attempts = await hub.storage.attempts.of_generation(generation.id)
    assert [attempt.state for attempt in attempts] == [AttemptState.WON], "the same attempt, the same id"
    assert fleet["slow"].posts == [attempts[0].id] * 2


async def test_a_prompt_that_is_lost_twice_is_lost(tmp_path: Path) -> None:
    fleet = FakeFleet()
    async with open_hub(settings_for(tmp_path), fleet) as hub:
        fleet["slow"].posts_lost = 2
        [generation] = await finished(hub, (await hub.generations.submit(request(preferred_gpu=SLOW))).batch.id)
        states = [attempt.state for attempt in await hub.storage.attempts.of_generation(generation.id)]
    assert states == [AttemptState.LOST, AttemptState.WON]


async def test_a_prompt_whose_answer_was_lost_is_found_and_not_sent_again(tmp_path: Path) -> None:
    fleet = FakeFleet()
    async with open_hub(settings_for(tmp_path), fleet) as hub:
        fleet["slow"].answers_lost = 1
        [generation] = await finished(hub, (await hub.generations.submit(request(preferred_gpu=SLOW))).batch.id)
        attempts = await hub.storage.attempts.of_generation(generation.id)
    assert fleet["slow"].posts == [attempts[0].id]
    assert [attempt.state for attempt in attempts] == [AttemptState.WON]


@pytest.mark.parametrize(("second", "restarted"), [(8.0, False), (0.0, True)])
async def test_a_node_that_counts_from_the_start_again_was_restarted(
    tmp_path: Path, second: float, restarted: bool
) -> None:
    fleet = FakeFleet()
    async with open_hub(settings_for(tmp_path), fleet) as hub:
        watch = hub.supervisor.get(FAST)
        assert not watch.note_number(7.0)
        watch.resident_checkpoint = "v1-5-pruned-emaonly.safetensors"
        assert watch.note_number(second) is restarted
        assert (watch.resident_checkpoint is None) is restarted
