"""Runs jobs: a task whose inputs are stored becomes a batch, and its outcome is recorded.

Everything is decided from the database, so that a job continues after any process is killed. Each task is submitted
under an Idempotency-Key, so that submitting it twice gives the same batch.
"""

import asyncio
import logging
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from itertools import islice

from vibes.domain.batch import BatchStatus, batch_status
from vibes.domain.errors import HubError, internal_error
from vibes.domain.events import (
    BatchChanged,
    GenerationCancelled,
    GenerationFailed,
    GenerationProgressed,
    GenerationStarted,
    SessionEvent,
)
from vibes.domain.generation import Generation, GenerationStatus
from vibes.domain.ids import BatchId, GenerationId, JobId, SessionId
from vibes.domain.job import Job, JobStatus, JobStep, JobTask, steps_to_the_end
from vibes.domain.passing import passes
from vibes.domain.pictures.generation_request import GenerationRequest
from vibes.domain.pictures.spec import Operation, TaskType
from vibes.domain.spending import PurseId
from vibes.domain.task_reference import TaskOutput, task_outputs_in
from vibes.ports.clock import Clock
from vibes.ports.storage import Storage
from vibes.services.events.job_feed import JobFeed, JobHint
from vibes.services.generations.idempotency import IdempotencyKey
from vibes.services.generations.service import GenerationService
from vibes.services.jobs.artifacts import JobArtifacts
from vibes.services.jobs.outputs import Made, generations_of, made_by, pictures_of
from vibes.services.library.versions import WorkflowVersions
from vibes.workflows.definition.manifest import Workflow
from vibes.workflows.tasks.inputs import InputReader

logger = logging.getLogger(__name__)

AT_ONCE = 16
"""Jobs that are advanced together, so that their writes share transactions."""
LOOKED_AT = 64
"""Jobs that each look for missed events advances."""
RETRY_SECONDS = 1.0
REST_SECONDS = 60.0
"""Seconds until a job that could not even be ended is tried again."""
GIVE_WAY_SECONDS = 1.0
"""Most seconds that a round waits for submissions in progress, so that a client that submits a thousand jobs is
answered first."""


@dataclass(slots=True)
class _Followed:
    """What is remembered of an open job besides its rows."""

    session_id: SessionId
    begun: set[BatchId | None] = field(default_factory=set)
    """Batches that are recorded as running."""
    hints: dict[GenerationId, JobHint] = field(default_factory=dict)


class JobRunner:
    def __init__(
        self,
        storage: Storage,
        generations: GenerationService,
        workflows: WorkflowVersions,
        artifacts: JobArtifacts,
        feed: JobFeed,
        clock: Clock,
    ) -> None:
        self._storage = storage
        self._generations = generations
        self._workflows = workflows
        self._artifacts = artifacts
        self._feed = feed
        self._clock = clock
        self._jobs: dict[JobId, _Followed] = {}
        self._owners: dict[SessionId, JobId] = {}
        self._locks: defaultdict[JobId, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._due: dict[JobId, None] = {}
        self._changed = asyncio.Event()
        self._submissions = 0
        self._no_submission = asyncio.Event()
        self._no_submission.set()
        self._broken: dict[JobId, str] = {}

    @property
    def problems(self) -> list[str]:
        """Jobs that can neither be advanced nor ended at present, in words."""
        return list(self._broken.values())

    @contextmanager
    def giving_way(self) -> Iterator[None]:
        """Call around a submission."""
        self._submissions += 1
        self._no_submission.clear()
        try:
            yield
        finally:
            self._submissions -= 1
            if not self._submissions:
                self._no_submission.set()

    def follow(self, job_id: JobId, session_id: SessionId) -> None:
        """A job is stored and due."""
        self._jobs.setdefault(job_id, _Followed(session_id))
        self._owners[session_id] = job_id
        self._wake(job_id)

    def overhear(self, event: SessionEvent) -> None:
        """Called with every event of every session; an event of a job's batch makes that job due."""
        job_id = self._owners.get(event.session_id)
        if job_id is None:
            return
        begun = self._jobs[job_id].begun
        match event:
            case GenerationProgressed():
                self._pass_on(job_id, event)
            case GenerationStarted(batch_id=batch_id) if batch_id not in begun:
                self._wake(job_id)
            case GenerationFailed() | GenerationCancelled():
                self._wake(job_id)
            case BatchChanged(batch=batch) if batch.completed == batch.total:
                self._wake(job_id)

    def progress_of(self, job_id: JobId, generation_id: GenerationId) -> float:
        """Progress of an unfinished generation, 0 to 1."""
        followed = self._jobs.get(job_id)
        hint = followed.hints.get(generation_id) if followed else None
        return hint.current / hint.total if hint and hint.total else 0.0

    async def run(self) -> None:
        """Run for ever. First takes up what another process left."""
        for job_id, session_id in await self._storage.jobs.open_jobs():
            self.follow(job_id, session_id)
        try:
            await self._tidy_up()
        except Exception:  # done again at the next start; no job waits for it
            logger.exception("what ended jobs left behind could not be tidied up")
        while True:
            await self._changed.wait()
            self._changed.clear()
            while self._due:
                with suppress(TimeoutError):
                    async with asyncio.timeout(GIVE_WAY_SECONDS):
                        await self._no_submission.wait()
                turn = list(self._due)[:AT_ONCE]
                for job_id in turn:
                    del self._due[job_id]
                async with asyncio.TaskGroup() as group:
                    for job_id in turn:
                        group.create_task(self._drive_safely(job_id))

    async def look_again(self) -> None:
        """Make a part of the open jobs due at a time, so that a missed event delays no job for ever."""
        for job_id, session_id in await self._storage.jobs.open_jobs():
            if job_id not in self._jobs:
                self.follow(job_id, session_id)
        for job_id in islice(list(self._jobs), LOOKED_AT):
            self._jobs[job_id] = self._jobs.pop(job_id)  # the jobs after them are next
            self._wake(job_id)

    async def _tidy_up(self) -> None:
        """Finish what a process left that was killed after the end of a job."""
        await self._generations.cancel_these(await self._storage.jobs.left_over())
        await self._artifacts.release_all()

    async def cancel(self, job_id: JobId) -> None:
        """Rows first, work second; a terminal job stays as it is."""
        async with self._locks[job_id]:
            job = await self._storage.jobs.get(job_id)
            if job is not None and not job.status.terminal:
                await self._end(job, JobStatus.CANCELLED, None, None)

    def _pass_on(self, job_id: JobId, event: GenerationProgressed) -> None:
        hint = JobHint(
            batch_id=event.batch.batch_id,
            generation_id=event.generation_id,
            node_id=event.node_id,
            current=event.current,
            total=event.total,
            completed=event.batch.completed,
            batch_total=event.batch.total,
            eta_seconds=event.batch.eta_seconds,
        )
        self._jobs[job_id].hints[event.generation_id] = hint
        self._feed.hint(job_id, hint)

    def _wake(self, job_id: JobId) -> None:
        self._due[job_id] = None
        self._changed.set()

    async def _drive_safely(self, job_id: JobId) -> None:
        try:
            async with self._locks[job_id]:
                await self._drive(job_id)
            self._broken.pop(job_id, None)
        except Exception as error:  # noqa: BLE001 - the edge where a fault of ours costs one job and not the others
            if passes(error):
                logger.warning("job %s waits: %s", job_id, error)
                await self._clock.sleep(RETRY_SECONDS)
                self._wake(job_id)
            else:
                await self._give_up(job_id, error)

    async def _give_up(self, job_id: JobId, error: Exception) -> None:
        """It fails because of a fault of ours. If not even that can be written, it is tried again later."""
        logger.error("job %s broke", job_id, exc_info=error)
        try:
            async with self._locks[job_id]:
                job = await self._storage.jobs.get(job_id)
                if job is not None and not job.status.terminal:
                    await self._end(job, JobStatus.FAILED, internal_error(error), None)
            self._broken.pop(job_id, None)
        except Exception as another:  # a fault while ending it
            logger.exception("job %s could not be ended either", job_id)
            self._broken[job_id] = f"job {job_id} can neither go on nor be ended ({another!r}); it is tried again"
            asyncio.get_running_loop().call_later(REST_SECONDS, self._wake, job_id)

    async def _drive(self, job_id: JobId) -> None:
        job = await self._storage.jobs.get(job_id)
        if job is None:
            self._forget(job_id)
            return
        if job.status.terminal:
            await self._generations.cancel_these(await self._storage.jobs.left_over(job.id))
            await self._ended(job)
            return
        made = await made_by(self._storage, [task for task in job.tasks if task.batch_id is not None])
        fault = next((each for task in job.tasks if (each := _fault(task, made.get(task.id, ())))), None)
        if fault is not None:
            await self._end(job, fault.status, fault.message, fault)
            return
        job = await self._note(job, self._news(job, made))
        if job.status.terminal:
            await self._ended(job)
            return
        complete = {task.id for task in job.tasks if task.status is JobStatus.COMPLETE}
        for task in job.tasks:
            needed = {reference.task_id for _, reference in task_outputs_in(task.inputs)}
            ready = task.status is JobStatus.QUEUED and task.batch_id is None and needed <= complete
            if ready and not await self._submit(job, task, made):
                return

    def _news(self, job: Job, made: Made) -> list[JobStep]:
        """What the batches have reached and the rows do not show yet."""
        steps: list[JobStep] = []
        begun = self._jobs[job.id].begun
        complete = 0
        for task in job.tasks:
            stand = task.status if task.status.terminal else _stand(made.get(task.id, ()))
            complete += stand is JobStatus.COMPLETE
            if stand is not JobStatus.QUEUED and task.status is JobStatus.QUEUED:
                steps.append(JobStep(status=JobStatus.RUNNING, task_id=task.id))
                begun.add(task.batch_id)
            if stand is JobStatus.COMPLETE and task.status is not JobStatus.COMPLETE:
                steps.append(JobStep(status=JobStatus.COMPLETE, task_id=task.id))
        if steps and job.status is JobStatus.QUEUED:
            steps.insert(0, JobStep(status=JobStatus.RUNNING))
        if complete == len(job.tasks):
            steps.append(JobStep(status=JobStatus.COMPLETE))
        return steps

    async def _note(self, job: Job, steps: Sequence[JobStep]) -> Job:
        """The job with these steps applied."""
        if not steps:
            return job
        self._feed.publish(await self._storage.jobs.move(job.id, steps, at=self._clock.now()))
        return await self._storage.jobs.get(job.id) or job

    async def _submit(self, job: Job, task: JobTask, made: Made) -> bool:
        """Submit the task as a batch. False when that is impossible and the job has failed of it."""
        try:
            workflow = await self._workflows.kept(task.workflow_version, task.workflow)
            request = _request(job, task, workflow, made)
            name = f"job {job.id} task {task.id}"
            submission = await self._generations.submit(request, IdempotencyKey.of(name, name), accepted=workflow)
        except Exception as error:  # a task that cannot be submitted fails its job, and no other
            if passes(error):
                raise
            if not isinstance(error, HubError):
                logger.exception("task %s of job %s broke", task.id, job.id)
            message = error.message if isinstance(error, HubError) else internal_error(error)
            fault = JobStep(status=JobStatus.FAILED, task_id=task.id, message=message)
            await self._end(job, JobStatus.FAILED, message, fault)
            return False
        step = JobStep(status=JobStatus.QUEUED, task_id=task.id, batch_id=submission.batch.id)
        events = await self._storage.jobs.move(job.id, [step], at=self._clock.now())
        self._feed.publish(events)
        if not events:  # deleted meanwhile
            await self._generations.cancel_batch(submission.batch.id)
        elif any(each.status is not GenerationStatus.QUEUED for each in submission.generations):
            self._wake(job.id)  # submitted by an earlier process, whose events are gone
        return bool(events)

    async def _end(self, job: Job, status: JobStatus, message: str | None, fault: JobStep | None) -> None:
        """Rows first, work second: after a kill in between, the work is found by its job's status."""
        culprit = fault.task_id if fault else None
        steps = [*([fault] if fault else []), *steps_to_the_end(job, status, message, culprit)]
        self._feed.publish(await self._storage.jobs.move(job.id, steps, at=self._clock.now()))
        await self._generations.cancel_session(job.session_id)
        await self._ended(job)

    async def _ended(self, job: Job) -> None:
        self._forget(job.id)
        await self._artifacts.release_of(job.id)

    def _forget(self, job_id: JobId) -> None:
        followed = self._jobs.pop(job_id, None)
        if followed is not None:
            self._owners.pop(followed.session_id, None)
        self._due.pop(job_id, None)
        self._locks.pop(job_id, None)


def _request(job: Job, task: JobTask, workflow: Workflow, made: Made) -> GenerationRequest:
    inputs = InputReader(workflow, task.model_family).read(task.inputs)
    pictures = {name: pictures_of(references, made) for name, references in inputs.pictures.items()}
    seed = inputs.seed
    if isinstance(seed, TaskOutput):
        seed = generations_of(seed, made)[0].spec.seed
    return GenerationRequest(
        session_id=job.session_id,
        model_family=task.model_family,
        task_type=_task_type(workflow.operation, task.model_family),
        count=inputs.count * max((len(each) for each in pictures.values()), default=1),
        workflow=workflow.name,
        values=inputs.values,
        pictures=pictures,
        seed=seed,
        loras=inputs.loras,
        preferred_node=inputs.preferred_node,
        styles=inputs.styles,
        wildcards=inputs.wildcards,
        priority=job.priority,
        owner=job.owner,
        max_cost=job.max_cost,
        purse=PurseId(job.session_id),
    )


def _stand(generations: Sequence[Generation]) -> JobStatus:
    if not generations:
        return JobStatus.QUEUED
    match batch_status(each.status for each in generations):
        case BatchStatus.QUEUED:
            return JobStatus.QUEUED
        case BatchStatus.COMPLETE:
            return JobStatus.COMPLETE
        case _:
            return JobStatus.RUNNING


def _fault(task: JobTask, generations: Sequence[Generation]) -> JobStep | None:
    """One failed picture fails the task: later tasks could not tell which pictures they were to use."""
    for each in generations:
        if each.status is GenerationStatus.FAILED:
            return JobStep(status=JobStatus.FAILED, task_id=task.id, message=each.error_message)
        if each.status is GenerationStatus.CANCELLED:
            message = f"generation {each.id} was cancelled"
            return JobStep(status=JobStatus.CANCELLED, task_id=task.id, message=message)
    return None


def _task_type(operation: Operation, family: str) -> TaskType:
    """The preferred tier: a job's pictures are meant to be kept."""
    if operation is Operation.UPSCALE:
        return TaskType.UPSCALE
    return TaskType.FLUX_QUALITY if family == "flux" else TaskType.STANDARD
