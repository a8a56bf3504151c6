"""Fills the database of a hub that does not run yet with 10,000 finished pictures of one session, for budgets.spec.ts.

Every picture has its own row and its own two file names; below those names lie the same two small files.
"""

import asyncio
import io
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from PIL import Image

from vibes.domain.batch import Batch
from vibes.domain.generation import Generation, GenerationStatus, StoredImage
from vibes.domain.ids import GenerationId, SessionId, new_batch_id, new_generation_id, new_session_id
from vibes.domain.pictures.spec import GenerationSpec, Operation, TaskType
from vibes.domain.priority import Priority
from vibes.domain.session import FlowType, Session
from vibes.media_stores.folder import FolderMediaStore
from vibes.services.media.image_store import ImageStore
from vibes.services.runtime.clock import SystemClock
from vibes.storage.open import open_storage

PICTURES = 10_000
BATCH = 1_000
SIDE = 256
FIRST = datetime(2026, 1, 1, tzinfo=UTC)
PROMPT = "a lighthouse in fog, number {}"


async def fill(data: Path) -> None:
    images = data / "images"
    session_id = new_session_id()
    images.mkdir(parents=True)
    store = ImageStore(FolderMediaStore(images, SystemClock()))
    (original,) = await store.save(session_id, new_generation_id(), [await store.examine(_png(), "")])
    async with open_storage(f"sqlite+aiosqlite:///{(data / 'vibes.db').resolve().as_posix()}") as storage:
        await storage.sessions.add(
            Session(
                id=session_id,
                flow_type=FlowType.DRAFT_GRID,
                current_stage=0,
                created_at=FIRST,
                updated_at=FIRST,
                config={"prompt": PROMPT.format("any")},
            )
        )
        for start in range(0, PICTURES, BATCH):
            batch = Batch(
                id=new_batch_id(),
                session_id=session_id,
                stage=0,
                total=BATCH,
                created_at=_moment(start),
                priority=Priority.INTERACTIVE,
            )
            generations = [_picture(batch, start + index, original) for index in range(BATCH)]
            for generation in generations:
                _link(images, original, generation.image)
            await storage.generations.add_batch(batch, generations, None)


def _png() -> bytes:
    encoded = io.BytesIO()
    Image.radial_gradient("L").resize((SIDE, SIDE)).convert("RGB").save(encoded, "PNG")
    return encoded.getvalue()


def _moment(number: int) -> datetime:
    return FIRST + timedelta(seconds=number)


def _picture(batch: Batch, number: int, original: StoredImage) -> Generation:
    identity = new_generation_id()
    return Generation(
        id=identity,
        session_id=batch.session_id,
        batch_id=batch.id,
        index=number % BATCH,
        stage=0,
        spec=GenerationSpec(
            workflow="sd15_txt2img",
            operation=Operation.TXT2IMG,
            model_family="sd15",
            task_type=TaskType.DRAFT,
            seed=number,
            prompt=PROMPT.format(number),
            width=SIDE,
            height=SIDE,
            steps=10,
            cfg_scale=7.0,
        ),
        status=GenerationStatus.COMPLETE,
        created_at=_moment(number),
        completed_at=_moment(number + 1),
        generation_time_ms=1_000,
        images=(_under_the_name_of(batch.session_id, identity, original),),
    )


def _under_the_name_of(session_id: SessionId, identity: GenerationId, original: StoredImage) -> StoredImage:
    """As `ImageStore` would name the files."""
    folder = f"{session_id}/{identity}"
    return replace(original, image_path=f"{folder}.png", thumbnail_path=f"{folder}_thumb.jpg")


def _link(images: Path, original: StoredImage, image: StoredImage | None) -> None:
    if image is None:
        return
    (images / image.image_path).hardlink_to(images / original.image_path)
    (images / image.thumbnail_path).hardlink_to(images / original.thumbnail_path)


if __name__ == "__main__":
    asyncio.run(fill(Path(sys.argv[1])))
