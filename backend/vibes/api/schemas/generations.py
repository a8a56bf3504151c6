"""Answers of ``/api/generate``, ``/api/generations`` and ``/api/batches``."""

from collections.abc import Iterable, Sequence
from typing import Annotated, Any

from pydantic import (
    BaseModel,
    Field,
    PlainSerializer,
)

from vibes.api.schemas.common import Timestamp
from vibes.api.schemas.images import ImageOut, image_url, thumbnail_url
from vibes.api.schemas.money import ToldUsd
from vibes.domain.batch import Batch, BatchStatus, batch_status
from vibes.domain.generation import Generation, GenerationStatus
from vibes.domain.money import NOTHING, MicroUsd
from vibes.domain.pictures.media_type import MediaType
from vibes.domain.pictures.seed import MAX_EXACT, told_seed
from vibes.domain.pictures.spec import ParameterValue, TaskType
from vibes.domain.pictures.variation import Axis, Varied
from vibes.domain.pictures.written import Written
from vibes.domain.priority import Priority
from vibes.domain.reason import ReasonCode
from vibes.services.queue.queue_view import BatchProspect, Prospect
from vibes.workflows.models.model_choice import ChosenFile

ToldSeed = Annotated[
    int,
    PlainSerializer(told_seed, return_type=int | str),
    Field(description=f"A number up to {MAX_EXACT}; beyond that its digits, since a browser would round the number."),
]


class ResponseBody(BaseModel):
    """A body that the hub answers with."""


class LoraOut(ResponseBody):
    name: str
    strength_model: float
    strength_clip: float


class WrittenOut(ResponseBody):
    """What a person wrote."""

    prompt: str
    negative_prompt: str
    styles: list[str] = Field(description="The names of the styles and characters that were laid over it.")

    @classmethod
    def of(cls, written: Written) -> "WrittenOut":
        return cls(prompt=written.prompt, negative_prompt=written.negative_prompt, styles=list(written.styles))


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
    varied: dict[str, Any] = Field(
        description="What it differs in from the others of its batch, by parameter; empty for an ordinary one."
    )

    written: WrittenOut | None = Field(
        description="The prompts before styles and wildcards; null where `prompt` and `negative_prompt` are as written."
    )
    rating: int | None = Field(description="How good a person finds it, 1 to 5; null: not rated.")

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
            varied=told_varied(generation.varied),
            written=WrittenOut.of(generation.written) if generation.written else None,
            rating=generation.rating,
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


class AxisOut(ResponseBody):
    """A side of a grid."""

    parameter: str = Field(description="As in `varied` of its pictures.")
    values: list[Any] = Field(description="In the order of its columns or rows.")

    @classmethod
    def of(cls, axis: Axis) -> "AxisOut":
        return cls(parameter=axis.parameter, values=[told_value(axis.parameter, each) for each in axis.values])


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
    axes: list[AxisOut] = Field(description="Of a grid: what goes across, then what goes down; else empty.")

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
            axes=[AxisOut.of(each) for each in batch.axes],
        )


class BatchOut(BatchSummary):
    generations: list[GenerationOut]


def told_varied(varied: Varied) -> dict[str, ParameterValue]:
    return {parameter: told_value(parameter, value) for parameter, value in varied.items()}


def told_value(parameter: str, value: ParameterValue) -> ParameterValue:
    """The value as JSON that a browser reads exactly."""
    return told_seed(value) if parameter == "seed" and isinstance(value, int) else value


def cost_of(generations: Iterable[Generation]) -> MicroUsd:
    return MicroUsd(sum(each.cost or NOTHING for each in generations))


def _achieved_ratio(batch: Batch, generations: Sequence[Generation], bound: float | None) -> float | None:
    """None unless the batch got all its pictures: only then it can be compared with its bound."""
    ends = [each.completed_at for each in generations if each.status is GenerationStatus.COMPLETE and each.completed_at]
    if not bound or not ends or len(ends) < batch.total:
        return None
    return round((max(ends) - batch.created_at).total_seconds() / bound, 3)
