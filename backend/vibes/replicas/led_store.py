"""A media store that is changed only while this hub may: one that was stopped and is woken after another has taken over
must neither replace nor delete that one's files."""

from collections.abc import AsyncIterator, Collection, Mapping, Sequence

from vibes.domain.errors import LeadershipLost
from vibes.ports.media import MediaStore, StoredFile
from vibes.replicas.mandate import Mandate


class LedMediaStore:
    """Implements ``MediaStore`` over another one; raises LeadershipLost for what would change it."""

    def __init__(self, store: MediaStore, mandate: Mandate) -> None:
        self._store = store
        self._mandate = mandate

    async def put(self, files: Mapping[str, bytes], *, remakeable: Collection[str] = ()) -> None:
        self._require_mandate()
        await self._store.put(files, remakeable=remakeable)

    async def put_new(self, key: str, content: bytes) -> bool:
        self._require_mandate()
        return await self._store.put_new(key, content)

    async def get(self, key: str) -> bytes:
        return await self._store.get(key)

    def stream(self, key: str, *, start: int = 0, length: int | None = None) -> AsyncIterator[bytes]:
        return self._store.stream(key, start=start, length=length)

    async def stat(self, key: str) -> StoredFile | None:
        return await self._store.stat(key)

    async def touch(self, key: str) -> None:
        await self._store.touch(key)

    async def delete(self, keys: Collection[str]) -> None:
        self._require_mandate()
        await self._store.delete(keys)

    async def delete_folder(self, folder: str) -> None:
        self._require_mandate()
        await self._store.delete_folder(folder)

    async def list(self, prefix: str) -> Sequence[StoredFile]:
        return await self._store.list(prefix)

    async def folders(self) -> Sequence[str]:
        return await self._store.folders()

    async def link(self, key: str, seconds: int) -> str | None:
        return await self._store.link(key, seconds)

    def _require_mandate(self) -> None:
        if not self._mandate():
            raise LeadershipLost("cannot be changed: another hub may lead by now")
