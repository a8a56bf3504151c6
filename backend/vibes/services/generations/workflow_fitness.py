"""Which nodes can run a workflow with its defaults, and why the others cannot."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from vibes.domain.ids import BatchId, GenerationId, NodeId
from vibes.domain.money import MOST
from vibes.domain.pictures.generation_request import GenerationRequest
from vibes.domain.pictures.spec import ParameterValue, TaskType
from vibes.domain.reason import Reason
from vibes.scheduling.eligibility import never_reason
from vibes.scheduling.snapshot import NodeView, Work
from vibes.services.generations.spec_builder import build_specs
from vibes.services.queue.work import needs_of
from vibes.workflows.definition.manifest import ANY_FAMILY, ParameterKind, Workflow
from vibes.workflows.filling.parameters import workflow_defaults
from vibes.workflows.tasks.task_types import JobTaskType

FilesFor = Callable[[Workflow, str, Mapping[str, ParameterValue]], Mapping[str, ParameterValue]]
"""`FleetModels.files_for`: the files that the hub would choose."""

_SAMPLE_TEXT = "sample"


@dataclass(frozen=True, slots=True)
class Fitness:
    """``unable``: each unable node's reason. A node that has not answered yet counts as able if its config allows
    it."""

    family: str
    able: tuple[NodeId, ...]
    unable: Mapping[NodeId, Reason]


def fitness(workflow: Workflow, nodes: Sequence[NodeView], files_for: FilesFor) -> list[Fitness]:
    """One entry a family, with every parameter at its default and model files chosen by the hub."""
    return [family_fitness(workflow, family, nodes, files_for) for family in sorted(workflow.families or {ANY_FAMILY})]


def task_type_fitness(task_type: JobTaskType, nodes: Sequence[NodeView], files_for: FilesFor) -> Fitness:
    """A node is able if it can run one of the type's workflows; for others the reason is that of the usual workflow."""
    each = [family_fitness(workflow, family, nodes, files_for) for family, workflow in task_type.workflows]
    able = {node_id for fitness in each for node_id in fitness.able}
    usual = each[0]
    return Fitness(
        family=usual.family,
        able=tuple(node.id for node in nodes if node.id in able),
        unable={node_id: reason for node_id, reason in usual.unable.items() if node_id not in able},
    )


def family_fitness(workflow: Workflow, family: str, nodes: Sequence[NodeView], files_for: FilesFor) -> Fitness:
    work = _sample_work(workflow, family, files_for(workflow, family, {}))
    reasons = {node.id: never_reason(node, work) for node in nodes}
    return Fitness(
        family=family,
        able=tuple(node_id for node_id, reason in reasons.items() if reason is None),
        unable={node_id: reason for node_id, reason in reasons.items() if reason is not None},
    )


def _sample_work(workflow: Workflow, family: str, files: Mapping[str, ParameterValue]) -> Work:
    defaults = workflow_defaults(workflow, family)
    required_texts = {
        name: _SAMPLE_TEXT
        for name, parameter in workflow.parameters.items()
        if parameter.required and parameter.kind is ParameterKind.STRING and name not in defaults
    }
    values = {**required_texts, **files}
    request = GenerationRequest(session_id=None, task_type=TaskType.DRAFT, values=values, seed=0)
    spec = replace(build_specs(workflow, family, request, {})[0], seed_chosen=False)
    requirements, step_megapixels = needs_of(workflow, spec, None)
    return Work(
        generation_id=GenerationId(""),
        batch_id=BatchId(""),
        batch_total=1,
        spec=spec,
        requirements=requirements,
        step_megapixels=step_megapixels,
        max_cost=MOST,  # what it may cost is asked when it is submitted
    )
