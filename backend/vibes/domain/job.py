"""A workflow job: tasks that refer to each other's results; each becomes a batch once its inputs are stored."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from vibes.domain.ids import BatchId, JobId, OwnerId, SessionId, TaskId, WorkflowVersionId
from vibes.domain.money import NOTHING, MicroUsd
from vibes.domain.priority import Priority


class JobStatus(StrEnum):
    """Of a job, and of each of its tasks. Terminal ones absorb: nothing leaves them."""

    QUEUED = "queued"
    """Nothing of it has begun; a task may be waiting for others."""
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
    """As named in the submission."""
    inputs: Mapping[str, Any]
    """As submitted, with references; checked."""
    workflow: str
    model_family: str
    workflow_version: WorkflowVersionId
    """The workflow that the type stood for when the job was submitted; later edits of workflows do not affect it."""
    status: JobStatus = JobStatus.QUEUED
    batch_id: BatchId | None = None
    """None until the inputs are stored."""
    error_message: str | None = None
    started_at: datetime | None = None
    completed_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    id: JobId
    session_id: SessionId
    """The job's own session, which holds only its pictures."""
    priority: Priority
    tasks: tuple[JobTask, ...]
    returned: Any
    """The requested result: JSON with references."""
    created_at: datetime
    status: JobStatus = JobStatus.QUEUED
    failed_task: TaskId | None = None
    error_message: str | None = None
    started_at: datetime | None = None
    completed_at: datetime | None = None
    owner: OwnerId | None = None
    """None: everybody's."""
    max_cost: MicroUsd = NOTHING
    """Most that all its pictures may cost together."""

    def task(self, task_id: TaskId) -> JobTask:
        return next(task for task in self.tasks if task.id == task_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class JobStep:
    """One change of a job, or of the named task, from an open status."""

    status: JobStatus
    task_id: TaskId | None = None
    batch_id: BatchId | None = None
    """The batch of the task."""
    message: str | None = None
    failed_task: TaskId | None = None
    """In a step of the job: the task that made it fail."""


@dataclass(frozen=True, slots=True, kw_only=True)
class JobEvent:
    """A stored step; ``seq`` counts a job's steps from 1 without gaps, over restarts of the hub too."""

    job_id: JobId
    seq: int
    at: datetime
    step: JobStep

    @property
    def last(self) -> bool:
        """Whether it is the job's last event."""
        return self.step.task_id is None and self.step.status.terminal


@dataclass(frozen=True, slots=True)
class JobIdempotency:
    """The key of a submission, the hash of its body, and the job created for it."""

    key: str
    body_sha256: str
    job_id: JobId


@dataclass(frozen=True, slots=True)
class ArtifactUse:
    """Which jobs use an upload."""

    open_jobs: int
    newest: datetime | None
    """When the latest of its jobs was submitted; None when no job has named it."""


def steps_to_the_end(job: Job, status: JobStatus, message: str | None, failed_task: TaskId | None) -> Sequence[JobStep]:
    """Steps that cancel everything open of the job and then end it with ``status``."""
    open_tasks = [task for task in job.tasks if not task.status.terminal and task.id != failed_task]
    return (
        *(JobStep(status=JobStatus.CANCELLED, task_id=task.id) for task in open_tasks),
        JobStep(status=status, message=message, failed_task=failed_task),
    )
