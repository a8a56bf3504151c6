"""Handing jobs to a hub and waiting for their ends, for the tests of jobs."""

from typing import Any

from tests.waiting import eventually
from vibes.app.hub import Hub
from vibes.domain.ids import JobId, TaskId
from vibes.domain.job import Job
from vibes.services.jobs.outputs import JobView
from vibes.services.jobs.resolver import JobRequest
from vibes.workflows.tasks.plan import TaskRequest

DRAW = "sd15.text2img"
ENLARGE = "upscale.esrgan"


def task(task_id: str, task_type: str = DRAW, **inputs: Any) -> TaskRequest:
    given = {"prompt": "a cat", **inputs} if task_type == DRAW else inputs
    return TaskRequest(task_id, task_type, given)


def job_of(*tasks: TaskRequest, returned: Any = None, **given: Any) -> JobRequest:
    return JobRequest(tasks=tasks, returned=returned, **given)


def chain() -> JobRequest:
    """Two pictures, the second of which is enlarged."""
    return job_of(task("t1", count=2, seed=7), task("t2", ENLARGE, image="@t1.images[1]"), returned="@t2.images[0]")


async def ended(hub: Hub, job: Job) -> JobView:
    """The job, once it is over."""

    async def terminal() -> JobView | None:
        view = await hub.jobs.get(JobId(job.id))
        return view if view.job.status.terminal else None

    return await eventually(terminal, what="the job has ended")


async def submitted(hub: Hub, job: Job, task_id: str) -> None:
    async def has_batch() -> bool:
        return (await hub.jobs.get(job.id)).job.task(TaskId(task_id)).batch_id is not None

    await eventually(has_batch, what=f"{task_id} is a batch")


def statuses(view: JobView) -> dict[str, str]:
    return {task.id: str(task.status) for task in view.job.tasks}
