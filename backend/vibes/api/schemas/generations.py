"""Bodies of ``/api/generate``, ``/api/generations`` and ``/api/batches``."""

import math
from collections.abc import Iterable, Sequence
from typing import Annotated, Any, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    FailFast,
    Field,
    PlainSerializer,
    StrictInt,
    WithJsonSchema,
    model_validator,
)

from vibes.api.schemas.common import NonBlank, RequestBody, Timestamp, Word, at_most
from vibes.api.schemas.images import ImageOut, image_url, thumbnail_url
from vibes.api.schemas.money import MAX_COST, ToldUsd, Usd
from vibes.domain.batch import Batch, BatchStatus, batch_status
from vibes.domain.generation import Generation, GenerationStatus
from vibes.domain.ids import GenerationId, NodeId, OwnerId, SessionId
from vibes.domain.money import NOTHING, MicroUsd
from vibes.domain.pictures.generation_request import GenerationRequest
from vibes.domain.pictures.media_type import MediaType
from vibes.domain.pictures.picture_size import aspect_of
from vibes.domain.pictures.seed import MAX_DIGITS, MAX_EXACT, seed_of, told_seed
from vibes.domain.pictures.spec import MAX_SEED, LoraSpec, ParameterValue, TaskType
from vibes.domain.priority import Priority
from vibes.domain.reason import ReasonCode
from vibes.services.queue.queue_view import BatchProspect, Prospect
from vibes.workflows.filling.parameters import MAX_TEXT_BYTES
from vibes.workflows.models.model_choice import ChosenFile

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
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
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
ToldSeed = Annotated[
    int,
    PlainSerializer(told_seed, return_type=int | str),
    Field(description=f"A number up to {MAX_EXACT}; beyond that its digits, since a browser would round the number."),
]
Strength = Annotated[float, Field(ge=-MAX_LORA_STRENGTH, le=MAX_LORA_STRENGTH)]


class ResponseBody(BaseModel):
    """A body that the hub answers with."""


class LoraIn(RequestBody):
    name: NonBlank
    strength_model: Strength = 1.0
    strength_clip: Strength | None = Field(None, description="Default: as strength_model.")


class LoraOut(ResponseBody):
    name: str
    strength_model: float
    strength_clip: float


_NAMED_VALUES = (
    *("prompt", "negative_prompt", "checkpoint", "width", "height", "steps"),
    *("cfg_scale", "denoise_strength", "sampler", "scheduler"),
)


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
        named = sorted(set(self.parameters) & {*_NAMED_VALUES, "seed"})
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
            loras=tuple(
                LoraSpec(
                    lora.name,
                    lora.strength_model,
                    lora.strength_model if lora.strength_clip is None else lora.strength_clip,
                )
                for lora in self.loras
            ),
            parents=tuple(GenerationId(parent) for parent in self.from_),
            preferred_node=NodeId(self.preferred_gpu) if self.preferred_gpu else None,
            priority=self.priority,
            stage=self.stage,
            aspect=aspect_of(self.format) if self.format else None,
            side=self.side,
            owner=owner,
            max_cost=self.max_cost_usd,
        )

    def _values(self) -> dict[str, ParameterValue]:
        named: dict[str, ParameterValue | None] = {name: getattr(self, name) for name in _NAMED_VALUES}
        return {**self.parameters, **{name: value for name, value in named.items() if value is not None}}


class GenerateBatchBody(GenerateBody):
    """``count`` pictures; their seeds count on from ``seed``."""

    count: StrictInt = Field(1, description="How many pictures.")


class GenerationOut(ResponseBody):
    id: str
    session_id: str
    batch_id: str
    parent_id: str | None
    stage: int
    status: GenerationStatus
    prompt: str
    negative_prompt: str
    model_family: str
    workflow: str
    checkpoint: str | None
    task_type: TaskType
    parameters: dict[str, Any]
    loras: list[LoraOut]
    gpu_id: str | None
    seed: ToldSeed
    width: int | None
    height: int | None
    steps: int | None
    cfg_scale: float | None
    denoise_strength: float | None
    image_url: str | None
    thumbnail_url: str | None
    media_type: MediaType | None = Field(description="Of the image at `image_url`; null while there is none.")
    images: list[ImageOut] = Field(description="All that it came to; the first is the one that is shown.")
    generation_time_ms: int | None
    error_message: str | None
    created_at: Timestamp
    completed_at: Timestamp | None
    eta_seconds: float | None = Field(description="Seconds until it is done; null when unknown or done.")
    eta_range_seconds: tuple[float, float] | None = Field(
        description="Between what and what that may be, as regular as the nodes have been."
    )
    waiting_for: str | None = Field(description="Why it waits, in words.")
    waiting_code: ReasonCode | None = Field(description="The same for whoever decides upon it.")
    loading: str | None = Field(
        description="The model file that its node reads now, before it can draw; null while it draws."
    )
    starred: bool
    discard_after: Timestamp | None = Field(description="When its picture is deleted, unless it is taken back.")
    cost_usd: ToldUsd | None = Field(
        description="What it cost, with what may have been charged for it; null where nothing was paid."
    )
    reproducible: bool = Field(
        description="Whether its settings would come to the same image again; false where its node takes no seed."
    )

    @classmethod
    def of(cls, generation: Generation, prospect: Prospect) -> "GenerationOut":
        spec = generation.spec
        image = generation.image
        waiting = prospect.waiting_for
        return cls(
            id=generation.id,
            session_id=generation.session_id,
            batch_id=generation.batch_id,
            parent_id=generation.parent_id,
            stage=generation.stage,
            status=generation.status,
            prompt=spec.prompt,
            negative_prompt=spec.negative_prompt,
            model_family=spec.model_family,
            workflow=spec.workflow,
            checkpoint=spec.checkpoint,
            task_type=spec.task_type,
            parameters=dict(spec.parameters),
            loras=[
                LoraOut(name=lora.name, strength_model=lora.strength_model, strength_clip=lora.strength_clip)
                for lora in spec.loras
            ],
            gpu_id=generation.node_id,
            seed=spec.seed,
            width=image.width if image else spec.width,
            height=image.height if image else spec.height,
            steps=spec.steps,
            cfg_scale=spec.cfg_scale,
            denoise_strength=spec.denoise_strength,
            image_url=image_url(generation.session_id, generation.id) if image else None,
            thumbnail_url=thumbnail_url(generation.session_id, generation.id) if image else None,
            media_type=image.media_type if image else None,
            images=ImageOut.all_of(generation),
            generation_time_ms=generation.generation_time_ms,
            error_message=generation.error_message,
            created_at=generation.created_at,
            completed_at=generation.completed_at,
            eta_seconds=prospect.eta_seconds,
            eta_range_seconds=prospect.eta_range_seconds,
            waiting_for=waiting and waiting.sentence,
            waiting_code=waiting and waiting.code,
            loading=prospect.loading,
            starred=generation.starred,
            discard_after=generation.discard_after,
            cost_usd=generation.cost,
            reproducible=generation.reproducible,
        )


class GenerationPage(ResponseBody):
    total: int = Field(description="How many match, whatever the limit and the offset.")
    limit: int
    offset: int


class ChosenModel(ResponseBody):
    """A model file that the hub chose."""

    parameter: str
    file: str
    why: str

    @classmethod
    def all_of(cls, chosen: Sequence[ChosenFile]) -> "list[ChosenModel]":
        return [cls(parameter=each.parameter, file=each.file, why=each.why) for each in chosen]


CHOSEN_MODELS = (
    "Model files that the hub chose, because the request names none and the fleet lacks the workflow's own or somebody "
    "prefers another; and a named one that seems to be of another family."
)


class GenerationList(GenerationPage):
    generations: list[GenerationOut]


class BatchSummary(ResponseBody):
    batch_id: str
    session_id: str
    priority: Priority
    status: BatchStatus
    completed: int = Field(description="Generations that are terminal.")
    total: int
    eta_seconds: float | None
    eta_range_seconds: tuple[float, float] | None = Field(
        description="Between what and what that may be, as regular as the nodes have been."
    )
    lower_bound_seconds: float | None = Field(
        description="What no schedule could beat, with the fleet as it was at the submission; null when unknown."
    )
    achieved_ratio: float | None = Field(
        description="Seconds from submission to the last picture, divided by lower_bound_seconds; null until then."
    )
    models: list[ChosenModel] = Field(description=f"{CHOSEN_MODELS} Told once, as the answer to the submission.")
    max_cost_usd: ToldUsd = Field(description="Most that it may cost; of a job's batches, all of them together.")
    cost_usd: ToldUsd = Field(description="What its pictures have cost so far.")

    @classmethod
    def of(
        cls,
        batch: Batch,
        generations: Sequence[Generation],
        prospect: BatchProspect,
        chosen: Sequence[ChosenFile] = (),
    ) -> "BatchSummary":
        unfinished = sum(not generation.status.terminal for generation in generations)
        bound = batch.lower_bound_seconds
        return cls(
            batch_id=batch.id,
            session_id=batch.session_id,
            priority=batch.priority,
            status=batch_status(generation.status for generation in generations),
            completed=batch.total - unfinished,
            total=batch.total,
            eta_seconds=prospect.eta_seconds,
            eta_range_seconds=prospect.eta_range_seconds,
            lower_bound_seconds=bound,
            achieved_ratio=_achieved_ratio(batch, generations, bound),
            models=ChosenModel.all_of(chosen),
            max_cost_usd=batch.max_cost,
            cost_usd=cost_of(generations),
        )


class BatchOut(BatchSummary):
    generations: list[GenerationOut]


def cost_of(generations: Iterable[Generation]) -> MicroUsd:
    return MicroUsd(sum(each.cost or NOTHING for each in generations))


def _achieved_ratio(batch: Batch, generations: Sequence[Generation], bound: float | None) -> float | None:
    """None unless the batch got all its pictures: only then it can be compared with its bound."""
    ends = [each.completed_at for each in generations if each.status is GenerationStatus.COMPLETE and each.completed_at]
    if not bound or not ends or len(ends) < batch.total:
        return None
    return round((max(ends) - batch.created_at).total_seconds() / bound, 3)
