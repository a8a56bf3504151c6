"""From a stored generation to plannable work: its graph's needs and its size."""

from dataclasses import replace

from vibes.domain.batch import Batch
from vibes.domain.generation import Generation
from vibes.domain.nodes.requirements import Requirements
from vibes.domain.pictures.spec import GenerationSpec
from vibes.scheduling.snapshot import Work
from vibes.workflows.definition.manifest import Workflow
from vibes.workflows.filling.compile import compile_graph
from vibes.workflows.filling.wanted import wanted_of
from vibes.workflows.graphs.requirements import NOT_UPLOADED, requirements
from vibes.workflows.graphs.steps import total_steps

DEFAULT_MEGAPIXELS = 1.0


def needs_of(workflow: Workflow, spec: GenerationSpec, source_megapixels: float | None) -> tuple[Requirements, float]:
    """What a node must have for this spec, and its size in step-megapixels.

    ``source_megapixels``: the size of the input picture, used when the spec names no size.
    """
    pictures = {name: NOT_UPLOADED for name, parameter in workflow.parameters.items() if parameter.kind.is_picture}
    # their content does not matter
    graph = compile_graph(workflow, replace(spec, prompt="", negative_prompt=""), pictures)
    if spec.width and spec.height:
        megapixels = spec.width * spec.height / 1e6
    else:
        megapixels = source_megapixels or DEFAULT_MEGAPIXELS
    needed = replace(
        requirements(graph),
        workflow=workflow.name,
        family=spec.model_family,
        operation=workflow.operation,
        wanted=wanted_of(workflow, spec, graph),
    )
    return needed, total_steps(graph) * megapixels


def work_of(generation: Generation, batch: Batch, needs: tuple[Requirements, float]) -> Work:
    """``batch``: the generation's."""
    required, step_megapixels = needs
    wanted, size = required.wanted, (generation.spec.width, generation.spec.height)
    if wanted is not None and (wanted.width, wanted.height) != size:  # those of a batch may be of different shapes
        required = replace(required, wanted=replace(wanted, width=size[0], height=size[1]))
    return Work(
        generation_id=generation.id,
        batch_id=generation.batch_id,
        batch_total=batch.total,
        spec=generation.spec,
        requirements=required,
        step_megapixels=step_megapixels,
        session_id=generation.session_id,
        place=generation.place,
        priority=batch.priority,
        max_cost=batch.max_cost,
        purse=batch.purse_id,
        submitted_at=generation.created_at.timestamp(),
    )
