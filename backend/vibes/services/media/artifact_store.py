"""Pictures that people upload, kept by the hash of their content until nobody has used them for a day."""

import asyncio
import hashlib
import os
import re
from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from vibes.domain.errors import InvalidRequest, NotFound, Problem, StorageUnavailable
from vibes.ports.clock import Clock
from vibes.services.media.decoding_pool import DecodingPool, Lane
from vibes.services.media.image_codec import BrokenPicture, normalised
from vibes.services.runtime.durable_files import write_durably

UNUSED_SECONDS = 24 * 3600.0
AT_ONCE = 2
"""Uploads that are read, decoded and written at a time; each may be 32 MiB, and far more as a PNG."""

_ID = re.compile(r"^[0-9a-f]{64}$")


@dataclass(frozen=True, slots=True)
class Artifact:
    """``id`` is the SHA-256 of the stored PNG: the same picture uploaded twice is one artifact."""

    id: str
    width: int
    height: int


class ArtifactStore:
    """Everything below ``root``, one PNG each."""

    def __init__(self, root: Path, clock: Clock, decoding: DecodingPool | None = None) -> None:
        """``decoding``: where pictures are decoded; by default in threads of its own."""
        self._root = root
        self._clock = clock
        self._decoding = decoding or DecodingPool()
        self._gate = asyncio.Semaphore(AT_ONCE)

    async def add(self, read: Callable[[], Awaitable[bytes]], field: str) -> Artifact:
        """Check and store an upload, which is read when its turn comes: until then it is in nobody's memory.

        Raises InvalidRequest naming ``field`` when it is no harmless picture, StorageUnavailable.
        """
        async with self._gate:
            content = await read()
            try:
                png, size = await self._decoding.run(Lane.PEOPLE, content, normalised)
            except BrokenPicture as error:
                message = f"{field} cannot be used: {error}"
                raise InvalidRequest(message, code="invalid_picture", problems=[Problem(field, message)]) from error
            return await asyncio.to_thread(self._add, png, *size)

    async def read(self, artifact_id: str) -> bytes:
        """The PNG; using it keeps it for another day. Raises NotFound, code ``unknown_artifact``."""
        return await asyncio.to_thread(self._read, artifact_id)

    def exists(self, artifact_id: str) -> bool:
        return bool(_ID.match(artifact_id)) and self._path(artifact_id).is_file()

    def delete_if_older(self, artifact_id: str, moment: datetime) -> bool:
        """Delete it, unless it was uploaded (again) after that moment; answers whether it is gone.

        At once and not in a thread: nobody can begin to use it in between.
        """
        if not self.exists(artifact_id):
            return True
        path = self._path(artifact_id)
        if path.stat().st_mtime > moment.timestamp():
            return False
        path.unlink(missing_ok=True)
        return True

    async def sweep(self, needed: Collection[str] = ()) -> int:
        """Delete what nobody used for a day, but for what is ``needed``; answers how many."""
        return await asyncio.to_thread(self._sweep, {self._path(artifact_id) for artifact_id in needed})

    def _add(self, png: bytes, width: int, height: int) -> Artifact:
        artifact_id = hashlib.sha256(png).hexdigest()
        try:
            self._root.mkdir(parents=True, exist_ok=True)
            write_durably(self._path(artifact_id), png)
            now = self._clock.now().timestamp()
            os.utime(self._path(artifact_id), (now, now))
        except OSError as error:
            raise StorageUnavailable(f"the upload could not be written: {error.strerror}") from error
        return Artifact(artifact_id, width, height)

    def _read(self, artifact_id: str) -> bytes:
        if not self.exists(artifact_id):
            raise NotFound(f"there is no artifact {artifact_id}; uploads are kept for a day", code="unknown_artifact")
        path = self._path(artifact_id)
        os.utime(path, (self._clock.now().timestamp(), path.stat().st_mtime))
        return path.read_bytes()

    def _sweep(self, needed: Collection[Path]) -> int:
        if not self._root.is_dir():
            return 0
        oldest = self._clock.now().timestamp() - UNUSED_SECONDS
        unused = [path for path in self._root.glob("*.png") if _last_use(path) < oldest and path not in needed]
        for path in unused:
            path.unlink(missing_ok=True)
        return len(unused)

    def _path(self, artifact_id: str) -> Path:
        return self._root / f"{artifact_id}.png"


def _last_use(path: Path) -> float:
    """The time of access is that of the last use, the time of change that of the last upload."""
    status = path.stat()
    return max(status.st_atime, status.st_mtime)
