"""A store that may go away, such as a share that is not mounted: told from an empty one by a file in its root.

Where a share is not mounted there is an empty folder in its place. Taken for the store, it would swallow new pictures
and make all others look deleted.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress

from vibes.domain.errors import NotFound, StorageUnavailable
from vibes.ports.clock import Clock
from vibes.ports.media import MediaStore, StoredFile

logger = logging.getLogger(__name__)

MARKER = ".vibes-store"
"""The file in a store's root that holds its id."""
WRITES_WAIT_SECONDS = 10.0
"""For a store that is away; then whoever writes is told."""
LOOK_SECONDS = 5.0
"""Between two looks whether it is there."""
_PAUSE_SECONDS = 1.0


class Guard:
    """Knows whether the store is there."""

    def __init__(self, root: MediaStore, identity: str, where: str, clock: Clock, *, trusted_seconds: float) -> None:
        """``identity``: what its marker says. ``trusted_seconds``: how long a look holds; 0 where it costs nothing."""
        self._root = root
        self._identity = identity
        self._where = where
        self._clock = clock
        self._trusted_seconds = trusted_seconds
        self._seen_at: float | None = None
        self._away_since: float | None = None
        self.problem: str | None = None
        """A sentence while the store does not do what it should."""

    async def require(self) -> None:
        """Raises StorageUnavailable when the store is away, or another one is in its place."""
        now = self._clock.monotonic()
        if self._seen_at is not None and now - self._seen_at < self._trusted_seconds:
            return
        try:
            with self.noting():
                await self._look()
        except StorageUnavailable:
            self._away_since = now if self._away_since is None else self._away_since
            raise
        self._seen_at, self._away_since = now, None

    async def wait(self) -> None:
        """The same, but it may come back in the first seconds after it went away; later nobody is kept waiting."""
        while True:
            try:
                return await self.require()
            except StorageUnavailable:
                since = self._away_since
                if since is None or self._clock.monotonic() >= since + WRITES_WAIT_SECONDS:
                    raise
            await self._clock.sleep(_PAUSE_SECONDS)

    async def follow(self) -> None:
        """Look again and again until cancelled, so that everybody knows although nobody reads or writes."""
        while True:
            self._seen_at = None
            with suppress(StorageUnavailable):
                await self.require()
                self._mended()
            await self._clock.sleep(LOOK_SECONDS)

    @contextmanager
    def noting(self) -> Iterator[None]:
        """What the store refuses inside is its problem until a look finds it well."""
        try:
            yield
        except StorageUnavailable as error:
            if self.problem is None:
                logger.warning("%s: %s", self._where, error.message)
            self.problem = f"{self._where}: {error.message}"
            self._seen_at = None
            raise

    def _mended(self) -> None:
        if self.problem is not None:
            logger.info("%s is there again", self._where)
        self.problem = None

    async def _look(self) -> None:
        try:
            found = (await self._root.get(MARKER)).decode("ascii", "replace").strip()
        except NotFound:
            raise StorageUnavailable(
                f"the store is not there: {self._where} has no file {MARKER}. {_question(self._where)} Work goes on "
                "once it is there"
            ) from None
        if found != self._identity:
            raise StorageUnavailable(
                f"another store is there: {MARKER} in {self._where} says {found[:40]!r}, not {self._identity}"
            )


def _question(where: str) -> str:
    return "Was that file, or all of it, deleted?" if "://" in where else "Is it mounted?"


@contextmanager
def _not_stored() -> Iterator[None]:
    """Makes what is said of the store a sentence about the file."""
    try:
        yield
    except StorageUnavailable as error:
        raise StorageUnavailable(f"cannot be stored: {error.message}") from error


class GuardedStore:
    """Implements ``MediaStore``: what is not there is believed only while the guard sees the store, and what was
    written counts only if it still does afterwards."""

    def __init__(self, files: MediaStore, guard: Guard) -> None:
        self._files = files
        self._guard = guard

    async def put(self, files: Mapping[str, bytes], *, remakeable: Collection[str] = ()) -> None:
        with _not_stored():
            await self._guard.wait()
        with self._guard.noting():
            await self._files.put(files, remakeable=remakeable)
        try:
            with _not_stored():
                await self._guard.require()
        except StorageUnavailable:
            with suppress(StorageUnavailable):
                await asyncio.shield(self._files.delete(files))
            raise

    async def put_new(self, key: str, content: bytes) -> bool:
        with _not_stored():
            await self._guard.wait()
        with self._guard.noting():
            written = await self._files.put_new(key, content)
        await self._guard.require()
        return written

    async def get(self, key: str) -> bytes:
        try:
            with self._guard.noting():
                return await self._files.get(key)
        except NotFound:
            await self._guard.require()
            raise

    async def stream(self, key: str, *, start: int = 0, length: int | None = None) -> AsyncIterator[bytes]:
        try:
            with self._guard.noting():
                async for piece in self._files.stream(key, start=start, length=length):
                    yield piece
        except NotFound:
            await self._guard.require()
            raise

    async def stat(self, key: str) -> StoredFile | None:
        with self._guard.noting():
            file = await self._files.stat(key)
        if file is None:
            await self._guard.require()
        return file

    async def touch(self, key: str) -> None:
        with self._guard.noting():
            await self._files.touch(key)

    async def delete(self, keys: Collection[str]) -> None:
        await self._guard.require()
        with self._guard.noting():
            await self._files.delete(keys)

    async def delete_folder(self, folder: str) -> None:
        await self._guard.require()
        with self._guard.noting():
            await self._files.delete_folder(folder)

    async def list(self, prefix: str) -> Sequence[StoredFile]:
        with self._guard.noting():
            files = await self._files.list(prefix)
        if not files:
            await self._guard.require()
        return files

    async def folders(self) -> Sequence[str]:
        with self._guard.noting():
            folders = await self._files.folders()
        if not folders:
            await self._guard.require()
        return folders

    async def link(self, key: str, seconds: int) -> str | None:
        return await self._files.link(key, seconds)
