"""Results as files that never take the place of another one, and are there as a whole or not at all."""

import os
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

_SHOWN = 3
"""Names that are told; whoever has a thousand pictures knows what is meant."""


def write_new(path: Path, content: bytes, *, overwrite: bool = False) -> Path:
    """Write it there, or, where another file has the name, beside it as ``name-2``, ``name-3`` …; answers where.

    A file of the very same content is left as it is and counts: whoever comes back to a batch gets no copies.
    ``overwrite`` takes the name in any case. Raises OSError.
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
    """Give the file its name, unless another has it: in one step, so that two programs never get the same."""
    try:
        free.hardlink_to(part)
    except FileExistsError:
        return False
    except OSError:  # no hard links there, as on FAT: an empty file claims the name for a moment
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
    """What to tell a person of files that did not get the names that they should have; empty when all did."""
    moved = [(wanted, path.name) for wanted, path in files.items() if wanted != path.name]
    if not moved:
        return ""
    shown = ", ".join(f"{wanted} as {got}" for wanted, got in moved[:_SHOWN])
    more = f" and {len(moved) - _SHOWN} more" if len(moved) > _SHOWN else ""
    return f"earlier files stay as they are: saved {shown}{more}; --overwrite replaces them"
