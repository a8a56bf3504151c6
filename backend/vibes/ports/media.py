"""What the services ask of whatever keeps files: pictures, their thumbnails, uploads."""

from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file that is kept."""

    key: str
    size_bytes: int
    written_at: float
    """Seconds since 1970, by the clock of the store."""
    used_at: float
    """The same of `MediaStore.touch`, or of the writing where that came later."""


class MediaStore(Protocol):
    """Files under keys of the form ``name`` or ``folder/name``.

    Every method raises StorageUnavailable when the place cannot be read or written; what it says of a file to be
    written ends a sentence that begins with the file.
    """

    async def put(self, files: Mapping[str, bytes]) -> None:
        """Write these, in this order, over what is there. Nobody ever sees half a file, and once this returns all of
        them survive a power cut; when it raises, nothing of what it wrote is there."""

    async def get(self, key: str) -> bytes:
        """The whole file; NotFound when it is not there."""

    def stream(self, key: str, *, start: int = 0, length: int | None = None) -> AsyncIterator[bytes]:
        """A part of the file in pieces of at most some 100 kB; to its end where no length is given. NotFound."""

    async def stat(self, key: str) -> StoredFile | None:
        """None when it is not there."""

    async def touch(self, key: str) -> None:
        """Note that it is used now; silent where it is not there."""

    async def delete(self, keys: Collection[str]) -> None:
        """Also what a process that was killed left of writing them. Silent about what is not there, and about what
        cannot be deleted: that is only untidy, and keeps nobody from anything."""

    async def delete_folder(self, folder: str) -> None:
        """With all that is in it; silent as `delete` is."""

    async def list(self, prefix: str) -> Sequence[StoredFile]:
        """Every file whose key begins like this and goes on without another ``/``; also one that a process which was
        killed had only begun, under the key that it was to have."""

    async def folders(self) -> Sequence[str]:
        """Those that have something in them."""
