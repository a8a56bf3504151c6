"""A generation's images in the store: checked before, found by id."""

import asyncio
import hashlib
import re
from collections.abc import AsyncIterator, Collection, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial
from weakref import WeakValueDictionary

from vibes.documents.exif_writing import with_user_comment
from vibes.documents.png_texts import with_text
from vibes.documents.without_metadata import MetadataStays, without_metadata
from vibes.domain.errors import InvalidRequest, NotFound, StorageUnavailable
from vibes.domain.generation import StoredImage
from vibes.domain.ids import GenerationId, SessionId
from vibes.domain.pictures.media_type import MediaType
from vibes.ports.media import MediaStore, StoredFile
from vibes.ports.observing.measures import SHORT_SECONDS, Histogram
from vibes.services.media.decoding_pool import DecodingPool, Lane
from vibes.services.media.examination import Examined, examine, examine_kept
from vibes.services.media.image_codec import BrokenPicture

_SUFFIXES = "|".join(re.escape(each.suffix) for each in MediaType)
_NAME = re.compile(rf"([0-9a-f-]{{36}})(?:_\d{{1,3}})?(?:_thumb\.jpg|{_SUFFIXES})")
"""The names of a generation's files."""
_JPEG_START, _JPEG_END = b"\xff\xd8", b"\xff\xd9"


@dataclass(frozen=True, slots=True)
class NewImage:
    """A file from a node as it will be kept: examined, with its A1111 parameters: a PNG, and a JPEG or WebP that tells
    nothing itself."""

    file: Examined
    sha256: str
    """Of the file, in hexadecimal digits."""
    graph_node: str = ""
    """The graph node that saved it, if known."""


@dataclass(frozen=True, slots=True)
class Links:
    """That browsers may read pictures from the store itself."""

    seconds: int
    """How long an address is good for."""
    origin: str
    """Whose addresses those are: ``https://host``."""


class ImageStore:
    """``{session_id}/{generation_id}.png`` and ``…_thumb.jpg``; those of image 1 and following are
    ``{generation_id}_1.png`` and so on, each with the suffix of its media type."""

    def __init__(self, files: MediaStore, decoding: DecodingPool | None = None, links: Links | None = None) -> None:
        """``decoding``: where pictures are decoded; default: threads of its own. ``links``: None where the hub alone
        hands pictures out."""
        self.links = links
        self._files = files
        self._decoding = decoding or DecodingPool()
        self._remaking: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        self.write_seconds = Histogram(SHORT_SECONDS)
        """Of the images of a generation, all together, until they would survive a power cut."""

    async def examine(self, content: bytes, parameters: str) -> NewImage:
        """Check a file from a node, and add the A1111 ``parameters`` to a PNG, and to a JPEG or WebP without EXIF.

        Raises NodeMisbehaved when it is cut off or broken, OutputRefused when its type is not kept."""
        return await self._decoding.run(Lane.NODES, content, partial(new_image, parameters=parameters))

    async def save(
        self, session_id: SessionId, generation_id: GenerationId, images: Sequence[NewImage]
    ) -> tuple[StoredImage, ...]:
        """Write all; on return they survive a power cut, but for their thumbnails, which are made anew when asked for.

        Overwrites what another attempt at this generation may have left. Raises StorageUnavailable when they cannot be
        written, and then nothing of them is left.
        """
        stored, contents = _named(f"{session_id}/{generation_id}", images)
        began_at = asyncio.get_running_loop().time()
        try:
            await self._files.put(contents, remakeable=[image.thumbnail_path for image in stored])
        except StorageUnavailable as error:
            raise StorageUnavailable(f"the image {error.message}; the work is kept and will be tried again") from error
        self.write_seconds.observe(asyncio.get_running_loop().time() - began_at)
        return stored

    async def file(self, image: StoredImage) -> StoredFile:
        """Its file as it is now. Raises NotFound when it does not exist."""
        file = await self._files.stat(image.image_path)
        if file is None:
            raise _missing(image)
        return file

    async def link(self, image: StoredImage) -> str | None:
        """Where a browser may get the file for `links` seconds; None: from the hub."""
        return None if self.links is None else await self._files.link(image.image_path, self.links.seconds)

    async def read(self, image: StoredImage) -> bytes:
        """Raises NotFound when the file does not exist, StorageUnavailable when it cannot be read."""
        return await self._files.get(image.image_path)

    async def without_metadata(self, image: StoredImage) -> bytes:
        """The file without what it was made with; its pixels and colours stay as they are. Raises like `read`, and
        InvalidRequest for a video or a damaged file, whose metadata cannot be left out."""
        content = await self.read(image)
        try:
            return await asyncio.to_thread(without_metadata, content)
        except MetadataStays as error:
            raise InvalidRequest(f"the metadata of this file stays: {error}", code="metadata_stays") from error

    def stream(self, image: StoredImage, *, start: int = 0, length: int | None = None) -> AsyncIterator[bytes]:
        """A part of the file, in pieces. Raises like `read`."""
        return self._files.stream(image.image_path, start=start, length=length)

    async def written_at(self, image: StoredImage) -> float | None:
        """Seconds since 1970; None when its file does not exist."""
        file = await self._files.stat(image.image_path)
        return None if file is None else file.written_at

    async def thumbnail(self, image: StoredImage) -> bytes:
        """The thumbnail; if it is lost or damaged it is made again from the image, and kept if the store allows.

        Raises NotFound when the image is missing or damaged too.
        """
        return await self._kept_thumbnail(image) or await self._thumbnail_anew(image)

    async def _kept_thumbnail(self, image: StoredImage) -> bytes | None:
        """Judged by its first and last two bytes, which a file cut off by a crash or a full disk lacks."""
        try:
            content = await self._files.get(image.thumbnail_path)
        except (NotFound, StorageUnavailable):
            return None
        return content if content.startswith(_JPEG_START) and content.endswith(_JPEG_END) else None

    async def _thumbnail_anew(self, image: StoredImage) -> bytes:
        async with self._remaking.setdefault(image.thumbnail_path, asyncio.Lock()):
            kept = await self._kept_thumbnail(image)
            if kept is not None:  # another request made it at the same time
                return kept
            content = await self.read(image)
            try:
                examined = await self._decoding.run(Lane.PEOPLE, content, examine_kept)
            except BrokenPicture as error:
                raise damaged(f"the image file {image.image_path}", error) from error
            with suppress(StorageUnavailable):
                await self._files.put({image.thumbnail_path: examined.thumbnail}, remakeable=[image.thumbnail_path])
            if await self._files.stat(image.image_path) is None:  # nothing is kept for a deleted image
                await self._files.delete([image.thumbnail_path])
            return examined.thumbnail

    async def delete(self, paths: Collection[str]) -> None:
        """Delete files by the paths in their rows; missing ones are ignored."""
        await self._files.delete(paths)

    async def sessions(self) -> list[SessionId]:
        """Sessions that have files."""
        return [SessionId(folder) for folder in await self._files.folders()]

    async def unnamed(self, session_id: SessionId, named: Collection[str]) -> set[GenerationId]:
        """Generations of files, complete or begun, of a session that are not among ``named``."""
        keys = [file.key for file in await self._files.list(f"{session_id}/") if file.key not in named]
        return {found for key in keys if (found := _generation_of(key)) is not None}

    async def delete_remains(
        self, session_id: SessionId, generation_ids: Collection[GenerationId], named: Collection[str] = ()
    ) -> bool:
        """Delete what is kept for these generations of a session, complete or begun, except what their rows name; True
        when there was any. Lists the session's files once, however many generations."""
        alone = next(iter(generation_ids)) if len(generation_ids) == 1 else ""
        files = await self._files.list(f"{session_id}/{alone}")
        unnamed = [file.key for file in files if file.key not in named]
        remains = [key for key in unnamed if _generation_of(key) in generation_ids]
        await self._files.delete(remains)
        return bool(remains)

    async def delete_session(self, session_id: SessionId) -> None:
        await self._files.delete_folder(session_id)


def new_image(content: bytes, parameters: str) -> NewImage:
    """What `ImageStore.examine` answers, computed at once."""
    file = examine(content)
    if file.media_type is MediaType.PNG:
        file = replace(file, content=with_text(file.content, "parameters", parameters))
    elif file.media_type in {MediaType.JPEG, MediaType.WEBP}:
        file = replace(file, content=with_user_comment(file.content, parameters))
    return NewImage(file, hashlib.sha256(file.content).hexdigest())


def _named(stem: str, images: Sequence[NewImage]) -> tuple[tuple[StoredImage, ...], dict[str, bytes]]:
    """What to tell about the images, and what to write: each thumbnail before its image."""
    stored: list[StoredImage] = []
    contents: dict[str, bytes] = {}
    for index, new in enumerate(images):
        file = new.file
        name = stem if index == 0 else f"{stem}_{index}"
        image = StoredImage(
            image_path=f"{name}{file.media_type.suffix}",
            thumbnail_path=f"{name}_thumb.jpg",
            sha256=new.sha256,
            width=file.width,
            height=file.height,
            size_bytes=len(file.content),
            media_type=file.media_type,
            graph_node=new.graph_node,
        )
        contents |= {image.thumbnail_path: file.thumbnail, image.image_path: file.content}
        stored.append(image)
    return tuple(stored), contents


def _generation_of(key: str) -> GenerationId | None:
    """Whose file it is; None: nobody's."""
    match = _NAME.fullmatch(key.rpartition("/")[2])
    return None if match is None else GenerationId(match[1])


def _missing(image: StoredImage) -> NotFound:
    return NotFound(f"the image file {image.image_path} is missing on disk")


def damaged(what: str, error: BrokenPicture) -> NotFound:
    """The error for a stored picture that is damaged."""
    why = str(error).removeprefix("it is damaged: ")
    return NotFound(f"{what} is damaged on disk ({why}): start from another, or make it anew", code="damaged_picture")
