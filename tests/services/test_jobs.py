"""Jobs on the queue that is there: chains, fan-outs, failures, cancels, and hubs that end in the middle."""

import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from tests.fakes import FakeFleet, SameMachines, png
from tests.hub import open_hub, settings_for
from tests.services.jobbing import ENLARGE, chain, ended, job_of, statuses, submitted, task
from tests.waiting import eventually
from vibes.app.hub import Hub
from vibes.domain.errors import InvalidRequest
from vibes.domain.generation import GenerationStatus
from vibes.domain.ids import NodeId, TaskId
from vibes.domain.job import Job, JobStatus, JobStep
from vibes.domain.priority import Priority
from vibes.ports.criteria import GenerationFilter
from vibes.services.generations.idempotency import IdempotencyKey
from vibes.services.media.artifact_store import Artifact


async def prompts_ever(hub: Hub) -> int:
    return await hub.storage.generations.count(GenerationFilter())


async def history(hub: Hub, job: Job) -> list[tuple[str | None, str]]:
    events = await hub.storage.jobs.events(job.id, after=0)
    assert [event.seq for event in events] == list(range(1, len(events) + 1)), "without gaps"
    return [(event.step.task_id, str(event.step.status)) for event in events]


async def test_a_task_starts_when_what_it_starts_from_is_stored(tmp_path: Path) -> None:
    fleet = FakeFleet()
    async with open_hub(settings_for(tmp_path), fleet) as hub:
        job = await hub.jobs.submit(chain())
        assert job.status is JobStatus.QUEUED
        view = await ended(hub, job)
        happened = await history(hub, job)

    drafts, [enlarged] = view.made[TaskId("t1")], view.made[TaskId("t2")]
    assert (view.job.status, statuses(view)) == (JobStatus.COMPLETE, {"t1": "complete", "t2": "complete"})
    assert [each.spec.seed for each in drafts] == [7, 8]
    assert enlarged.parent_id == drafts[1].id, "the lineage is kept"
    assert {each.session_id for each in (*drafts, enlarged)} == {job.session_id}
    assert happened == [
        (None, "queued"),
        ("t1", "queued"),
        (None, "running"),
        ("t1", "running"),
        ("t1", "complete"),
        ("t2", "queued"),
        ("t2", "running"),
        ("t2", "complete"),
        (None, "complete"),
    ]


async def test_tasks_that_need_nothing_of_each_other_run_at_the_same_time_on_different_nodes(tmp_path: Path) -> None:
    fleet = FakeFleet(instant=False)
    async with open_hub(settings_for(tmp_path), fleet) as hub:
        job = await hub.jobs.submit(job_of(task("t1"), task("t2")))
        await eventually(lambda: fleet["fast"].running and fleet["slow"].running)
        for node in fleet.nodes.values():
            node.finish(node.running[0])
        view = await ended(hub, job)
    nodes = {made.node_id for task_made in view.made.values() for made in task_made}
    assert (view.job.status, nodes) == (JobStatus.COMPLETE, {"fast", "slow"})


async def test_a_list_of_pictures_fans_out_into_one_picture_each(tmp_path: Path) -> None:
    async with open_hub(settings_for(tmp_path), FakeFleet()) as hub:
        job = await hub.jobs.submit(
            job_of(
                task("t1", count=3),
                task("all", ENLARGE, image="@t1.images"),
                task("two", ENLARGE, image=["@t1.images[2]", "@t1.images[0]"]),
                task("again", seed="@t1.seeds[1]", count=1),
            )
        )
        view = await ended(hub, job)
    drafts = view.made[TaskId("t1")]
    assert [each.parent_id for each in view.made[TaskId("all")]] == [each.id for each in drafts]
    assert [each.parent_id for each in view.made[TaskId("two")]] == [drafts[2].id, drafts[0].id]
    assert [each.spec.seed for each in view.made[TaskId("again")]] == [drafts[1].spec.seed]


async def test_the_failure_of_a_task_fails_the_job_and_cancels_the_rest(tmp_path: Path) -> None:
    fleet = FakeFleet(instant=False)
    async with open_hub(settings_for(tmp_path), fleet) as hub:
        tasks = (task("t1"), task("t2", count=3), task("t3", ENLARGE, image="@t1.images"))
        job = await hub.jobs.submit(job_of(*tasks))
        await submitted(hub, job, "t2")
        await eventually(lambda: fleet["fast"].running and fleet["slow"].running)
        for node in fleet.nodes.values():
            node.error = "no such thing"
            node.break_down(node.running[0], "no such thing")
        view = await ended(hub, job)

        async def nothing_open() -> bool:
            open_statuses = [GenerationStatus.QUEUED, GenerationStatus.GENERATING]
            return not await hub.storage.generations.with_status(open_statuses)

        await eventually(nothing_open, what="the rest of the job is cancelled")

    assert view.job.status is JobStatus.FAILED
    assert view.job.failed_task in {"t1", "t2"}
    assert "no such thing" in (view.job.error_message or "")
    assert statuses(view)[view.job.failed_task or ""] == "failed"
    assert statuses(view)["t3"] == "cancelled"


async def test_a_picture_that_somebody_cancels_cancels_the_job_that_needs_it(tmp_path: Path) -> None:
    fleet = FakeFleet(instant=False)
    async with open_hub(settings_for(tmp_path), fleet) as hub:
        job = await hub.jobs.submit(chain())
        await submitted(hub, job, "t1")
        first, _ = (await hub.jobs.get(job.id)).made[TaskId("t1")]
        await hub.generations.cancel(first.id)
        view = await ended(hub, job)
    assert (view.job.status, view.job.failed_task) == (JobStatus.CANCELLED, "t1")
    assert view.job.error_message == f"generation {first.id} was cancelled"


async def test_a_cancelled_job_stops_what_runs_and_takes_back_what_waits(tmp_path: Path) -> None:
    fleet = FakeFleet(instant=False)
    async with open_hub(settings_for(tmp_path), fleet) as hub:
        job = await hub.jobs.submit(job_of(task("t1", count=5), task("t2", ENLARGE, image="@t1.images")))
        await eventually(lambda: fleet["fast"].running and fleet["slow"].running)
        running = [node.running[0] for node in fleet.nodes.values()]
        view = await hub.jobs.cancel(job.id)
        await eventually(lambda: [each for node in fleet.nodes.values() for each in node.cancelled] == running)
        again = await hub.jobs.cancel(job.id)
        happened = await history(hub, job)

    assert (view.job.status, statuses(view)) == (JobStatus.CANCELLED, {"t1": "cancelled", "t2": "cancelled"})
    assert {each.status for each in view.made[TaskId("t1")]} == {GenerationStatus.CANCELLED}
    assert again.job == view.job
    assert happened[-1] == (None, "cancelled")


async def test_the_next_hub_goes_on_where_the_last_one_stood_and_repeats_nothing(tmp_path: Path) -> None:
    fleet = FakeFleet(instant=False)
    async with open_hub(settings_for(tmp_path), fleet) as hub:
        job = await hub.jobs.submit(chain())
        await eventually(lambda: fleet["fast"].running and fleet["slow"].running)
        for node in fleet.nodes.values():
            node.finish(node.running[0])
        await submitted(hub, job, "t2")
        await eventually(lambda: fleet["fast"].running)
    machines = SameMachines(fleet.nodes, instant=False)
    async with open_hub(settings_for(tmp_path), machines) as hub:
        machines["fast"].finish(machines["fast"].running[0])
        view = await ended(hub, job)
        asked = await prompts_ever(hub)
        attempts = [len(await hub.storage.attempts.of_batch(each.batch_id)) for each in view.job.tasks if each.batch_id]

    assert (view.job.status, asked, attempts) == (JobStatus.COMPLETE, 3, [2, 1])


async def test_a_task_that_was_submitted_by_a_hub_that_could_not_note_it_is_not_submitted_again(tmp_path: Path) -> None:
    """The moment between the batch and the row that names it, put there by hand."""
    fleet = FakeFleet(instant=False)
    async with open_hub(settings_for(tmp_path), fleet) as hub:
        job = await hub.jobs.submit(job_of(task("t1")))
        await submitted(hub, job, "t1")
        await eventually(lambda: fleet["fast"].running or fleet["slow"].running)
        before = (await hub.jobs.get(job.id)).job.tasks[0].batch_id
    execute(tmp_path, "UPDATE job_tasks SET batch_id = NULL, status = 'queued'")
    machines = SameMachines(fleet.nodes, instant=False)
    async with open_hub(settings_for(tmp_path), machines) as hub:
        [node] = [each for each in machines.nodes.values() if each.running]
        node.finish(node.running[0])
        view = await ended(hub, job)
        assert await prompts_ever(hub) == 1
    assert (view.job.status, view.job.tasks[0].batch_id) == (JobStatus.COMPLETE, before)


async def test_a_job_that_ended_while_its_work_was_still_open_is_tidied_up_by_the_next_hub(tmp_path: Path) -> None:
    """The moment between a cancel's rows and its work, put there by hand."""
    fleet = FakeFleet(instant=False)
    async with open_hub(settings_for(tmp_path), fleet) as hub:
        job = await hub.jobs.submit(job_of(task("t1", count=4)))
        await eventually(lambda: fleet["fast"].running and fleet["slow"].running)
    execute(tmp_path, "UPDATE jobs SET status = 'cancelled'")
    machines = SameMachines(fleet.nodes, instant=False)
    async with open_hub(settings_for(tmp_path), machines) as hub:

        async def nothing_is_open() -> bool:
            generations = await hub.sessions.generations(job.session_id)
            return all(each.status is GenerationStatus.CANCELLED for each in generations)

        await eventually(nothing_is_open)
        await eventually(lambda: machines["fast"].cancelled and machines["slow"].cancelled)


async def test_a_step_of_a_job_that_is_over_changes_nothing(tmp_path: Path) -> None:
    async with open_hub(settings_for(tmp_path), FakeFleet()) as hub:
        job = await hub.jobs.submit(job_of(task("t1")))
        view = await ended(hub, job)
        step = JobStep(status=JobStatus.FAILED, message="too late")
        assert list(await hub.storage.jobs.move(job.id, [step], at=job.created_at)) == []
        assert (await hub.jobs.get(job.id)).job == view.job


async def test_the_same_key_is_the_same_job_and_another_body_is_refused(tmp_path: Path) -> None:
    async with open_hub(settings_for(tmp_path), FakeFleet()) as hub:
        key = IdempotencyKey("abc", "0" * 64)
        job = await hub.jobs.submit(chain(), key)
        assert (await hub.jobs.submit(chain(), key)).id == job.id
        with pytest.raises(InvalidRequest, match="another body"):
            await hub.jobs.submit(chain(), replace(key, body_sha256="1" * 64))
        assert len((await hub.jobs.list(statuses=None, limit=10, offset=0))[0]) == 1
        await ended(hub, job)


async def test_a_job_has_a_session_of_its_own_that_no_list_shows_and_goes_with_it(tmp_path: Path) -> None:
    async with open_hub(settings_for(tmp_path), FakeFleet()) as hub:
        job = await hub.jobs.submit(chain())
        await ended(hub, job)
        assert await hub.sessions.list(limit=10, offset=0) == []
        assert len(await hub.sessions.generations(job.session_id)) == 3
        await hub.sessions.delete(job.session_id)
        assert not await hub.jobs.exists(job.id)
        assert list(await hub.storage.jobs.events(job.id, after=0)) == []


async def test_a_job_keeps_its_workflows_as_they_were_when_it_was_handed_in(tmp_path: Path) -> None:
    fleet = FakeFleet(instant=False)
    settings = settings_for(tmp_path)
    async with open_hub(settings, fleet) as hub:
        job = await hub.jobs.submit(
            job_of(task("t1", preferred_gpu=NodeId("fast")), task("t2", ENLARGE, image="@t1.images"))
        )
        await eventually(lambda: fleet["fast"].running)
        hub.catalog.library = replace(hub.catalog.library, workflows={})  # as if every file had been deleted
        fleet["fast"].finish(fleet["fast"].running[0])
        await eventually(lambda: fleet["fast"].running, what="the second task runs all the same")
        fleet["fast"].finish(fleet["fast"].running[0])
        assert (await ended(hub, job)).job.status is JobStatus.COMPLETE


async def test_the_priority_of_a_job_is_that_of_its_batches(tmp_path: Path) -> None:
    async with open_hub(settings_for(tmp_path), FakeFleet()) as hub:
        bulk = await hub.jobs.submit(job_of(task("t1"), priority=Priority.BULK))
        one, many = await hub.jobs.submit(job_of(task("t1"))), await hub.jobs.submit(job_of(task("t1"), task("t2")))
        batch_id = (await ended(hub, bulk)).job.tasks[0].batch_id
        assert batch_id is not None
        batch, _ = await hub.generations.get_batch(batch_id)
        for job in (one, many):
            await ended(hub, job)
    assert (batch.priority, one.priority, many.priority) == (Priority.BULK, Priority.INTERACTIVE, Priority.NORMAL)


async def uploaded(hub: Hub, content: bytes) -> Artifact:
    async def read() -> bytes:
        return content

    return await hub.artifacts.add(read, "file")


async def test_an_upload_goes_when_the_last_job_that_uses_it_has_ended(tmp_path: Path) -> None:
    fleet = FakeFleet(instant=False)
    async with open_hub(settings_for(tmp_path), fleet) as hub:
        artifact = await uploaded(hub, png())
        picture = f"@artifact:{artifact.id}"
        first = await hub.jobs.submit(job_of(task("t1", ENLARGE, image=picture)))
        second = await hub.jobs.submit(job_of(task("t1"), task("t2", ENLARGE, image=picture)))
        await submitted(hub, second, "t2")
        await hub.jobs.cancel(first.id)
        assert await hub.artifacts.exists(artifact.id), "the second job needs it"
        await hub.jobs.cancel(second.id)
        assert not await hub.artifacts.exists(artifact.id)
        with pytest.raises(InvalidRequest, match="there is no artifact"):
            await hub.jobs.submit(job_of(task("t1", ENLARGE, image=picture)))


async def test_an_upload_stays_while_others_need_it_or_when_it_was_made_again(tmp_path: Path) -> None:
    fleet = FakeFleet(instant=False)
    async with open_hub(settings_for(tmp_path), fleet) as hub:
        artifact = await uploaded(hub, png())
        job = await hub.jobs.submit(job_of(task("t1", ENLARGE, image=f"@artifact:{artifact.id}")))
        await uploaded(hub, png())
        await hub.jobs.cancel(job.id)
        assert await hub.artifacts.exists(artifact.id), "it was uploaded for a next one"
        again = await hub.jobs.submit(job_of(task("t1", ENLARGE, image=f"artifact:{artifact.id}")))
        await hub.jobs.cancel(again.id)
        assert not await hub.artifacts.exists(artifact.id)


async def test_a_job_that_no_node_could_ever_do_is_refused_with_the_place(tmp_path: Path) -> None:
    async with open_hub(settings_for(tmp_path), FakeFleet()) as hub:
        with pytest.raises(InvalidRequest) as refused:
            await hub.jobs.submit(
                job_of(task("t1"), task("t2", checkpoint="none.safetensors"), task("t3", "flux.text2img", prompt="x"))
            )
        assert await prompts_ever(hub) == 0
    assert [problem.pointer for problem in refused.value.problems] == [
        "/payload/tasks/1/inputs/checkpoint",
        "/payload/tasks/2",
    ]


def execute(folder: Path, statement: str) -> None:
    with closing(sqlite3.connect(folder / "data" / "vibes.db")) as connection, connection:
        connection.execute(statement)
