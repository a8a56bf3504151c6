"""``/api/workflows``: what can be asked for, with which parameters, and where it runs."""

from fastapi import APIRouter

from vibes.api.hub import HubDependency
from vibes.api.schemas.gpus import FileProblem
from vibes.api.schemas.workflows import FamilyFitness, WorkflowDetail, WorkflowList, WorkflowOut
from vibes.services.workflow_fitness import fitness

router = APIRouter(prefix="/api/workflows", tags=["workflows"])


@router.get("")
async def list_workflows(hub: HubDependency) -> WorkflowList:
    library = hub.catalog.library
    return WorkflowList(
        workflows=[
            WorkflowOut.of(workflow, stale=name in library.stale) for name, workflow in library.workflows.items()
        ],
        problems=[FileProblem.of(problem) for problem in library.problems],
        warnings=[FileProblem.of(problem) for problem in library.warnings],
    )


@router.get("/{workflow_id}")
async def get_workflow(workflow_id: str, hub: HubDependency) -> WorkflowDetail:
    library = hub.catalog.library
    workflow = library.get(workflow_id)
    return WorkflowDetail.with_nodes(
        WorkflowOut.of(workflow, stale=workflow_id in library.stale),
        workflow,
        [
            FamilyFitness(
                family=fit.family,
                able=[str(node_id) for node_id in fit.able],
                unable={str(node_id): reason for node_id, reason in fit.unable.items()},
            )
            for fit in fitness(workflow, hub.board.snapshot().nodes)
        ],
    )
