"""Nodes that answer and are not well: what they get, what they are called, and how they come back."""

import time
from dataclasses import replace
from pathlib import Path

import pytest

from tests.fakes import FakeFleet, FakeNode
from tests.hub import FLEET, open_hub, settings_for
from tests.services.asking import finished, request
from tests.waiting import eventually
from vibes.app.hub import Hub
from vibes.domain.attempt import AttemptState
from vibes.domain.errors import NodeUnreachable
from vibes.domain.generation import GenerationStatus
from vibes.domain.ids import NodeId
from vibes.domain.nodes.events import AttemptEnded, AttemptStarted, NodeEvent
from vibes.domain.nodes.node import NodeState
from vibes.domain.reason import Reason, ReasonCode
from vibes.services.fleet.circuit_breaker import IN_A_ROW

FAST, SLOW = NodeId("fast"), NodeId("slow")
ONLY_FAST = FLEET.replace("id: slow", "id: slow, enabled: false")


async def test_a_failing_node_gets_three_jobs_and_is_used_again_once_it_is_well(tmp_path: Path) -> None:
    fleet = FakeFleet()
    async with open_hub(settings_for(tmp_path, breaker_pause=1.0), fleet) as hub:
        watch = hub.supervisor.get(SLOW)

        async def drawn_by() -> str | None:
            submission = await hub.generations.submit(request(preferred_node=SLOW))
            [generation] = await finished(hub, submission.batch.id)
            return generation.node_id

        fleet["slow"].refusal = NodeUnreachable("502 Bad Gateway")
        while watch.breaker.closed:
            assert await drawn_by() == "fast"
        assert fleet["slow"].tries == IN_A_ROW
        assert watch.reason == Reason(ReasonCode.ERRORS, "3 errors in a row: left alone for a while")
        assert await drawn_by() == "fast"
        assert fleet["slow"].tries == IN_A_ROW, "nothing more while its breaker is open"
        fleet["slow"].refusal = None
        await eventually(lambda: not hub.board.view(watch).paused_for)
        assert not watch.breaker.closed
        assert await drawn_by() == "slow"
        await eventually(lambda: watch.breaker.closed, what="which is noted after the picture was stored")


async def test_a_node_that_was_only_away_did_not_die_of_its_job(tmp_path: Path) -> None:
    fleet = FakeFleet(instant=False)
    async with open_hub(settings_for(tmp_path), fleet) as hub:
        submission = await hub.generations.submit(request(preferred_node=SLOW))
        [running] = await eventually(lambda: fleet["slow"].running)
        await eventually(lambda: hub.board.active[running].measured.running_since)
        fleet["slow"].unplug()
        [elsewhere] = await eventually(lambda: fleet["fast"].running)
        assert hub.board.active[elsewhere].work.deaths == 1
        fleet["slow"].reachable = True
        hub.supervisor.get(SLOW).check_soon()
        await eventually(lambda: fleet["slow"].cancelled == [running], what="what still runs there is stopped")
        assert hub.board.active[elsewhere].work.deaths == 0
        assert await hub.storage.attempts.deaths() == {}
        fleet["fast"].finish(elsewhere)
        await finished(hub, submission.batch.id)


async def test_a_cancel_that_a_node_did_not_hear_is_said_again_when_it_is_back(tmp_path: Path) -> None:
    fleet = FakeFleet(instant=False)
    async with open_hub(settings_for(tmp_path), fleet) as hub:
        submission = await hub.generations.submit(request(preferred_node=SLOW))
        [running] = await eventually(lambda: fleet["slow"].running)
        fleet["slow"].reachable = False
        await hub.generations.cancel(submission.generations[0].id)
        await eventually(lambda: not hub.board.active)
        await eventually(lambda: hub.supervisor.get(SLOW).state is NodeState.OFFLINE)
        assert fleet["slow"].running == [running]
        fleet["slow"].reachable = True
        hub.supervisor.get(SLOW).check_soon()
        await eventually(lambda: fleet["slow"].cancelled == [running])


async def test_the_end_of_the_trouble_is_seen_without_a_job_however_long_the_pause_has_grown(tmp_path: Path) -> None:
    fleet = FakeFleet()
    async with open_hub(settings_for(tmp_path), fleet) as hub:
        breaker = hub.supervisor.get(SLOW).breaker
        whole, fleet["slow"].image = fleet["slow"].image, b"<html>502 Bad Gateway</html>"
        while breaker.closed:
            await finished(hub, (await hub.generations.submit(request(preferred_node=SLOW))).batch.id)
        breaker._opened_at, breaker._until = time.monotonic() - 1000, time.monotonic() + 1000
        hub.supervisor.get(SLOW).check_soon()
        [elsewhere] = await finished(hub, (await hub.generations.submit(request(preferred_node=SLOW))).batch.id)
        assert elsewhere.node_id == "fast"
        sent = len(fleet["slow"].graphs)
        fleet["slow"].image = whole
        await eventually(lambda: not breaker.open_for(time.monotonic()), what="the broken picture comes whole now")
        assert len(fleet["slow"].graphs) == sent
        [generation] = await finished(hub, (await hub.generations.submit(request(preferred_node=SLOW))).batch.id)
    assert (generation.node_id, breaker.closed) == ("slow", True)


async def test_a_prompt_that_breaks_every_node_is_the_jobs_fault_and_blames_none_of_them(tmp_path: Path) -> None:
    fleet = FakeFleet()
    async with open_hub(settings_for(tmp_path), fleet) as hub:
        for node in fleet.nodes.values():
            node.breaks_at_prompts = True
        [failed] = await finished(hub, (await hub.generations.submit(request())).batch.id)
        assert all(watch.breaker.failures == "0 errors of late" for watch in hub.supervisor.nodes.values())
    assert failed.error_message == "the node cannot take it: answered 500 Internal Server Error"


@pytest.mark.parametrize("answers", [1, 2, 3])
async def test_a_picture_does_not_fail_of_a_node_that_broke_on_all_prompts_for_a_moment(
    tmp_path: Path, answers: int
) -> None:
    """Also where no other node could draw it."""
    fleet = FakeFleet()
    async with open_hub(settings_for(tmp_path, fleet=ONLY_FAST), fleet) as hub:
        fleet["fast"].broken_answers = answers
        [generation] = await finished(hub, (await hub.generations.submit(request())).batch.id)
    assert (generation.status, generation.error_message) == (GenerationStatus.COMPLETE, None)


async def test_nothing_is_learned_of_a_run_whose_end_was_told_before_its_start(tmp_path: Path) -> None:
    fleet = FakeFleet(instant=False)
    async with open_hub(settings_for(tmp_path, fleet=ONLY_FAST), fleet) as hub:
        node = fleet["fast"]
        tell, told = node.tell, list[NodeEvent]()

        def tell_late(event: NodeEvent) -> None:
            told.append(event)
            node.freeze()  # no answer tells that it runs either

        node.tell = tell_late  # type: ignore[method-assign]
        submission = await hub.generations.submit(request())
        [running] = await eventually(lambda: node.running)
        node.finish(running)
        assert told == [AttemptStarted(running), AttemptEnded(running)]
        for event in reversed(told):
            tell(event)
        await eventually(lambda: hub.board.active[running].measured.running_since, what="both were heard")
        node.thaw()
        [generation] = await finished(hub, submission.batch.id)
    assert generation.status is GenerationStatus.COMPLETE
    assert hub.estimator.revisions == {}


async def test_one_loss_costs_a_node_a_question_and_no_pause(tmp_path: Path) -> None:
    fleet = FakeFleet(instant=False)
    async with open_hub(settings_for(tmp_path, breaker_pause=1000), fleet) as hub:
        submission = await hub.generations.submit(request(preferred_node=SLOW))
        await eventually(lambda: fleet["slow"].running)
        fleet["slow"].forget_everything()
        [again] = await eventually(lambda: fleet["slow"].running, what="it is given to it once more")
        fleet["slow"].finish(again)
        [generation] = await finished(hub, submission.batch.id)
    assert generation.node_id == "slow"


async def test_one_death_is_one_error_however_much_was_on_the_node(tmp_path: Path) -> None:
    fleet = FakeFleet(instant=False)
    async with open_hub(settings_for(tmp_path, fleet=ONLY_FAST), fleet) as hub:
        await _known_as_fast(hub, fleet["fast"])
        submission = await hub.generations.submit(request(count=2))
        await eventually(lambda: fleet["fast"].running and fleet["fast"].pending)
        fleet["fast"].unplug()
        await eventually(lambda: not hub.board.active, what="both are lost")
        assert hub.supervisor.get(FAST).breaker.failures == "1 error of late"
        fleet["fast"].restart_unheard()
        fleet["fast"].instant = fleet["fast"].reachable = True
        generations = await finished(hub, submission.batch.id)
    assert {each.status for each in generations} == {GenerationStatus.COMPLETE}


async def _known_as_fast(hub: Hub, node: FakeNode) -> None:
    """It has drawn before, half a second each, and so may be sent the next one ahead of time."""
    first = await hub.generations.submit(request())
    [drawn] = await eventually(lambda: node.running)
    node.finish(drawn)
    await finished(hub, first.batch.id)
    [work] = await hub.materials.works_for(first.batch, first.generations)
    for _ in range(20):
        hub.estimator.observe(NodeId(node.config.id), work, 0.5, warm=True)


async def test_a_node_whose_worker_is_dead_is_called_wedged_and_loses_its_work(tmp_path: Path) -> None:
    fleet = FakeFleet()
    async with open_hub(settings_for(tmp_path, wedged_after=0.05), fleet) as hub:
        fleet["slow"].wedged = True
        submission = await hub.generations.submit(request(preferred_node=SLOW))
        watch = hub.supervisor.get(SLOW)
        await eventually(lambda: watch.state is NodeState.WEDGED)
        assert watch.reason == Reason(ReasonCode.WEDGED, "1 prompt waits and none runs: restart ComfyUI there")
        [generation] = await finished(hub, submission.batch.id)
        assert (generation.status, generation.node_id) == (GenerationStatus.COMPLETE, "fast")
        sent = len(fleet["slow"].graphs)
        [elsewhere] = await finished(hub, (await hub.generations.submit(request(preferred_node=SLOW))).batch.id)
        assert (elsewhere.node_id, len(fleet["slow"].graphs)) == ("fast", sent)

        fleet["slow"].forget_everything()
        await eventually(lambda: watch.state is NodeState.READY, what="a restart heals it")
        [healed] = await finished(hub, (await hub.generations.submit(request(preferred_node=SLOW))).batch.id)
    assert healed.node_id == "slow"


async def test_a_worker_that_was_only_slow_heals_by_itself_and_its_result_is_welcome(tmp_path: Path) -> None:
    fleet = FakeFleet()
    only_slow = FLEET.replace("id: fast", "id: fast, enabled: false")
    async with open_hub(settings_for(tmp_path, fleet=only_slow, wedged_after=0.05), fleet) as hub:
        fleet["slow"].wedged = True
        submission = await hub.generations.submit(request())
        watch = hub.supervisor.get(SLOW)
        await eventually(lambda: watch.state is NodeState.WEDGED)
        await eventually(lambda: hub.board.work_of(submission.generations[0].id), what="it waits for a node again")
        fleet["slow"].unwedge()
        [generation] = await finished(hub, submission.batch.id)
        assert watch.state is not NodeState.WEDGED
        attempts = await hub.storage.attempts.of_generation(generation.id)
    assert generation.status is GenerationStatus.COMPLETE
    assert AttemptState.WON in [attempt.state for attempt in attempts]


async def test_a_restart_that_a_number_betrays_makes_everybody_there_look_at_once(tmp_path: Path) -> None:
    fleet = FakeFleet(instant=False)
    async with open_hub(settings_for(tmp_path, fleet=ONLY_FAST, reconcile_interval=1000.0), fleet) as hub:
        await _known_as_fast(hub, fleet["fast"])
        forgotten = await hub.generations.submit(request())
        [running] = await eventually(lambda: fleet["fast"].running)
        fleet["fast"].restart_unheard()
        prefetched = await hub.generations.submit(request(count=3))
        [behind] = await eventually(lambda: fleet["fast"].running, what="it is the first that the new process gets")
        await eventually(lambda: running not in hub.board.active, what="what ran is known to be lost")
        fleet["fast"].instant = True
        fleet["fast"].finish(behind)
        generations = [
            *await finished(hub, forgotten.batch.id),
            *await finished(hub, prefetched.batch.id),
        ]
        states = [each.state for each in await hub.storage.attempts.of_generation(forgotten.generations[0].id)]
    assert {each.status for each in generations} == {GenerationStatus.COMPLETE}
    assert states == [AttemptState.LOST, AttemptState.WON]


async def test_a_prompt_without_a_sign_of_life_wedges_its_node(tmp_path: Path) -> None:
    fleet = FakeFleet(instant=False)
    async with open_hub(settings_for(tmp_path, silent_limit=0.3), fleet) as hub:
        for watch in hub.supervisor.nodes.values():
            work_free = hub.board.view(watch)
            assert work_free.free
        submission = await hub.generations.submit(request(preferred_node=SLOW))
        [stuck] = await eventually(lambda: fleet["slow"].running)
        active = hub.board.active[stuck]
        active.measured = replace(active.measured, expected_seconds=0.01)
        await eventually(lambda: hub.supervisor.get(SLOW).state is NodeState.WEDGED)
        [other] = await eventually(lambda: fleet["fast"].running)
        fleet["fast"].finish(other)
        [generation] = await finished(hub, submission.batch.id)
    assert generation.node_id == "fast"


async def test_a_prompt_that_was_lost_on_its_way_is_sent_once_more(tmp_path: Path) -> None:
    fleet = FakeFleet()
    async with open_hub(settings_for(tmp_path), fleet) as hub:
        fleet["slow"].posts_lost = 1
        [generation] = await finished(hub, (await hub.generations.submit(request(preferred_node=SLOW))).batch.id)
        attempts = await hub.storage.attempts.of_generation(generation.id)
    assert [attempt.state for attempt in attempts] == [AttemptState.WON], "the same attempt, the same id"
    assert fleet["slow"].posts == [attempts[0].id] * 2


async def test_a_prompt_that_is_lost_twice_is_lost(tmp_path: Path) -> None:
    fleet = FakeFleet()
    async with open_hub(settings_for(tmp_path), fleet) as hub:
        fleet["slow"].posts_lost = 2
        [generation] = await finished(hub, (await hub.generations.submit(request(preferred_node=SLOW))).batch.id)
        states = [attempt.state for attempt in await hub.storage.attempts.of_generation(generation.id)]
    assert states == [AttemptState.LOST, AttemptState.WON]


async def test_a_prompt_whose_answer_was_lost_is_found_and_not_sent_again(tmp_path: Path) -> None:
    fleet = FakeFleet()
    async with open_hub(settings_for(tmp_path), fleet) as hub:
        fleet["slow"].answers_lost = 1
        [generation] = await finished(hub, (await hub.generations.submit(request(preferred_node=SLOW))).batch.id)
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
        assert not watch.note_number(7.0, before=None)
        watch.resident_checkpoint = "v1-5-pruned-emaonly.safetensors"
        assert watch.note_number(second, before=7.0) is restarted
        assert not watch.note_number(second + 1, before=second)
        assert (watch.resident_checkpoint is None) is restarted
