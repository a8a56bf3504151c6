"""The events of one job as server-sent events, from a given number to the job's end."""

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends
from pydantic import TypeAdapter

from vibes.api.http import given
from vibes.api.schemas.job_messages import JobMessage, JobStepMessage, TaskStepMessage
from vibes.api.schemas.jobs import JobError, PictureOut, result_of
from vibes.domain.ids import JobId, TaskId
from vibes.domain.job import JobEvent, JobStatus
from vibes.services.events.job_feed import EventNumber, JobFeed, JobHint, NumberedJobEvent, Watch
from vibes.services.jobs.outputs import JobView
from vibes.services.jobs.service import JobService
from vibes.services.runtime.hub_health import HubHealth

_MESSAGES: TypeAdapter[JobMessage] = TypeAdapter(JobMessage)

RETRY_MILLISECONDS = 1000
LOOK_UP_SECONDS = 1.0
"""Seconds after which a quiet stream checks whether the hub is stopping."""


@dataclass(frozen=True, slots=True)
class JobSource:
    """What a stream is fed from."""

    jobs: JobService
    feed: JobFeed
    health: HubHealth
    heartbeat_seconds: float


async def _job_source(
    jobs: given.Jobs, feed: given.JobFeed, health: given.Health, heartbeat_seconds: given.HeartbeatSeconds
) -> JobSource:
    return JobSource(jobs, feed, health, heartbeat_seconds)


GivenJobSource = Annotated[JobSource, Depends(_job_source)]


async def job_stream(source: JobSource, job_id: JobId, after: EventNumber) -> AsyncIterator[str]:
    """Each event once, then the end. Comments are sent while there are none, to show that the stream is alive."""
    watch = source.feed.watch(job_id)
    try:
        yield f"retry: {RETRY_MILLISECONDS}\n\n"
        while True:
            for numbered in await source.feed.after(job_id, after):
                after = numbered.number
                yield _frame(numbered, await _message(source, job_id, numbered.event))
                if isinstance(numbered.event, JobEvent) and numbered.event.last:
                    return
            while not await _news(source, watch):
                if source.health.stopping or not await source.jobs.exists(job_id):
                    return
                yield ": still there\n\n"
            if source.health.stopping:
                return
    finally:
        source.feed.unwatch(job_id, watch)


async def _news(source: JobSource, watch: Watch) -> bool:
    """True as soon as there may be news; False after a quiet time."""
    left = source.heartbeat_seconds
    while left > 0:
        if await watch.news(min(left, LOOK_UP_SECONDS)) or source.health.stopping:
            return True
        left -= LOOK_UP_SECONDS
    return False


def _frame(numbered: NumberedJobEvent, message: JobMessage) -> str:
    data = json.dumps(_MESSAGES.dump_python(message, mode="json"))
    return f"id: {numbered.number}\nevent: {message['type']}\ndata: {data}\n\n"


async def _message(source: JobSource, job_id: JobId, event: JobEvent | JobHint) -> JobMessage:
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
        return await _task_message(source, job_id, event, event.step.task_id)
    return await _job_message(source, job_id, event)


async def _task_message(source: JobSource, job_id: JobId, event: JobEvent, task_id: TaskId) -> TaskStepMessage:
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
        message["images"] = PictureOut.all_of((await _view(source, job_id)).made.get(task_id, ()))
    return message


async def _job_message(source: JobSource, job_id: JobId, event: JobEvent) -> JobStepMessage:
    step = event.step
    message: JobStepMessage = {"type": "job", "job_id": job_id, "status": step.status, "at": event.at}
    if step.status is JobStatus.COMPLETE:
        message["result"] = result_of(await _view(source, job_id))
    elif step.status is JobStatus.FAILED or step.failed_task is not None:
        message["error"] = JobError(task_id=step.failed_task, message=step.message or f"the job is {step.status}")
    return message


async def _view(source: JobSource, job_id: JobId) -> JobView:
    return await source.jobs.get(job_id)
