"""Files that are either complete or absent, even after a power cut."""

import errno
import os
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")

_UNFINISHED = ".part"
_CANNOT = frozenset(
    {errno.EINVAL, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS, errno.EPERM, errno.EACCES, errno.EBADF}
)
"""What file systems of a network answer to what they do not offer, or not to this user."""


def write_durably(path: Path, content: bytes, *, mode: int | None = None) -> None:
    """Temporary file in the same folder, fsync, rename: a reader never sees half a file. Raises OSError.

    ``mode``: its permissions; None: as the process makes files.
    """
    _write(path, content, durable=True, mode=mode)


def write_whole(path: Path, content: bytes) -> None:
    """The same without the fsync: a power cut may leave it missing, empty or cut off. Raises OSError."""
    _write(path, content, durable=False)


def _write(path: Path, content: bytes, *, durable: bool, mode: int | None = None) -> None:
    temporary = unfinished(path)
    try:
        _fill(temporary, content, durable=durable)
        if mode is not None:
            temporary.chmod(mode)
        try:
            temporary.replace(path)
        except OSError as error:
            if error.errno != errno.EXDEV:
                raise
            _fill_in_place(path, content, durable=durable)
            temporary.unlink()
    except OSError:
        with suppress(OSError):
            temporary.unlink()
        raise


def _fill_in_place(path: Path, content: bytes, *, durable: bool) -> None:
    """For a folder that is put together out of several disks, whose files cannot change their names within it: a reader
    may see half a file, so whoever names it has to do so afterwards."""
    try:
        _fill(path, content, durable=durable)
    except OSError:
        with suppress(OSError):
            path.unlink()
        raise


def _fill(path: Path, content: bytes, *, durable: bool) -> None:
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        if durable:
            os.fsync(file.fileno())


def write_first(path: Path, content: bytes) -> bool:
    """Write it durably unless the file exists; answers whether it was written. A reader may see it empty meanwhile.
    Needs no hard links, which many shares do not have. Raises OSError."""
    try:
        with path.open("xb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
    except FileExistsError:
        return False
    fsync_folder(path.parent)
    return True


def set_times(path: Path, used: float, written: float) -> None:
    """Its times in seconds since 1970, as far as the file system lets this user set them."""
    try:
        os.utime(path, (used, written))
    except OSError as error:
        if error.errno not in _CANNOT:
            raise


def not_stale(action: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Do it, once more where a share says that what it knew of the file is out of date (ESTALE): it looks anew then."""
    try:
        return action(*args, **kwargs)
    except OSError as error:
        if error.errno != errno.ESTALE:
            raise
        return action(*args, **kwargs)


def unfinished(path: Path) -> Path:
    """The path that is written before it is renamed; only a killed process leaves a file there."""
    return path.with_name(f".{path.name}{_UNFINISHED}")


def finished(name: str) -> str:
    """What the file is to be called once it is whole: the name itself where it is."""
    begun = name.startswith(".") and name.endswith(_UNFINISHED)
    return name[1 : -len(_UNFINISHED)] if begun else name


def fsync_folder(folder: Path) -> None:
    """Make the renames in a folder durable. Some shares cannot flush a folder: theirs are durable, or nothing makes
    them so."""
    if os.name == "nt":
        return  # Windows cannot open folders; its rename is durable with the file's own flush
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    except OSError as error:
        if error.errno not in _CANNOT:
            raise
    finally:
        os.close(descriptor)
