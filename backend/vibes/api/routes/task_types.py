"""``/api/workflow``: what a job's tasks may be, and what the fleet has for them."""

from typing import Any

from vibes.api.http import given
from vibes.api.http.routers import api_router
from vibes.api.schemas.task_types import CatalogOut, TaskTypeList, TaskTypeOut
from vibes.workflows.tasks.schema import job_schema
from vibes.workflows.tasks.task_types import job_task_types

router = api_router(prefix="/api/workflow", tag="jobs")


@router.get("/task-types")
async def list_task_types(workflows: given.Workflows, fitness: given.Fitness, jobs: given.Jobs) -> TaskTypeList:
    """Derived from the workflows in force: one that is added appears by itself."""
    types = list(job_task_types(workflows.library).values())
    found = zip(types, fitness.of_task_types(types), strict=True)
    return TaskTypeList(task_types=[TaskTypeOut.of(each, jobs.max_pictures, fit) for each, fit in found])


@router.get("/schema")
async def get_job_schema(workflows: given.Workflows, jobs: given.Jobs) -> dict[str, Any]:
    """JSON Schema, draft 2020-12, of the body of POST /api/jobs."""
    return job_schema(job_task_types(workflows.library), jobs.max_pictures)


@router.get("/catalog")
async def get_catalog(fitness: given.Fitness) -> CatalogOut:
    """What the nodes really have."""
    return CatalogOut.of(fitness.catalog())
