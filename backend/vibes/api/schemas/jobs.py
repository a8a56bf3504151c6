"""Bodies of ``/api/jobs``."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Literal

from pydantic import Field

from vibes.api.schemas.common import RequestBody, Timestamp, Word, at_most
from vibes.api.schemas.generations import ResponseBody, ToldSeed, cost_of
from vibes.api.schemas.images import ImageOut, image_url, thumbnail_url
from vibes.api.schemas.money import MAX_COST, ToldUsd, Usd
from vibes.domain.errors import NotFound
from vibes.domain.generation import Generation, GenerationStatus
from vibes.domain.ids import GenerationId, OwnerId
from vibes.domain.job import Job, JobStatus, JobTask
from vibes.domain.money import NOTHING
from vibes.domain.pictures.seed import told_seed
from vibes.domain.priority import Priority
from vibes.domain.task_reference import TaskOutput, task_outputs_in
from vibes.services.jobs.outputs import JobView, generations_of, returned_by
from vibes.services.jobs.resolver import JobRequest
from vibes.workflows.tasks.plan import TaskRequest

MAX_INPUTS = 500
_MOST_TASKS_READ = 1_000
"""Tasks read of a job, more than a job may have, so that a job that is too long is refused together with its other
mistakes; a longer list is refused unread."""


class TaskBody(RequestBody):
    id: Word = Field(description="1 to 64 letters, digits, _ and -; unique in the job.", examples=["t1"])
    type: Word = Field(description="One of GET /api/workflow/task-types.", examples=["sd15.text2img"])
    inputs: Annotated[dict[str, Any], at_most(MAX_INPUTS)] = Field(
        default_factory=dict,
        max_length=MAX_INPUTS,
        description="By name, see GET /api/workflow/schema. A value may be @task.output, @task.output[0] or "
        "@artifact:<id>.",
    )


class PayloadBody(RequestBody):
    tasks: Annotated[list[TaskBody], at_most(_MOST_TASKS_READ)] = Field(
        description="Each may refer to those before it."
    )
    return_: Any = Field(
        None,
        alias="return",
        description="What is wanted back; left out: the last task's images.",
        examples=["@t1.images"],
    )


class JobBody(RequestBody):
    kind: Literal["workflow"]
    payload: PayloadBody
    priority: Priority | None = Field(
        None, description="Left out: one picture is interactive, more than 100 are bulk, what is between normal."
    )

    max_cost_usd: Annotated[Usd, MAX_COST] = NOTHING

    def to_request(self, owner: OwnerId | None) -> JobRequest:
        return JobRequest(
            tasks=[TaskRequest(task.id, task.type, task.inputs) for task in self.payload.tasks],
            returned=self.payload.return_,
            priority=self.priority,
            owner=owner,
            max_cost=self.max_cost_usd,
        )


class JobAccepted(ResponseBody):
    job_id: str
    status: JobStatus


class JobError(ResponseBody):
    task_id: str | None = Field(description="The task whose fault it was.")
    message: str


class PictureOut(ResponseBody):
    generation_id: str
    image_url: str
    thumbnail_url: str
    width: int
    height: int
    seed: ToldSeed
    node_id: str | None
    images: list[ImageOut] = Field(description="All that its workflow saved; the first is the one at `image_url`.")

    @classmethod
    def all_of(cls, generations: Sequence[Generation]) -> "list[PictureOut]":
        return [
            cls(
                generation_id=each.id,
                image_url=image_url(each.session_id, each.id),
                thumbnail_url=thumbnail_url(each.session_id, each.id),
                width=each.image.width,
                height=each.image.height,
                seed=each.spec.seed,
                node_id=each.node_id,
                images=ImageOut.all_of(each),
            )
            for each in generations
            if each.image is not None
        ]


class TaskSummary(ResponseBody):
    id: str
    type: str
    status: JobStatus


class JobTaskOut(TaskSummary):
    workflow: str
    model_family: str
    depends_on: list[str] = Field(description="Tasks whose results it starts from.")
    batch_id: str | None = Field(description="Null until what it starts from is stored.")
    progress: float = Field(description="From 0 to 1.")
    completed: int = Field(description="Pictures that are stored.")
    total: int | None = Field(description="Pictures that it makes; null until it is submitted.")
    nodes: list[str] = Field(description="Where it runs or ran.")
    started_at: Timestamp | None
    completed_at: Timestamp | None
    seconds: float | None = Field(description="From its start to its end.")
    images: list[PictureOut]
    error_message: str | None

    @classmethod
    def of_task(cls, task: JobTask, made: Sequence[Generation], progress: Mapping[GenerationId, float]) -> "JobTaskOut":
        complete = [each for each in made if each.status is GenerationStatus.COMPLETE]
        running = [each for each in made if each.status is GenerationStatus.GENERATING]
        done = len(complete) + sum(progress.get(each.id, 0.0) for each in running)
        return cls(
            id=task.id,
            type=task.type,
            status=task.status,
            workflow=task.workflow,
            model_family=task.model_family,
            depends_on=list(dict.fromkeys(reference.task_id for _, reference in task_outputs_in(task.inputs))),
            batch_id=task.batch_id,
            progress=1.0 if task.status is JobStatus.COMPLETE else round(done / len(made), 3) if made else 0.0,
            completed=len(complete),
            total=len(made) if task.batch_id is not None else None,
            nodes=list(dict.fromkeys(each.node_id for each in made if each.node_id is not None)),
            started_at=task.started_at,
            completed_at=task.completed_at,
            seconds=_seconds(task),
            images=PictureOut.all_of(complete),
            error_message=task.error_message,
        )


class JobSummary(ResponseBody):
    job_id: str
    kind: Literal["workflow"] = "workflow"
    status: JobStatus
    priority: Priority
    session_id: str = Field(description="Holds the job's pictures and nothing else.")
    created_at: Timestamp
    started_at: Timestamp | None
    completed_at: Timestamp | None
    error: JobError | None
    max_cost_usd: ToldUsd = Field(description="Most that all its pictures may cost together.")
    tasks: Sequence[TaskSummary]

    @classmethod
    def of_job(cls, job: Job) -> "JobSummary":
        return cls(
            **_about(job), tasks=[TaskSummary(id=each.id, type=each.type, status=each.status) for each in job.tasks]
        )


class JobOut(JobSummary):
    progress: float = Field(description="From 0 to 1, all tasks alike.")
    tasks: Sequence[JobTaskOut]
    cost_usd: ToldUsd = Field(description="What its pictures have cost so far.")
    result: Any = Field(description="`return` with pictures and seeds in place of its references; null until complete.")

    @classmethod
    def of(cls, view: JobView) -> "JobOut":
        job = view.job
        tasks = [JobTaskOut.of_task(task, view.made.get(task.id, ()), view.progress) for task in job.tasks]
        return cls(
            **_about(job),
            tasks=tasks,
            progress=round(sum(task.progress for task in tasks) / len(tasks), 3),
            cost_usd=cost_of(each for made in view.made.values() for each in made),
            result=result_of(view),
        )


class JobList(ResponseBody):
    jobs: list[JobSummary]
    total: int = Field(description="How many match, whatever the limit and the offset.")
    limit: int
    offset: int


class TaskRequestOut(ResponseBody):
    id: str
    type: str
    inputs: dict[str, Any] = Field(description="As submitted, with references. A seed that is no exact number: digits.")

    @classmethod
    def of(cls, task: JobTask) -> "TaskRequestOut":
        inputs = {name: told_seed(value) if type(value) is int else value for name, value in task.inputs.items()}
        return cls(id=task.id, type=task.type, inputs=inputs)


class PayloadOut(ResponseBody):
    tasks: list[TaskRequestOut]
    return_: Any = Field(alias="return", serialization_alias="return", description="What was wanted back.")


class JobRequestOut(ResponseBody):
    """A body for ``POST /api/jobs``."""

    kind: Literal["workflow"] = "workflow"
    payload: PayloadOut
    priority: Priority
    max_cost_usd: ToldUsd

    @classmethod
    def of(cls, job: Job) -> "JobRequestOut":
        payload = PayloadOut(tasks=[TaskRequestOut.of(each) for each in job.tasks], **{"return": job.returned})
        return cls(payload=payload, priority=job.priority, max_cost_usd=job.max_cost)


def result_of(view: JobView) -> Any:
    """The result as JSON; null in place of what has been deleted."""

    def resolve(reference: TaskOutput) -> Any:
        try:
            found = generations_of(reference, view.made)
        except NotFound:
            return None
        if reference.output == "seeds":
            values: list[Any] = [told_seed(each.spec.seed) for each in found]
        else:
            values = [picture.model_dump(mode="json") for picture in PictureOut.all_of(found)]
        return values if reference.index is None else next(iter(values), None)

    return returned_by(view.job.returned, resolve) if view.job.status is JobStatus.COMPLETE else None


def error_of(job: Job) -> JobError | None:
    if job.status is JobStatus.FAILED or job.failed_task is not None:
        return JobError(task_id=job.failed_task, message=job.error_message or f"the job is {job.status}")
    return None


def _about(job: Job) -> dict[str, Any]:
    return {
        "job_id": job.id,
        "status": job.status,
        "priority": job.priority,
        "session_id": job.session_id,
        "created_at": job.created_at,
        "started_at": job.started_at,
        "completed_at": job.completed_at,
        "error": error_of(job),
        "max_cost_usd": job.max_cost,
    }


def _seconds(task: JobTask) -> float | None:
    if task.started_at is None or task.completed_at is None:
        return None
    return round((task.completed_at - task.started_at).total_seconds(), 3)
