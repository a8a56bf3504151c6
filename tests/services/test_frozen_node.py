"""A node whose process stands still: its connections stay open, and nothing is answered."""

import asyncio
from pathlib import Path

import pytest

from tests.fakes import FakeFleet
from tests.hub import FLEET, open_hub, settings_for
from tests.services.asking import finished, request
from tests.services.test_second_looks import FAST, SLOW, drawn_once, states_of
from tests.waiting import deadline, eventually
from vibes.domain.attempt import AttemptState
from vibes.domain.generation import GenerationStatus
from vibes.domain.ids import AttemptId
from vibes.domain.nodes.node import NodeState
from vibes.domain.pictures.spec import TaskType
from vibes.domain.reason import Reason, ReasonCode
from vibes.environment.settings import Settings
from vibes.services.execution.lost_attempts import LostAttempts
from vibes.services.fleet.watched_node import WatchedNode
from vibes.services.queue.active_attempt import ActiveAttempt


def impatient(folder: Path) -> Settings:
    """A node is silent after a tenth of a second, and nothing else would end the wait within the test."""
    return settings_for(folder, answer_timeout=0.6, silent_limit=600)


async def test_what_waits_there_starts_elsewhere_and_what_runs_there_a_second_time(tmp_path: Path) -> None:
    fleet = FakeFleet(instant=False)
    async with open_hub(impatient(tmp_path), fleet) as hub:
        await drawn_once(hub, fleet, fast=0.5, slow=0.5)
        hub.supervisor.drain(SLOW)
        submission = await hub.generations.submit(request(count=2))
        [behind] = await eventually(lambda: fleet["fast"].pending)
        [runs] = fleet["fast"].running
        fleet["fast"].freeze()
        hub.supervisor.resume(SLOW)
        [moved] = await eventually(lambda: fleet["slow"].running)
        fleet["slow"].finish(moved)
        [again] = await eventually(lambda: [each for each in fleet["slow"].running if each != moved])
        fleet["slow"].finish(again)
        generations = await finished(hub, submission.batch.id)
        fleet["fast"].thaw()
        await eventually(lambda: {behind, runs} <= set(fleet["fast"].cancelled), what="it is stopped where it woke up")
        states = {key: state for each in generations for key, state in (await states_of(hub, each)).items()}
    assert {each.status for each in generations} == {GenerationStatus.COMPLETE}
    assert (states[moved], states[again]) == (AttemptState.WON, AttemptState.WON)
    assert states[behind] is AttemptState.LOST


async def test_what_it_finishes_when_it_wakes_is_taken_if_nobody_else_had_time(tmp_path: Path) -> None:
    fleet = FakeFleet(instant=False)
    async with open_hub(impatient(tmp_path), fleet) as hub:
        await drawn_once(hub, fleet, fast=0.5, slow=0.5)
        hub.supervisor.drain(SLOW)
        submission = await hub.generations.submit(request(count=2))
        [behind] = await eventually(lambda: fleet["fast"].pending)
        [runs] = fleet["fast"].running
        fleet["fast"].freeze()
        hub.supervisor.resume(SLOW)
        await eventually(lambda: fleet["slow"].running)
        fleet["fast"].thaw()
        fleet["fast"].finish(runs)
        fleet["fast"].finish(behind)
        generations = await finished(hub, submission.batch.id)
        states = {key: state for each in generations for key, state in (await states_of(hub, each)).items()}
        await eventually(lambda: fleet["slow"].running == [], what="it is stopped where it was begun once more")
    assert {each.status for each in generations} == {GenerationStatus.COMPLETE}
    assert (states[runs], states[behind]) == (AttemptState.WON, AttemptState.WON)


async def test_one_that_cannot_be_looked_at_keeps_none_of_the_others_from_being_taken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked_at: list[AttemptId] = []
    look_for = LostAttempts._look_for

    async def breaking_at_first(attempts: LostAttempts, lost: ActiveAttempt, watch: WatchedNode) -> None:
        looked_at.append(lost.id)
        if len(looked_at) == 1:
            raise RuntimeError("a fault of ours")
        await look_for(attempts, lost, watch)

    monkeypatch.setattr(LostAttempts, "_look_for", breaking_at_first)
    fleet = FakeFleet(instant=False)
    async with open_hub(impatient(tmp_path), fleet) as hub:
        await drawn_once(hub, fleet, fast=0.5, slow=0.5)
        hub.supervisor.drain(SLOW)
        await hub.generations.submit(request(count=2))
        [behind] = await eventually(lambda: fleet["fast"].pending)
        [runs] = fleet["fast"].running
        fleet["fast"].unplug()
        await eventually(lambda: hub.supervisor.get(FAST).state is NodeState.OFFLINE)
        await eventually(lambda: hub.board.waiting == 2)
        fleet["fast"].reachable = True
        fleet["fast"].tell_connected()
        await eventually(lambda: len(looked_at) == 2, what="the other one is looked at")
    assert set(looked_at) == {behind, runs}


async def test_it_is_shown_and_gets_nothing_new_until_it_answers(tmp_path: Path) -> None:
    fleet = FakeFleet()
    async with open_hub(impatient(tmp_path), fleet) as hub:
        watch = hub.supervisor.get(FAST)
        fleet["fast"].freeze()
        watch.check_soon()
        await eventually(lambda: watch.state is NodeState.DEGRADED)
        assert watch.reason == Reason(ReasonCode.SILENT, "has not answered for more than 0.1 s")
        assert "has not answered for" in str(watch.pause_reason)
        [generation] = await finished(hub, (await hub.generations.submit(request())).batch.id)
        assert generation.node_id == "slow"
        fleet["fast"].thaw()
        await eventually(lambda: watch.state is NodeState.READY)


async def test_a_picture_that_is_on_its_way_to_it_does_not_hold_its_generation(tmp_path: Path) -> None:
    fleet = FakeFleet()
    settings_for(tmp_path, fleet=FLEET.replace("[sd15]", "[sd15, upscale]"))
    async with open_hub(impatient(tmp_path), fleet) as hub:
        [parent] = await finished(hub, (await hub.generations.submit(request())).batch.id)
        fleet["fast"].freeze()
        upscale = request(model_family=None, task_type=TaskType.UPSCALE, parents=(parent.id,), values={})
        [generation] = await finished(hub, (await hub.generations.submit(upscale)).batch.id)
        fleet["fast"].thaw()
    assert (generation.status, generation.node_id) == (GenerationStatus.COMPLETE, "slow")


async def test_neither_a_cancel_nor_the_end_of_the_hub_waits_for_it(tmp_path: Path) -> None:
    fleet = FakeFleet(instant=False)
    async with open_hub(impatient(tmp_path), fleet) as hub:
        await drawn_once(hub, fleet, fast=0.5)
        hub.supervisor.drain(SLOW)
        cancelled = await hub.generations.submit(request())
        await eventually(lambda: fleet["fast"].running)
        await hub.generations.submit(request(count=2))
        fleet["fast"].freeze()
        async with deadline():
            batch = await hub.generations.cancel_batch(cancelled.batch.id)
        assert [each.status for each in batch[1]] == [GenerationStatus.CANCELLED]
        leaving = asyncio.get_running_loop().time()
    assert asyncio.get_running_loop().time() - leaving < 30
