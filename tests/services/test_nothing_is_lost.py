"""What must hold when things go wrong at the worst moment: nothing lost, nothing doubled, nothing stuck."""

import asyncio
import re
import shutil
from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from tests.fakes import FakeFleet, FakeNode, SameMachines
from tests.hub import FLEET, open_hub, settings_for
from tests.services.asking import finished, request
from tests.waiting import eventually
from vibes.app.hub import Hub
from vibes.domain.attempt import AttemptState
from vibes.domain.errors import NodeUnreachable, NotFound, StorageUnavailable
from vibes.domain.events import NodeChanged
from vibes.domain.generation import Generation, GenerationStatus
from vibes.domain.ids import AttemptId, NodeId
from vibes.domain.nodes.node import NodeConfig, NodeState
from vibes.domain.pictures.spec import TaskType
from vibes.domain.reason import Reason, ReasonCode
from vibes.domain.session import FlowType
from vibes.services.execution.outcomes import Outcome
from vibes.services.execution.result_collector import ResultCollector
from vibes.services.execution.settlement import MAX_DEATHS, MAX_LOSSES
from vibes.services.queue.active_attempt import ActiveAttempt
from vibes.storage.open import open_storage

FAST, SLOW = NodeId("fast"), NodeId("slow")


def picture_of(folder: Path, generation: Generation) -> Path:
    assert generation.image is not None
    return folder / "data" / "images" / generation.image.image_path


async def test_the_result_of_a_lost_attempt_is_taken_when_its_node_comes_back_in_time(tmp_path: Path) -> None:
    fleet = FakeFleet(instant=False)
    async with open_hub(settings_for(tmp_path), fleet) as hub:
        submission = await hub.generations.submit(request(preferred_node=FAST))
        [first] = await eventually(lambda: fleet["fast"].running)
        fleet["fast"].unplug()
        [second] = await eventually(lambda: fleet["slow"].running, what="it runs on the other one")
        fleet["fast"].finish(first)
        fleet["fast"].reachable = True
        hub.supervisor.get(FAST).check_soon()
        [generation] = await finished(hub, submission.batch.id)
        await eventually(lambda: fleet["slow"].cancelled == [second], what="the other one is stopped, by its id")
        states = {each.id: each.state for each in await hub.storage.attempts.of_generation(generation.id)}

    assert (generation.status, generation.node_id) == (GenerationStatus.COMPLETE, "fast")
    assert states == {first: AttemptState.WON, second: AttemptState.SUPERSEDED}
    assert picture_of(tmp_path, generation).is_file()


async def test_a_lost_attempt_whose_result_comes_too_late_is_stopped_and_changes_nothing(tmp_path: Path) -> None:
    fleet = FakeFleet(instant=False)
    async with open_hub(settings_for(tmp_path), fleet) as hub:
        submission = await hub.generations.submit(request(preferred_node=FAST))
        [first] = await eventually(lambda: fleet["fast"].running)
        fleet["fast"].unplug()
        [second] = await eventually(lambda: fleet["slow"].running)
        fleet["slow"].finish(second)
        [generation] = await finished(hub, submission.batch.id)
        fleet["fast"].reachable = True
        hub.supervisor.get(FAST).check_soon()
        await eventually(lambda: fleet["fast"].cancelled == [first])

    assert generation.node_id == "slow"
    assert picture_of(tmp_path, generation).is_file()


async def test_a_cancel_that_was_not_heard_is_said_again_by_the_next_hub(tmp_path: Path) -> None:
    fleet = FakeFleet(instant=False)
    async with open_hub(settings_for(tmp_path), fleet) as hub:
        submission = await hub.generations.submit(request(preferred_node=FAST))
        [running] = await eventually(lambda: fleet["fast"].running)
    async with open_storage(settings_for(tmp_path).storage_url) as storage:
        await storage.generations.cancel(submission.generations[0].id, at=submission.batch.created_at)
    machines = SameMachines(fleet.nodes)
    async with open_hub(settings_for(tmp_path), machines) as hub:
        await eventually(lambda: machines["fast"].cancelled == [running])
        await eventually(lambda: _closed(hub, running), what="its attempt is closed")


async def _closed(hub: Hub, attempt_id: object) -> bool:
    return attempt_id not in [attempt.id for attempt in await hub.storage.attempts.open_attempts()]


async def test_an_attempt_that_nobody_drives_any_more_is_taken_up_again_when_its_lease_is_over(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    fleet = FakeFleet(instant=False)
    async with open_hub(settings_for(tmp_path), fleet) as hub:
        submission = await hub.generations.submit(request(preferred_node=FAST))
        [running] = await eventually(lambda: fleet["fast"].running)
        await eventually(partial(_runs, hub, running))
        [task] = [task for task in asyncio.all_tasks() if task.get_name() == f"attempt {running}"]
        task.cancel()  # as a fault of ours would end it
        await eventually(lambda: running not in hub.board.active)
        await hub.storage.attempts.renew([running], submission.batch.created_at)
        fleet["fast"].finish(running)
        await hub.sweep()
        [generation] = await finished(hub, submission.batch.id)
    assert (generation.status, generation.node_id) == (GenerationStatus.COMPLETE, "fast")
    assert f"nobody drives attempt {running}" in caplog.text
    assert fleet["fast"].posts == [running], "it was not sent again"


async def test_work_of_a_node_that_left_gpus_yaml_while_the_hub_was_down_goes_elsewhere(tmp_path: Path) -> None:
    fleet = FakeFleet(instant=False)
    async with open_hub(settings_for(tmp_path), fleet) as hub:
        submission = await hub.generations.submit(request(preferred_node=SLOW))
        await eventually(lambda: fleet["slow"].running)
    only_fast = "\n".join(line for line in FLEET.splitlines() if "slow" not in line and "[sd15]" not in line)
    (tmp_path / "gpus.yaml").write_text(only_fast)
    async with open_hub(settings_for(tmp_path), FakeFleet()) as hub:
        [generation] = await finished(hub, submission.batch.id)
    assert (generation.status, generation.node_id) == (GenerationStatus.COMPLETE, "fast")


async def test_a_node_entry_can_be_edited_while_it_works(tmp_path: Path) -> None:
    fleet = FakeFleet(instant=False)
    async with open_hub(settings_for(tmp_path), fleet) as hub:
        submission = await hub.generations.submit(request(preferred_node=FAST))
        [running] = await eventually(lambda: fleet["fast"].running)
        config = tmp_path / "gpus.yaml"
        config.write_text(FLEET.replace("RTX 5060 Ti", "RTX 5070"))
        await eventually(lambda: hub.supervisor.get(FAST).config.name == "RTX 5070")
        assert not fleet["fast"].closed
        assert hub.board.on_node(FAST)

        old = fleet["fast"]
        config.write_text(FLEET.replace("10.1.1.1", "10.1.1.9"))
        await eventually(lambda: old.closed, what="the old address is let go")
        assert old.cancelled == [running], "what ran there is taken back"
        [again] = await eventually(lambda: fleet["fast"].running + fleet["slow"].running)
        fleet["fast"].finish(again)
        fleet["slow"].finish(again)
        [generation] = await finished(hub, submission.batch.id)
    assert generation.status is GenerationStatus.COMPLETE


async def test_a_database_that_hiccups_does_not_cost_running_work(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fleet = FakeFleet(instant=False)
    async with open_hub(settings_for(tmp_path), fleet) as hub:
        submission = await hub.generations.submit(request(preferred_node=FAST))
        [running] = await eventually(lambda: fleet["fast"].running)

        async def refuse(*_: object, **__: object) -> bool:
            raise StorageUnavailable("database is locked")

        # The real database cannot be made to fail for a moment at exactly these two calls.
        monkeypatch.setattr(hub.storage.attempts, "advance", refuse)
        monkeypatch.setattr(hub.storage.attempts, "renew", refuse)
        fleet["fast"].finish(running)
        [generation] = await finished(hub, submission.batch.id)
        attempts = await hub.storage.attempts.of_generation(generation.id)
    assert [attempt.state for attempt in attempts] == [AttemptState.WON]


async def test_a_full_disk_is_waited_out_and_the_node_is_not_asked_to_draw_again(tmp_path: Path) -> None:
    fleet = FakeFleet(instant=False)
    images = tmp_path / "data" / "images"
    async with open_hub(settings_for(tmp_path), fleet) as hub:
        images.parent.mkdir(exist_ok=True)
        images.write_text("in the way")
        submission = await hub.generations.submit(request(preferred_node=FAST))
        [running] = await eventually(lambda: fleet["fast"].running)
        fleet["fast"].finish(running)
        await eventually(lambda: [each for each in hub.board.active.values() if each.collecting])
        images.unlink()
        [generation] = await finished(hub, submission.batch.id)
    assert generation.status is GenerationStatus.COMPLETE
    assert len(fleet["fast"].graphs) == 1


async def test_a_node_whose_pictures_pile_up_gets_no_more_work(tmp_path: Path) -> None:
    fleet = FakeFleet()
    async with open_hub(settings_for(tmp_path), fleet) as hub:
        hub.supervisor.drain(SLOW)
        fleet["fast"].hold_fetch = asyncio.Event()
        submission = await hub.generations.submit(request(count=5))
        reason = await eventually(lambda: hub.forecast.waiting_for(submission.generations[4].id))
        assert reason.code is ReasonCode.TURN or "fast" in reason.sentence
        await eventually(lambda: len(fleet["fast"].graphs) == 2)
        fleet["fast"].hold_fetch.set()
        generations = await finished(hub, submission.batch.id)
    assert {each.status for each in generations} == {GenerationStatus.COMPLETE}


async def test_a_retry_whose_input_is_gone_leaves_the_generation_as_it_was(tmp_path: Path) -> None:
    async with open_hub(settings_for(tmp_path), FakeFleet()) as hub:
        [parent] = await finished(hub, (await hub.generations.submit(request())).batch.id)
        hub.supervisor.drain(FAST)
        elsewhere = await hub.sessions.create(FlowType.DRAFT_GRID, {})
        upscale = request(
            session_id=elsewhere.id, model_family=None, task_type=TaskType.UPSCALE, parents=(parent.id,), values={}
        )
        [child] = (await hub.generations.submit(upscale)).generations
        await hub.generations.cancel(child.id)
        await hub.storage.sessions.delete(parent.session_id)
        with pytest.raises(NotFound):
            await hub.generations.retry(child.id)
        after = await hub.generations.get(child.id)
        assert after.status is GenerationStatus.CANCELLED
        assert hub.board.work_of(child.id) is None


async def test_what_is_retried_while_its_batch_is_being_cancelled_is_either_cancelled_or_done(tmp_path: Path) -> None:
    fleet = FakeFleet(instant=False)
    async with open_hub(settings_for(tmp_path), fleet) as hub:
        submission = await hub.generations.submit(request(count=8))
        await eventually(lambda: fleet["fast"].running and fleet["slow"].running)
        cancelling = asyncio.create_task(hub.generations.cancel_batch(submission.batch.id))
        for generation in submission.generations:
            await eventually(partial(_cancelled, hub, generation))
            await hub.generations.retry(generation.id)
        await cancelling
        for node in fleet.nodes.values():
            node.instant = True
            for attempt_id in node.running:
                node.finish(attempt_id)
        generations = await finished(hub, submission.batch.id)
    assert {each.status for each in generations} == {GenerationStatus.COMPLETE}


async def _cancelled(hub: Hub, generation: Generation) -> bool:
    return (await hub.generations.get(generation.id)).status is GenerationStatus.CANCELLED


async def test_a_node_that_talks_nonsense_about_a_prompt_is_not_believed_for_ever(tmp_path: Path) -> None:
    fleet = FakeFleet()
    async with open_hub(settings_for(tmp_path), fleet) as hub:
        fleet["slow"].nonsense = True
        [generation] = await finished(hub, (await hub.generations.submit(request())).batch.id)
    assert (generation.status, generation.node_id) == (GenerationStatus.COMPLETE, "fast")


async def test_a_job_that_is_lost_again_and_again_is_given_up_with_the_reason(tmp_path: Path) -> None:
    fleet = FakeFleet(instant=False)
    async with open_hub(settings_for(tmp_path, breaker_pause=0.02), fleet) as hub:
        hub.supervisor.drain(FAST)
        fleet["slow"].refusal = NodeUnreachable("connection refused")
        [generation] = await finished(hub, (await hub.generations.submit(request())).batch.id)
    assert generation.status is GenerationStatus.FAILED
    assert generation.error_message == f"lost {MAX_LOSSES} times, last: slow: connection refused"


async def test_a_job_that_three_nodes_did_not_survive_fails_and_the_fleet_lives(tmp_path: Path) -> None:
    fleet = FakeFleet(instant=False)
    async with open_hub(settings_for(tmp_path), fleet) as hub:
        submission = await hub.generations.submit(request(preferred_node=SLOW))
        for name in ("slow", "slow", "fast"):  # the third time where it has not been yet, whatever was wished
            [running] = await eventually(partial(getattr, fleet[name], "running"))
            await eventually(partial(_runs, hub, running))
            fleet[name].forget_everything()
        [generation] = await finished(hub, submission.batch.id)
        fleet["fast"].instant = fleet["slow"].instant = True
        [after] = await finished(hub, (await hub.generations.submit(request(preferred_node=SLOW))).batch.id)
    assert generation.status is GenerationStatus.FAILED
    assert str(generation.error_message).startswith(f"{MAX_DEATHS} nodes died while they ran it")
    assert after.status is GenerationStatus.COMPLETE


def _runs(hub: Hub, attempt_id: AttemptId) -> bool:
    return attempt_id in hub.board.active and hub.board.active[attempt_id].measured.running_since is not None


async def test_two_missed_checks_are_a_hiccup(tmp_path: Path) -> None:
    fleet = FakeFleet()
    async with open_hub(settings_for(tmp_path), fleet) as hub:
        watch = hub.supervisor.get(FAST)
        heard: list[NodeChanged] = []
        watch._report = lambda event, _: heard.append(event)
        fleet["fast"].missed_checks = 2
        watch.check_soon()
        await eventually(lambda: fleet["fast"].missed_checks == 0 and watch.misses == 0, what="it answered again")
        assert heard == []


async def test_three_missed_checks_are_an_outage_and_it_comes_back_by_itself(tmp_path: Path) -> None:
    fleet = FakeFleet()
    async with open_hub(settings_for(tmp_path), fleet) as hub:
        watch = hub.supervisor.get(FAST)
        fleet["fast"].missed_checks = 3
        watch.check_soon()
        await eventually(lambda: watch.state is NodeState.OFFLINE)
        assert watch.reason == Reason(ReasonCode.UNREACHABLE, "no answer in time")
        assert watch.inventory is not None, "what it had is still known"
        await eventually(lambda: watch.state is NodeState.READY)


async def test_a_slow_answer_makes_a_node_degraded(tmp_path: Path) -> None:
    fleet = FakeFleet()
    async with open_hub(settings_for(tmp_path), fleet) as hub:
        fleet["fast"].response_ms = 6000
        watch = hub.supervisor.get(FAST)
        watch.check_soon()
        await eventually(lambda: watch.state is NodeState.DEGRADED)
        assert watch.reason == Reason(ReasonCode.SLOW, "answers slowly (6.0 s)")


async def test_work_for_a_node_that_is_merely_down_waits_although_no_other_has_the_file(tmp_path: Path) -> None:
    class Booting(FakeFleet):
        def __call__(self, config: NodeConfig) -> FakeNode:
            node = super().__call__(config)
            node.reachable = config.id != "fast"
            node.files = {} if config.id == "slow" else node.files
            return node

    fleet = Booting()
    async with open_hub(settings_for(tmp_path), fleet) as hub:
        submission = await hub.generations.submit(request())
        assert "fast is offline" in str(hub.forecast.waiting_for(submission.generations[0].id))
        fleet["fast"].reachable = True
        hub.supervisor.get(FAST).check_soon()
        [generation] = await finished(hub, submission.batch.id)
    assert generation.node_id == "fast"


async def test_the_lease_of_what_runs_is_renewed(tmp_path: Path) -> None:
    fleet = FakeFleet(instant=False)
    async with open_hub(settings_for(tmp_path), fleet) as hub:
        submission = await hub.generations.submit(request(preferred_node=FAST))
        [running] = await eventually(lambda: fleet["fast"].running)
        before = await hub.storage.attempts.get(running)
        assert before is not None
        active = hub.board.active[running]
        active.measured = replace(active.measured, renewed_at=float("-inf"))  # as if it had been running for long

        async def renewed() -> bool:
            after = await hub.storage.attempts.get(running)
            return after is not None and after.lease_expires_at > before.lease_expires_at

        await eventually(renewed)
        fleet["fast"].finish(running)
        await finished(hub, submission.batch.id)


async def test_what_an_advance_dropped_is_deleted_with_its_files_after_the_undo_window(tmp_path: Path) -> None:
    settings = settings_for(tmp_path, undo_window_hours=0)
    async with open_hub(settings, FakeFleet()) as hub:
        picked, dropped = await finished(hub, (await hub.generations.submit(request(count=2))).batch.id)
        await hub.sessions.advance(picked.session_id, selected=[picked.id], rejected=[])
        files = picture_of(tmp_path, dropped), picture_of(tmp_path, picked)
        # The hub's own sweep comes once a minute; this is the same sweep.
        assert await hub.storage.generations.delete_discarded(picked.created_at + timedelta(days=1)) == 1
        await hub.images.delete(await hub.storage.doomed_files.some())
        assert [path.exists() for path in files] == [False, True]
        assert [each.id for each in await hub.sessions.generations(picked.session_id)] == [picked.id]


async def test_a_fleet_file_whose_folder_vanishes_for_a_moment_costs_nothing(tmp_path: Path) -> None:
    folder = tmp_path / "config"
    folder.mkdir()
    settings = settings_for(folder, data=tmp_path / "data")
    async with open_hub(settings, FakeFleet()) as hub:
        shutil.move(folder, tmp_path / "elsewhere")
        await eventually(lambda: hub.fleet.config_problems, what="it is noticed")
        assert set(hub.supervisor.nodes) == {"fast", "slow"}
        shutil.move(tmp_path / "elsewhere", folder)
        await eventually(lambda: not hub.fleet.config_problems, what="and forgotten when it is back")
        [generation] = await finished(hub, (await hub.generations.submit(request())).batch.id)
    assert generation.status is GenerationStatus.COMPLETE


async def test_a_fault_in_an_attempts_states_costs_that_attempt_alone_and_the_log_tells_its_story(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    collect = ResultCollector.collect
    broken: list[AttemptId] = []

    async def twice(collector: ResultCollector, active: ActiveAttempt, *given: Any) -> Outcome:
        if not broken:
            broken.append(active.id)
            active.collect(0.0)
        return await collect(collector, active, *given)

    monkeypatch.setattr(ResultCollector, "collect", twice)
    async with open_hub(settings_for(tmp_path), FakeFleet()) as hub:
        submission = await hub.generations.submit(request(count=3))
        generations = await finished(hub, submission.batch.id)
        assert not hub.health.problems()
    assert [each.status for each in generations] == [GenerationStatus.COMPLETE] * 3
    assert f"attempt {broken[0]} cannot collect while" in caplog.text
    assert re.search(r"s: assigned to \w+\n.* s: written down\n.* s: sent\n", caplog.text)
