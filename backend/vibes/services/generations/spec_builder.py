"""From a request to complete specs: chooses the workflow, fills in defaults, checks every value."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from vibes.domain.chance import random_bits
from vibes.domain.errors import InvalidRequest, Problem
from vibes.domain.generation import Generation
from vibes.domain.ids import GenerationId, WorkflowVersionId
from vibes.domain.pictures.generation_request import GenerationRequest
from vibes.domain.pictures.picture import PictureOrigin, PictureReference
from vibes.domain.pictures.spec import MAX_SEED, GenerationSpec, Operation, ParameterValue, TaskType
from vibes.workflows.definition.manifest import ANY_FAMILY, Workflow
from vibes.workflows.filling.parameters import lora_problems, resolve
from vibes.workflows.library.library import Library

RANDOM_SEED_BITS = 32
"""Random seeds have 32 bits, which every other tool can repeat and a browser can hold exactly."""

MAX_BATCH_TEXT = 16 * 1024 * 1024
"""Characters of all texts of a batch together: enough for a thousand pictures with prompts of 16,000."""
_SPEC_FIELDS = frozenset(
    {"prompt", "negative_prompt", "seed", "checkpoint", "width", "height", "steps", "cfg_scale", "denoise_strength"}
)


def choose_workflow(
    library: Library, request: GenerationRequest, parents: Sequence[Generation]
) -> tuple[Workflow, str]:
    """The workflow and the family. Raises NotFound or InvalidRequest that says what exists instead."""
    family = request.model_family or (parents[0].spec.model_family if parents else None)
    if request.workflow is not None:
        workflow = library.get(request.workflow)
        if family is None or workflow.families == {ANY_FAMILY}:
            family = next(iter(workflow.family_defaults), min(workflow.families))
        if not workflow.serves(family):
            served = ", ".join(sorted(workflow.families))
            raise InvalidRequest(
                f"workflow {workflow.name} is not made for {family}; it serves {served}",
                code="wrong_family",
                problems=[Problem("model_family", f"one of {served}")],
            )
    else:
        operation = _operation(request, has_parents=bool(parents))
        if family is None and operation is not Operation.UPSCALE:
            raise InvalidRequest(
                f"model_family is required: one of {', '.join(library.families())}",
                code="unknown_family",
                problems=[Problem("model_family", f"required: one of {', '.join(library.families())}")],
            )
        workflow = library.select(family or ANY_FAMILY, operation, loras=len(request.loras))
        family = family if family and ANY_FAMILY not in workflow.families else ANY_FAMILY
    _check_loras(workflow, request)
    return workflow, family


def random_seed() -> int:
    return random_bits(RANDOM_SEED_BITS)


def build_specs(
    workflow: Workflow,
    family: str,
    request: GenerationRequest,
    pictures: Mapping[str, Sequence[PictureReference]],
    version: WorkflowVersionId | None = None,
    drawn_seed: int | None = None,
) -> list[GenerationSpec]:
    """One spec a picture; seeds count up from the first, wrapping after ComfyUI's largest.

    ``pictures``: references for each picture parameter, used in turn where there are several. ``drawn_seed``: the first
    one where none is asked for; None: a random one.
    """
    drawn_seed = random_seed() if drawn_seed is None else drawn_seed
    first_seed = drawn_seed if request.seed is None else request.seed
    values = resolve(workflow, family, _with_seed(workflow, request, first_seed))
    _check_texts(values, request.count)
    named = {name: value for name, value in values.items() if name in _SPEC_FIELDS and name != "seed"}
    parameters = {name: value for name, value in values.items() if name not in _SPEC_FIELDS}
    return [
        GenerationSpec(
            workflow=workflow.name,
            operation=workflow.operation,
            model_family=family,
            task_type=request.task_type,
            seed=(first_seed + index) % (MAX_SEED + 1),
            loras=request.loras,
            parameters=_with_pictures(parameters, pictures, index),
            source_id=_source(pictures, index),
            preferred_node=request.preferred_node,
            workflow_version=version,
            seed_chosen=request.seed is not None,
            **named,  # type: ignore[arg-type]  # resolve() has checked each against its parameter's kind
        )
        for index in range(request.count)
    ]


def _check_texts(values: Mapping[str, ParameterValue], count: int) -> None:
    """Limit the texts of a batch, which are stored and sent with each picture: a thousand of the longest prompts are
    256 MB."""
    size = count * sum(len(value) for value in values.values() if isinstance(value, str))
    if size > MAX_BATCH_TEXT:
        message = (
            f"{count:,} pictures with texts of {size // count:,} characters are more than the hub keeps of one batch: "
            f"at most {MAX_BATCH_TEXT * count // size:,} at a time"
        )
        raise InvalidRequest(message, code="invalid_parameters", problems=[Problem("count", message)])


def described_by(specs: Sequence[GenerationSpec], sources: Mapping[GenerationId, Generation]) -> list[GenerationSpec]:
    """A workflow without a prompt gets that of the picture it works on, so that its picture is found and described by
    it."""
    return [
        replace(spec, prompt=source.spec.prompt, negative_prompt=source.spec.negative_prompt)
        if spec.source_id is not None and (source := sources.get(spec.source_id)) is not None
        else spec
        for spec in specs
    ]


def _with_pictures(
    parameters: dict[str, ParameterValue], pictures: Mapping[str, Sequence[PictureReference]], index: int
) -> dict[str, ParameterValue]:
    """Without pictures the same values object for the whole batch, which halves the memory of thousands queued."""
    if not pictures:
        return parameters
    return parameters | {name: str(of[index % len(of)]) for name, of in pictures.items()}


def _operation(request: GenerationRequest, *, has_parents: bool) -> Operation:
    """What the pictures that a request names call for; one of each workflow's own is named by the workflow."""
    if request.task_type is TaskType.UPSCALE:
        return Operation.UPSCALE
    given = {*request.values, *request.pictures}
    if "mask" in given:
        return Operation.INPAINT
    return Operation.IMG2IMG if has_parents or "image" in given else Operation.TXT2IMG


def _check_loras(workflow: Workflow, request: GenerationRequest) -> None:
    problems = lora_problems(workflow, request.loras)
    if problems:
        raise InvalidRequest(problems[0].message, code="invalid_parameters", problems=problems)


def _source(pictures: Mapping[str, Sequence[PictureReference]], index: int) -> GenerationId | None:
    """The generation that this one descends from: the first picture that is a generation's."""
    for references in pictures.values():
        reference = references[index % len(references)]
        if reference.origin is PictureOrigin.GENERATION:
            return GenerationId(reference.id)
    return None


def _with_seed(workflow: Workflow, request: GenerationRequest, seed: int) -> dict[str, ParameterValue]:
    values = {
        name: value
        for name, value in request.values.items()
        if name not in workflow.parameters or not workflow.parameters[name].kind.is_picture
    }
    if "seed" in workflow.parameters:
        values["seed"] = seed
    return values
