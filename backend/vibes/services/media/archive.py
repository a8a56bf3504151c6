"""Pictures in one zip: what is there goes in, what is not is noted."""

import tempfile
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from stat import S_IFREG

from vibes.domain.errors import NotFound, StorageUnavailable

NOTE_NAME = "MISSING.txt"


@dataclass(frozen=True, slots=True)
class PictureFile:
    """``name``: within the zip. ``size_bytes``: what it had when it was stored."""

    name: str
    path: Path
    size_bytes: int


@dataclass(frozen=True, slots=True)
class Archive:
    """A temporary file, which whoever has it deletes."""

    path: Path
    missing: int
    """Pictures that are noted in it as lost or damaged."""


def zip_pictures(files: Sequence[PictureFile], now: datetime) -> Archive:
    """``now``: the date of a note in it.

    Raises NotFound when not one of them is there, StorageUnavailable when the zip cannot be written.
    """
    notes: list[str] = []
    with tempfile.NamedTemporaryFile(suffix=".zip", delete=False) as file:
        archive_path = Path(file.name)
        try:
            with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:  # a PNG does not get smaller
                written = sum(_add(archive, each, notes) for each in files)
                if notes:
                    archive.writestr(_entry(NOTE_NAME, now.timestamp()), _note(notes))
        except OSError as error:
            archive_path.unlink()
            raise StorageUnavailable(f"the archive could not be written: {error.strerror}. Free some space") from error
    if not written:
        archive_path.unlink()
        raise NotFound(f"not one of these {len(files)} picture files is there any more", code="no_image")
    return Archive(archive_path, len(notes))


def _add(archive: zipfile.ZipFile, file: PictureFile, notes: list[str]) -> bool:
    try:
        content, changed_at = file.path.read_bytes(), file.path.stat().st_mtime
    except OSError as error:
        notes.append(f"{file.name}: is missing on disk ({error.strerror})")
        return False
    if len(content) != file.size_bytes:
        notes.append(f"{file.name}: is damaged on disk, {len(content):,} of {file.size_bytes:,} bytes are there")
    archive.writestr(_entry(file.name, changed_at), content)
    return True


def _entry(name: str, at: float) -> zipfile.ZipInfo:
    local = datetime.fromtimestamp(at).astimezone().timetuple()[:6]
    entry = zipfile.ZipInfo(name, max(local, (1980, 1, 1, 0, 0, 0)))  # a zip knows no earlier time
    entry.external_attr = (S_IFREG | 0o644) << 16
    return entry


def _note(notes: Sequence[str]) -> str:
    return "These pictures are not in this archive as they should be:\n\n" + "\n".join(notes) + "\n"
