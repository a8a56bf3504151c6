"""Files in a bucket of S3 or of a server that speaks like it."""

import asyncio
import atexit
import threading
from collections.abc import AsyncIterator, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING
from urllib.parse import urlsplit, urlunsplit

import obstore
from obstore.exceptions import AlreadyExistsError, BaseError
from obstore.store import S3Store

from vibes.domain.errors import InvalidRequest, NotFound, StorageUnavailable
from vibes.domain.pictures.media_type import MediaType
from vibes.media_stores.s3_faults import (
    Place,
    is_behind_the_end,
    is_missing,
    knows_no_conditions,
    seconds_of,
    unavailable,
)
from vibes.ports.clock import Clock
from vibes.ports.media import StoredFile

if TYPE_CHECKING:  # what its stubs alone have
    from obstore import GetOptions, ObjectMeta
    from obstore.store import ClientConfig

_PIECE_BYTES = 128 * 1024
CONNECT_SECONDS, SILENT_SECONDS, REQUEST_SECONDS = 5, 60, 600
"""Seconds to connect, without a byte, and for a request as a whole. A part of 5 MiB goes over a line of 1 Mbit/s in the
second of them."""
RETRIES, RETRY_SECONDS = 3, 20
"""What failed on the way or at the server is asked again this often, and not after that many seconds."""
_UPLOADS_AT_ONCE = 4
"""Parts of one large file that are sent together."""
_TOUCHED_SECONDS = 600.0
"""A use is written down once in this time."""
_TOUCHED_KEPT = 10_000
_USES = ".used"
"""The folder of empty objects whose times say when others were last used: an object itself tells only its writing."""
_CONTENT_TYPES = {each.suffix: str(each) for each in MediaType} | {".jpg": "image/jpeg"}
_LAST_SECONDS = 0.25
"""For the library's threads at the end of the process: one that lets go of an answer after Python has ended aborts the
process, and what had ended well is told as a crash."""
_ERRORS = (BaseError, OSError, ValueError)
"""What the library raises; FileNotFoundError is among the OSErrors."""

atexit.register(threading.Event().wait, _LAST_SECONDS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bucket:
    """A bucket and how it is reached; its keys are in the environment."""

    name: str
    prefix: str = ""
    """Before every key, without ``/`` at its ends."""
    endpoint: str | None = None
    """None: Amazon's."""
    region: str | None = None
    """None: that of the environment, as for the keys."""
    path_style: bool = True
    ca: Path | None = None

    @property
    def place(self) -> Place:
        return Place(self.name, self.endpoint or "Amazon S3")

    def within(self, folder: str) -> str:
        """The prefix of a folder in it."""
        return "/".join(part for part in (self.prefix, folder) if part)


class S3MediaStore:
    """Implements ``MediaStore``. An object is there as a whole or not at all, and stays: S3 promises both.

    A file whose writing was answered by nothing may be there all the same; it is not deleted, since one that was there
    before would go with it. The hub's next start deletes what no row names.
    """

    def __init__(self, bucket: Bucket, folder: str, clock: Clock) -> None:
        """``folder``: within the bucket's prefix. ``clock``: for pauses between touches. Raises InvalidRequest for
        settings that make no sense; nothing is asked yet."""
        self._bucket = bucket
        self._store = _opened(bucket, bucket.within(folder))
        self._clock = clock
        self._touched: dict[str, float] = {}
        """By key: when its last use was written down."""

    async def put(self, files: Mapping[str, bytes], *, remakeable: Collection[str] = ()) -> None:
        contents = {_checked(key): content for key, content in files.items()}
        written: list[str] = []
        try:
            for key, content in contents.items():
                with self._failing("could not be written to"):
                    await self._put(key, content)
                written.append(key)
        except BaseException:  # raised again: also after a cancellation nothing of this is left
            with suppress(StorageUnavailable):
                await asyncio.shield(self._delete(written))
            raise

    async def put_new(self, key: str, content: bytes) -> bool:
        """Of several at a time one writes, but with a server that knows no conditional writes: there it is the last."""
        with self._failing("could not be written to"):
            try:
                await obstore.put_async(self._store, _checked(key), content, mode="create", use_multipart=False)
            except AlreadyExistsError:
                return False
            except BaseError as error:
                if not knows_no_conditions(error):
                    raise
                if await self._head(key) is not None:
                    return False
                await obstore.put_async(self._store, key, content, use_multipart=False)
        return True

    async def get(self, key: str) -> bytes:
        with self._failing("cannot be read from", key):
            found = await obstore.get_async(self._store, _checked(key))
            return bytes(await found.bytes_async())

    async def stream(self, key: str, *, start: int = 0, length: int | None = None) -> AsyncIterator[bytes]:
        if length == 0:
            return
        with self._failing("cannot be read from", key):
            try:
                found = await obstore.get_async(self._store, _checked(key), options=_part(start, length))
            except BaseError as error:
                if is_behind_the_end(error):
                    return
                raise
            async for piece in found.stream(min_chunk_size=_PIECE_BYTES):
                yield bytes(piece)

    async def stat(self, key: str) -> StoredFile | None:
        file, used = await asyncio.gather(self._head(key), self._head(f"{_USES}/{key}"))
        if file is None:
            return None
        written_at = seconds_of(file["last_modified"])
        used_at = written_at if used is None else max(written_at, seconds_of(used["last_modified"]))
        return StoredFile(key, file["size"], written_at, used_at)

    async def touch(self, key: str) -> None:
        now = self._clock.monotonic()
        if now - self._touched.get(key, -_TOUCHED_SECONDS) < _TOUCHED_SECONDS or await self._head(key) is None:
            return
        with self._failing("could not be written to"):
            await obstore.put_async(self._store, f"{_USES}/{_checked(key)}", b"", use_multipart=False)
        if len(self._touched) >= _TOUCHED_KEPT:
            self._touched.clear()
        self._touched[key] = now

    async def delete(self, keys: Collection[str]) -> None:
        checked = [_checked(key) for key in keys]
        await self._delete([*checked, *(f"{_USES}/{key}" for key in checked)])

    async def delete_folder(self, folder: str) -> None:
        below = _checked(folder)
        with self._failing("could not be deleted from"):
            for prefix in (f"{below}/", f"{_USES}/{below}/"):
                async for some in obstore.list(self._store, prefix, chunk_size=1000):
                    await obstore.delete_async(self._store, [each["path"] for each in some])

    async def list(self, prefix: str) -> Sequence[StoredFile]:
        files, uses = await asyncio.gather(self._list(prefix), self._list(f"{_USES}/{prefix}"))
        used = {key.removeprefix(f"{_USES}/"): file.written_at for key, file in uses.items()}
        return [
            StoredFile(key, file.size_bytes, file.written_at, max(file.written_at, used.get(key, 0.0)))
            for key, file in files.items()
        ]

    async def folders(self) -> Sequence[str]:
        with self._failing("cannot be listed in"):
            found = await obstore.list_with_delimiter_async(self._store)
        return [folder for folder in found["common_prefixes"] if folder != _USES]

    async def link(self, key: str, seconds: int) -> str | None:
        with self._failing("cannot be signed for"):
            return await obstore.sign_async(self._store, "GET", _checked(key), timedelta(seconds=seconds))

    async def _put(self, key: str, content: bytes) -> None:
        kind = _CONTENT_TYPES.get(PurePosixPath(key).suffix, "application/octet-stream")
        await obstore.put_async(
            self._store, key, content, attributes={"Content-Type": kind}, max_concurrency=_UPLOADS_AT_ONCE
        )

    async def _delete(self, keys: Sequence[str]) -> None:
        if keys:
            with self._failing("could not be deleted from"):
                await obstore.delete_async(self._store, keys)

    async def _head(self, key: str) -> "ObjectMeta | None":
        with self._failing("cannot be read from"):
            try:
                return await obstore.head_async(self._store, _checked(key))
            except FileNotFoundError as error:
                if is_missing(error):
                    return None
                raise

    async def _list(self, prefix: str) -> dict[str, StoredFile]:
        """By key; asked for from the prefix on, since the library lists whole folders, and ended behind it."""
        folder, slash, start = prefix.rpartition("/")
        found: dict[str, StoredFile] = {}
        with self._failing("cannot be listed in"):
            if not start:
                listed = await obstore.list_with_delimiter_async(self._store, folder or None)
                found.update((each["path"], _file_of(each)) for each in listed["objects"])
                return found
            before = f"{folder}{slash}{start[:-1]}" if start[1:] else None
            async for some in obstore.list(self._store, folder or None, offset=before, chunk_size=1000):
                keys = {each["path"]: _file_of(each) for each in some if each["path"].startswith(prefix)}
                found.update((key, file) for key, file in keys.items() if "/" not in key.removeprefix(prefix))
                if some and not some[-1]["path"].startswith(prefix) and some[-1]["path"] > prefix:
                    break
        return found

    @contextmanager
    def _failing(self, doing: str, key: str | None = None) -> Iterator[None]:
        """Raise NotFound where ``key`` is given and does not exist, StorageUnavailable for all else that fails."""
        try:
            yield
        except _ERRORS as error:
            if key is not None and is_missing(error):
                raise NotFound(f"the file {key} is missing in {self._bucket.place}") from None
            what = f"the file {key} {doing}" if key is not None else doing
            raise unavailable(error, self._bucket.place, what) from None


def _part(start: int, length: int | None) -> "GetOptions":
    if length is not None:
        return {"range": (start, start + length)}
    return {"range": {"offset": start}} if start else {}


def _file_of(found: "ObjectMeta") -> StoredFile:
    at = seconds_of(found["last_modified"])
    return StoredFile(found["path"], found["size"], at, at)


def _checked(key: str) -> str:
    """NotFound for a key that is none, which the hub never makes."""
    path = PurePosixPath(key)
    if path.is_absolute() or not path.parts or ".." in path.parts or str(path) != key:
        raise NotFound(f"the file {key} is missing: there can be none of that name")
    return key


def _opened(bucket: Bucket, prefix: str) -> S3Store:
    client: ClientConfig = {
        "allow_http": (bucket.endpoint or "").startswith("http://"),
        "connect_timeout": timedelta(seconds=CONNECT_SECONDS),
        "read_timeout": timedelta(seconds=SILENT_SECONDS),
        "timeout": timedelta(seconds=REQUEST_SECONDS),
    }
    if bucket.ca is not None:
        client["root_certificate"] = _certificate(bucket.ca)
    given = {"endpoint": bucket.endpoint and _address(bucket.endpoint, bucket), "region": bucket.region}
    try:
        return S3Store(
            bucket.name,
            prefix=prefix or None,
            client_options=client,
            retry_config={"max_retries": RETRIES, "retry_timeout": timedelta(seconds=RETRY_SECONDS)},
            virtual_hosted_style_request=not bucket.path_style,
            **{name: value for name, value in given.items() if value is not None},  # type: ignore[arg-type]  # options
        )
    except _ERRORS as error:
        first = str(error).partition("\n")[0]
        raise InvalidRequest(f"VIBES_MEDIA cannot be opened: {first}") from None


def _address(endpoint: str, bucket: Bucket) -> str:
    """The library wants the bucket in the name of the host where it is to stand there."""
    if bucket.path_style:
        return endpoint
    parts = urlsplit(endpoint)
    return urlunsplit(parts._replace(netloc=f"{bucket.name}.{parts.netloc}"))


def _certificate(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise InvalidRequest(f"VIBES_MEDIA_CA: {path} cannot be read: {error.strerror}") from error
