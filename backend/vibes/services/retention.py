"""Deletes what nobody needs any more: pictures a funnel advance dropped, and uploads that were not used."""

import logging

from vibes.services.artifact_store import ArtifactStore
from vibes.services.image_store import ImageStore
from vibes.services.ports import Clock, Storage

logger = logging.getLogger(__name__)

SWEEP_INTERVAL_SECONDS = 60.0


class Retention:
    def __init__(self, storage: Storage, images: ImageStore, artifacts: ArtifactStore, clock: Clock) -> None:
        self._storage = storage
        self._images = images
        self._artifacts = artifacts
        self._clock = clock

    async def run(self) -> None:
        """Until cancelled: one sweep a minute."""
        while True:
            await self.sweep()
            await self._artifacts.sweep()
            await self._clock.sleep(SWEEP_INTERVAL_SECONDS)

    async def sweep(self) -> int:
        """Rows first, files second: a file without a row is only untidy, a row without its file is a lie."""
        dropped = await self._storage.generations.delete_discarded(self._clock.now())
        if dropped:
            await self._images.delete(dropped)
            logger.info("deleted %d unselected pictures", len(dropped))
        return len(dropped)
