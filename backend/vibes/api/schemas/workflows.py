"""Bodies of ``/api/workflows``."""

from typing import Any

from pydantic import Field

from vibes.api.schemas.generations import ResponseBody
from vibes.api.schemas.gpus import FileProblem
from vibes.domain.pictures.spec import Operation
from vibes.domain.reason import ReasonCode
from vibes.workflows.definition.manifest import Workflow
from vibes.workflows.importing.importer import Draft
from vibes.workflows.tasks.json_schema import parameters_schema


class WorkflowOut(ResponseBody):
    id: str
    description: str
    families: list[str]
    operation: Operation
    supports_lora: bool
    max_loras: int
    needs_image: bool
    parameters: list[str]
    stale: bool = Field(description="Its newest text is broken (see problems); it serves as it last was good.")

    @classmethod
    def of(cls, workflow: Workflow, *, stale: bool) -> "WorkflowOut":
        return cls(
            id=workflow.name,
            description=workflow.description,
            families=sorted(workflow.families),
            operation=workflow.operation,
            supports_lora=workflow.supports_lora,
            max_loras=workflow.max_loras,
            needs_image=workflow.needs_image,
            parameters=list(workflow.parameters),
            stale=stale,
        )


class WorkflowList(ResponseBody):
    workflows: list[WorkflowOut]
    problems: list[FileProblem] = Field(description="What in the workflow folders cannot be used, and why.")
    warnings: list[FileProblem] = Field(description="What may be a mistake, and is used nonetheless.")


class FamilyFitness(ResponseBody):
    family: str
    able: list[str] = Field(description="Nodes that can run it with its default parameters.")
    unable: dict[str, str] = Field(description="The other nodes, each with the reason.")
    unable_codes: dict[str, ReasonCode] = Field(description="The same for whoever decides upon it.")


class WorkflowDetail(WorkflowOut):
    parameters_schema: dict[str, Any] = Field(description="JSON Schema, draft 2020-12, of the parameters.")
    nodes: list[FamilyFitness]

    @classmethod
    def with_nodes(cls, summary: WorkflowOut, workflow: Workflow, nodes: list[FamilyFitness]) -> "WorkflowDetail":
        return cls(
            **summary.model_dump(),
            parameters_schema=parameters_schema(workflow),
            nodes=nodes,
        )


class FoundParameter(ResponseBody):
    parameter: str
    bind: str = Field(description="The graph-node inputs that take its value.")
    where: str
    default: str | int | float | bool | None = Field(description="The export's own value.")


class ImportedWorkflow(ResponseBody):
    workflow: WorkflowOut
    manifest: str = Field(description="The drafted manifest, YAML; edit it in its folder whenever you like.")
    found: list[FoundParameter]
    notes: list[str] = Field(description="What was guessed or could not be found.")

    @classmethod
    def of(cls, draft: Draft, workflow: Workflow) -> "ImportedWorkflow":
        return cls(
            workflow=WorkflowOut.of(workflow, stale=False),
            manifest=draft.manifest(),
            found=[
                FoundParameter(parameter=each.parameter, bind=each.bind, where=each.where, default=each.default)
                for each in draft.found
            ],
            notes=list(draft.notes),
        )
