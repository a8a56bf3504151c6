"""Keeps the hub's data from the other users of its machine."""

import logging
import os
from contextlib import suppress
from pathlib import Path

logger = logging.getLogger(__name__)

_OTHERS = 0o007
_PRIVATE = 0o700
_OURS = ("vibes.db", "vibes.db-wal", "vibes.db-shm", "vibes.db.lock", "hub-id", "images", "artifacts")


def keep_private() -> None:
    """From now on whatever this process makes is for its own user alone: files 0600, folders 0700."""
    os.umask(0o077)


def make_private(folder: Path) -> None:
    """The data folder, made where it is not there yet. Raises OSError when it cannot be made.

    One that is empty becomes private. In one that holds more, it may be a person's own, only what is the hub's is
    closed to others; what its owner gave to a group stays.
    """
    folder.mkdir(mode=_PRIVATE, parents=True, exist_ok=True)
    with suppress(OSError):  # somebody else's folder, or a file system without rights: it works all the same
        if not any(folder.iterdir()):
            folder.chmod(_PRIVATE)
            return
        for path in (folder / name for name in _OURS):
            if path.exists() and not path.is_symlink() and path.stat().st_mode & _OTHERS:
                path.chmod(path.stat().st_mode & ~_OTHERS)
                logger.info("%s was open to every user of this machine; it is not any more", path)
