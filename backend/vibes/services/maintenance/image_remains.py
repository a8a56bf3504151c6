"""Deletes the files of pictures that no row names any more, or never did: what a hub that was killed left behind."""

import logging

from vibes.domain.attempt import Attempt
from vibes.ports.storage import Storage
from vibes.services.execution.finished_images import FinishedImages
from vibes.services.media.image_store import ImageStore

logger = logging.getLogger(__name__)


class ImageRemains:
    """What the database knows nothing of is left alone: it may belong to a backup that somebody is about to restore."""

    def __init__(self, storage: Storage, images: ImageStore, finished: FinishedImages) -> None:
        self._storage = storage
        self._images = images
        self._finished = finished

    async def delete_doomed(self) -> None:
        """The files of rows that were deleted."""
        while paths := await self._storage.doomed_files.some():
            await self._images.delete(paths)
            await self._storage.doomed_files.forget(paths)

    async def delete_unnamed(self) -> None:
        """Files of generations that came to an end without a picture. Costs a look at every folder."""
        deleted = 0
        for session_id in await self._images.sessions():
            named = await self._storage.generations.file_paths(session_id)
            for generation_id in await self._images.unnamed(session_id, named):
                deleted += await self._finished.delete_remains(generation_id)
        if deleted:
            logger.info("deleted what was left of %d pictures that never became any", deleted)

    async def delete_after(self, attempt: Attempt) -> None:
        """Its hub may have died between a picture's file and its row, and this one may never come to finish it."""
        generation = await self._storage.generations.get(attempt.generation_id)
        if generation is not None and generation.image is None:
            await self._images.delete_remains(generation.session_id, generation.id)
