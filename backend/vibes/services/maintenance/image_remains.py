"""Deletes files of pictures that no row names: those that a killed hub left."""

import logging
from collections import defaultdict
from collections.abc import Collection

from vibes.domain.attempt import Attempt
from vibes.domain.errors import StorageUnavailable
from vibes.domain.ids import GenerationId, SessionId
from vibes.ports.storage import Storage
from vibes.services.execution.finished_images import FinishedImages
from vibes.services.media.image_store import ImageStore

logger = logging.getLogger(__name__)


class ImageRemains:
    """Files unknown to the database are left alone: they may belong to a backup that is about to be restored."""

    def __init__(self, storage: Storage, images: ImageStore, finished: FinishedImages) -> None:
        self._storage = storage
        self._images = images
        self._finished = finished

    async def delete_doomed(self) -> None:
        """Delete the files of deleted rows."""
        while paths := await self._storage.doomed_files.some():
            await self._images.delete(paths)
            await self._storage.doomed_files.forget(paths)

    async def delete_unnamed(self) -> None:
        """Delete files of generations that have ended which are none of their images. Reads every folder."""
        deleted = 0
        for session_id in await self._images.sessions():
            named = await self._storage.generations.file_paths(session_id)
            for generation_id in await self._images.unnamed(session_id, named):
                deleted += await self._finished.delete_remains(generation_id)
        if deleted:
            logger.info("deleted what was left of %d pictures that never became any", deleted)

    async def delete_after(self, attempts: Collection[Attempt]) -> None:
        """Delete the files of those whose hub died between writing a picture's file and its row; they may never be
        continued. Reads each session's folder once. What cannot be read stays for `delete_unnamed`."""
        unfinished: defaultdict[SessionId, set[GenerationId]] = defaultdict(set)
        for attempt in attempts:
            generation = await self._storage.generations.get(attempt.generation_id)
            if generation is not None and generation.image is None:
                unfinished[generation.session_id].add(generation.id)
        for session_id, generation_ids in unfinished.items():
            try:
                await self._images.delete_remains(session_id, generation_ids)
            except StorageUnavailable as error:
                logger.warning("what is left of unfinished pictures stays for now: %s", error.message)
                return
