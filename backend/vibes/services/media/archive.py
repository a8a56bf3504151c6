"""Images in one zip; missing ones are noted in it, and so is what keeps its metadata where none is wanted."""

import asyncio
import tempfile
import time
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from stat import S_IFREG

from vibes.documents.without_metadata import MetadataStays, without_metadata
from vibes.domain.errors import HubError, InvalidRequest, NotFound, StorageUnavailable
from vibes.domain.generation import StoredImage
from vibes.services.media.image_store import ImageStore

NOTE_NAME = "MISSING.txt"


@dataclass(frozen=True, slots=True)
class ArchivedImage:
    """``name``: within the zip."""

    name: str
    image: StoredImage


@dataclass(frozen=True, slots=True)
class Archive:
    """A temporary file, which the caller deletes."""

    path: Path
    missing: int
    """Number of images that are noted: lost, damaged, or left out since their metadata cannot be."""


async def zip_images(
    wanted: Sequence[ArchivedImage], images: ImageStore, now: datetime, *, metadata: bool = True
) -> Archive:
    """``now``: the date of a note in it. ``metadata``: False leaves out what each was made with, and whole files out of
    which that cannot be taken, such as videos.

    Raises NotFound when none of them exists, StorageUnavailable when the zip cannot be written.
    """
    try:
        with tempfile.NamedTemporaryFile(suffix=".zip", delete=False) as file:
            path = Path(file.name)
            try:
                with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:  # images do not shrink
                    notes = await _fill(archive, wanted, images, now.timestamp(), metadata=metadata)
            except BaseException:
                await asyncio.to_thread(path.unlink, missing_ok=True)
                raise
    except OSError as error:
        raise StorageUnavailable(f"the archive could not be written: {error.strerror}. Free some space") from error
    return Archive(path, len(notes))


async def _fill(
    archive: zipfile.ZipFile, wanted: Sequence[ArchivedImage], images: ImageStore, now: float, *, metadata: bool
) -> list[str]:
    """Write the images, and after them a note about those that are not there as they should be."""
    notes: list[str] = []
    for each in wanted:
        try:
            content = await images.read(each.image)
            written_at = await images.written_at(each.image)
        except (NotFound, StorageUnavailable) as error:
            lost = "is missing on disk" if isinstance(error, NotFound) else error.message
            notes.append(f"{each.name}: {lost}")
            continue
        try:
            kept = content if metadata else await asyncio.to_thread(without_metadata, content)
        except MetadataStays as error:
            notes.append(f"{each.name}: is left out, since its metadata cannot be: {error}")
            continue
        if len(content) != each.image.size_bytes:
            sizes = f"{len(content):,} of {each.image.size_bytes:,} bytes are there"
            notes.append(f"{each.name}: is damaged on disk, {sizes}")
        entry = _entry(each.name, written_at or now)
        await asyncio.to_thread(archive.writestr, entry, kept)
    if not archive.filelist:
        raise _nothing(wanted, notes, metadata=metadata)
    if notes:
        archive.writestr(_entry(NOTE_NAME, now), _note(notes))
    return notes


def _nothing(wanted: Sequence[ArchivedImage], notes: Sequence[str], *, metadata: bool) -> HubError:
    if metadata:
        return NotFound(f"not one of these {len(wanted)} picture files is there any more", code="no_image")
    return InvalidRequest(f"none of them can be had without metadata: {notes[0]}", code="metadata_stays")


def _entry(name: str, at: float) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, max(time.localtime(at)[:6], (1980, 1, 1, 0, 0, 0)))  # zip has no earlier dates
    entry.external_attr = (S_IFREG | 0o644) << 16
    return entry


def _note(notes: Sequence[str]) -> str:
    return "These pictures are not in this archive as they should be:\n\n" + "\n".join(notes) + "\n"
