"""Files that are either complete or absent, even after a power cut."""

import os
from contextlib import suppress
from pathlib import Path

_UNFINISHED = ".part"


def write_durably(path: Path, content: bytes) -> None:
    """Temporary file in the same folder, fsync, rename: a reader never sees half a file. Raises OSError."""
    _write(path, content, durable=True)


def write_whole(path: Path, content: bytes) -> None:
    """The same without the fsync: a power cut may leave it missing, empty or cut off. Raises OSError."""
    _write(path, content, durable=False)


def _write(path: Path, content: bytes, *, durable: bool) -> None:
    temporary = unfinished(path)
    try:
        with temporary.open("wb") as file:
            file.write(content)
            file.flush()
            if durable:
                os.fsync(file.fileno())
        temporary.replace(path)
    except OSError:
        with suppress(OSError):
            temporary.unlink()
        raise


def unfinished(path: Path) -> Path:
    """The path that is written before it is renamed; only a killed process leaves a file there."""
    return path.with_name(f".{path.name}{_UNFINISHED}")


def finished(name: str) -> str:
    """What the file is to be called once it is whole: the name itself where it is."""
    begun = name.startswith(".") and name.endswith(_UNFINISHED)
    return name[1 : -len(_UNFINISHED)] if begun else name


def fsync_folder(folder: Path) -> None:
    """Make the renames in a folder durable."""
    if os.name == "nt":
        return  # Windows cannot open folders; its rename is durable with the file's own flush
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
