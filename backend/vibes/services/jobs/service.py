"""What people do with jobs: submit, show, list and cancel them."""

import logging
from collections.abc import Collection, Sequence

from vibes.domain.errors import HubError, NotFound
from vibes.domain.generation import GenerationStatus
from vibes.domain.ids import JobId, SessionId
from vibes.domain.job import Job, JobIdempotency, JobStatus
from vibes.ports.storage import Storage
from vibes.services.events.job_feed import JobFeed
from vibes.services.generations.idempotency import IdempotencyKey, made_once
from vibes.services.jobs.artifacts import JobArtifacts
from vibes.services.jobs.outputs import JobView, made_by
from vibes.services.jobs.resolver import JobRequest, JobResolver
from vibes.services.jobs.runner import JobRunner

logger = logging.getLogger(__name__)


class JobService:
    def __init__(
        self, storage: Storage, resolver: JobResolver, artifacts: JobArtifacts, feed: JobFeed, runner: JobRunner
    ) -> None:
        self._storage = storage
        self._resolver = resolver
        self._artifacts = artifacts
        self._feed = feed
        self._runner = runner

    @property
    def max_pictures(self) -> int:
        """Of one task."""
        return self._resolver.max_pictures

    async def submit(self, request: JobRequest, key: IdempotencyKey | None = None) -> Job:
        """Check the whole job, then store it in one transaction; after that nothing of it is lost.

        Raises InvalidRequest, ``invalid_job``, with a JSON Pointer for each mistake; then nothing was stored.
        """
        with self._runner.giving_way():
            return await made_once("job", lambda: self._known(key), lambda: self._create(request, key))

    async def get(self, job_id: JobId) -> JobView:
        """Raises NotFound, ``unknown_job``."""
        job = await self._job(job_id)
        made = await made_by(self._storage, job.tasks)
        running = [each.id for some in made.values() for each in some if each.status is GenerationStatus.GENERATING]
        return JobView(job, made, {each: self._runner.progress_of(job_id, each) for each in running})

    async def exists(self, job_id: JobId) -> bool:
        return await self._storage.jobs.get(job_id) is not None

    async def list(
        self,
        *,
        statuses: Collection[JobStatus] | None,
        session_id: SessionId | None = None,
        limit: int,
        offset: int,
    ) -> tuple[Sequence[Job], int]:
        """A page, newest first, and the number of all."""
        jobs = await self._storage.jobs.list(statuses=statuses, session_id=session_id, limit=limit, offset=offset)
        return jobs, await self._storage.jobs.count(statuses=statuses, session_id=session_id)

    async def cancel(self, job_id: JobId) -> JobView:
        """Cancel its queued and running tasks; finished pictures stay. A terminal job stays as it is."""
        await self._job(job_id)
        await self._runner.cancel(job_id)
        return await self.get(job_id)

    async def _job(self, job_id: JobId) -> Job:
        job = await self._storage.jobs.get(job_id)
        if job is None:
            raise NotFound(f"there is no job {job_id}", code="unknown_job")
        return job

    async def _known(self, key: IdempotencyKey | None) -> Job | None:
        known = await self._storage.jobs.find_idempotent(key.key) if key else None
        if key is None or known is None:
            return None
        key.require_same_body(known.body_sha256)
        return await self._storage.jobs.get(known.job_id)

    async def _create(self, request: JobRequest, key: IdempotencyKey | None) -> Job:
        resolved = await self._resolver.resolve(request)
        job, session, artifacts = resolved.job, resolved.session, resolved.artifacts
        try:
            async with self._artifacts.kept(artifacts):
                await self._resolver.keep_what_it_needs(resolved)
                record = JobIdempotency(key.key, key.body_sha256, job.id) if key else None
                event = await self._storage.jobs.add(job, session, artifacts, record)
        except HubError:
            await self._artifacts.release(artifacts)
            raise
        self._feed.publish([event])
        self._runner.follow(job.id, session.id)
        logger.info("job %s: %s", job.id, ", ".join(task.type for task in job.tasks))
        return job
