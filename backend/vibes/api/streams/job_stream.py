"""The events of one job as a stream of server-sent events, from any of its numbers to its end."""

import json
from collections.abc import AsyncIterator

from pydantic import TypeAdapter

from vibes.api.http.hub import Hub
from vibes.api.schemas.jobs import JobError, PictureOut, result_of
from vibes.api.schemas.messages import JobMessage, JobStepMessage, TaskStepMessage
from vibes.domain.ids import JobId, TaskId
from vibes.domain.job import JobEvent, JobStatus
from vibes.services.events.job_feed import EventNumber, JobHint, NumberedJobEvent, Watch
from vibes.services.jobs.outputs import JobView

_MESSAGES: TypeAdapter[JobMessage] = TypeAdapter(JobMessage)

RETRY_MILLISECONDS = 1000
LOOK_UP_SECONDS = 1.0
"""How soon a quiet stream notices that the hub is stopping."""


async def job_stream(hub: Hub, job_id: JobId, after: EventNumber) -> AsyncIterator[str]:
    """Each event once, then the end. A comment shows that a quiet stream is alive."""
    watch = hub.job_feed.watch(job_id)
    try:
        yield f"retry: {RETRY_MILLISECONDS}\n\n"
        while True:
            for numbered in await hub.job_feed.after(job_id, after):
                after = numbered.number
                yield _frame(numbered, await _message(hub, job_id, numbered.event))
                if isinstance(numbered.event, JobEvent) and numbered.event.last:
                    return
            while not await _news(hub, watch):
                if hub.stopping() or not await hub.jobs.exists(job_id):
                    return
                yield ": still there\n\n"
            if hub.stopping():
                return
    finally:
        hub.job_feed.unwatch(job_id, watch)


async def _news(hub: Hub, watch: Watch) -> bool:
    """False after a quiet time, True as soon as there is something to look at."""
    left = hub.heartbeat_seconds
    while left > 0:
        if await watch.news(min(left, LOOK_UP_SECONDS)) or hub.stopping():
            return True
        left -= LOOK_UP_SECONDS
    return False


def _frame(numbered: NumberedJobEvent, message: JobMessage) -> str:
    data = json.dumps(_MESSAGES.dump_python(message, mode="json"))
    return f"id: {numbered.number}\nevent: {message['type']}\ndata: {data}\n\n"


async def _message(hub: Hub, job_id: JobId, event: JobEvent | JobHint) -> JobMessage:
    if isinstance(event, JobHint):
        return {
            "type": "progress",
            "job_id": job_id,
            "batch_id": event.batch_id,
            "generation_id": event.generation_id,
            "node_id": event.node_id,
            "current": event.current,
            "total": event.total,
            "completed": event.completed,
            "batch_total": event.batch_total,
            "eta_seconds": event.eta_seconds,
        }
    if event.step.task_id is not None:
        return await _task_message(hub, job_id, event, event.step.task_id)
    return await _job_message(hub, job_id, event)


async def _task_message(hub: Hub, job_id: JobId, event: JobEvent, task_id: TaskId) -> TaskStepMessage:
    step = event.step
    message: TaskStepMessage = {
        "type": "task",
        "job_id": job_id,
        "status": step.status,
        "at": event.at,
        "task_id": task_id,
        "batch_id": step.batch_id,
        "error_message": step.message,
    }
    if step.status is JobStatus.COMPLETE:
        message["images"] = PictureOut.all_of((await _view(hub, job_id)).made.get(task_id, ()))
    return message


async def _job_message(hub: Hub, job_id: JobId, event: JobEvent) -> JobStepMessage:
    step = event.step
    message: JobStepMessage = {"type": "job", "job_id": job_id, "status": step.status, "at": event.at}
    if step.status is JobStatus.COMPLETE:
        message["result"] = result_of(await _view(hub, job_id))
    elif step.status is JobStatus.FAILED or step.failed_task is not None:
        message["error"] = JobError(task_id=step.failed_task, message=step.message or f"the job is {step.status}")
    return message


async def _view(hub: Hub, job_id: JobId) -> JobView:
    return await hub.jobs.get(job_id)
