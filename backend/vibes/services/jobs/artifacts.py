"""Uploads that jobs start from: there when a job is taken, gone when the last job that uses them has ended."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Collection, Iterable
from contextlib import asynccontextmanager

from vibes.domain.ids import JobId
from vibes.domain.picture import PictureOrigin, PictureReference
from vibes.ports.storage import Storage
from vibes.services.media.artifact_store import ArtifactStore


class JobArtifacts:
    def __init__(self, storage: Storage, artifacts: ArtifactStore) -> None:
        self._storage = storage
        self._artifacts = artifacts
        self._deleting = asyncio.Lock()
        """No submission takes an upload in hand while it is decided whether that goes, and deleted."""
        self._in_hand: Counter[str] = Counter()
        """How many submissions are just being checked and stored that name each upload."""
        self._taken_in_hand = 0

    @asynccontextmanager
    async def kept(self, artifact_ids: Collection[str]) -> AsyncIterator[None]:
        """While a job that names these is checked and stored, none of them goes."""
        async with self._deleting:
            self._in_hand.update(artifact_ids)
            self._taken_in_hand += 1
        try:
            yield
        finally:
            self._in_hand.subtract(artifact_ids)
            self._in_hand += Counter()  # forgets what is at zero

    async def release(self, artifact_ids: Iterable[str]) -> None:
        """A job that used these is over, or did not come to be: delete what nobody else needs."""
        for artifact_id in artifact_ids:
            while not await self._release(artifact_id):
                pass

    async def release_of(self, job_id: JobId) -> None:
        await self.release(await self._storage.jobs.artifacts_of(job_id))

    async def release_all(self) -> None:
        """What a hub that was killed between a job's end and its uploads' left behind."""
        await self.release(await self._storage.jobs.artifacts_of_jobs(ended=True))

    async def _release(self, artifact_id: str) -> bool:
        """False when a submission came in between, and it is to be looked at again."""
        taken_in_hand = self._taken_in_hand
        use = await self._storage.jobs.artifact_use(artifact_id)
        if use.open_jobs or use.newest is None:
            return True
        if await self._storage.generations.open_mentions(str(PictureReference(PictureOrigin.ARTIFACT, artifact_id))):
            return True
        async with self._deleting:
            if taken_in_hand != self._taken_in_hand:
                return False
            if self._in_hand[artifact_id]:
                return True  # whoever has it in hand becomes a job, whose end is the next occasion, or releases it
            gone = await self._artifacts.delete_if_older(artifact_id, use.newest)
        if gone:
            await self._storage.jobs.forget_artifacts([artifact_id])
            await self._storage.artifacts.forget([artifact_id])
        return True
