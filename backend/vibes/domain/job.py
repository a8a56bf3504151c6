"""A workflow job: tasks that refer to each other's results; each becomes a batch once what it starts from is stored."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from vibes.domain.ids import BatchId, JobId, OwnerId, SessionId, TaskId, WorkflowVersionId
from vibes.domain.priority import Priority


class JobStatus(StrEnum):
    """Of a job, and of each of its tasks. Terminal ones absorb: nothing leaves them."""

    QUEUED = "queued"
    """Nothing of it has begun; a task may still wait for others."""
    RUNNING = "running"
    COMPLETE = "complete"
    """Every picture is stored."""
    FAILED = "failed"
    CANCELLED = "cancelled"

    @property
    def terminal(self) -> bool:
        return self in TERMINAL_JOB_STATUSES


TERMINAL_JOB_STATUSES = frozenset({JobStatus.COMPLETE, JobStatus.FAILED, JobStatus.CANCELLED})
OPEN_JOB_STATUSES = frozenset({JobStatus.QUEUED, JobStatus.RUNNING})


@dataclass(frozen=True, slots=True, kw_only=True)
class JobTask:
    id: TaskId
    type: str
    """As the submission named it."""
    inputs: Mapping[str, Any]
    """As they were submitted, references and all; checked."""
    workflow: str
    model_family: str
    workflow_version: WorkflowVersionId
    """What the type meant when the job was submitted; later edits of workflows do not reach it."""
    status: JobStatus = JobStatus.QUEUED
    batch_id: BatchId | None = None
    """None until what it starts from is stored."""
    error_message: str | None = None
    started_at: datetime | None = None
    completed_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    id: JobId
    session_id: SessionId
    """Its own, which holds its pictures and nothing else."""
    priority: Priority
    tasks: tuple[JobTask, ...]
    returned: Any
    """What the submission wants back: JSON with references in it."""
    created_at: datetime
    status: JobStatus = JobStatus.QUEUED
    failed_task: TaskId | None = None
    error_message: str | None = None
    started_at: datetime | None = None
    completed_at: datetime | None = None
    owner: OwnerId | None = None
    """None: everybody's."""

    def task(self, task_id: TaskId) -> JobTask:
        return next(task for task in self.tasks if task.id == task_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class JobStep:
    """One change of a job, or of the task that it names, from an open status."""

    status: JobStatus
    task_id: TaskId | None = None
    batch_id: BatchId | None = None
    """The batch that the task has become."""
    message: str | None = None
    failed_task: TaskId | None = None
    """Of a step of the job: whose fault it was."""


@dataclass(frozen=True, slots=True, kw_only=True)
class JobEvent:
    """A step that has been stored; ``seq`` counts a job's from 1, without gaps, also over restarts of the hub."""

    job_id: JobId
    seq: int
    at: datetime
    step: JobStep

    @property
    def last(self) -> bool:
        """Whether nothing comes after it."""
        return self.step.task_id is None and self.step.status.terminal


@dataclass(frozen=True, slots=True)
class JobIdempotency:
    """A key that came with a submission, the hash of its body, and the job that it became."""

    key: str
    body_sha256: str
    job_id: JobId


@dataclass(frozen=True, slots=True)
class ArtifactUse:
    """Who uses an upload among the jobs."""

    open_jobs: int
    newest: datetime | None
    """When the youngest of all its jobs was submitted; None when no job ever named it."""


def steps_to_the_end(job: Job, status: JobStatus, message: str | None, failed_task: TaskId | None) -> Sequence[JobStep]:
    """Whatever is open of it is cancelled, then the job ends like this."""
    open_tasks = [task for task in job.tasks if not task.status.terminal and task.id != failed_task]
    return (
        *(JobStep(status=JobStatus.CANCELLED, task_id=task.id) for task in open_tasks),
        JobStep(status=status, message=message, failed_task=failed_task),
    )
