"""The events of one job as a stream of server-sent events, from any of its numbers to its end."""

import json
from collections.abc import AsyncIterator
from typing import Any

from vibes.api.http.hub import Hub
from vibes.api.schemas.common import rfc3339
from vibes.api.schemas.jobs import JobError, PictureOut, result_of
from vibes.domain.ids import JobId, TaskId
from vibes.domain.job import JobEvent, JobStatus
from vibes.services.events.job_feed import EventNumber, JobHint, NumberedJobEvent, Watch
from vibes.services.jobs.outputs import JobView

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


def _frame(numbered: NumberedJobEvent, message: dict[str, Any]) -> str:
    return f"id: {numbered.number}\nevent: {message['type']}\ndata: {json.dumps(message)}\n\n"


async def _message(hub: Hub, job_id: JobId, event: JobEvent | JobHint) -> dict[str, Any]:
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
    about = {"job_id": job_id, "status": event.step.status, "at": rfc3339(event.at)}
    if event.step.task_id is not None:
        return {"type": "task", **about, **await _about_task(hub, job_id, event, event.step.task_id)}
    return {"type": "job", **about, **await _about_end(hub, job_id, event)}


async def _about_task(hub: Hub, job_id: JobId, event: JobEvent, task_id: TaskId) -> dict[str, Any]:
    step = event.step
    about: dict[str, Any] = {"task_id": task_id, "batch_id": step.batch_id, "error_message": step.message}
    if step.status is JobStatus.COMPLETE:
        made = (await _view(hub, job_id)).made.get(task_id, ())
        about["images"] = [picture.model_dump(mode="json") for picture in PictureOut.all_of(made)]
    return about


async def _about_end(hub: Hub, job_id: JobId, event: JobEvent) -> dict[str, Any]:
    step = event.step
    if step.status is JobStatus.COMPLETE:
        return {"result": result_of(await _view(hub, job_id))}
    if step.status is JobStatus.FAILED or step.failed_task is not None:
        error = JobError(task_id=step.failed_task, message=step.message or f"the job is {step.status}")
        return {"error": error.model_dump(mode="json")}
    return {}


async def _view(hub: Hub, job_id: JobId) -> JobView:
    return await hub.jobs.get(job_id)
