"""Pictures that people upload, kept by the hash of their content until nobody has used them for a day."""

import asyncio
import hashlib
import re
import time
from dataclasses import dataclass
from pathlib import Path

from vibes.domain.errors import InvalidRequest, NotFound, Problem, StorageUnavailable
from vibes.services.durable_files import write_durably
from vibes.services.picture_files import BrokenPicture, decode, normalised

UNUSED_SECONDS = 24 * 3600.0

_ID = re.compile(r"^[0-9a-f]{64}$")


@dataclass(frozen=True, slots=True)
class Artifact:
    """``id`` is the SHA-256 of the stored PNG: the same picture uploaded twice is one artifact."""

    id: str
    width: int
    height: int


class ArtifactStore:
    """Everything below ``root``, one PNG each."""

    def __init__(self, root: Path) -> None:
        self._root = root

    async def add(self, content: bytes, field: str) -> Artifact:
        """Check and store an upload. Raises InvalidRequest naming ``field`` when it is no harmless picture."""
        return await asyncio.to_thread(self._add, content, field)

    async def read(self, artifact_id: str) -> bytes:
        """The PNG; using it keeps it for another day. Raises NotFound, code ``unknown_artifact``."""
        return await asyncio.to_thread(self._read, artifact_id)

    def exists(self, artifact_id: str) -> bool:
        return bool(_ID.match(artifact_id)) and self._path(artifact_id).is_file()

    async def sweep(self) -> int:
        """Delete what nobody used for a day; answers how many."""
        return await asyncio.to_thread(self._sweep)

    def _add(self, content: bytes, field: str) -> Artifact:
        try:
            png = normalised(content)
        except BrokenPicture as error:
            message = f"{field} cannot be used: {error}"
            raise InvalidRequest(message, code="invalid_picture", problems=[Problem(field, message)]) from error
        artifact_id = hashlib.sha256(png).hexdigest()
        picture = decode(png, ("PNG",))
        try:
            self._root.mkdir(parents=True, exist_ok=True)
            write_durably(self._path(artifact_id), png)
        except OSError as error:
            raise StorageUnavailable(f"the upload could not be written: {error.strerror}") from error
        return Artifact(artifact_id, picture.width, picture.height)

    def _read(self, artifact_id: str) -> bytes:
        if not self.exists(artifact_id):
            raise NotFound(f"there is no artifact {artifact_id}; uploads are kept for a day", code="unknown_artifact")
        path = self._path(artifact_id)
        path.touch()
        return path.read_bytes()

    def _sweep(self) -> int:
        if not self._root.is_dir():
            return 0
        oldest = time.time() - UNUSED_SECONDS
        unused = [path for path in self._root.glob("*.png") if path.stat().st_mtime < oldest]
        for path in unused:
            path.unlink(missing_ok=True)
        return len(unused)

    def _path(self, artifact_id: str) -> Path:
        return self._root / f"{artifact_id}.png"
