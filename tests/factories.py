"""Makes the domain's rows for tests: complete, plausible, and different only where a test says so."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from vibes.domain.attempt import Attempt, AttemptState
from vibes.domain.batch import Batch
from vibes.domain.generation import Generation, GenerationStatus, StoredImage
from vibes.domain.ids import (
    NodeId,
    new_attempt_id,
    new_batch_id,
    new_generation_id,
    new_session_id,
)
from vibes.domain.pictures.spec import GenerationSpec, LoraSpec, Operation, TaskType
from vibes.domain.priority import Priority
from vibes.domain.session import FlowType, Session
from vibes.ports.storage import StageMove, Storage

NOON = datetime(2026, 3, 14, 12, 0, 0, 123456, tzinfo=UTC)
"""When everything happens unless a test says otherwise; its microseconds show who drops them."""


def make_spec(**overrides: Any) -> GenerationSpec:
    spec = GenerationSpec(
        workflow="sdxl_txt2img",
        operation=Operation.TXT2IMG,
        model_family="sdxl",
        task_type=TaskType.DRAFT,
        seed=42,
        prompt="a lighthouse in fog",
        negative_prompt="blurry",
        checkpoint="sd_xl_base_1.0.safetensors",
        width=1024,
        height=1024,
        steps=20,
        cfg_scale=7.0,
        parameters={"sampler": "euler", "scheduler": "normal"},
    )
    return replace(spec, **overrides)


def make_lora(name: str = "film_grain.safetensors", **overrides: Any) -> LoraSpec:
    return replace(LoraSpec(name, strength_model=0.8, strength_clip=0.6), **overrides)


def make_session(**overrides: Any) -> Session:
    session = Session(
        id=new_session_id(),
        flow_type=FlowType.DRAFT_GRID,
        current_stage=0,
        created_at=NOON,
        updated_at=NOON,
        config={"count": 20, "styles": ["noir", None], "nested": {"strength": 0.5}},
    )
    return replace(session, **overrides)


def make_batch(**overrides: Any) -> Batch:
    batch = Batch(
        id=new_batch_id(), session_id=new_session_id(), stage=0, total=1, created_at=NOON, priority=Priority.INTERACTIVE
    )
    return replace(batch, **overrides)


def make_generation(**overrides: Any) -> Generation:
    generation = Generation(
        id=new_generation_id(),
        session_id=new_session_id(),
        batch_id=new_batch_id(),
        index=0,
        stage=0,
        spec=make_spec(),
        status=GenerationStatus.QUEUED,
        created_at=NOON,
    )
    return replace(generation, **overrides)


def make_batch_of(count: int, **overrides: Any) -> tuple[Batch, Sequence[Generation]]:
    """A batch and its generations; the overrides are the generations', each has its own index and seed."""
    template = make_generation(**overrides)
    generations = [
        replace(
            template,
            id=new_generation_id(),
            index=index,
            spec=replace(template.spec, seed=template.spec.seed + index),
        )
        for index in range(count)
    ]
    batch = make_batch(
        id=template.batch_id,
        session_id=template.session_id,
        stage=template.stage,
        total=count,
        created_at=template.created_at,
    )
    return batch, generations


def make_attempt(**overrides: Any) -> Attempt:
    attempt = Attempt(
        id=new_attempt_id(),
        generation_id=new_generation_id(),
        node_id=NodeId("attic"),
        state=AttemptState.SUBMITTING,
        sent={"3": {"class_type": "KSampler", "inputs": {"seed": 42, "cfg": 7.0, "model": ["4", 0]}}},
        created_at=NOON,
        lease_expires_at=NOON + timedelta(seconds=30),
    )
    return replace(attempt, **overrides)


def make_image(**overrides: Any) -> StoredImage:
    image = StoredImage(
        image_path="a-session/a-generation.png",
        thumbnail_path="a-session/a-generation.thumb.webp",
        sha256="9f" * 32,
        width=1024,
        height=768,
        size_bytes=1_234_567,
    )
    return replace(image, **overrides)


async def store_batch(storage: Storage, count: int = 1, **overrides: Any) -> Sequence[Generation]:
    """A batch of generations in the storage, in a session of its own unless ``session_id`` names one there."""
    if "session_id" not in overrides:
        session = make_session()
        await storage.sessions.add(session)
        overrides["session_id"] = session.id
    batch, generations = make_batch_of(count, **overrides)
    await storage.generations.add_batch(batch, generations, None)
    return generations


async def begin_attempt(storage: Storage, generation: Generation, **overrides: Any) -> Attempt:
    """An attempt that the storage has begun for a queued generation."""
    attempt = make_attempt(generation_id=generation.id, **overrides)
    assert await storage.attempts.begin(attempt)
    return attempt


async def mark_discarded(storage: Storage, generations: Sequence[Generation], moment: datetime | None) -> None:
    """As a funnel advance does, or with None as going back does; all of one session."""
    session = await storage.sessions.get(generations[0].session_id)
    assert session is not None
    ids = [generation.id for generation in generations]
    move = StageMove(
        from_stage=session.current_stage,
        to_stage=session.current_stage,
        discard=ids if moment else (),
        discard_after=moment,
        restore=() if moment else ids,
    )
    assert await storage.sessions.move_stage(session.id, move, at=NOON)


async def remove(storage: Storage, generations: Sequence[Generation]) -> None:
    """As retention does, at once."""
    await asyncio.gather(*(storage.generations.cancel(generation.id, at=NOON) for generation in generations))
    await mark_discarded(storage, generations, NOON)
    await storage.generations.delete_discarded(NOON)
