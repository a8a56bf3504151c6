"""Uploads that jobs start from: kept from the job's acceptance until the last job that uses them has ended."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Collection, Iterable
from contextlib import asynccontextmanager

from vibes.domain.ids import JobId
from vibes.ports.storage import Storage
from vibes.services.media.artifact_store import ArtifactStore


class JobArtifacts:
    def __init__(self, storage: Storage, artifacts: ArtifactStore) -> None:
        self._storage = storage
        self._artifacts = artifacts
        self._deleting = asyncio.Lock()
        """No submission takes an upload in hand while it is decided whether that goes, and deleted."""
        self._in_hand: Counter[str] = Counter()
        """By upload: number of submissions that name it and are being checked or stored."""
        self._taken_in_hand = 0

    @asynccontextmanager
    async def kept(self, artifact_ids: Collection[str]) -> AsyncIterator[None]:
        """While a job that names these is checked and stored, none of them is deleted."""
        async with self._deleting:
            self._in_hand.update(artifact_ids)
            self._taken_in_hand += 1
        try:
            yield
        finally:
            self._in_hand.subtract(artifact_ids)
            self._in_hand += Counter()  # removes entries at zero

    async def release(self, artifact_ids: Iterable[str]) -> None:
        """A job that used these has ended, or was not created: delete those that no other needs."""
        for artifact_id in artifact_ids:
            while not await self._release(artifact_id):
                pass

    async def release_of(self, job_id: JobId) -> None:
        await self.release(await self._storage.jobs.artifacts_of(job_id))

    async def release_all(self) -> None:
        """Delete those that a hub left which was killed between the end of a job and the deletion of its uploads."""
        await self.release(await self._storage.jobs.artifacts_of_ended_jobs())

    async def _release(self, artifact_id: str) -> bool:
        """False when a submission came in between, so that it must be looked at again."""
        taken_in_hand = self._taken_in_hand
        use = await self._storage.jobs.artifact_use(artifact_id)
        if use.open_jobs or use.newest is None:
            return True
        if await self._storage.artifacts.named([artifact_id]):
            return True
        async with self._deleting:
            if taken_in_hand != self._taken_in_hand:
                return False
            if self._in_hand[artifact_id]:
                return True  # that submission becomes a job, which releases it at its end, or releases it itself
            gone = await self._artifacts.delete_if_older(artifact_id, use.newest)
        if gone:
            await self._storage.jobs.forget_artifacts([artifact_id])
            await self._storage.artifacts.forget([artifact_id])
        return True
