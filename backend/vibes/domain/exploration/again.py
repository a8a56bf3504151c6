"""From a picture back to the request that would draw it again."""

from dataclasses import replace

from vibes.domain.generation import Generation
from vibes.domain.pictures.generation_request import GenerationRequest
from vibes.domain.pictures.spec import Operation, ParameterValue, TaskType

_OF_ANY_WORKFLOW = frozenset(
    {"prompt", "negative_prompt", "checkpoint", "steps", "cfg_scale", "sampler", "scheduler", "guidance"}
)
"""Values that workflows of one family share, whatever they start from."""


def request_again(picture: Generation) -> GenerationRequest:
    """The request for the same picture, on the same start picture if there was one; it knows where it comes from."""
    spec = picture.spec
    left_out = {"seed"} if spec.is_drawn else {"seed", "prompt", "negative_prompt"}
    values = {name: value for name, value in spec.values().items() if name not in left_out}
    return GenerationRequest(
        session_id=picture.session_id,
        model_family=spec.model_family,
        task_type=spec.task_type,
        workflow=spec.workflow,
        values=values,
        seed=spec.seed,
        loras=spec.loras,
        explored_from=picture.id,
    )


def request_from_it(picture: Generation) -> GenerationRequest:
    """The request for a picture that starts from this one and is otherwise drawn as it was, by whichever workflow does
    that for its family."""
    again = request_again(picture)
    return replace(
        again,
        workflow=None,
        task_type=TaskType.DRAFT if again.task_type is TaskType.UPSCALE else again.task_type,
        values=_of_any_workflow(again),
        parents=(picture.id,),
    )


def request_with_any_model(picture: Generation) -> GenerationRequest:
    """The request for the same picture by whichever workflow loads the checkpoint that is still to be named; one with a
    start picture stays with its own workflow."""
    again = request_again(picture)
    if picture.spec.operation is not Operation.TXT2IMG:
        return again
    size = {name: value for name, value in again.values.items() if name in {"width", "height"}}
    return replace(again, workflow=None, values={**_of_any_workflow(again), **size})


def _of_any_workflow(request: GenerationRequest) -> dict[str, ParameterValue]:
    return {name: value for name, value in request.values.items() if name in _OF_ANY_WORKFLOW}
