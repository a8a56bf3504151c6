"""The door of every job: checks all its tasks together, and refuses it with every mistake or makes the job."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import Any

from vibes.domain.errors import HubError, InvalidRequest, NoCapableNode, NotFound
from vibes.domain.ids import OwnerId, new_job_id
from vibes.domain.job import Job, JobTask
from vibes.domain.money import NOTHING, MicroUsd
from vibes.domain.pictures.generation_request import GenerationRequest
from vibes.domain.pictures.picture import PictureOrigin
from vibes.domain.priority import Priority, usual_priority
from vibes.domain.session import STAGES, FlowType, Session
from vibes.domain.task_reference import Path
from vibes.domain.workflow_version import WorkflowVersion
from vibes.ports.clock import Clock
from vibes.services.generations.materials import Materials
from vibes.services.generations.resolver import RequestResolver
from vibes.services.sessions.service import SessionService
from vibes.workflows.tasks.plan import JobPlan, TaskPlan, TaskRequest, inputs_path, invalid_job, plan_job


@dataclass(frozen=True, slots=True, kw_only=True)
class JobRequest:
    tasks: Sequence[TaskRequest]
    returned: Any = None
    """None: the pictures of the last task."""
    priority: Priority | None = None
    """None: by the number of pictures."""
    owner: OwnerId | None = None
    """None: everybody's."""
    max_cost: MicroUsd = NOTHING
    """Most that all its pictures may cost together."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ResolvedJob:
    """A job that was checked and is not stored yet."""

    job: Job
    session: Session
    """Holds only the job's pictures."""
    plan: JobPlan
    versions: Sequence[WorkflowVersion]
    artifacts: Collection[str]
    """Uploads that it starts from."""


class JobResolver:
    def __init__(self, sessions: SessionService, requests: RequestResolver, materials: Materials, clock: Clock) -> None:
        self._sessions = sessions
        self._requests = requests
        self._workflows = materials.workflows
        self._pictures = materials.pictures
        self._clock = clock
        self.max_pictures = requests.max_batch_count
        """Of one task."""

    async def resolve(self, request: JobRequest) -> ResolvedJob:
        """Raises InvalidRequest, ``invalid_job``, with a JSON Pointer for each mistake."""
        drawable = await self._requests.drawable()
        plan = plan_job(request.tasks, request.returned, self._workflows.library, self.max_pictures, drawable)
        try:
            self._check_somebody_can(plan, request.max_cost)
        except InvalidRequest:  # a file that no node had may be new
            if not await self._requests.lists.read():
                raise
            self._check_somebody_can(plan, request.max_cost)
        job_id = new_job_id()
        session = replace(
            self._sessions.new(FlowType.DRAFT_GRID, {"job": job_id}, request.owner), current_stage=len(STAGES) - 1
        )  # the last stage: nobody chooses anything after it
        versions = [self._workflows.version_of(task.workflow) for task in plan.tasks]
        job = Job(
            id=job_id,
            session_id=session.id,
            priority=request.priority or usual_priority(plan.total),
            tasks=tuple(_task(task, version) for task, version in zip(plan.tasks, versions, strict=True)),
            returned=plan.returned,
            created_at=self._clock.now(),
            owner=request.owner,
            max_cost=request.max_cost,
        )
        artifacts = {each.id for _, each in plan.pictures() if each.origin is PictureOrigin.ARTIFACT}
        return ResolvedJob(job=job, session=session, plan=plan, versions=versions, artifacts=artifacts)

    async def keep_what_it_needs(self, resolved: ResolvedJob) -> None:
        """Call before the job is stored, while its uploads are kept. Raises InvalidRequest for a missing picture."""
        await self._check_pictures(resolved.plan)
        for version in resolved.versions:
            await self._workflows.keep(version)

    def _check_somebody_can(self, plan: JobPlan, max_cost: MicroUsd) -> None:
        mistakes: list[tuple[Path, str]] = []
        for index, task in enumerate(plan.tasks):
            try:
                self._requests.require_somebody_able(task.workflow, task.family, _sample(task, max_cost))
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


def _sample(task: TaskPlan, max_cost: MicroUsd) -> GenerationRequest:
    """A request for one picture of the task, without its references."""
    return GenerationRequest(
        session_id=None,
        model_family=task.family,
        workflow=task.workflow.name,
        values=task.inputs.values,
        seed=None if task.inputs.seed is None else 0,
        loras=task.inputs.loras,
        preferred_node=task.inputs.preferred_node,
        max_cost=max_cost,
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
