"""``/generate`` and ``/tasks/{id}``: the smallest way to a picture, for scripts that submit and poll."""

from fastapi import Request, status

from vibes.api.http import given
from vibes.api.http.authentication import Asker
from vibes.api.http.routers import api_router
from vibes.api.schemas.images import image_url
from vibes.api.schemas.tasks import TASK_STATUSES, TaskCreate, TaskCreated, TaskOut, TaskResult, TaskStatus
from vibes.domain.generation import Generation
from vibes.domain.ids import GenerationId

router = api_router(tag="tasks")


@router.post("/generate", status_code=status.HTTP_202_ACCEPTED)
async def create_task(body: TaskCreate, generations: given.Generations, asker: Asker) -> TaskCreated:
    """Run a workflow once. ``lora: "None"`` and ``seed: "random"`` are understood."""
    submission = await generations.submit(body.to_request(asker.owner))
    return TaskCreated(task_id=submission.generations[0].id)


@router.get("/tasks/{task_id}")
async def get_task(task_id: str, request: Request, generations: given.Generations) -> TaskOut:
    generation = await generations.get(GenerationId(task_id))
    task_status = TASK_STATUSES[generation.status]
    return TaskOut(task_id=generation.id, status=task_status, result=_result(generation, task_status, request))


def _result(generation: Generation, task_status: TaskStatus, request: Request) -> TaskResult | str | None:
    if task_status is TaskStatus.SUCCESS:
        return TaskResult(
            download_url=str(request.base_url).rstrip("/") + image_url(generation.session_id, generation.id),
            seed=generation.spec.seed,
            generation_time_ms=generation.generation_time_ms,
        )
    if task_status is TaskStatus.FAILURE:
        return generation.error_message or str(generation.status)
    return None
