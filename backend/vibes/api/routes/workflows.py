"""``/api/workflows``: what can be asked for, with which parameters, and where it runs."""

from vibes.api.http import given
from vibes.api.http.routers import api_router
from vibes.api.schemas.gpus import FileProblem
from vibes.api.schemas.workflows import (
    FamilyFitness,
    WorkflowDetail,
    WorkflowList,
    WorkflowOut,
)

router = api_router(prefix="/api/workflows", tag="workflows")


@router.get("")
async def list_workflows(workflows: given.Workflows) -> WorkflowList:
    library = workflows.library
    return WorkflowList(
        workflows=[
            WorkflowOut.of(workflow, stale=name in library.stale) for name, workflow in library.workflows.items()
        ],
        problems=[FileProblem.of(problem) for problem in library.problems],
        warnings=[FileProblem.of(problem) for problem in library.warnings],
    )


@router.get("/{workflow_id}")
async def get_workflow(workflow_id: str, workflows: given.Workflows, fitness: given.Fitness) -> WorkflowDetail:
    library = workflows.library
    workflow = library.get(workflow_id)
    return WorkflowDetail.with_nodes(
        WorkflowOut.of(workflow, stale=workflow_id in library.stale),
        workflow,
        [
            FamilyFitness(
                family=fit.family,
                able=[str(node_id) for node_id in fit.able],
                unable={str(node_id): reason.sentence for node_id, reason in fit.unable.items()},
                unable_codes={str(node_id): reason.code for node_id, reason in fit.unable.items()},
            )
            for fit in fitness.of_workflow(workflow)
        ],
    )
