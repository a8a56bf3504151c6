"""Reads a file that people edit, without blocking and with a size limit."""

import errno
import os
import stat
from pathlib import Path

LONGEST_BYTES = 8 * 1024 * 1024


def read_edited(path: Path) -> bytes:
    """Raises OSError, its ``strerror`` the end of a sentence; also for anything but a regular file.

    Opening a named pipe would wait for its writer, and a device may have no end: either would block a thread for ever,
    and with it the hub's shutdown.
    """
    with open(path, "rb", opener=_at_once) as file:
        if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            raise OSError(errno.EINVAL, "it is no regular file, but a pipe or a device")
        content = file.read(LONGEST_BYTES + 1)
    if len(content) > LONGEST_BYTES:
        raise OSError(errno.EFBIG, f"it is larger than {LONGEST_BYTES // 1024**2} MiB")
    return content


def _at_once(path: str, flags: int) -> int:
    return os.open(path, flags | getattr(os, "O_NONBLOCK", 0))
