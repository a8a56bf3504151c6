"""Bodies of ``/api/workflows``."""

from typing import Any

from pydantic import Field

from vibes.api.schemas.generations import ResponseBody
from vibes.api.schemas.gpus import FileProblem
from vibes.domain.spec import Operation
from vibes.workflows.json_schema import parameters_schema
from vibes.workflows.manifest import Workflow


class WorkflowOut(ResponseBody):
    id: str
    description: str
    families: list[str]
    operation: Operation
    supports_lora: bool
    max_loras: int
    needs_image: bool
    parameters: list[str]

    @classmethod
    def of(cls, workflow: Workflow) -> "WorkflowOut":
        return cls(
            id=workflow.name,
            description=workflow.description,
            families=sorted(workflow.families),
            operation=workflow.operation,
            supports_lora=workflow.supports_lora,
            max_loras=workflow.max_loras,
            needs_image=workflow.needs_image,
            parameters=list(workflow.parameters),
        )


class WorkflowList(ResponseBody):
    workflows: list[WorkflowOut]
    problems: list[FileProblem] = Field(description="Templates that cannot be used, and why.")


class FamilyFitness(ResponseBody):
    family: str
    able: list[str] = Field(description="Nodes that can run it with its default parameters.")
    unable: dict[str, str] = Field(description="The other nodes, each with the reason.")


class WorkflowDetail(WorkflowOut):
    parameters_schema: dict[str, Any] = Field(description="JSON Schema, draft 2020-12, of the parameters.")
    nodes: list[FamilyFitness]

    @classmethod
    def with_nodes(cls, workflow: Workflow, nodes: list[FamilyFitness]) -> "WorkflowDetail":
        return cls(
            **WorkflowOut.of(workflow).model_dump(),
            parameters_schema=parameters_schema(workflow),
            nodes=nodes,
        )
