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
        workflows=[WorkflowOut.of(workflow) for workflow in library.workflows.values()],
        problems=[
            FileProblem(file=problem.file, line=problem.line, column=problem.column, message=problem.message)
            for problem in library.problems
        ],
    )


@router.get("/{workflow_id}")
async def get_workflow(workflow_id: str, hub: HubDependency) -> WorkflowDetail:
    workflow = hub.catalog.library.get(workflow_id)
    return WorkflowDetail.with_nodes(
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
