"""What a person does with many finished pictures at once: throw away, take back, carry home."""

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
        """Have them deleted once the undo window is over. Starred ones and what is still in the making are kept.

        Raises NotFound for an id that there is not, and then nothing was discarded.
        """
        found = [await self._get(each) for each in generation_ids]
        doomed = [each.id for each in found if each.status.terminal and not each.starred]
        await self._storage.generations.set_discard(doomed, self._clock.now() + self._undo_window)
        return [await self._get(each.id) for each in found]

    async def restore(self, generation_ids: Sequence[GenerationId]) -> list[Generation]:
        """Take back what was discarded. Raises NotFound, also for what is deleted by now."""
        found = [await self._get(each) for each in generation_ids]
        await self._storage.generations.set_discard([each.id for each in found], None)
        return [await self._get(each.id) for each in found]

    async def archive(self, generation_ids: Sequence[GenerationId]) -> Archive:
        """A zip of these pictures as a temporary file, which the caller deletes; what is lost is noted within.

        Raises NotFound for an id that there is not, and when all files are lost; Conflict for what has no picture.
        """
        found = [await self._get(each) for each in generation_ids]
        return await zip_images(
            [file for each in found for file in self._files_of(each)], self._images, self._clock.now()
        )

    async def graph(self, generation_id: GenerationId) -> dict[str, Any]:
        """What the node was asked to run, in ComfyUI's API format: out of the picture itself, or, where that carries
        none, as the attempt kept it for a while. Raises NotFound, Conflict."""
        picture = await self._images.read(self._image(await self._get(generation_id)))
        carried = await asyncio.to_thread(self._kinds.graph_in, picture)
        if carried is not None:
            return dict(carried)
        for attempt in await self._storage.attempts.of_generation(generation_id):
            graph = self._kinds.graph_of(attempt.sent) if attempt.state is AttemptState.WON else None
            if graph is not None:
                return dict(graph)
        raise NotFound("the node wrote no graph into this picture", code="no_graph")

    def _files_of(self, generation: Generation) -> list[ArchivedImage]:
        self._image(generation)
        return [ArchivedImage(_file_name(generation, index), each) for index, each in enumerate(generation.images)]

    def _image(self, generation: Generation) -> StoredImage:
        if generation.image is None:
            raise Conflict(f"generation {generation.id} has no picture: it is {generation.status}", code="no_image")
        return generation.image

    async def _get(self, generation_id: GenerationId) -> Generation:
        generation = await self._storage.generations.get(generation_id)
        if generation is None:
            raise NotFound(f"there is no generation {generation_id}", code="unknown_generation")
        return generation


def _file_name(generation: Generation, index: int) -> str:
    number = f"-{index + 1}" if index else ""
    suffix = generation.images[index].media_type.suffix
    return f"{generation.created_at:%Y%m%d-%H%M%S}_{generation.spec.seed}_{generation.id[:8]}{number}{suffix}"
