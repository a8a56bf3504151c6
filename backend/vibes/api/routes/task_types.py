"""``/api/workflow``: what a job's tasks may be, and what the fleet has for them."""

from typing import Any

from fastapi import APIRouter

from vibes.api.http.hub import HubDependency
from vibes.api.schemas.task_types import CatalogOut, TaskTypeList, TaskTypeOut
from vibes.services.generations.model_catalog import fleet_catalog
from vibes.services.generations.workflow_fitness import task_type_fitness
from vibes.workflows.tasks.schema import job_schema
from vibes.workflows.tasks.task_types import job_task_types

router = APIRouter(prefix="/api/workflow", tags=["jobs"])


@router.get("/task-types")
async def list_task_types(hub: HubDependency) -> TaskTypeList:
    """Derived from the workflows in force: one that is added appears by itself."""
    types = job_task_types(hub.catalog.library)
    nodes = hub.board.nodes()
    return TaskTypeList(
        task_types=[
            TaskTypeOut.of(each, hub.jobs.max_pictures, task_type_fitness(each, nodes, hub.models.files_for))
            for each in types.values()
        ]
    )


@router.get("/schema")
async def get_job_schema(hub: HubDependency) -> dict[str, Any]:
    """JSON Schema, draft 2020-12, of the body of POST /api/jobs."""
    return job_schema(job_task_types(hub.catalog.library), hub.jobs.max_pictures)


@router.get("/catalog")
async def get_catalog(hub: HubDependency) -> CatalogOut:
    """What the nodes really have."""
    return CatalogOut.of(fleet_catalog(hub.board.nodes(), hub.catalog.library, hub.models.files_for))
