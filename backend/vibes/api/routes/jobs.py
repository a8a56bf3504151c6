"""``/api/jobs``: chained tasks over the whole fleet, submitted once, polled or followed."""

from typing import Annotated

from fastapi import APIRouter, Header, Query, Request, status
from starlette.responses import Response, StreamingResponse

from vibes.api.http.authentication import Asker
from vibes.api.http.hub import Hub, HubDependency
from vibes.api.http.idempotency import IdempotencyHeader, idempotency_of
from vibes.api.schemas.jobs import JobAccepted, JobBody, JobList, JobOut, JobSummary
from vibes.api.streams.job_stream import job_stream
from vibes.domain.ids import JobId
from vibes.domain.job import JobStatus
from vibes.services.events.job_feed import EventNumber
from vibes.services.jobs.outputs import JobView

router = APIRouter(prefix="/api/jobs", tags=["jobs"])

EVENT_STREAM = "text/event-stream"


@router.post("", status_code=status.HTTP_202_ACCEPTED)
async def submit_job(
    body: JobBody, request: Request, hub: HubDependency, asker: Asker, idempotency_key: IdempotencyHeader = None
) -> JobAccepted:
    """The whole job is checked before anything of it is queued; each mistake is told with its JSON Pointer."""
    job = await hub.jobs.submit(body.to_request(asker.owner), idempotency_of(idempotency_key, request.url.path, body))
    return JobAccepted(job_id=job.id, status=job.status)


@router.get("")
async def list_jobs(
    hub: HubDependency,
    job_status: Annotated[list[JobStatus] | None, Query(alias="status", max_length=20)] = None,
    limit: Annotated[int, Query(ge=1, le=500)] = 50,
    offset: Annotated[int, Query(ge=0, le=10**9)] = 0,
) -> JobList:
    """Newest first."""
    jobs, total = await hub.jobs.list(statuses=job_status, limit=limit, offset=offset)
    return JobList(jobs=[JobSummary.of_job(job) for job in jobs], total=total, limit=limit, offset=offset)


@router.get("/{job_id}")
async def get_job(job_id: str, hub: HubDependency) -> JobOut:
    return _job_out(hub, await hub.jobs.get(JobId(job_id)))


@router.delete("/{job_id}")
async def cancel_job(job_id: str, hub: HubDependency) -> JobOut:
    """Cancels what is queued and running of it; finished pictures stay, and so does the job."""
    return _job_out(hub, await hub.jobs.cancel(JobId(job_id)))


@router.post("/{job_id}/cancel")
async def cancel_job_by_post(job_id: str, hub: HubDependency) -> JobOut:
    """The same as DELETE."""
    return await cancel_job(job_id, hub)


@router.get(
    "/{job_id}/events",
    response_class=StreamingResponse,
    responses={200: {"content": {EVENT_STREAM: {}}}, 204: {"description": "The end was told before Last-Event-ID."}},
)
async def follow_job(
    job_id: str,
    hub: HubDependency,
    last_event_id: Annotated[str | None, Header(alias="Last-Event-ID", max_length=64)] = None,
) -> Response:
    """Server-sent events: ``job``, ``task`` and ``progress``, from the first or from the one after Last-Event-ID.

    Ends after the ``job`` event whose status is complete, failed or cancelled. Who comes back after that one gets a
    204, which tells a browser to stop.
    """
    await hub.jobs.get(JobId(job_id))
    after = EventNumber.parse(last_event_id or "")
    if await hub.job_feed.nothing_comes_after(JobId(job_id), after):
        return Response(status_code=status.HTTP_204_NO_CONTENT)
    stream = job_stream(hub, JobId(job_id), after)
    return StreamingResponse(
        stream, media_type=EVENT_STREAM, headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    )


def _job_out(hub: Hub, view: JobView) -> JobOut:
    return JobOut.of(view, hub.job_progress)
