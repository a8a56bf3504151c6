"""Workflow jobs: submit, follow, wait for, list and cancel them."""

import asyncio
from collections.abc import AsyncGenerator, Collection, Generator, Mapping, Sequence
from contextlib import aclosing
from typing import Any
from urllib.parse import quote

from vibes.client.events.job_events import JobEvent, job_events
from vibes.client.events.silence import with_silences
from vibes.client.http.blocking import BackgroundLoop
from vibes.client.http.transport import Call, Transport, get, submission
from vibes.client.values.workflow_jobs import AcceptedJob, Job, JobPage, Task, job_body
from vibes.domain.job import JobStatus
from vibes.domain.priority import Priority

_PATH = "/api/jobs"


class AsyncJobs:
    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    async def submit(
        self,
        tasks: Sequence[Task],
        *,
        returns: Any = None,
        priority: Priority | str | None = None,
        max_cost_usd: float | str | None = None,
        idempotency_key: str | None = None,
    ) -> AcceptedJob:
        """Submit a job. ``returns``: any JSON with references; None: the last task's pictures. ``max_cost_usd``: most
        dollars that all its pictures may cost together; None: nothing.

        Once this returns, the hub has stored it. Raises InvalidRequest with a JSON Pointer for each mistake; then
        nothing of it was begun.
        """
        return await self.submit_body(job_body(tasks, returns, priority, max_cost_usd), idempotency_key=idempotency_key)

    async def submit_body(self, body: Mapping[str, Any], *, idempotency_key: str | None = None) -> AcceptedJob:
        """Like `submit`, with a body for ``POST /api/jobs``, for example from a file."""
        return await self._transport.value(AcceptedJob, submission(_PATH, dict(body), idempotency_key))

    async def get(self, job_id: str) -> Job:
        return await self._transport.value(Job, get(_path(job_id)))

    async def request(self, job_id: str) -> Mapping[str, Any]:
        """The job as it was submitted: a body for `submit_body`. An upload that it names may be gone."""
        return await self._transport.value(dict[str, Any], get(f"{_path(job_id)}/request"))

    async def list(self, *, statuses: Collection[JobStatus | str] = (), limit: int = 50, offset: int = 0) -> JobPage:
        """Newest first; without ``statuses`` all of them."""
        asked = get(_PATH, status=[str(each) for each in statuses], limit=limit, offset=offset)
        return await self._transport.value(JobPage, asked)

    async def cancel(self, job_id: str) -> Job:
        """Cancel its queued and running tasks; finished pictures stay."""
        return await self._transport.value(Job, Call(method="DELETE", path=_path(job_id), repeatable=True))

    def events(self, job_id: str, *, after: str | None = None) -> AsyncGenerator[JobEvent, None]:
        """The events until the job ends, each once and in order: all, or those after the one with this id.

        Reconnects when the connection breaks, also over restarts of the hub. Raises NotFound when there is no such job
        (any more), HubAway when the hub is away beyond the client's patience.
        """
        return job_events(self._transport, job_id, after)

    async def wait(self, job_id: str, *, timeout_seconds: float | None = None) -> Job:
        """Wait until it is complete, failed or cancelled, even when its events are delayed. Raises TimeoutError."""
        async with asyncio.timeout(timeout_seconds):
            job = await self.get(job_id)
            if job.status.terminal:
                return job
            async with aclosing(with_silences(self.events(job_id))) as events:
                async for event in events:
                    if event is None and (await self.get(job_id)).status.terminal:
                        break
            return await self.get(job_id)


class Jobs:
    """`AsyncJobs` for callers without an event loop."""

    def __init__(self, jobs: AsyncJobs, loop: BackgroundLoop) -> None:
        self._jobs = jobs
        self._loop = loop

    def submit(
        self,
        tasks: Sequence[Task],
        *,
        returns: Any = None,
        priority: Priority | str | None = None,
        max_cost_usd: float | str | None = None,
        idempotency_key: str | None = None,
    ) -> AcceptedJob:
        return self._loop.run(
            self._jobs.submit(
                tasks,
                returns=returns,
                priority=priority,
                max_cost_usd=max_cost_usd,
                idempotency_key=idempotency_key,
            )
        )

    def submit_body(self, body: Mapping[str, Any], *, idempotency_key: str | None = None) -> AcceptedJob:
        return self._loop.run(self._jobs.submit_body(body, idempotency_key=idempotency_key))

    def get(self, job_id: str) -> Job:
        return self._loop.run(self._jobs.get(job_id))

    def request(self, job_id: str) -> Mapping[str, Any]:
        return self._loop.run(self._jobs.request(job_id))

    def list(self, *, statuses: Collection[JobStatus | str] = (), limit: int = 50, offset: int = 0) -> JobPage:
        return self._loop.run(self._jobs.list(statuses=statuses, limit=limit, offset=offset))

    def cancel(self, job_id: str) -> Job:
        return self._loop.run(self._jobs.cancel(job_id))

    def events(self, job_id: str, *, after: str | None = None) -> Generator[JobEvent, None, None]:
        return self._loop.iterate(self._jobs.events(job_id, after=after))

    def wait(self, job_id: str, *, timeout_seconds: float | None = None) -> Job:
        return self._loop.run(self._jobs.wait(job_id, timeout_seconds=timeout_seconds))


def _path(job_id: str) -> str:
    return f"{_PATH}/{quote(job_id, safe='')}"
