"""Fills the database of a hub that does not run yet with the finished pictures of one session: 10,000 of the funnel or,
with a second argument "map", 2,000 of the Explorer, each around an earlier one, beside a grid of 500.

Every picture has its own row and its own two file names; below those names lie the same two small files.
"""

import asyncio
import io
import sys
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from PIL import Image

from vibes.domain.batch import Batch
from vibes.domain.generation import Generation, GenerationStatus, StoredImage
from vibes.domain.ids import GenerationId, SessionId, new_batch_id, new_generation_id, new_session_id
from vibes.domain.pictures.spec import GenerationSpec, Operation, TaskType
from vibes.domain.pictures.variation import Axis
from vibes.domain.priority import Priority
from vibes.domain.session import FlowType, Session
from vibes.media_stores.folder import FolderMediaStore
from vibes.ports.storage import Storage
from vibes.services.media.image_store import ImageStore
from vibes.services.runtime.clock import SystemClock
from vibes.storage.open import open_storage

PICTURES = 10_000
ON_THE_MAP = 2_000
AROUND = 8
COLUMNS, ROWS = 25, 20
STRIDE = 37
"""Centres are chosen so far apart, among the pictures that have nothing around them yet."""
BATCH = 1_000
SIDE = 256
FIRST = datetime(2026, 1, 1, tzinfo=UTC)
PROMPT = "a lighthouse in fog, number {}"


async def fill(data: Path, flow: FlowType) -> None:
    images = data / "images"
    session_id = new_session_id()
    images.mkdir(parents=True)
    store = ImageStore(FolderMediaStore(images, SystemClock()))
    (original,) = await store.save(session_id, new_generation_id(), [await store.examine(_png(), "")])
    wandered = flow is FlowType.EXPLORER
    ids = [new_generation_id() for _ in range(ON_THE_MAP if wandered else PICTURES)]
    grid = _grid(session_id)
    async with open_storage(f"sqlite+aiosqlite:///{(data / 'vibes.db').resolve().as_posix()}") as storage:
        await storage.sessions.add(
            Session(
                id=session_id,
                flow_type=flow,
                current_stage=0,
                created_at=FIRST,
                updated_at=FIRST,
                config={
                    "prompt": PROMPT.format("any"),
                    **({"explorer": {"trail": [ids[0]], "ahead": False, "grid": grid.id}} if wandered else {}),
                },
            )
        )
        parents = _wandered(ids) if wandered else [None] * len(ids)
        for start in range(0, len(ids), BATCH):
            batch = Batch(
                id=new_batch_id(),
                session_id=session_id,
                stage=0,
                total=min(BATCH, len(ids) - start),
                created_at=_moment(start),
                priority=Priority.INTERACTIVE,
            )
            generations = [
                _picture(batch, ids[number], number, original, parents[number])
                for number in range(start, min(start + BATCH, len(ids)))
            ]
            await _add(storage, images, batch, generations, original)
        if wandered:
            await _add(storage, images, grid, _cells(grid, original), original)


async def _add(
    storage: Storage, images: Path, batch: Batch, generations: Sequence[Generation], original: StoredImage
) -> None:
    for generation in generations:
        _link(images, original, generation.image)
    await storage.generations.add_batch(batch, generations, None)


def _png() -> bytes:
    encoded = io.BytesIO()
    Image.radial_gradient("L").resize((SIDE, SIDE)).convert("RGB").save(encoded, "PNG")
    return encoded.getvalue()


def _moment(number: int) -> datetime:
    return FIRST + timedelta(seconds=number)


def _wandered(ids: Sequence[GenerationId]) -> list[GenerationId | None]:
    """Whose neighbour each picture is: the first one is nobody's, and eight lie around each of some earlier ones."""
    parents: list[GenerationId | None] = [None]
    centres: list[GenerationId] = []
    while len(parents) < len(ids):
        free = [each for each in ids[: len(parents)] if each not in centres]
        centres.append(free[len(centres) * STRIDE % len(free)])
        parents += [centres[-1]] * AROUND
    return parents[: len(ids)]


def _grid(session_id: SessionId) -> Batch:
    return Batch(
        id=new_batch_id(),
        session_id=session_id,
        stage=0,
        total=COLUMNS * ROWS,
        created_at=_moment(PICTURES),
        priority=Priority.INTERACTIVE,
        axes=(Axis("seed", tuple(range(COLUMNS))), Axis("steps", tuple(range(1, ROWS + 1)))),
    )


def _cells(grid: Batch, original: StoredImage) -> list[Generation]:
    return [
        replace(
            _picture(grid, new_generation_id(), PICTURES + number, original),
            varied={"seed": number % COLUMNS, "steps": number // COLUMNS + 1},
        )
        for number in range(grid.total)
    ]


def _picture(
    batch: Batch, identity: GenerationId, number: int, original: StoredImage, parent: GenerationId | None = None
) -> Generation:
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
        parent_id=parent,
        varied={"seed": number} if parent else {},
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
    asyncio.run(fill(Path(sys.argv[1]), FlowType.EXPLORER if "map" in sys.argv[2:] else FlowType.DRAFT_GRID))
