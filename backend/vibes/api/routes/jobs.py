"""``/api/jobs``: chained tasks over the whole fleet, submitted once, polled or followed."""

from typing import Annotated

from fastapi import Header, Query, Request, status
from starlette.responses import Response, StreamingResponse

from vibes.api.http import given
from vibes.api.http.authentication import Asker
from vibes.api.http.idempotency import IdempotencyHeader, idempotency_of
from vibes.api.http.routers import api_router
from vibes.api.schemas.common import Word
from vibes.api.schemas.jobs import JobAccepted, JobBody, JobList, JobOut, JobRequestOut, JobSummary
from vibes.api.streams.job_stream import GivenJobSource, job_stream
from vibes.domain.ids import JobId, SessionId
from vibes.domain.job import JobStatus
from vibes.services.events.job_feed import EventNumber

router = api_router(prefix="/api/jobs", tag="jobs")

EVENT_STREAM = "text/event-stream"


@router.post("", status_code=status.HTTP_202_ACCEPTED)
async def submit_job(
    body: JobBody, request: Request, jobs: given.Jobs, asker: Asker, idempotency_key: IdempotencyHeader = None
) -> JobAccepted:
    """The whole job is checked before anything of it is queued; each mistake is told with its JSON Pointer."""
    job = await jobs.submit(body.to_request(asker.owner), idempotency_of(idempotency_key, request.url.path, body))
    return JobAccepted(job_id=job.id, status=job.status)


@router.get("")
async def list_jobs(
    jobs: given.Jobs,
    job_status: Annotated[list[JobStatus] | None, Query(alias="status", max_length=20)] = None,
    session_id: Word | None = None,
    limit: Annotated[int, Query(ge=1, le=500)] = 50,
    offset: Annotated[int, Query(ge=0, le=10**9)] = 0,
) -> JobList:
    """Newest first. ``session_id``: the job whose pictures that session holds."""
    session = SessionId(session_id) if session_id else None
    page, total = await jobs.list(statuses=job_status, session_id=session, limit=limit, offset=offset)
    return JobList(jobs=[JobSummary.of_job(job) for job in page], total=total, limit=limit, offset=offset)


@router.get("/{job_id}")
async def get_job(job_id: str, jobs: given.Jobs) -> JobOut:
    return JobOut.of(await jobs.get(JobId(job_id)))


@router.get("/{job_id}/request")
async def get_job_request(job_id: str, jobs: given.Jobs) -> JobRequestOut:
    """The job as it was submitted, to be changed and submitted again. An upload that it names may be gone: the hub
    deletes it with the last job that used it."""
    return JobRequestOut.of((await jobs.get(JobId(job_id))).job)


@router.delete("/{job_id}")
async def cancel_job(job_id: str, jobs: given.Jobs) -> JobOut:
    """Cancels what is queued and running of it; finished pictures stay, and so does the job."""
    return JobOut.of(await jobs.cancel(JobId(job_id)))


@router.post("/{job_id}/cancel")
async def cancel_job_by_post(job_id: str, jobs: given.Jobs) -> JobOut:
    """The same as DELETE."""
    return await cancel_job(job_id, jobs)


@router.get(
    "/{job_id}/events",
    response_class=StreamingResponse,
    responses={200: {"content": {EVENT_STREAM: {}}}, 204: {"description": "The end was told before Last-Event-ID."}},
)
async def follow_job(
    job_id: str,
    source: GivenJobSource,
    last_event_id: Annotated[str | None, Header(alias="Last-Event-ID", max_length=64)] = None,
) -> Response:
    """Server-sent events: ``job``, ``task`` and ``progress``, from the first or from the one after Last-Event-ID.

    Ends after the ``job`` event whose status is complete, failed or cancelled. Who comes back after that one gets a
    204, which tells a browser to stop.
    """
    await source.jobs.get(JobId(job_id))
    after = EventNumber.parse(last_event_id or "")
    if await source.feed.nothing_comes_after(JobId(job_id), after):
        return Response(status_code=status.HTTP_204_NO_CONTENT)
    stream = job_stream(source, JobId(job_id), after)
    return StreamingResponse(
        stream, media_type=EVENT_STREAM, headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    )
