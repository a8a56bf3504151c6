"""Uploaded pictures, kept by the hash of their content until they were unused for a day."""

import asyncio
import hashlib
import re
from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass
from datetime import datetime
from weakref import WeakValueDictionary

from vibes.domain.errors import InvalidRequest, NotFound, Problem, StorageUnavailable
from vibes.ports.clock import Clock
from vibes.ports.media import MediaStore
from vibes.services.media.decoding_pool import DecodingPool, Lane
from vibes.services.media.image_codec import BrokenPicture, normalised

UNUSED_SECONDS = 24 * 3600.0
AT_ONCE = 2
"""Uploads read, decoded and written at a time; each may be 32 MiB, and far more as a PNG."""

_ID = re.compile(r"[0-9a-f]{64}")
_SUFFIX = ".png"


@dataclass(frozen=True, slots=True)
class Artifact:
    """``id``: SHA-256 of the stored PNG, so that equal pictures are one artifact."""

    id: str
    width: int
    height: int


class ArtifactStore:
    """One PNG each, under its id."""

    def __init__(self, files: MediaStore, clock: Clock, decoding: DecodingPool | None = None) -> None:
        """``decoding``: where pictures are decoded; default: threads of its own."""
        self._files = files
        self._clock = clock
        self._decoding = decoding or DecodingPool()
        self._gate = asyncio.Semaphore(AT_ONCE)
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        """By id: keeps one upload from being written and deleted at the same time."""

    async def add(self, read: Callable[[], Awaitable[bytes]], field: str) -> Artifact:
        """Check and store an upload, which is read only when its turn comes, so that it takes no memory before.

        Raises InvalidRequest naming ``field`` when it is no harmless picture, StorageUnavailable.
        """
        async with self._gate:
            content = await read()
            try:
                png, size = await self._decoding.run(Lane.PEOPLE, content, normalised)
            except BrokenPicture as error:
                message = f"{field} cannot be used: {error}"
                raise InvalidRequest(message, code="invalid_picture", problems=[Problem(field, message)]) from error
            artifact_id = await asyncio.to_thread(_id_of, png)
            try:
                async with self._lock(artifact_id):
                    await self._files.put({_key(artifact_id): png})
            except StorageUnavailable as error:
                raise StorageUnavailable(f"the upload {error.message}") from error
            return Artifact(artifact_id, *size)

    async def read(self, artifact_id: str) -> bytes:
        """The PNG; reading keeps it for another day. Raises NotFound, code ``unknown_artifact``."""
        if not _ID.fullmatch(artifact_id):
            raise _unknown(artifact_id)
        try:
            png = await self._files.get(_key(artifact_id))
        except NotFound as error:
            raise _unknown(artifact_id) from error
        await self._files.touch(_key(artifact_id))
        return png

    async def exists(self, artifact_id: str) -> bool:
        return bool(_ID.fullmatch(artifact_id)) and await self._files.stat(_key(artifact_id)) is not None

    async def delete_if_older(self, artifact_id: str, moment: datetime) -> bool:
        """Delete it, unless it was uploaded (again) after that moment; answers whether it is gone."""
        async with self._lock(artifact_id):
            file = await self._files.stat(_key(artifact_id))
            if file is not None and file.written_at > moment.timestamp():
                return False
            if file is not None:
                await self._files.delete([file.key])
            return True

    async def sweep(self, needed: Collection[str] = ()) -> list[str]:
        """Delete those unused for a day, except ``needed`` ones; answers which."""
        oldest = self._clock.now().timestamp() - UNUSED_SECONDS
        unused = [file.key.removesuffix(_SUFFIX) for file in await self._files.list("") if file.used_at < oldest]
        swept = []
        for artifact_id in unused:
            if artifact_id in needed or not _ID.fullmatch(artifact_id):
                continue
            async with self._lock(artifact_id):
                file = await self._files.stat(_key(artifact_id))
                if file is None or file.used_at < oldest:  # None: a killed process had only begun to write it
                    await self._files.delete([_key(artifact_id)])
                    swept.append(artifact_id)
        return swept

    def _lock(self, artifact_id: str) -> asyncio.Lock:
        return self._locks.setdefault(artifact_id, asyncio.Lock())


def _key(artifact_id: str) -> str:
    return f"{artifact_id}{_SUFFIX}"


def _id_of(png: bytes) -> str:
    return hashlib.sha256(png).hexdigest()


def _unknown(artifact_id: str) -> NotFound:
    return NotFound(f"there is no artifact {artifact_id}; uploads are kept for a day", code="unknown_artifact")
