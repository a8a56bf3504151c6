"""Bodies of ``/api/workflow``."""

from collections.abc import Mapping
from typing import Any

from pydantic import Field

from vibes.api.schemas.generations import ResponseBody
from vibes.domain.pictures.spec import Operation
from vibes.domain.reason import ReasonCode
from vibes.services.generations.model_catalog import FleetCatalog
from vibes.services.generations.workflow_fitness import Fitness
from vibes.workflows.tasks.schema import inputs_schema
from vibes.workflows.tasks.task_types import JobTaskType


class TaskTypeOut(ResponseBody):
    type: str
    description: str
    operation: Operation
    families: list[str]
    workflows: list[str] = Field(description="Who can do it; the first whose parameters are those given is taken.")
    outputs: dict[str, str] = Field(description="Each is a list: of pictures, of maps (computed pictures) or of seeds.")
    nodes: list[str] = Field(description="Who can run it as it comes; empty: see reasons.")
    reasons: dict[str, str] = Field(description="By node: why it cannot.")
    reason_codes: dict[str, ReasonCode] = Field(description="The same for whoever decides upon it.")
    inputs_schema: dict[str, Any] = Field(
        description="JSON Schema, draft 2020-12. Beyond that: x-picture (image or mask), x-seed, x-node (an id), "
        "x-catalog (where GET /api/workflow/catalog lists the names), x-multiline, x-advanced, x-step."
    )

    @classmethod
    def of(cls, task_type: JobTaskType, max_count: int, fitness: Fitness) -> "TaskTypeOut":
        return cls(
            type=task_type.name,
            description=task_type.usual.description,
            operation=task_type.operation,
            families=list(task_type.families),
            workflows=list(dict.fromkeys(workflow.name for _, workflow in task_type.workflows)),
            outputs={name: str(kind) for name, kind in task_type.outputs.items()},
            nodes=list(fitness.able),
            reasons={str(node_id): reason.sentence for node_id, reason in fitness.unable.items()},
            reason_codes={str(node_id): reason.code for node_id, reason in fitness.unable.items()},
            inputs_schema=inputs_schema(task_type, max_count),
        )


class TaskTypeList(ResponseBody):
    task_types: list[TaskTypeOut]


class CatalogItem(ResponseBody):
    name: str
    nodes: list[str] = Field(description="Nodes that have it, by what they said last.")

    @classmethod
    def all_of(cls, items: Mapping[str, list[str]]) -> "list[CatalogItem]":
        return [cls(name=name, nodes=nodes) for name, nodes in items.items()]


class CatalogOut(ResponseBody):
    families: list[CatalogItem]
    checkpoints: list[CatalogItem]
    loras: list[CatalogItem]
    samplers: list[CatalogItem]
    schedulers: list[CatalogItem]
    other_models: dict[str, list[CatalogItem]] = Field(description="By ComfyUI's model folder.")

    @classmethod
    def of(cls, catalog: FleetCatalog) -> "CatalogOut":
        return cls(
            families=CatalogItem.all_of(catalog.families),
            checkpoints=CatalogItem.all_of(catalog.checkpoints),
            loras=CatalogItem.all_of(catalog.loras),
            samplers=CatalogItem.all_of(catalog.samplers),
            schedulers=CatalogItem.all_of(catalog.schedulers),
            other_models={folder: CatalogItem.all_of(items) for folder, items in catalog.other_models.items()},
        )
