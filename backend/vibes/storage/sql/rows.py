"""Translates between the domain's values and the rows that hold them."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict
from typing import Any, TypeVar

from sqlalchemy import Row

from vibes.domain.attempt import Attempt, AttemptState
from vibes.domain.batch import Batch, IdempotencyRecord
from vibes.domain.generation import Generation, GenerationStatus, StoredImage
from vibes.domain.pictures.media_type import MediaType
from vibes.domain.pictures.spec import GenerationSpec, LoraSpec, Operation, TaskType
from vibes.domain.pictures.variation import Axis, value_text
from vibes.domain.pictures.written import Written
from vibes.domain.priority import Priority, usual_priority
from vibes.domain.session import ConfigValue, FlowType, Session
from vibes.text.folded_text import folded

T = TypeVar("T")

NOT_VARIED: Mapping[str, Any] = {}
"""One for all that differ in nothing: there may be a hundred thousand."""

Columns = dict[str, Any]
"""A row to insert: values by column name."""


def session_columns(session: Session) -> Columns:
    return {
        "id": session.id,
        "flow_type": session.flow_type,
        "current_stage": session.current_stage,
        "config": dict(session.config),
        "version": session.version,
        "created_at": session.created_at,
        "updated_at": session.updated_at,
        "owner": session.owner,
    }


def session_of(row: Row[Any], config: Mapping[str, ConfigValue] | None = None) -> Session:
    """``config``: given when the row was read without it."""
    return Session(
        id=row.id,
        flow_type=FlowType(row.flow_type),
        current_stage=row.current_stage,
        config=row.config if config is None else config,
        version=row.version,
        created_at=row.created_at,
        updated_at=row.updated_at,
        owner=row.owner,
    )


def batch_columns(batch: Batch) -> Columns:
    columns = asdict(batch)
    return {**columns, "axes": columns["axes"] or None}


def batch_of(row: Row[Any]) -> Batch:
    return Batch(
        id=row.id,
        session_id=row.session_id,
        stage=row.stage,
        total=row.total,
        created_at=row.created_at,
        priority=Priority(row.priority) if row.priority else usual_priority(row.total),
        lower_bound_seconds=row.lower_bound_seconds,
        owner=row.owner,
        max_cost=row.max_cost,
        purse=row.purse,
        axes=tuple(Axis(each["parameter"], tuple(each["values"])) for each in row.axes or ()),
    )


def idempotency_columns(record: IdempotencyRecord) -> Columns:
    return asdict(record)


def idempotency_of(row: Row[Any]) -> IdempotencyRecord:
    return IdempotencyRecord(key=row.key, body_sha256=row.body_sha256, batch_id=row.batch_id)


def generation_columns(generation: Generation) -> Columns:
    return {
        "id": generation.id,
        "session_id": generation.session_id,
        "batch_id": generation.batch_id,
        "batch_index": generation.index,
        "parent_id": generation.parent_id,
        "stage": generation.stage,
        "status": generation.status,
        "gpu_id": generation.node_id,
        "generation_time_ms": generation.generation_time_ms,
        "error_message": generation.error_message,
        "created_at": generation.created_at,
        "completed_at": generation.completed_at,
        "starred": generation.starred,
        "discard_after": generation.discard_after,
        "place": generation.place,
        "cost": generation.cost,
        "reproducible": generation.reproducible,
        "varied": dict(generation.varied) or None,
        "written": asdict(generation.written) if generation.written else None,
        "rating": generation.rating,
        **_spec_columns(generation.spec),
        **image_columns(generation.images),
    }


def _spec_columns(spec: GenerationSpec) -> Columns:
    folded_prompt = folded(spec.prompt)
    return {
        "workflow": spec.workflow,
        "operation": spec.operation,
        "model_family": spec.model_family,
        "task_type": spec.task_type,
        "prompt": spec.prompt,
        "folded_prompt": None if folded_prompt == spec.prompt else folded_prompt,
        "negative_prompt": spec.negative_prompt,
        "checkpoint": spec.checkpoint,
        "parameters": dict(spec.parameters),
        "loras": [asdict(lora) for lora in spec.loras],
        "seed": spec.seed,
        "seed_chosen": spec.seed_chosen,
        "width": spec.width,
        "height": spec.height,
        "steps": spec.steps,
        "cfg_scale": spec.cfg_scale,
        "denoise_strength": spec.denoise_strength,
        "source_id": spec.source_id,
        "preferred_gpu": spec.preferred_node,
        "workflow_version": spec.workflow_version,
    }


def image_columns(images: Sequence[StoredImage]) -> Columns:
    """Always all columns, so that the rows of one insert have the same shape."""
    image = images[0] if images else None
    return {
        "image_path": image and image.image_path,
        "thumbnail_path": image and image.thumbnail_path,
        "image_sha256": image and image.sha256,
        "image_width": image and image.width,
        "image_height": image and image.height,
        "image_size_bytes": image and image.size_bytes,
        "image_media_type": image and image.media_type,
        "image_graph_node": image and image.graph_node,
        "further_images": [asdict(each) for each in images[1:]] or None,
    }


def lora_columns(generations: Iterable[Generation]) -> list[Columns]:
    """One row per generation and LoRA name, however often the chain has that name."""
    return [
        {"generation_id": generation.id, "name": name}
        for generation in generations
        for name in sorted({lora.name for lora in generation.spec.loras})
    ]


def varied_columns(generations: Iterable[Generation]) -> list[Columns]:
    """One row for each parameter in which a generation differs from others."""
    return [
        {
            "generation_id": generation.id,
            "parameter": parameter,
            "value": folded(value_text(value)),
            "words": as_words(f"{parameter} {value_text(value)}"),
        }
        for generation in generations
        for parameter, value in generation.varied.items()
    ]


def as_words(text: str) -> str:
    """A text to search, in which ``steps=30``, ``steps: 30`` and ``steps 30`` are one."""
    return " ".join(folded(text).replace(":", " ").replace("=", " ").split())


class KeptOnce:
    """Shares equal values: called with a value, it answers the first equal one it was called with. So a hundred
    thousand queued generations do not hold as many copies of their prompts."""

    def __init__(self) -> None:
        self._kept: dict[tuple[type, str], Any] = {}

    def __call__(self, value: T) -> T:
        """Equal are values of one type that are written alike: 1, 1.0 and True are three values."""
        kept: T = self._kept.setdefault((type(value), value if isinstance(value, str) else repr(value)), value)
        return kept


def generation_of(row: Row[Any], once: Callable[[Any], Any] = lambda value: value) -> Generation:
    """``once`` shares values that are equal in several rows (`KeptOnce`)."""
    return Generation(
        id=row.id,
        session_id=once(row.session_id),
        batch_id=once(row.batch_id),
        index=row.batch_index,
        stage=row.stage,
        spec=_spec_of(row, once),
        status=GenerationStatus(row.status),
        created_at=once(row.created_at),
        parent_id=row.parent_id,
        node_id=row.gpu_id,
        images=images_of(row),
        generation_time_ms=row.generation_time_ms,
        error_message=row.error_message,
        completed_at=row.completed_at,
        starred=row.starred,
        discard_after=row.discard_after,
        place=row.place,
        cost=row.cost,
        reproducible=row.reproducible,
        varied=row.varied or NOT_VARIED,
        written=once(_written_of(row.written)) if row.written else None,
        rating=row.rating,
    )


def _written_of(values: Mapping[str, Any]) -> Written:
    return Written(values["prompt"], values["negative_prompt"], tuple(values["styles"]))


def _spec_of(row: Row[Any], once: Callable[[Any], Any]) -> GenerationSpec:
    return GenerationSpec(
        workflow=once(row.workflow),
        operation=Operation(row.operation),
        model_family=once(row.model_family),
        task_type=TaskType(row.task_type),
        seed=row.seed,
        prompt=once(row.prompt),
        negative_prompt=once(row.negative_prompt),
        checkpoint=once(row.checkpoint),
        width=row.width,
        height=row.height,
        steps=row.steps,
        cfg_scale=once(row.cfg_scale),
        denoise_strength=once(row.denoise_strength),
        loras=once(tuple(LoraSpec(**lora) for lora in row.loras)),
        parameters=once(row.parameters),
        source_id=row.source_id,
        preferred_node=once(row.preferred_gpu),
        seed_chosen=row.seed_chosen,
        workflow_version=once(row.workflow_version),
    )


def images_of(row: Row[Any]) -> tuple[StoredImage, ...]:
    if row.image_path is None:
        return ()
    first = StoredImage(
        image_path=row.image_path,
        thumbnail_path=row.thumbnail_path,
        sha256=row.image_sha256,
        width=row.image_width,
        height=row.image_height,
        size_bytes=row.image_size_bytes,
        media_type=MediaType(row.image_media_type),
        graph_node=row.image_graph_node or "",
    )
    if not row.further_images:
        return (first,)
    return (first, *(_further_image_of(each) for each in row.further_images))


def _further_image_of(values: Mapping[str, Any]) -> StoredImage:
    return StoredImage(**{**values, "media_type": MediaType(values["media_type"])})


def attempt_columns(attempt: Attempt) -> Columns:
    return {
        "id": attempt.id,
        "generation_id": attempt.generation_id,
        "node_id": attempt.node_id,
        "state": attempt.state,
        "graph": attempt.sent,
        "node_number": attempt.node_number,
        "error_message": attempt.error_message,
        "created_at": attempt.created_at,
        "lease_expires_at": attempt.lease_expires_at,
        "finished_at": attempt.finished_at,
        "charges": attempt.charges,
    }


def attempt_of(row: Row[Any]) -> Attempt:
    return Attempt(
        id=row.id,
        generation_id=row.generation_id,
        node_id=row.node_id,
        state=AttemptState(row.state),
        sent=row.graph,
        created_at=row.created_at,
        lease_expires_at=row.lease_expires_at,
        node_number=row.node_number,
        error_message=row.error_message,
        finished_at=row.finished_at,
        charges=row.charges,
    )
