"""Files in a folder of this machine: complete or absent, even after a power cut."""

import asyncio
import logging
import os
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Mapping, Sequence
from contextlib import suppress
from pathlib import Path, PurePosixPath
from stat import S_ISREG
from typing import BinaryIO, ParamSpec, Protocol, TypeVar

from vibes.domain.errors import NotFound, StorageUnavailable
from vibes.environment.durable_files import (
    finished,
    fsync_folder,
    not_stale,
    set_times,
    unfinished,
    write_durably,
    write_first,
    write_whole,
)
from vibes.ports.clock import Clock
from vibes.ports.media import StoredFile

logger = logging.getLogger(__name__)

_PIECE_BYTES = 128 * 1024
"""Bytes of a piece when streaming: large enough that a thread call for each piece costs little."""

P = ParamSpec("P")
T = TypeVar("T")


class InThread(Protocol):
    """Runs what may block, elsewhere."""

    def __call__(self, func: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Awaitable[T]: ...


class FolderMediaStore:
    """Implements ``MediaStore``. The folder is created with the first file."""

    def __init__(self, root: Path, clock: Clock, run: InThread = asyncio.to_thread) -> None:
        """``clock``: for the times of files. ``run``: where the disk is waited for."""
        self._root = root
        self._clock = clock
        self._run = run

    async def put(self, files: Mapping[str, bytes], *, remakeable: Collection[str] = ()) -> None:
        await self._run(self._put, files, frozenset(map(self._path, remakeable)), self._now)

    async def put_new(self, key: str, content: bytes) -> bool:
        return await self._run(self._put_new, self._path(key), content)

    async def get(self, key: str) -> bytes:
        return await self._run(self._get, key)

    async def stream(self, key: str, *, start: int = 0, length: int | None = None) -> AsyncIterator[bytes]:
        file = await self._run(self._open, key, start)
        try:
            while length is None or length > 0:
                wanted = _PIECE_BYTES if length is None else min(_PIECE_BYTES, length)
                piece = await self._run(_read, file, wanted)
                if not piece:
                    return
                if length is not None:
                    length -= len(piece)
                yield piece
        finally:
            file.close()

    async def stat(self, key: str) -> StoredFile | None:
        return await self._run(_stat, self._path(key), key)

    async def touch(self, key: str) -> None:
        await self._run(_touch, self._path(key), self._now)

    async def delete(self, keys: Collection[str]) -> None:
        await self._run(self._delete, [self._path(key) for key in keys])

    async def delete_folder(self, folder: str) -> None:
        await self._run(shutil.rmtree, self._path(folder), ignore_errors=True)

    async def list(self, prefix: str) -> Sequence[StoredFile]:
        return await self._run(self._list, prefix)

    async def folders(self) -> Sequence[str]:
        return await self._run(_folders_in, self._root)

    async def link(self, key: str, seconds: int) -> str | None:
        return None

    @property
    def _now(self) -> float:
        return self._clock.now().timestamp()

    def _path(self, key: str) -> Path:
        """NotFound for a key that leads out of the folder, which the hub never makes."""
        relative = PurePosixPath(key)
        if relative.is_absolute() or ".." in relative.parts or not relative.parts:
            raise NotFound(f"the file {key} is missing: there can be none of that name")
        return self._root / relative

    def _put(self, files: Mapping[str, bytes], remakeable: Collection[Path], now: float) -> None:
        contents = {self._path(key): content for key, content in files.items()}
        written: list[Path] = []
        try:
            try:
                _write(contents, remakeable, written, now)
            except FileNotFoundError:  # the folder was empty, and was deleted just now
                _write(contents, remakeable, written, now)
        except OSError as error:
            _unlink_all(written)
            raise self._unwritable(error) from error

    def _put_new(self, path: Path, content: bytes) -> bool:
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            return write_first(path, content)
        except OSError as error:
            raise self._unwritable(error) from error

    def _unwritable(self, error: OSError) -> StorageUnavailable:
        return StorageUnavailable(
            f"could not be written to {self._root}: {error.strerror}. Free some space or check the disk"
        )

    def _get(self, key: str) -> bytes:
        try:
            return not_stale(self._path(key).read_bytes)
        except OSError as error:
            raise _unreadable(key, error) from error

    def _open(self, key: str, start: int) -> BinaryIO:
        try:
            file = not_stale(self._path(key).open, "rb")
        except OSError as error:
            raise _unreadable(key, error) from error
        file.seek(start)
        return file

    def _delete(self, paths: Sequence[Path]) -> None:
        _unlink_all(paths)
        for folder in {path.parent for path in paths} - {self._root}:
            with suppress(OSError):  # not empty, or already gone
                folder.rmdir()

    def _list(self, prefix: str) -> Sequence[StoredFile]:
        folder, slash, start = prefix.rpartition("/")
        path = self._path(folder) if folder else self._root
        try:
            names = {finished(entry.name): entry.name for entry in not_stale(os.scandir, path)}
        except (FileNotFoundError, NotADirectoryError):
            return []
        except OSError as error:
            raise StorageUnavailable(f"the files in {path} cannot be listed: {error.strerror}") from error
        files = ((f"{folder}{slash}{name}", entry) for name, entry in names.items() if name.startswith(start))
        return [file for key, entry in files if (file := _stat(path / entry, key)) is not None]


def _write(contents: Mapping[Path, bytes], remakeable: Collection[Path], written: list[Path], now: float) -> None:
    """Adds each file to ``written`` once it exists."""
    folders = {path.parent for path in contents}
    for folder in folders:
        if not folder.is_dir():
            folder.mkdir(parents=True, exist_ok=True)
            fsync_folder(folder.parent)
    for path, content in contents.items():
        write = write_whole if path in remakeable else write_durably
        not_stale(write, path, content)
        written.append(path)
        set_times(path, now, now)
    for folder in folders:
        fsync_folder(folder)


def _read(file: BinaryIO, size: int) -> bytes:
    try:
        return file.read(size)
    except OSError as error:
        raise StorageUnavailable(f"a file cannot be read any further: {error.strerror}") from error


def _stat(path: Path, key: str) -> StoredFile | None:
    try:
        status = not_stale(path.stat)
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        raise StorageUnavailable(f"the file {key} cannot be read: {error.strerror}") from error
    if not S_ISREG(status.st_mode):
        return None
    return StoredFile(key, status.st_size, status.st_mtime, max(status.st_atime, status.st_mtime))


def _touch(path: Path, now: float) -> None:
    """The time of access is that of the last use; a file system that updates it only makes it later."""
    with suppress(OSError):
        os.utime(path, (now, path.stat().st_mtime))


def _folders_in(root: Path) -> list[str]:
    try:
        return [entry.name for entry in not_stale(os.scandir, root) if entry.is_dir()]
    except (FileNotFoundError, NotADirectoryError):
        return []
    except OSError as error:
        raise StorageUnavailable(f"the folders in {root} cannot be listed: {error.strerror}") from error


def _unreadable(key: str, error: OSError) -> NotFound | StorageUnavailable:
    if isinstance(error, FileNotFoundError | NotADirectoryError | IsADirectoryError):
        return NotFound(f"the file {key} is missing on disk")
    return StorageUnavailable(f"the file {key} cannot be read: {error.strerror}")


def _unlink_all(paths: Collection[Path]) -> None:
    for path in paths:
        for each in (path, unfinished(path)):
            try:
                each.unlink(missing_ok=True)
            except OSError as error:
                logger.warning("%s stays although nothing names it any more: %s", each, error.strerror)
