"""Bodies of ``/api/generate``: what is asked for."""

import math
from typing import Annotated, Any, Self

from pydantic import AfterValidator, BeforeValidator, FailFast, Field, StrictInt, WithJsonSchema, model_validator

from vibes.api.schemas.common import NonBlank, RequestBody, Word, at_most
from vibes.api.schemas.money import MAX_COST, Usd
from vibes.domain.ids import GenerationId, NodeId, OwnerId, SessionId
from vibes.domain.money import NOTHING
from vibes.domain.pictures.generation_request import GenerationRequest
from vibes.domain.pictures.picture_size import aspect_of
from vibes.domain.pictures.seed import MAX_DIGITS, seed_of
from vibes.domain.pictures.spec import MAX_SEED, LoraSpec, ParameterValue, TaskType
from vibes.domain.priority import Priority
from vibes.domain.prompting.style import MOST_APPLIED
from vibes.workflows.filling.parameters import MAX_TEXT_BYTES

MAX_LORAS = 100
MAX_PARENTS = 1_000
MAX_PARAMETERS = 500
MAX_LORA_STRENGTH = 100.0
"""Largest strength of a LoRA, and smallest when negative: ComfyUI's own bounds (docs/comfyui-protocol.md#catalogue)."""


def _parameter_value(value: Any) -> Any:
    if isinstance(value, str) and len(value) > MAX_TEXT_BYTES:
        raise ValueError(f"must be at most {MAX_TEXT_BYTES} bytes of UTF-8")
    if not isinstance(value, str | int | float | bool) or value != value:  # noqa: PLR0124 - NaN alone differs from itself
        raise ValueError("must be text, a number, true or false")
    return value


def _number(value: Any) -> Any:
    if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) < math.inf:
        raise ValueError("must be a number")
    return value


def _format(value: str) -> str:
    if aspect_of(value) is None:
        raise ValueError("must be portrait, landscape, square or a ratio such as 16:9, at most 4:1 either way")
    return value


def _seed(value: Any) -> Any:
    if value is None or value == RANDOM_SEED:
        return None
    seed = seed_of(value)
    if seed is None:
        raise ValueError(f'must be a whole number from 0 to {MAX_SEED} or "{RANDOM_SEED}"')
    return seed


RANDOM_SEED = "random"
Text = Annotated[str, Field(max_length=MAX_TEXT_BYTES)]
Value = Annotated[str | int | float | bool, BeforeValidator(_parameter_value)]
Number = Annotated[float, BeforeValidator(_number)]
PlainNumber = Annotated[int | float, BeforeValidator(_number)]
"""One that stays whole if it is."""
Seed = Annotated[
    int | None,
    BeforeValidator(_seed),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "integer", "minimum": 0, "maximum": MAX_SEED},
                {"type": "string", "pattern": f"^([0-9]{{1,{MAX_DIGITS}}}|{RANDOM_SEED})$"},
                {"type": "null"},
            ]
        }
    ),
]
Strength = Annotated[float, Field(ge=-MAX_LORA_STRENGTH, le=MAX_LORA_STRENGTH)]


class LoraIn(RequestBody):
    name: NonBlank
    strength_model: Strength = 1.0
    strength_clip: Strength | None = Field(None, description="Default: as strength_model.")


def lora_spec(lora: LoraIn) -> LoraSpec:
    clip = lora.strength_model if lora.strength_clip is None else lora.strength_clip
    return LoraSpec(lora.name, lora.strength_model, clip)


NAMED_VALUES = (
    *("prompt", "negative_prompt", "checkpoint", "width", "height", "steps"),
    *("cfg_scale", "denoise_strength", "sampler", "scheduler"),
)


Styles = Annotated[
    list[NonBlank],
    at_most(MOST_APPLIED),
    Field(max_length=MOST_APPLIED, description="Saved styles and characters to lay over the prompt, by id or name."),
]


class GenerateBody(RequestBody):
    """One picture. A field that is left out gets the workflow's default; unknown fields are refused."""

    session_id: Word | None = Field(None, description="Left out: a new session is made for it.")
    prompt: Text | None = None
    negative_prompt: Text | None = None
    model_family: Word | None = Field(None, description="sd15, sdxl, pony, illustrious, flux …")
    task_type: TaskType = TaskType.DRAFT
    workflow: Word | None = Field(None, description="Left out: chosen by family and task.")
    checkpoint: Word | None = None
    width: StrictInt | None = None
    height: StrictInt | None = None
    format: Annotated[str, AfterValidator(_format)] | None = Field(
        None,
        description="portrait (2:3), landscape (3:2), square or a ratio such as 16:9, where width and height are left "
        "out. Left out itself: as the picture to start from.",
        examples=["portrait"],
    )
    side: Annotated[StrictInt, Field(ge=64, le=16384)] | None = Field(
        None, description="How many pixels, where width and height are left out: as many as a square with this edge."
    )
    steps: StrictInt | None = None
    cfg_scale: Number | None = None
    denoise_strength: Number | None = None
    sampler: Word | None = None
    scheduler: Word | None = None
    seed: Seed = Field(None, description=f'0 to {MAX_SEED} or its digits, or "{RANDOM_SEED}"; left out: random.')
    loras: Annotated[list[LoraIn], at_most(MAX_LORAS)] = Field(default_factory=list, max_length=MAX_LORAS)
    parameters: Annotated[dict[str, Value], at_most(MAX_PARAMETERS)] = Field(
        default_factory=dict, max_length=MAX_PARAMETERS, description="Other parameters of the workflow."
    )
    from_: Annotated[list[Word], FailFast(), at_most(MAX_PARENTS)] = Field(
        default_factory=list, max_length=MAX_PARENTS, alias="from", description="Generations to start from."
    )
    styles: Styles = Field(default_factory=list)
    wildcards: bool = Field(
        False,
        description="Draw `__name__` and `{a|b|c}` in the prompts, by each picture's seed; else they are text.",
    )
    preferred_gpu: Word | None = Field(None, description="This node as long as it is able; others while it is not.")
    priority: Priority | None = Field(
        None,
        description="Share of the fleet against others; left out: one picture is interactive, more than 100 are bulk."
        " Not kept over a restart of the hub.",
    )
    stage: int | None = Field(None, description="Funnel stage; left out: the session's current one.")
    max_cost_usd: Annotated[Usd, MAX_COST] = NOTHING

    @model_validator(mode="after")
    def _each_value_once(self) -> Self:
        """A value with a field of its own must not be among ``parameters`` as well."""
        named = sorted(set(self.parameters) & {*NAMED_VALUES, "seed"})
        if named:
            raise ValueError(f"parameters: {', '.join(named)} has a field of its own; say it there")
        return self

    def to_request(self, count: int, owner: OwnerId | None) -> GenerationRequest:
        return GenerationRequest(
            session_id=SessionId(self.session_id) if self.session_id is not None else None,
            model_family=self.model_family,
            task_type=self.task_type,
            count=count,
            workflow=self.workflow,
            values=self._values(),
            seed=self.seed,
            loras=tuple(lora_spec(lora) for lora in self.loras),
            parents=tuple(GenerationId(parent) for parent in self.from_),
            preferred_node=NodeId(self.preferred_gpu) if self.preferred_gpu else None,
            priority=self.priority,
            stage=self.stage,
            aspect=aspect_of(self.format) if self.format else None,
            side=self.side,
            styles=tuple(self.styles),
            wildcards=self.wildcards,
            owner=owner,
            max_cost=self.max_cost_usd,
        )

    def _values(self) -> dict[str, ParameterValue]:
        named: dict[str, ParameterValue | None] = {name: getattr(self, name) for name in NAMED_VALUES}
        return {**self.parameters, **{name: value for name, value in named.items() if value is not None}}


class GenerateBatchBody(GenerateBody):
    """``count`` pictures; their seeds count on from ``seed``."""

    count: StrictInt = Field(1, description="How many pictures.")
