"""Workflow jobs as the hub reports them, and the values that they are made of."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import MISSING, dataclass, field, fields
from datetime import datetime
from typing import Any

from vibes.client.http.decoding import decode
from vibes.client.values.pictures import GenerationImage
from vibes.domain.job import JobStatus
from vibes.domain.priority import Priority


@dataclass(frozen=True, slots=True)
class Task:
    """A task of a job: ``Task("t2", "upscale.esrgan", {"image": "@t1.images[0]"})``."""

    id: str
    type: str
    inputs: Mapping[str, Any] = field(default_factory=dict)

    def body(self) -> dict[str, Any]:
        return {"id": self.id, "type": self.type, "inputs": dict(self.inputs)}


def job_body(
    tasks: Sequence[Task],
    returns: Any = None,
    priority: Priority | str | None = None,
    max_cost_usd: float | str | None = None,
) -> dict[str, Any]:
    """The body for ``POST /api/jobs``; without ``returns`` the result is the last task's pictures."""
    payload: dict[str, Any] = {"tasks": [task.body() for task in tasks]}
    if returns is not None:
        payload["return"] = returns
    said = {"priority": priority, "max_cost_usd": max_cost_usd}
    return {
        "kind": "workflow",
        "payload": payload,
        **{name: value for name, value in said.items() if value is not None},
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class AcceptedJob:
    job_id: str
    status: JobStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A finished picture of a job."""

    generation_id: str
    image_url: str
    thumbnail_url: str
    width: int
    height: int
    seed: int
    node_id: str | None
    images: tuple[GenerationImage, ...] = ()
    """All that its workflow saved; the first is the one at `image_url`. Empty from a hub of an earlier release."""


@dataclass(frozen=True, slots=True, kw_only=True)
class JobError:
    task_id: str | None
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class JobTaskSummary:
    id: str
    type: str
    status: JobStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class JobTask(JobTaskSummary):
    workflow: str
    model_family: str
    depends_on: tuple[str, ...]
    """Tasks whose results it uses."""
    batch_id: str | None
    progress: float
    completed: int
    total: int | None
    nodes: tuple[str, ...]
    started_at: datetime | None
    completed_at: datetime | None
    seconds: float | None
    images: tuple[Picture, ...]
    error_message: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class JobSummary:
    """A job as a list shows it."""

    job_id: str
    kind: str
    status: JobStatus
    priority: Priority
    session_id: str
    created_at: datetime
    started_at: datetime | None
    completed_at: datetime | None
    error: JobError | None
    max_cost_usd: float = 0.0
    """Most that all its pictures may cost together."""
    tasks: tuple[JobTaskSummary, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Job(JobSummary):
    tasks: tuple[JobTask, ...]
    progress: float
    cost_usd: float = 0.0
    """So far."""
    result: Any
    """The result, with pictures in place of references; None until the job is complete."""

    @property
    def pictures(self) -> tuple[Picture, ...]:
        """Every picture of the result once, in the result's order."""
        return tuple({each.generation_id: each for each in pictures_in(self.result)}.values())


@dataclass(frozen=True, slots=True, kw_only=True)
class JobPage:
    jobs: tuple[JobSummary, ...]
    total: int
    limit: int
    offset: int


def pictures_in(result: Any) -> Iterator[Picture]:
    """Every picture in a job's result, at any depth."""
    if isinstance(result, dict):
        if result.keys() >= _PICTURE:
            yield decode(Picture, result)
            return
        result = list(result.values())
    if isinstance(result, list):
        for item in result:
            yield from pictures_in(item)


_PICTURE = frozenset(each.name for each in fields(Picture) if each.default is MISSING)
"""What a picture of a hub of any release has."""
