"""The events of a job, each once, however often the connection breaks."""

from collections.abc import AsyncGenerator, Mapping
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from typing import Any
from urllib.parse import quote

from vibes.client.events.server_sent_events import EventStreamReader, ServerSentEvent
from vibes.client.http.answers import parse_json
from vibes.client.http.decoding import decode
from vibes.client.http.errors import ClientError, HubAway, NotUnderstood, Unavailable
from vibes.client.http.transport import Transport
from vibes.client.values.workflow_jobs import JobError, Picture
from vibes.domain.job import JobStatus

SILENCE_SECONDS = 60.0
"""Four times the interval at which a hub without news sends a sign of life."""


@dataclass(frozen=True, slots=True, kw_only=True)
class JobEvent:
    id: str
    """Its position among the job's events; pass it as ``after`` to continue behind it."""
    job_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class JobChanged(JobEvent):
    status: JobStatus
    at: datetime
    result: Any = None
    """The result, once the job is complete."""
    error: JobError | None = None

    @property
    def last(self) -> bool:
        return self.status.terminal


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskChanged(JobEvent):
    task_id: str
    status: JobStatus
    at: datetime
    batch_id: str | None = None
    images: tuple[Picture, ...] = ()
    """The pictures, once the task is complete."""
    error_message: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class JobProgressed(JobEvent):
    """How far one picture is; not stored by the hub."""

    batch_id: str
    generation_id: str
    node_id: str
    current: int
    total: int
    completed: int
    """Number of the batch's pictures that are stored."""
    batch_total: int
    eta_seconds: float | None = None


_KINDS: Mapping[str, type[JobEvent]] = {"job": JobChanged, "task": TaskChanged, "progress": JobProgressed}


async def job_events(transport: Transport, job_id: str, after: str | None) -> AsyncGenerator[JobEvent, None]:
    """Events until the job ends. Raises NotFound when it is deleted, HubAway when the hub is away beyond the
    patience."""
    last = after or ""
    patience = transport.patience()
    path = f"/api/jobs/{quote(job_id, safe='')}/events"
    while True:
        reader = EventStreamReader(last)
        reason: ClientError = HubAway(f"the events of job {job_id} ended before the job did")
        try:
            headers = {"Accept": "text/event-stream", **({"Last-Event-ID": last} if last else {})}
            async with transport.stream(path, headers, SILENCE_SECONDS) as response:
                if response.status_code == HTTPStatus.NO_CONTENT:
                    return
                patience.answered()
                async for chunk in response.aiter_bytes():
                    for told in reader.feed(chunk):
                        patience.progressed()
                        last = told.id
                        event = _event(told)
                        if event is not None:
                            yield event
                        if isinstance(event, JobChanged) and event.last:
                            return
        except (HubAway, Unavailable) as error:
            reason = error
        await patience.pause(reason)


def _event(told: ServerSentEvent) -> JobEvent | None:
    """The event; None for a kind that this client does not know."""
    kind = _KINDS.get(told.event)
    if kind is None:
        return None
    data = parse_json(told.data)
    if not isinstance(data, dict):
        raise NotUnderstood(f"event {told.id} is no object")
    return decode(kind, {**data, "id": told.id})
