"""Bodies of ``/generate`` and ``/tasks/{id}``: one workflow, one picture, polled by its id."""

from enum import StrEnum
from typing import Annotated, Any

from pydantic import Field, TypeAdapter, ValidationError

from vibes.api.schemas.common import NonBlank, RequestBody, at_most
from vibes.api.schemas.generate import MAX_LORA_STRENGTH, MAX_PARAMETERS, RANDOM_SEED, Value
from vibes.api.schemas.generations import ResponseBody, ToldSeed
from vibes.api.schemas.money import MAX_COST, Usd
from vibes.domain.errors import InvalidRequest, Problem
from vibes.domain.generation import GenerationStatus
from vibes.domain.ids import OwnerId
from vibes.domain.money import NOTHING
from vibes.domain.pictures.generation_request import GenerationRequest
from vibes.domain.pictures.seed import seed_of
from vibes.domain.pictures.spec import MAX_SEED, LoraSpec, ParameterValue
from vibes.workflows.definition.hints import shown

NO_LORA = "None"

_STRENGTH = TypeAdapter[float](Annotated[float, Field(ge=-MAX_LORA_STRENGTH, le=MAX_LORA_STRENGTH)])


class TaskCreate(RequestBody):
    """``params`` are the workflow's own; beside them ``seed: "random"``, ``lora`` and ``lora_strength``."""

    workflow_id: NonBlank
    params: Annotated[dict[str, Value], at_most(MAX_PARAMETERS)] = Field(
        default_factory=dict, max_length=MAX_PARAMETERS
    )
    max_cost_usd: Annotated[Usd, MAX_COST] = NOTHING

    def to_request(self, owner: OwnerId | None) -> GenerationRequest:
        values: dict[str, ParameterValue] = dict(self.params)
        return GenerationRequest(
            session_id=None,
            workflow=self.workflow_id,
            seed=_seed(values.pop("seed", RANDOM_SEED)),
            loras=_loras(values.pop("lora", NO_LORA), values.pop("lora_strength", 1.0)),
            values=values,
            owner=owner,
            max_cost=self.max_cost_usd,
        )


class TaskCreated(ResponseBody):
    task_id: str


class TaskStatus(StrEnum):
    PENDING = "PENDING"
    STARTED = "STARTED"
    SUCCESS = "SUCCESS"
    FAILURE = "FAILURE"


TASK_STATUSES = {
    GenerationStatus.QUEUED: TaskStatus.PENDING,
    GenerationStatus.GENERATING: TaskStatus.STARTED,
    GenerationStatus.COMPLETE: TaskStatus.SUCCESS,
    GenerationStatus.FAILED: TaskStatus.FAILURE,
    GenerationStatus.CANCELLED: TaskStatus.FAILURE,
}


class TaskResult(ResponseBody):
    download_url: str
    seed: ToldSeed
    generation_time_ms: int | None


class TaskOut(ResponseBody):
    task_id: str
    status: TaskStatus
    result: TaskResult | str | None = Field(description="SUCCESS: where the picture is. FAILURE: why.")


def _seed(value: Any) -> int | None:
    seed = seed_of(value)
    if seed is None and value != RANDOM_SEED:
        raise _invalid("seed", f'must be 0 to {MAX_SEED} or "{RANDOM_SEED}", not {shown(value)}')
    return seed


def _loras(name: Any, strength: Any) -> tuple[LoraSpec, ...]:
    checked = _checked(
        _STRENGTH, "lora_strength", strength, f"a number from -{MAX_LORA_STRENGTH:g} to {MAX_LORA_STRENGTH:g}"
    )
    if name in {NO_LORA, ""}:
        return ()
    if not isinstance(name, str):
        raise _invalid("lora", f'must be a file name or "{NO_LORA}", not {shown(name)}')
    return (LoraSpec(name, checked, checked),)


def _checked(adapter: TypeAdapter[Any], field: str, value: Any, expected: str) -> Any:
    try:
        return adapter.validate_python(value)
    except ValidationError as error:
        raise _invalid(field, f"must be {expected}, not {shown(value)}") from error


def _invalid(field: str, message: str) -> InvalidRequest:
    problem = Problem(f"params.{field}", f"{field} {message}")
    return InvalidRequest(problem.message, code="invalid_parameters", problems=[problem])
