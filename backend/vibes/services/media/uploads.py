"""Accepts uploads, and records their owners."""

from collections.abc import Awaitable, Callable

from vibes.domain.ids import OwnerId
from vibes.ports.storage import Storage
from vibes.services.media.artifact_store import Artifact, ArtifactStore


class Uploads:
    def __init__(self, storage: Storage, artifacts: ArtifactStore) -> None:
        self._storage = storage
        self._artifacts = artifacts

    async def add(self, read: Callable[[], Awaitable[bytes]], field: str, owner: OwnerId | None) -> Artifact:
        """Like `ArtifactStore.add`; ``owner``: None means everybody's."""
        artifact = await self._artifacts.add(read, field)
        await self._storage.artifacts.uploaded(artifact.id, owner)
        return artifact
