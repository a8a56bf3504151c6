"""The media port: what the services need from a store of files: pictures, thumbnails, uploads."""

from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file in the store."""

    key: str
    size_bytes: int
    written_at: float
    """Seconds since 1970, on the store's clock."""
    used_at: float
    """When it was last touched, or written if that was later. Touches may be recorded some minutes late."""


class MediaStore(Protocol):
    """Files under keys of the form ``name`` or ``folder/name``.

    Every method raises StorageUnavailable when the store cannot be read or written, within minutes at most. The message
    about a file that cannot be written continues a sentence that begins with the file.
    """

    async def put(self, files: Mapping[str, bytes], *, remakeable: Collection[str] = ()) -> None:
        """Write these, in this order, over existing files. Readers never see half a file. On return all of them survive
        a power cut, which may cut off or lose ``remakeable`` ones; on an exception nothing that was written is
        left."""

    async def put_new(self, key: str, content: bytes) -> bool:
        """Write a small file unless there is one of that key; answers whether it was written. Of several that try it at
        once, on whatever machines, one writes."""

    async def get(self, key: str) -> bytes:
        """The whole file; NotFound when it does not exist."""

    def stream(self, key: str, *, start: int = 0, length: int | None = None) -> AsyncIterator[bytes]:
        """A part of the file in pieces of about 100 kB at most; without ``length`` to its end. Raises NotFound."""

    async def stat(self, key: str) -> StoredFile | None:
        """None when it does not exist."""

    async def touch(self, key: str) -> None:
        """Record that it is used now; does nothing when it does not exist."""

    async def delete(self, keys: Collection[str]) -> None:
        """Delete files, and what a killed process left of writing them. Ignores missing files, and files that cannot be
        deleted, which are only untidy."""

    async def delete_folder(self, folder: str) -> None:
        """Delete it with everything in it; ignores the same as `delete`."""

    async def list(self, prefix: str) -> Sequence[StoredFile]:
        """Every file whose key begins like this and continues without another ``/``; includes files that a killed
        process had only begun, under their intended keys."""

    async def folders(self) -> Sequence[str]:
        """Those that have something in them."""

    async def link(self, key: str, seconds: int) -> str | None:
        """An address at which anybody can read the file for so long; None where the store has no addresses. Whether the
        file exists is not asked."""
