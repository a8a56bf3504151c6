"""What the hub does about work that is on a node already: it is prefetched, taken back, or gets a second attempt."""

import asyncio
from functools import partial
from pathlib import Path

import pytest

from tests.fakes import FakeFleet
from tests.hub import FLEET, open_hub, settings_for
from tests.services.asking import finished, request
from tests.waiting import deadline, eventually
from vibes.app.hub import Hub
from vibes.domain.attempt import Attempt, AttemptState, Wire
from vibes.domain.generation import Generation, GenerationStatus
from vibes.domain.ids import AttemptId, GenerationId, NodeId
from vibes.domain.nodes.outcome import Interrupted, Whereabouts
from vibes.domain.pictures.spec import TaskType
from vibes.domain.priority import Priority
from vibes.ports.criteria import GenerationFilter
from vibes.ports.orders import InputImage
from vibes.services.generations.service import Submission
from vibes.storage.open import open_storage

FAST, SLOW = NodeId("fast"), NodeId("slow")
ONLY_FAST = "\n".join(line for line in FLEET.splitlines() if "slow" not in line and "[sd15]" not in line)


async def drawn_once(hub: Hub, fleet: FakeFleet, **seconds_each: float) -> None:
    """Have the fleet draw one picture each, so that checkpoints are loaded, and believe these speeds from then on."""
    for name, seconds in seconds_each.items():
        submission = await hub.generations.submit(request(preferred_node=NodeId(name)))
        node = fleet[name]
        [running] = await eventually(partial(getattr, node, "running"))
        node.finish(running)
        await finished(hub, submission.batch.id)
        [work] = await hub.materials.works_for(submission.batch, submission.generations)
        for _ in range(20):
            hub.estimator.observe(NodeId(name), work, seconds, warm=True)


async def states_of(hub: Hub, generation: Generation) -> dict[AttemptId, AttemptState]:
    return {each.id: each.state for each in await hub.storage.attempts.of_generation(generation.id)}


async def test_the_next_prompt_waits_on_the_node_before_the_running_one_ends(tmp_path: Path) -> None:
    fleet = FakeFleet(instant=False)
    async with open_hub(settings_for(tmp_path, fleet=ONLY_FAST), fleet) as hub:
        await drawn_once(hub, fleet, fast=0.5)
        submission = await hub.generations.submit(request(count=3))
        [behind] = await eventually(lambda: fleet["fast"].pending)
        [running] = fleet["fast"].running
        assert len(fleet["fast"].graphs) == 1 + 2, "one runs, one waits, the third stays in the hub"
        fleet["fast"].finish(running)
        assert fleet["fast"].running == [behind], "without a way to the hub and back"
        fleet["fast"].instant = True
        fleet["fast"].finish(behind)
        generations = await finished(hub, submission.batch.id)
    assert [each.status for each in generations] == [GenerationStatus.COMPLETE] * 3


async def test_what_waits_on_a_node_is_taken_back_for_a_picture_that_somebody_looks_at(tmp_path: Path) -> None:
    fleet = FakeFleet(instant=False)
    async with open_hub(settings_for(tmp_path, fleet=ONLY_FAST), fleet) as hub:
        await drawn_once(hub, fleet, fast=0.9)
        many = await hub.generations.submit(request(count=3))
        [behind] = await eventually(lambda: fleet["fast"].pending)
        [running] = fleet["fast"].running
        urgent = await hub.generations.submit(request())
        await eventually(lambda: fleet["fast"].taken_back == [behind])
        await eventually(lambda: _queued(hub, many) == 2, what="it is back in the queue")
        fleet["fast"].finish(running)
        [next_one] = await eventually(lambda: [each for each in fleet["fast"].running if each != running])
        attempt = await hub.storage.attempts.get(next_one)
        assert attempt is not None
        assert attempt.generation_id == urgent.generations[0].id
        fleet["fast"].instant = True
        fleet["fast"].finish(next_one)
        generations = await finished(hub, many.batch.id)
        [back] = [each for each in generations if behind in await states_of(hub, each)]
        states = await states_of(hub, back)
    assert states.pop(behind) is AttemptState.TAKEN_BACK
    assert list(states.values()) == [AttemptState.WON]


async def test_what_is_taken_back_while_its_input_picture_is_on_the_way_has_lost_nothing(tmp_path: Path) -> None:
    fleet = FakeFleet(instant=False)
    async with open_hub(settings_for(tmp_path, fleet=ONLY_FAST), fleet) as hub:
        await drawn_once(hub, fleet, fast=0.5)
        [parent] = await hub.generations.search(GenerationFilter())
        upscaled = request(
            count=2,
            model_family=None,
            task_type=TaskType.UPSCALE,
            parents=(parent.id,),
            values={},
            priority=Priority.BULK,
        )
        rehearsed = await hub.generations.rehearse(upscaled)
        for _ in range(20):
            hub.estimator.observe(FAST, rehearsed.works[0], 0.5, warm=True)
        line, bring = asyncio.Event(), fleet["fast"].bring

        async def slowly(image: InputImage) -> None:
            await line.wait()
            await bring(image)

        fleet["fast"].bring = slowly  # type: ignore[method-assign]
        submission = await hub.generations.submit(upscaled)
        await eventually(lambda: [each for each in hub.board.active.values() if each.prefetched and each.being_asked])
        await hub.queue.pause()
        await eventually(lambda: _queued(hub, submission) == 1, what="it is back in the queue")
        [work] = filter(None, (hub.board.work_of(each.id) for each in submission.generations))
        fleet["fast"].instant = True
        line.set()
        await hub.queue.resume()
        generations = await finished(hub, submission.batch.id)
    assert work.losses == 0
    assert [each.status for each in generations] == [GenerationStatus.COMPLETE] * 2


def _queued(hub: Hub, submission: Submission) -> int:
    return sum(hub.board.work_of(each.id) is not None for each in submission.generations)


async def test_a_stuck_picture_is_drawn_twice_and_the_first_result_counts(tmp_path: Path) -> None:
    fleet = FakeFleet(instant=False)
    async with open_hub(settings_for(tmp_path), fleet) as hub:
        await drawn_once(hub, fleet, fast=0.05, slow=0.2)
        submission = await hub.generations.submit(request(preferred_node=None, count=2))
        [stuck] = await eventually(lambda: fleet["slow"].running, what="the slow one helps")
        [quick] = fleet["fast"].running
        fleet["fast"].finish(quick)
        [second] = await eventually(lambda: fleet["fast"].running, what="the idle one tries the stuck picture too")
        assert stuck in fleet["slow"].running
        fleet["fast"].finish(second)
        generations = await finished(hub, submission.batch.id)
        await eventually(lambda: fleet["slow"].cancelled == [stuck], what="the loser is stopped by its id")
        [drawn_twice] = [each for each in generations if stuck in await states_of(hub, each)]
        states = await states_of(hub, drawn_twice)
    assert (states[stuck], states[second]) == (AttemptState.SUPERSEDED, AttemptState.WON)
    assert (drawn_twice.status, drawn_twice.node_id) == (GenerationStatus.COMPLETE, "fast")


async def test_a_second_attempt_that_fails_leaves_the_first_one_alone(tmp_path: Path) -> None:
    fleet = FakeFleet(instant=False)
    async with open_hub(settings_for(tmp_path), fleet) as hub:
        await drawn_once(hub, fleet, fast=0.05, slow=0.2)
        submission = await hub.generations.submit(request(count=2))
        [stuck] = await eventually(lambda: fleet["slow"].running)
        fleet["fast"].finish(fleet["fast"].running[0])
        [second] = await eventually(lambda: fleet["fast"].running)
        fleet["fast"].break_down(second, "CUDA error")
        await eventually(lambda: second not in hub.board.active)
        assert stuck in hub.board.active
        fleet["slow"].finish(stuck)
        generations = await finished(hub, submission.batch.id)
    assert {(each.status, each.node_id) for each in generations} == {
        (GenerationStatus.COMPLETE, "fast"),
        (GenerationStatus.COMPLETE, "slow"),
    }


async def test_a_hub_that_ends_takes_back_what_waits_and_leaves_what_runs(tmp_path: Path) -> None:
    fleet = FakeFleet(instant=False)
    async with open_hub(settings_for(tmp_path, fleet=ONLY_FAST), fleet) as hub:
        await drawn_once(hub, fleet, fast=0.5)
        submission = await hub.generations.submit(request(count=2))
        [behind] = await eventually(lambda: fleet["fast"].pending)
        [running] = fleet["fast"].running
        await eventually(lambda: all(active.sent for active in hub.board.active.values()))
    assert fleet["fast"].taken_back == [behind]
    assert fleet["fast"].running == [running]
    async with open_storage(settings_for(tmp_path).storage_url) as storage:
        assert [attempt.id for attempt in await storage.attempts.open_attempts()] == [running]
        statuses = [each.status for each in await storage.generations.of_batch(submission.batch.id)]
    assert sorted(statuses) == [GenerationStatus.GENERATING, GenerationStatus.QUEUED]


async def test_a_second_attempt_that_may_not_begin_leaves_the_next_attempt_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its generation was queued when it asked, because the first attempt had just failed, and is in new hands when it
    hears so."""
    fleet = FakeFleet(instant=False)
    three = FLEET + "\n".join(FLEET.splitlines()[-2:]).replace("slow", "third").replace("10.1.1.2", "10.1.1.3")
    async with open_hub(settings_for(tmp_path, fleet=three), fleet) as hub:
        await drawn_once(hub, fleet, fast=0.05, slow=0.2, third=0.2)

        def others() -> list[AttemptId]:
            return [each for node in fleet.nodes.values() for each in node.running if each != stuck]

        async def too_late(_: Attempt) -> bool:
            fleet["slow"].break_down(stuck, "CUDA error")
            await eventually(others, what="the next attempt has begun")
            return False

        monkeypatch.setattr(hub.storage.attempts, "begin_second", too_late)
        submission = await hub.generations.submit(request(count=3))
        [stuck] = await eventually(lambda: fleet["slow"].running)
        for name in ("fast", "third"):
            [quick] = await eventually(partial(getattr, fleet[name], "running"))
            fleet[name].finish(quick)
        [following] = await eventually(others)
        await eventually(lambda: len(hub.board.active) == 1, what="the second attempt is over")
        assert not hub.board.active[following].cancelled
        fleet[hub.board.active[following].node_id].finish(following)
        generations = await finished(hub, submission.batch.id)
    assert [each.status for each in generations] == [GenerationStatus.COMPLETE] * 3


async def test_a_stopped_attempt_that_ends_late_does_not_fail_the_picture_that_was_asked_for_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fleet = FakeFleet(instant=False)
    async with open_hub(settings_for(tmp_path, fleet=ONLY_FAST), fleet) as hub:
        submission = await hub.generations.submit(request())
        [generation] = submission.generations
        [running] = await eventually(lambda: fleet["fast"].running)
        heard, go_on = asyncio.Event(), asyncio.Event()
        find = fleet["fast"].find

        async def slow_answer(attempt_id: AttemptId, sent: Wire | None = None, *, ended: bool = False) -> Whereabouts:
            heard.set()
            await go_on.wait()
            return await find(attempt_id, sent, ended=ended)

        monkeypatch.setattr(fleet["fast"], "find", slow_answer)
        async with deadline():
            await heard.wait()
        await hub.queue.pause()
        await hub.generations.cancel(generation.id)
        fleet["fast"].states[running] = Interrupted()
        await hub.generations.retry(generation.id)
        go_on.set()
        await eventually(lambda: running not in hub.board.active)
        assert (await hub.generations.get(generation.id)).status is GenerationStatus.QUEUED
        assert (await states_of(hub, generation))[running] is AttemptState.CANCELLED
        fleet["fast"].instant = True
        await hub.queue.resume()
        [generation] = await finished(hub, submission.batch.id)
    assert generation.status is GenerationStatus.COMPLETE


async def test_a_stopped_attempt_whose_picture_is_here_already_leaves_the_next_attempt_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It was cancelled and asked for again while its picture was being stored."""
    fleet = FakeFleet(instant=False)
    async with open_hub(settings_for(tmp_path), fleet) as hub:
        submission = await hub.generations.submit(request(preferred_node=FAST))
        [generation] = submission.generations
        [first] = await eventually(lambda: fleet["fast"].running)
        status = hub.storage.generations.status
        others: list[AttemptId] = []

        async def asked_for_again(generation_id: GenerationId) -> GenerationStatus | None:
            found = await status(generation_id)
            if found is GenerationStatus.GENERATING and not others:
                others.append(first)
                await hub.generations.cancel(generation.id)
                found = await status(generation_id)
                await hub.generations.retry(generation.id)
                others.extend(await eventually(lambda: [each for each in hub.board.active if each != first]))
                await eventually(lambda: hub.board.active[others[1]].sent, what="the next attempt has begun")
            return found

        monkeypatch.setattr(hub.storage.generations, "status", asked_for_again)
        fleet["fast"].finish(first)
        await eventually(lambda: first not in hub.board.active)
        assert not hub.board.active[others[1]].cancelled
        fleet["fast"].instant = fleet["slow"].instant = True
        for node in fleet.nodes.values():
            for attempt_id in node.running:
                node.finish(attempt_id)
        [generation] = await finished(hub, submission.batch.id)
    assert generation.status is GenerationStatus.COMPLETE
