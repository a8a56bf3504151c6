"""Uploaded pictures by the hash of their content: kept while anything names them, and a day after their last use."""

import asyncio
import hashlib
import math
import re
from collections.abc import Awaitable, Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from weakref import WeakValueDictionary

from vibes.domain.errors import InvalidRequest, NotFound, Problem, StorageUnavailable
from vibes.ports.clock import Clock
from vibes.ports.media import MediaStore, StoredFile
from vibes.recipes.reading import WrittenPrompt, written_prompt
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
    notes: tuple[str, ...] = ()
    """Sentences about what of the file is not in it, or counts otherwise than it looks."""
    written: WrittenPrompt | None = None
    """The prompt that the file itself tells, if any."""


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
        self._used: dict[str, float] = {}
        """By id, as far as this process knows: when it was last used, on a clock that never jumps. The times of files
        are of the wall clock, which a machine may set right long after it has started."""

    async def add(self, read: Callable[[], Awaitable[bytes]], field: str) -> Artifact:
        """Check and store an upload, which is read only when its turn comes, so that it takes no memory before.

        Raises InvalidRequest naming ``field`` when it is no harmless picture, StorageUnavailable.
        """
        async with self._gate:
            content = await read()
            try:
                png, size, notes = await self._decoding.run(Lane.PEOPLE, content, normalised)
            except BrokenPicture as error:
                message = f"{field} cannot be used: {error}"
                raise InvalidRequest(message, code="invalid_picture", problems=[Problem(field, message)]) from error
            artifact_id = await asyncio.to_thread(_id_of, png)
            try:
                async with self._lock(artifact_id):
                    await self._files.put({_key(artifact_id): png})
                    self._used[artifact_id] = self._clock.monotonic()
            except StorageUnavailable as error:
                raise StorageUnavailable(f"the upload {error.message}") from error
            return Artifact(artifact_id, *size, notes, await asyncio.to_thread(written_prompt, content))

    async def read(self, artifact_id: str) -> bytes:
        """The PNG; reading keeps it for another day. Raises NotFound, code ``unknown_artifact``."""
        if not _ID.fullmatch(artifact_id):
            raise _unknown(artifact_id)
        try:
            png = await self._files.get(_key(artifact_id))
        except NotFound as error:
            raise _unknown(artifact_id) from error
        await self._touch(artifact_id)
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
            self._used.pop(artifact_id, None)
            return True

    async def sweep(self, named: Callable[[Collection[str]], Awaitable[Collection[str]]]) -> list[str]:
        """Delete those unused for a day that nothing names; answers which.

        ``named`` is asked which of these something names: they count as used now, and are asked for a day later.
        """
        self._note_times_of_the_future(files := await self._files.list(""))
        unused = [each for file in files if _ID.fullmatch(each := _id_in(file.key)) and self._is_unused(file)]
        needed = await named(unused) if unused else ()
        for artifact_id in needed:
            await self._touch(artifact_id)
        return [each for each in unused if each not in needed and await self._delete_unused(each)]

    async def _delete_unused(self, artifact_id: str) -> bool:
        async with self._lock(artifact_id):
            file = await self._files.stat(_key(artifact_id))
            if file is not None and not self._is_unused(file):
                return False
            await self._files.delete([_key(artifact_id)])  # also where a killed process had only begun to write it
            self._used.pop(artifact_id, None)
            return True

    def _is_unused(self, file: StoredFile) -> bool:
        now = self._clock.now().timestamp()
        if self._clock.monotonic() - self._used.get(_id_in(file.key), -math.inf) <= UNUSED_SECONDS:
            return False
        return not now - UNUSED_SECONDS <= file.used_at <= now

    def _note_times_of_the_future(self, files: Sequence[StoredFile]) -> None:
        """Of a clock that was wrong then: such a file counts as used when it is first seen."""
        for file in files:
            if file.used_at > self._clock.now().timestamp():
                self._used.setdefault(_id_in(file.key), self._clock.monotonic())

    async def _touch(self, artifact_id: str) -> None:
        self._used[artifact_id] = self._clock.monotonic()
        await self._files.touch(_key(artifact_id))

    def _lock(self, artifact_id: str) -> asyncio.Lock:
        return self._locks.setdefault(artifact_id, asyncio.Lock())


def _key(artifact_id: str) -> str:
    return f"{artifact_id}{_SUFFIX}"


def _id_in(key: str) -> str:
    return key.removesuffix(_SUFFIX)


def _id_of(png: bytes) -> str:
    return hashlib.sha256(png).hexdigest()


def _unknown(artifact_id: str) -> NotFound:
    return NotFound(
        f"there is no artifact {artifact_id}; an upload that nothing names is kept for a day after its last use",
        code="unknown_artifact",
    )
