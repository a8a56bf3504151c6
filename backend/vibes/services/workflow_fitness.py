"""Which nodes can run a workflow as it comes, and why the others cannot."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from vibes.domain.ids import BatchId, GenerationId, NodeId
from vibes.domain.spec import TaskType
from vibes.scheduling.eligibility import never_reason
from vibes.scheduling.snapshot import NodeView, Work
from vibes.services.generation_request import GenerationRequest
from vibes.services.spec_builder import build_specs
from vibes.services.work import needs_of
from vibes.workflows.manifest import ANY_FAMILY, ParameterKind, Workflow
from vibes.workflows.parameters import workflow_defaults

_SAMPLE_TEXT = "sample"


@dataclass(frozen=True, slots=True)
class Fitness:
    """``unable`` gives each node's reason; a node that has not answered yet counts as able if its config says so."""

    family: str
    able: tuple[NodeId, ...]
    unable: Mapping[NodeId, str]


def fitness(workflow: Workflow, nodes: Sequence[NodeView]) -> list[Fitness]:
    """One entry a family, with every parameter at its default."""
    return [_fitness(workflow, family, nodes) for family in sorted(workflow.families or {ANY_FAMILY})]


def _fitness(workflow: Workflow, family: str, nodes: Sequence[NodeView]) -> Fitness:
    work = _sample_work(workflow, family)
    reasons = {node.id: never_reason(node, work) for node in nodes}
    return Fitness(
        family=family,
        able=tuple(node_id for node_id, reason in reasons.items() if reason is None),
        unable={node_id: reason for node_id, reason in reasons.items() if reason is not None},
    )


def _sample_work(workflow: Workflow, family: str) -> Work:
    defaults = workflow_defaults(workflow, family)
    required_texts = {
        name: _SAMPLE_TEXT
        for name, parameter in workflow.parameters.items()
        if parameter.required and parameter.kind is ParameterKind.STRING and name not in defaults
    }
    request = GenerationRequest(session_id=None, task_type=TaskType.DRAFT, values=required_texts, seed=0)
    [spec] = build_specs(workflow, family, request, {})
    requirements, step_megapixels = needs_of(workflow, spec, None)
    return Work(
        generation_id=GenerationId(""),
        batch_id=BatchId(""),
        batch_total=1,
        spec=spec,
        requirements=requirements,
        step_megapixels=step_megapixels,
    )
