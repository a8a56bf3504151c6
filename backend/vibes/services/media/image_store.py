"""Images on disk: checked, written so that a crash leaves either the whole file or none, found again by id."""

import asyncio
import hashlib
import logging
import os
import re
import shutil
from collections.abc import Collection, Iterable
from contextlib import suppress
from pathlib import Path
from weakref import WeakValueDictionary

from vibes.domain.errors import NodeMisbehaved, NotFound, OutputRefused, StorageUnavailable
from vibes.domain.generation import Generation, StoredImage
from vibes.domain.ids import GenerationId, SessionId
from vibes.services.media.decoding_pool import DecodingPool, Lane
from vibes.services.media.image_codec import BrokenPicture, Looked, TooManyPixels, look_at, other_format
from vibes.services.media.png_chunks import without_tail
from vibes.services.media.png_texts import with_text
from vibes.services.runtime.durable_files import fsync_folder, unfinished, write_durably

logger = logging.getLogger(__name__)

_FILE = re.compile(r"\.?([0-9a-f-]{36})(?:\.png|_thumb\.jpg)(?:\.part)?")
"""How the files of a picture are called, whole or not."""
_PNG_START = b"\x89PNG"
_PNG_END = b"IEND\xaeB`\x82"
_JPEG_START, _JPEG_END = b"\xff\xd8", b"\xff\xd9"


class ImageStore:
    """Everything below ``root``: ``{session_id}/{generation_id}.png`` and ``…_thumb.jpg`` beside it."""

    def __init__(self, root: Path, decoding: DecodingPool | None = None) -> None:
        """``decoding``: where pictures are decoded; by default in threads of its own."""
        self._root = root
        self._decoding = decoding or DecodingPool()
        self._remaking: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    async def save(
        self, session_id: SessionId, generation_id: GenerationId, png: bytes, parameters: str
    ) -> StoredImage:
        """Check, add the A1111 ``parameters`` text, write and fsync; afterwards the picture survives a power cut.

        Writes over what another attempt at this generation may have left. Bytes behind the end of the picture are
        dropped. Raises NodeMisbehaved when the bytes are no whole PNG, OutputRefused when they are some other picture,
        StorageUnavailable when the disk refuses, and then nothing of it is left there.
        """
        whole, looked = await self._decoding.run(Lane.NODES, png, _look_at)
        return await asyncio.to_thread(self._save, session_id, generation_id, whole, looked, parameters)

    async def check(self, png: bytes) -> None:
        """Raises what `save` would raise about these bytes, and writes nothing."""
        await self._decoding.run(Lane.NODES, png, _look_at)

    def _save(
        self, session_id: SessionId, generation_id: GenerationId, png: bytes, looked: Looked, parameters: str
    ) -> StoredImage:
        content = with_text(png, "parameters", parameters)
        image_path, thumbnail_path = self._paths(session_id, generation_id)
        folder = image_path.parent
        try:
            if not folder.is_dir():
                folder.mkdir(parents=True, exist_ok=True)
                fsync_folder(self._root)
            write_durably(thumbnail_path, looked.thumbnail)
            write_durably(image_path, content)
            fsync_folder(folder)
        except OSError as error:
            _unlink_all([image_path, thumbnail_path])
            raise StorageUnavailable(
                f"the image could not be written to {self._root}: {error.strerror}. Free some space or check the "
                "disk; the work is kept and will be tried again"
            ) from error
        return StoredImage(
            image_path=f"{session_id}/{image_path.name}",
            thumbnail_path=f"{session_id}/{thumbnail_path.name}",
            sha256=hashlib.sha256(content).hexdigest(),
            width=looked.width,
            height=looked.height,
            size_bytes=len(content),
        )

    def _paths(self, session_id: SessionId, generation_id: GenerationId) -> tuple[Path, Path]:
        """The picture and its thumbnail."""
        folder = self._root / session_id
        return folder / f"{generation_id}.png", folder / f"{generation_id}_thumb.jpg"

    def path_of(self, image: StoredImage) -> Path:
        """Where its file should be."""
        return self._root / image.image_path

    def locate(self, relative_path: str) -> Path:
        """The file of a stored path; NotFound when it is not there."""
        path = self._root / relative_path
        if not path.is_file():
            raise NotFound(f"the image file {relative_path} is missing on disk")
        return path

    async def read(self, image: StoredImage) -> bytes:
        """Raises NotFound when the file is not there, StorageUnavailable when it cannot be read."""
        return await asyncio.to_thread(_content, self.locate(image.image_path))

    def thumbnail(self, image: StoredImage) -> Path | None:
        """Its file; None when it is lost or no whole JPEG, and `thumbnail_anew` makes another."""
        path = self._root / image.thumbnail_path
        return path if _is_whole_jpeg(path) else None

    async def thumbnail_anew(self, image: StoredImage) -> bytes:
        """Out of the picture, and kept, if the disk lets it be. Raises NotFound when that is not there or damaged."""
        async with self._remaking.setdefault(image.thumbnail_path, asyncio.Lock()):
            path = self.thumbnail(image)
            if path is not None:  # somebody else asked for it at the same time
                return await asyncio.to_thread(_content, path)
            png = await self.read(image)
            try:
                looked = await self._decoding.run(Lane.PEOPLE, png, look_at)
            except BrokenPicture as error:
                raise damaged(f"the image file {image.image_path}", error) from error
            with suppress(OSError):
                await asyncio.to_thread(self._keep_thumbnail, image, looked.thumbnail)
            return looked.thumbnail

    def _keep_thumbnail(self, image: StoredImage, thumbnail: bytes) -> None:
        """Of a picture that was deleted meanwhile nothing is kept."""
        path = self._root / image.thumbnail_path
        write_durably(path, thumbnail)
        if not self.path_of(image).is_file():
            path.unlink()

    async def delete(self, generations: Iterable[Generation]) -> None:
        """Remove the files of these generations; what is already gone is fine."""
        paths = [
            self._root / relative
            for generation in generations
            if generation.image is not None
            for relative in (generation.image.image_path, generation.image.thumbnail_path)
        ]
        await asyncio.to_thread(_unlink_all, paths)

    async def delete_files(self, paths: Iterable[str]) -> None:
        """Remove these, as rows named them, and the folders that are empty then; what is already gone is fine."""
        await asyncio.to_thread(self._delete_files, list(paths))

    def _delete_files(self, paths: list[str]) -> None:
        files = [self._root / relative for relative in paths]
        _unlink_all(files)
        for folder in {file.parent for file in files} - {self._root}:
            with suppress(OSError):
                folder.rmdir()

    async def sessions(self) -> list[SessionId]:
        """Those that have a folder."""
        return await asyncio.to_thread(_sessions_in, self._root)

    async def unnamed(self, session_id: SessionId, named: Collection[str]) -> set[GenerationId]:
        """The generations of files, whole or begun, that are in a session's folder and not among ``named``."""
        return await asyncio.to_thread(_unnamed_in, self._root / session_id, named)

    async def delete_remains(self, session_id: SessionId, generation_id: GenerationId) -> None:
        """Remove what a process that was killed left of a picture that no row has, whole or begun."""
        paths = self._paths(session_id, generation_id)
        await asyncio.to_thread(_unlink_all, [*paths, *map(unfinished, paths)])

    async def delete_session(self, session_id: SessionId) -> None:
        await asyncio.to_thread(shutil.rmtree, self._root / session_id, ignore_errors=True)


def _look_at(content: bytes) -> tuple[bytes, Looked]:
    """The picture without what stands behind its end, and what it looks like. Every checksum is verified, so that a
    damaged file is found now and not by a person later."""
    png = without_tail(content)
    other = None if png.startswith(_PNG_START) else other_format(png)
    if other is not None:
        raise OutputRefused(f"the workflow saves {other} pictures, the hub takes PNG: give it a SaveImage")
    if not png.endswith(_PNG_END):
        raise NodeMisbehaved("the node sent a truncated image")
    try:
        return png, look_at(png)
    except TooManyPixels as error:
        raise OutputRefused(f"the picture is too large: {error}") from error
    except BrokenPicture as error:
        raise NodeMisbehaved(f"the node sent a broken image: {error}") from error


def _sessions_in(root: Path) -> list[SessionId]:
    try:
        return [SessionId(entry.name) for entry in root.iterdir() if entry.is_dir()]
    except OSError:
        return []


def _unnamed_in(folder: Path, named: Collection[str]) -> set[GenerationId]:
    try:
        names = [entry.name for entry in folder.iterdir() if f"{folder.name}/{entry.name}" not in named]
    except OSError:
        return set()
    return {GenerationId(match[1]) for name in names if (match := _FILE.fullmatch(name))}


def damaged(what: str, error: BrokenPicture) -> NotFound:
    """What to tell a person of a stored picture that no longer is one."""
    why = str(error).removeprefix("it is damaged: ")
    return NotFound(f"{what} is damaged on disk ({why}): start from another, or make it anew", code="damaged_picture")


def _is_whole_jpeg(path: Path) -> bool:
    """By its first and last two bytes, which a file that a crash or a full disk cut off has not."""
    try:
        with path.open("rb") as file:
            first = file.read(len(_JPEG_START))
            file.seek(-len(_JPEG_END), os.SEEK_END)
            return (first, file.read()) == (_JPEG_START, _JPEG_END)
    except OSError:  # not there, empty, a folder, not to be read
        return False


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError as error:
        raise NotFound(f"the image file {path.name} is missing on disk") from error
    except OSError as error:
        raise StorageUnavailable(f"the image file {path.name} cannot be read: {error.strerror}") from error


def _unlink_all(paths: list[Path]) -> None:
    """What cannot be deleted stays: it is only untidy, and keeps nobody from anything."""
    for path in paths:
        try:
            path.unlink(missing_ok=True)
        except OSError as error:
            logger.warning("%s stays although nothing names it any more: %s", path, error.strerror)
