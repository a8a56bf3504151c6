"""Whatever fault leaves work behind, it is found by the rows alone and goes on; what is counted is what is there."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from tests.fakes import FakeFleet
from tests.hub import open_hub, settings_for
from tests.services.asking import finished, request
from tests.services.jobbing import chain, ended
from tests.waiting import eventually
from vibes.app.hub import Hub
from vibes.domain.attempt import AttemptState
from vibes.domain.batch import BatchStatus
from vibes.domain.events import BatchChanged
from vibes.domain.generation import GenerationStatus
from vibes.domain.ids import NodeId, SessionId
from vibes.domain.job import JobStatus
from vibes.services.events.live_events import Listener
from vibes.services.jobs.runner import JobRunner
from vibes.services.maintenance import healing, queue_comparison

FAST = NodeId("fast")


@pytest.fixture
def often(monkeypatch: pytest.MonkeyPatch) -> None:
    """A sweep takes place every moment; as they are, the third one at most acts, within a minute."""
    assert 2 * healing.SWEEP_SECONDS + queue_comparison.SURE_SECONDS <= 60
    monkeypatch.setattr(healing, "SWEEP_SECONDS", 0.05)
    monkeypatch.setattr(queue_comparison, "SURE_SECONDS", 0.05)


@pytest.mark.usefixtures("often")
async def test_what_is_generating_without_an_attempt_is_found_and_drawn(tmp_path: Path) -> None:
    fleet = FakeFleet(instant=False)
    async with open_hub(settings_for(tmp_path), fleet) as hub:
        submission = await hub.generations.submit(request(preferred_node=FAST))
        [running] = await eventually(lambda: fleet["fast"].running)
        await eventually(lambda: hub.board.active[running].sent)
        [task] = [task for task in asyncio.all_tasks() if task.get_name() == f"attempt {running}"]
        task.cancel()
        await hub.storage.attempts.close(running, AttemptState.CANCELLED, at=submission.batch.created_at)
        fleet["fast"].states.clear()
        fleet["fast"].instant = True
        [generation] = await finished(hub, submission.batch.id)
    assert generation.status is GenerationStatus.COMPLETE


async def test_what_is_set_aside_to_be_cancelled_is_not_put_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Cancelling thousands takes longer than two sweeps are apart."""
    monkeypatch.setattr(queue_comparison, "SURE_SECONDS", 0.0)
    async with open_hub(settings_for(tmp_path), FakeFleet()) as hub:
        await hub.queue.pause()
        submission = await hub.generations.submit(request(count=2))
        aside = hub.board.set_aside(each.id for each in submission.generations)
        for _ in range(3):
            await hub.sweep()
        assert hub.board.waiting == 0
        for generation, work in aside:
            hub.board.add(generation, work)
        hub.board.withdraw([submission.generations[0].id])
        for _ in range(3):
            await hub.sweep()
        assert hub.board.waiting == 2, "what was put back is looked after as ever"


@pytest.mark.usefixtures("often")
async def test_what_is_queued_and_in_no_queue_is_found_and_drawn(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with open_hub(settings_for(tmp_path), FakeFleet()) as hub:
        await hub.queue.pause()
        submission = await hub.generations.submit(request(count=3))
        lost, _, kept = submission.generations
        hub.board.withdraw([lost.id])
        await eventually(lambda: hub.board.work_of(lost.id))
        await hub.queue.resume()
        generations = await finished(hub, submission.batch.id)
    assert [each.status for each in generations] == [GenerationStatus.COMPLETE] * 3
    assert f"nobody had generation {lost.id} in the queue" in caplog.text
    assert str(kept.id) not in caplog.text


@pytest.mark.usefixtures("often")
async def test_what_is_over_leaves_the_queue_and_what_nobody_drives_leaves_the_board(tmp_path: Path) -> None:
    fleet = FakeFleet(instant=False)
    async with open_hub(settings_for(tmp_path), fleet) as hub:
        await hub.queue.pause()
        submission = await hub.generations.submit(request())
        [over] = submission.generations
        await hub.storage.generations.cancel(over.id, at=over.created_at)
        await eventually(lambda: hub.board.work_of(over.id) is None)
        await hub.queue.resume()
        await hub.generations.submit(request(preferred_node=FAST))
        [running] = await eventually(lambda: fleet["fast"].running)
        active = hub.board.active[running]
        fleet["fast"].finish(running)
        await eventually(lambda: not hub.board.active)
        hub.board.begin(active)
        await eventually(lambda: not hub.board.active, what="it is no more in the way of other work")


async def test_no_sweep_touches_what_is_under_way(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    fleet = FakeFleet(instant=False)
    async with open_hub(settings_for(tmp_path), fleet) as hub:
        submission = await hub.generations.submit(request(count=4))
        await eventually(lambda: fleet["fast"].running and fleet["slow"].running)
        for _ in range(3):
            await hub.sweep()
        assert len(hub.board.active) == 2
        assert hub.board.waiting == 2
        assert [each.status for each in await hub.storage.generations.of_batch(submission.batch.id)].count(
            GenerationStatus.GENERATING
        ) == 2
    assert not [record for record in caplog.records if record.levelname == "ERROR"]


@pytest.mark.usefixtures("often")
async def test_a_job_whose_sign_was_missed_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(JobRunner, "overhear", lambda *_: None)
    async with open_hub(settings_for(tmp_path), FakeFleet()) as hub:
        assert (await ended(hub, await hub.jobs.submit(chain()))).job.status is JobStatus.COMPLETE


async def test_a_look_that_breaks_keeps_none_of_the_others_from_being_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with open_hub(settings_for(tmp_path), FakeFleet()) as hub:
        await hub.queue.pause()
        submission = await hub.generations.submit(request())
        hub.board.withdraw([submission.generations[0].id])
        monkeypatch.setattr(hub.storage.attempts, "open_attempts", breaks)
        monkeypatch.setattr(queue_comparison, "SURE_SECONDS", 0.0)
        for _ in range(2):
            with pytest.raises(KeyError):
                await hub.sweep()
        assert hub.board.waiting == 1


async def breaks() -> None:
    raise KeyError("row")


def tallies(listener: Listener) -> list[tuple[int, int, BatchStatus]]:
    told = []
    for each in list(listener._events):
        if isinstance(each.event, BatchChanged):
            tally = each.event.batch
            told.append((tally.completed, tally.total, tally.status))
    return told


async def one_failed_one_running(hub: Hub, fleet: FakeFleet) -> tuple[Any, Any, Any, Listener]:
    """A batch of two on one node: the first has failed, the second runs."""
    submission = await hub.generations.submit(request(count=2, preferred_node=FAST, model_family="sdxl"))
    listener, _ = hub.live.subscribe(SessionId(submission.batch.session_id), None)
    [first] = await eventually(lambda: fleet["fast"].running)
    failed = hub.board.active[first].generation
    fleet["fast"].break_down(first, "CUDA error")
    [second] = await eventually(lambda: [each for each in fleet["fast"].running if each != first])
    await eventually(lambda: first not in hub.board.active)
    return submission, failed, second, listener


async def test_a_sibling_that_is_done_while_a_picture_is_retried_is_counted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fleet = FakeFleet(instant=False)
    async with open_hub(settings_for(tmp_path), fleet) as hub:
        submission, failed, second, listener = await one_failed_one_running(hub, fleet)
        retry = hub.storage.generations.retry

        async def meanwhile(generation_id: Any) -> bool:
            fleet["fast"].finish(second)
            await eventually(lambda: second not in hub.board.active, what="the sibling is done")
            return await retry(generation_id)

        monkeypatch.setattr(hub.storage.generations, "retry", meanwhile)
        fleet["fast"].instant = True
        await hub.generations.retry(failed.id)
        await finished(hub, submission.batch.id)
        await eventually(lambda: (2, 2, BatchStatus.COMPLETE) in tallies(listener), what="the batch is told to be over")


async def test_two_pictures_retried_at_once_are_both_counted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fleet = FakeFleet()

    def fleet_breaks(message: str | None) -> None:
        for node in fleet.nodes.values():
            node.error = message

    async with open_hub(settings_for(tmp_path), fleet) as hub:
        fleet_breaks("CUDA error")
        submission = await hub.generations.submit(request(count=2))
        listener, _ = hub.live.subscribe(SessionId(submission.batch.session_id), None)
        await finished(hub, submission.batch.id)
        await eventually(lambda: (2, 2, BatchStatus.FAILED) in tallies(listener))
        fleet_breaks(None)
        one, two = submission.generations
        retry, first_is_drawn = hub.storage.generations.retry, asyncio.Event()

        async def in_between(generation_id: Any) -> bool:
            if generation_id == two.id:
                await first_is_drawn.wait()
            return await retry(generation_id)

        monkeypatch.setattr(hub.storage.generations, "retry", in_between)
        second = asyncio.create_task(hub.generations.retry(two.id))
        await hub.generations.retry(one.id)

        async def drawn() -> bool:
            return (await hub.generations.get(one.id)).status is GenerationStatus.COMPLETE

        await eventually(drawn)
        await eventually(lambda: not hub.board.active)
        first_is_drawn.set()
        await second
        await finished(hub, submission.batch.id)
        await eventually(lambda: (2, 2, BatchStatus.COMPLETE) in tallies(listener))
        assert tallies(listener).count((2, 2, BatchStatus.COMPLETE)) == 1
