"""What people do with many finished pictures at once: discard, restore, download."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from vibes.domain.attempt import AttemptState
from vibes.domain.errors import Conflict, NotFound
from vibes.domain.generation import Generation, StoredImage
from vibes.domain.ids import GenerationId
from vibes.ports.clock import Clock
from vibes.ports.kinds import NodeKinds
from vibes.ports.storage import Storage
from vibes.services.media.archive import Archive, ArchivedImage, zip_images
from vibes.services.media.image_store import ImageStore


class Gallery:
    def __init__(
        self, storage: Storage, images: ImageStore, clock: Clock, undo_window: timedelta, kinds: NodeKinds
    ) -> None:
        self._storage = storage
        self._images = images
        self._clock = clock
        self._undo_window = undo_window
        self._kinds = kinds

    async def discard(self, generation_ids: Sequence[GenerationId]) -> list[Generation]:
        """Have them deleted after the undo window. Starred ones, those on a board and unfinished ones are kept.

        Raises NotFound for an unknown id, and then nothing was discarded.
        """
        found = [await self._get(each) for each in generation_ids]
        doomed = [each.id for each in found if each.status.terminal]  # the storage leaves out what is kept by hand
        await self._storage.generations.set_discard(doomed, self._clock.now() + self._undo_window)
        return [await self._get(each.id) for each in found]

    async def restore(self, generation_ids: Sequence[GenerationId]) -> list[Generation]:
        """Restore discarded ones. Raises NotFound, also for those already deleted."""
        found = [await self._get(each) for each in generation_ids]
        await self._storage.generations.restore([each.id for each in found], at=self._clock.now())
        return [await self._get(each.id) for each in found]

    async def archive(
        self, generation_ids: Sequence[GenerationId], *, numbered: bool = False, metadata: bool = True
    ) -> Archive:
        """A zip of these pictures as a temporary file, which the caller deletes; lost ones are noted in it.
        ``numbered``: their names begin with their places, so that a folder shows them in this order. ``metadata``:
        False leaves out what they were made with, in their names as well.

        Raises NotFound for an unknown id, and when all files are lost; Conflict for a generation without a picture;
        InvalidRequest (``metadata_stays``) when none can be had without metadata.
        """
        found = [await self._get(each) for each in generation_ids]
        wanted = [
            ArchivedImage(f"{place:04}_{file.name}" if numbered else file.name, file.image)
            for place, each in enumerate(found, start=1)
            for file in self._files_of(each, metadata=metadata)
        ]
        return await zip_images(wanted, self._images, self._clock.now(), metadata=metadata)

    async def graph(self, generation_id: GenerationId) -> dict[str, Any]:
        """The graph that the node was given, in ComfyUI's API format: from the picture itself or, if it carries none,
        from the attempt, which keeps it for a while. Raises NotFound, Conflict."""
        picture = await self._images.read(self._image(await self._get(generation_id)))
        carried = await asyncio.to_thread(self._kinds.graph_in, picture)
        if carried is not None:
            return dict(carried)
        for attempt in await self._storage.attempts.of_generation(generation_id):
            graph = self._kinds.graph_of(attempt.sent) if attempt.state is AttemptState.WON else None
            if graph is not None:
                return dict(graph)
        raise NotFound("the node wrote no graph into this picture", code="no_graph")

    def _files_of(self, generation: Generation, *, metadata: bool) -> list[ArchivedImage]:
        self._image(generation)
        named = f"{generation.created_at:%Y%m%d-%H%M%S}_{generation.spec.seed}" if metadata else "picture"
        return [
            ArchivedImage(_file_name(named, generation, index), each) for index, each in enumerate(generation.images)
        ]

    def _image(self, generation: Generation) -> StoredImage:
        if generation.image is None:
            raise Conflict(f"generation {generation.id} has no picture: it is {generation.status}", code="no_image")
        return generation.image

    async def _get(self, generation_id: GenerationId) -> Generation:
        generation = await self._storage.generations.get(generation_id)
        if generation is None:
            raise NotFound(f"there is no generation {generation_id}", code="unknown_generation")
        return generation


def _file_name(named: str, generation: Generation, index: int) -> str:
    number = f"-{index + 1}" if index else ""
    suffix = generation.images[index].media_type.suffix
    return f"{named}_{generation.id[:8]}{number}{suffix}"
