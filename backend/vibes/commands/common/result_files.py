"""Writes results as whole files that never replace another file."""

import os
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from vibes.domain.pictures.media_type import media_type_of

_SHOWN = 3
"""Most names in a message."""
_OTHER_SUFFIX = ".bin"
"""For a type that only a newer hub knows: no program opens or runs such a file by itself."""


def with_true_suffix(name: str, content: bytes) -> str:
    """The name with the suffix of what the content is, whatever the hub says of it."""
    media_type = media_type_of(content)
    return f"{Path(name).stem}{_OTHER_SUFFIX if media_type is None else media_type.suffix}"


def write_new(path: Path, content: bytes, *, overwrite: bool = False) -> Path:
    """Write the file, or beside it as ``name-2``, ``name-3`` … when another file has the name; answers where.

    A file with equal content counts as written, so that coming back to a batch makes no copies. ``overwrite`` replaces
    another file. Raises OSError.
    """
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    part.write_bytes(content)
    try:
        if overwrite:
            return part.replace(path)
        free, number = path, 1
        while not (_claimed(part, free) or _holds(free, content)):
            number += 1
            free = path.with_stem(f"{path.stem}-{number}")
        return free
    finally:
        with suppress(OSError):
            part.unlink(missing_ok=True)


def _claimed(part: Path, free: Path) -> bool:
    """Give the file its name unless another has it, in one step, so that two programs never get the same name."""
    try:
        free.hardlink_to(part)
    except FileExistsError:
        return False
    except OSError:  # no hard links, as on FAT: an empty file takes the name for a moment
        try:
            free.open("xb").close()
        except FileExistsError:
            return False
        part.replace(free)
    return True


def _holds(path: Path, content: bytes) -> bool:
    try:
        return path.stat().st_size == len(content) and path.read_bytes() == content
    except OSError:
        return False


def renamed(files: Mapping[str, Path]) -> str:
    """A message about files that did not get their intended names; empty when all did."""
    moved = [(wanted, path.name) for wanted, path in files.items() if wanted != path.name]
    if not moved:
        return ""
    shown = ", ".join(f"{wanted} as {got}" for wanted, got in moved[:_SHOWN])
    more = f" and {len(moved) - _SHOWN} more" if len(moved) > _SHOWN else ""
    return f"earlier files stay as they are: saved {shown}{more}; --overwrite replaces them"
