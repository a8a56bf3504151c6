"""What a person does with jobs: hand one in, look at it, list them, stop it."""

import logging
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import Any

from vibes.domain.errors import HubError, InvalidRequest, NoCapableNode, NotFound
from vibes.domain.generation_request import GenerationRequest
from vibes.domain.ids import JobId, new_job_id
from vibes.domain.job import Job, JobIdempotency, JobStatus, JobTask
from vibes.domain.picture import PictureOrigin
from vibes.domain.priority import Priority, usual_priority
from vibes.domain.session import STAGES, FlowType
from vibes.domain.task_reference import Path
from vibes.domain.workflow_version import WorkflowVersion
from vibes.ports.clock import Clock
from vibes.ports.storage import Storage
from vibes.services.events.job_feed import JobFeed
from vibes.services.generations.idempotency import IdempotencyKey, made_once
from vibes.services.generations.service import GenerationService
from vibes.services.jobs.artifacts import JobArtifacts
from vibes.services.jobs.outputs import JobView, made_by
from vibes.services.jobs.runner import JobRunner
from vibes.services.library.versions import WorkflowVersions
from vibes.services.media.input_images import InputImages
from vibes.services.sessions.service import SessionService
from vibes.workflows.tasks.plan import JobPlan, TaskPlan, TaskRequest, inputs_path, invalid_job, plan_job

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class JobRequest:
    tasks: Sequence[TaskRequest]
    returned: Any = None
    """None: the pictures of the last task."""
    priority: Priority | None = None
    """None: by the number of pictures."""


class JobService:
    def __init__(
        self,
        storage: Storage,
        sessions: SessionService,
        generations: GenerationService,
        workflows: WorkflowVersions,
        pictures: InputImages,
        artifacts: JobArtifacts,
        feed: JobFeed,
        runner: JobRunner,
        clock: Clock,
        max_batch_count: int,
    ) -> None:
        self._storage = storage
        self._sessions = sessions
        self._generations = generations
        self._workflows = workflows
        self._pictures = pictures
        self._artifacts = artifacts
        self._feed = feed
        self._runner = runner
        self._clock = clock
        self.max_pictures = max_batch_count
        """Of one task."""

    async def submit(self, request: JobRequest, key: IdempotencyKey | None = None) -> Job:
        """Check the whole job, then store it in one transaction; after that nothing of it is lost.

        Raises InvalidRequest, ``invalid_job``, with a JSON Pointer for each mistake, and then nothing was stored.
        """
        with self._runner.giving_way():
            return await made_once("job", lambda: self._known(key), lambda: self._create(request, key))

    async def get(self, job_id: JobId) -> JobView:
        """Raises NotFound, ``unknown_job``."""
        job = await self._job(job_id)
        return JobView(job, await made_by(self._storage, job.tasks))

    async def exists(self, job_id: JobId) -> bool:
        return await self._storage.jobs.get(job_id) is not None

    async def list(
        self, *, statuses: Collection[JobStatus] | None, limit: int, offset: int
    ) -> tuple[Sequence[Job], int]:
        """A page, newest first, and how many there are."""
        jobs = await self._storage.jobs.list(statuses=statuses, limit=limit, offset=offset)
        return jobs, await self._storage.jobs.count(statuses=statuses)

    async def cancel(self, job_id: JobId) -> JobView:
        """Cancel what is queued and running of it; finished pictures stay. A terminal job stays what it is."""
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
        drawable = await self._generations.drawable()
        plan = plan_job(request.tasks, request.returned, self._workflows.library, self.max_pictures, drawable)
        try:
            self._check_somebody_can(plan)
        except InvalidRequest:  # what no node has may have been put there since they were asked
            if not await self._generations.lists.read():
                raise
            self._check_somebody_can(plan)
        artifacts = {each.id for _, each in plan.pictures() if each.origin is PictureOrigin.ARTIFACT}
        job_id = new_job_id()
        session = replace(
            self._sessions.new(FlowType.DRAFT_GRID, {"job": job_id}), current_stage=len(STAGES) - 1
        )  # nobody chooses anything after it
        versions = [self._workflows.version_of(task.workflow) for task in plan.tasks]
        job = Job(
            id=job_id,
            session_id=session.id,
            priority=request.priority or usual_priority(plan.total),
            tasks=tuple(_task(task, version) for task, version in zip(plan.tasks, versions, strict=True)),
            returned=plan.returned,
            created_at=self._clock.now(),
        )
        try:
            async with self._artifacts.kept(artifacts):
                await self._check_pictures(plan)
                for version in versions:
                    await self._workflows.keep(version)
                record = JobIdempotency(key.key, key.body_sha256, job.id) if key else None
                event = await self._storage.jobs.add(job, session, artifacts, record)
        except HubError:
            await self._artifacts.release(artifacts)
            raise
        self._feed.publish([event])
        self._runner.follow(job.id, session.id)
        logger.info("job %s: %s", job.id, ", ".join(task.type for task in job.tasks))
        return job

    def _check_somebody_can(self, plan: JobPlan) -> None:
        mistakes: list[tuple[Path, str]] = []
        for index, task in enumerate(plan.tasks):
            try:
                self._generations.require_somebody_able(task.workflow, task.family, _sample(task))
            except InvalidRequest as error:
                mistakes += [((*inputs_path(index), *each.field.split(".")), each.message) for each in error.problems]
            except (NoCapableNode, NotFound) as error:
                mistakes.append((inputs_path(index)[:-1], error.message))
        if mistakes:
            raise invalid_job(mistakes)

    async def _check_pictures(self, plan: JobPlan) -> None:
        mistakes: list[tuple[Path, str]] = []
        for path, reference in plan.pictures():
            try:
                await self._pictures.require(reference)
            except HubError as error:
                if not isinstance(error, NotFound):
                    raise
                mistakes.append((path, error.message))
        if mistakes:
            raise invalid_job(mistakes)


def _sample(task: TaskPlan) -> GenerationRequest:
    """One picture of the task, its references left open."""
    return GenerationRequest(
        session_id=None,
        model_family=task.family,
        workflow=task.workflow.name,
        values=task.inputs.values,
        seed=0,
        loras=task.inputs.loras,
        preferred_gpu=task.inputs.preferred_gpu,
    )


def _task(plan: TaskPlan, version: WorkflowVersion) -> JobTask:
    return JobTask(
        id=plan.id,
        type=plan.type.name,
        inputs=plan.raw,
        workflow=plan.workflow.name,
        model_family=plan.family,
        workflow_version=version.id,
    )
