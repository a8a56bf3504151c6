"""Where pictures are written: inside of one folder, whatever names a request brings."""

import hashlib
import re
from itertools import count
from pathlib import Path

from vibes.generators.errors import InvalidInput

_LONGEST = 100
"""Characters of a name: every file system takes 255 bytes, and suffixes come on top."""
_PLAIN = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]*")
_EXTENSION = re.compile(r"[A-Za-z0-9]{1,10}")
_RESERVED = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d)(?:\..*)?", re.IGNORECASE)
"""Names that Windows keeps for its devices."""


def plain_name(name: str) -> str:
    """A file name of letters, digits, dots, dashes and underscores. A name that is one already stays; another one gets
    a few digits of its hash, so that different names stay different."""
    if _PLAIN.fullmatch(name) and len(name) <= _LONGEST and not _RESERVED.fullmatch(name) and not name.endswith("."):
        return name
    readable = re.sub(r"[^A-Za-z0-9_-]+", "-", name).strip("-")[: _LONGEST - 20]
    digest = hashlib.sha256(name.encode("utf-8", "surrogatepass")).hexdigest()[:12]
    return f"{readable}-{digest}" if readable and not _RESERVED.fullmatch(readable) else f"x-{digest}"


def output_path(folder: Path, name: str, extension: str, sub_dir: str | None = None) -> Path:
    """A file in ``folder`` that does not exist yet, its own folder being made; ``-2``, ``-3`` … tells it from those
    that do. ``sub_dir`` is one or several names with slashes between; InvalidInput where it, or a link in it, leads
    out of the folder."""
    suffix = extension.removeprefix(".")
    if not _EXTENSION.fullmatch(suffix):
        raise InvalidInput(f"{extension!r} is no suffix of a file")
    within = folder_within(folder, sub_dir)
    within.mkdir(parents=True, exist_ok=True)
    stem = plain_name(name)
    names = (f"{stem}-{number}" if number > 1 else stem for number in count(1))
    return next(path for each in names if not (path := within / f"{each}.{suffix}").exists())


def folder_within(folder: Path, sub_dir: str | None) -> Path:
    """As `output_path`, without making it."""
    if not sub_dir:
        return folder
    parts = sub_dir.split("/")
    if any(not _is_name(part) for part in parts):
        raise InvalidInput(f"{sub_dir!r} is no folder inside of the output folder")
    within = folder.joinpath(*parts)
    if not within.resolve().is_relative_to(folder.resolve()):
        raise InvalidInput(f"{sub_dir!r} leads out of the output folder")
    return within


def _is_name(part: str) -> bool:
    forbidden = {"", ".", ".."}
    return (
        part not in forbidden
        and len(part) <= _LONGEST
        and not re.search(r'[\x00-\x1f<>:"\\|?*]', part)
        and not part.endswith((".", " "))
        and not _RESERVED.fullmatch(part)
    )
