"""The state of a job that is followed: its tasks, and what each event changes."""

from dataclasses import dataclass, field
from datetime import datetime

from vibes.client import Job, JobChanged, JobError, JobEvent, JobProgressed, TaskChanged
from vibes.domain.job import JobStatus


@dataclass(slots=True)
class TaskState:
    id: str
    type: str
    depends_on: tuple[str, ...]
    total: int | None = None
    nodes: tuple[str, ...] = ()
    status: JobStatus = field(init=False, default=JobStatus.QUEUED)
    batch_id: str | None = field(init=False, default=None)
    pictures: int = field(init=False, default=0)
    drawn: dict[str, float] = field(init=False, default_factory=dict)
    """By picture: its progress, 0 to 1."""
    eta_seconds: float | None = field(init=False, default=None)
    error_message: str | None = field(init=False, default=None)
    began: datetime | None = field(init=False, default=None)
    ended: datetime | None = field(init=False, default=None)

    @property
    def progress(self) -> float:
        """From 0 to 1, which is reached only when the pictures are stored."""
        if self.status is JobStatus.COMPLETE:
            return 1.0
        return min(max(self.pictures, sum(self.drawn.values())) / self.total, 0.99) if self.total else 0.0

    @property
    def seconds(self) -> float | None:
        return None if self.began is None or self.ended is None else (self.ended - self.began).total_seconds()


class JobState:
    """Starts with the job as the hub reports it; applying all its events again gives the same state."""

    def __init__(self, job: Job) -> None:
        self.job_id = job.job_id
        self.status = JobStatus.QUEUED
        self.error: JobError | None = None
        self.tasks = {
            task.id: TaskState(task.id, task.type, task.depends_on, total=task.total, nodes=task.nodes)
            for task in job.tasks
        }

    def refresh(self, job: Job) -> list[TaskState]:
        """Replace the state by the hub's answer; answers the tasks with steps that no event told."""
        self.status, self.error = job.status, job.error
        changed = []
        for told in job.tasks:
            task = self.tasks.get(told.id)
            if task is None:
                continue
            if task.status is not told.status:
                changed.append(task)
            task.status, task.batch_id, task.error_message = told.status, told.batch_id, told.error_message
            task.pictures, task.total, task.nodes = told.completed, told.total or task.total, told.nodes
            task.began, task.ended = told.started_at, told.completed_at
        return changed

    def apply(self, event: JobEvent) -> None:
        match event:
            case JobChanged():
                self.status, self.error = event.status, event.error
            case TaskChanged() if event.task_id in self.tasks:
                self._task_changed(self.tasks[event.task_id], event)
            case JobProgressed():
                for task in self.tasks.values():
                    if task.batch_id == event.batch_id:
                        _progressed(task, event)

    def _task_changed(self, task: TaskState, event: TaskChanged) -> None:
        task.status = event.status
        task.batch_id = event.batch_id or task.batch_id
        task.error_message = event.error_message
        if event.status is JobStatus.RUNNING:
            task.began = event.at
        if event.status.terminal:
            task.ended, task.eta_seconds = event.at, None
        if event.status is JobStatus.COMPLETE:
            task.pictures = task.total = len(event.images)
            task.nodes = tuple(dict.fromkeys(each.node_id for each in event.images if each.node_id is not None))


def _progressed(task: TaskState, event: JobProgressed) -> None:
    task.drawn[event.generation_id] = event.current / event.total if event.total else 0.0
    task.pictures, task.total, task.eta_seconds = event.completed, event.batch_total, event.eta_seconds
    if event.node_id not in task.nodes:
        task.nodes = (*task.nodes, event.node_id)
