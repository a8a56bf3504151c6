"""Keeps a second hub from a database file, by an operating-system lock that ends with the process."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from vibes.domain.errors import Conflict, StorageUnavailable

if sys.platform == "win32":
    import msvcrt

    # Windows also prevents reading locked bytes, so this one lies far behind the process id at the file's beginning.
    _LOCKED_BYTE = 1 << 30

    def _lock(descriptor: int) -> None:
        os.lseek(descriptor, _LOCKED_BYTE, os.SEEK_SET)
        msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)

else:
    import fcntl

    def _lock(descriptor: int) -> None:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)


@contextmanager
def only_hub(database: Path) -> Iterator[None]:
    """Hold ``<database>.lock`` during the block.

    Raises Conflict (code ``database_in_use``) when another hub holds it. The file stays afterwards: after removing it
    two hubs could each lock a file of that name.
    """
    lock_file = database.with_name(f"{database.name}.lock")
    try:
        database.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(lock_file, os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise StorageUnavailable(
            f"Cannot write {lock_file} ({error.strerror}): the hub needs the right to write into that folder."
        ) from error
    try:
        _claim(descriptor, database)
        yield
    finally:
        os.close(descriptor)


def _claim(descriptor: int, database: Path) -> None:
    try:
        _lock(descriptor)
    except OSError as error:
        os.lseek(descriptor, 0, os.SEEK_SET)
        holder = os.read(descriptor, 20).decode("ascii", "replace").strip() or "unknown"
        raise Conflict(
            f"The database {database} is in use by another hub (process {holder}). "
            "Stop that one, or start this one with a database of its own.",
            code="database_in_use",
        ) from error
    os.ftruncate(descriptor, 0)
    os.lseek(descriptor, 0, os.SEEK_SET)
    os.write(descriptor, f"{os.getpid()}\n".encode("ascii"))


def holder_of(database: Path) -> int | None:
    """The process that holds the lock, without touching it; None: nobody, or the system does not tell (that needs
    Linux' /proc/locks, whose format proc(5) describes)."""
    try:
        status = database.with_name(f"{database.name}.lock").stat()
        locks = Path("/proc/locks").read_text(encoding="ascii")
    except OSError:
        return None
    file = f"{os.major(status.st_dev):02x}:{os.minor(status.st_dev):02x}:{status.st_ino}"
    for line in locks.splitlines():
        match line.split():
            case [_, "FLOCK", _, "WRITE", pid, place, *_] if place == file:
                return int(pid)
    return None
