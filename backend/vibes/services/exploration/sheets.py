"""The labelled sheet of a batch, as a picture and as what draws its pictures again."""

import asyncio
from collections.abc import Mapping, Sequence

from vibes.domain.errors import Conflict, NotFound, StorageUnavailable
from vibes.domain.exploration.drawn_again import DrawnAgain, drawn_again
from vibes.domain.exploration.variations import MAX_VARIATIONS
from vibes.domain.generation import Generation
from vibes.domain.ids import BatchId, GenerationId
from vibes.services.exploration.sheet_layout import SheetLayout, layout_of
from vibes.services.generations.service import GenerationService
from vibes.services.media.image_store import ImageStore


class Sheets:
    def __init__(self, generations: GenerationService, images: ImageStore) -> None:
        self._generations = generations
        self._images = images
        self._one_at_a_time = asyncio.Lock()
        """Each takes up to a hundred megabytes while it is made."""

    async def png(self, batch_id: BatchId) -> bytes:
        """As it is now: what is not drawn yet, or lost, is said in its place. Raises NotFound; Conflict for a batch of
        more pictures than a sheet holds."""
        batch, pictures = await self._generations.get_batch(batch_id)
        _check(pictures)
        async with self._one_at_a_time:
            thumbnails = {each.id: found for each in pictures if (found := await self._thumbnail(each)) is not None}
            return await asyncio.to_thread(_drawn, layout_of(batch, pictures), thumbnails)

    async def drawn_again(self, batch_id: BatchId) -> DrawnAgain:
        """Raises NotFound; Conflict where no picture of it is left, or more than one submission may have."""
        batch, pictures = await self._generations.get_batch(batch_id)
        _check(pictures)
        if not pictures:
            raise Conflict(f"no picture of batch {batch_id} is left", code="no_pictures")
        return drawn_again(batch, pictures)

    async def _thumbnail(self, picture: Generation) -> bytes | None:
        if picture.image is None:
            return None
        try:
            return await self._images.thumbnail(picture.image)
        except (NotFound, StorageUnavailable):
            return None


def _drawn(layout: SheetLayout, thumbnails: Mapping[GenerationId, bytes]) -> bytes:
    from vibes.services.exploration.sheet_picture import sheet_png  # noqa: PLC0415 - fonts, which most hubs never need

    return sheet_png(layout, thumbnails)


def _check(pictures: Sequence[Generation]) -> None:
    if len(pictures) > MAX_VARIATIONS:
        message = f"a sheet holds {MAX_VARIATIONS} pictures; this batch has {len(pictures)}"
        raise Conflict(message, code="too_many_pictures")
