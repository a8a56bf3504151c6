"""Protects the hub's data from other users of its machine."""

import logging
import os
from contextlib import suppress
from pathlib import Path

logger = logging.getLogger(__name__)

_OTHERS = 0o007
_PRIVATE = 0o700
_OURS = (
    "vibes.db",
    "vibes.db-wal",
    "vibes.db-shm",
    "vibes.db.lock",
    "hub-id",
    "images",
    "artifacts",
    "handoff",
    "workers",
)


def unusable(folder: Path, error: OSError) -> str:
    """Why a data folder cannot be used, and what to do where it belongs to somebody else: a person's folder that is
    mounted into a container keeps its owner there."""
    reason = f"cannot use the data folder {folder}: {error.strerror or error}"
    if not isinstance(error, PermissionError):
        return reason
    with suppress(OSError):
        there = next(each for each in (folder, *folder.absolute().parents) if each.exists())
        owner = there.stat().st_uid
        if owner != os.getuid():
            whose = f"This runs as uid {os.getuid()}, and {there} belongs to uid {owner}"
            return f"{reason}. {whose}: chown -R {os.getuid()} {there}"
    return reason


def keep_private() -> None:
    """Make all new files of this process private to its user: files 0600, folders 0700."""
    os.umask(0o077)


def make_private(folder: Path) -> None:
    """Create the data folder if necessary and make it private. Raises OSError when it cannot be created.

    An empty folder becomes private. In one with other content, which may be a person's own, only the hub's files become
    private; permissions of a group stay.
    """
    folder.mkdir(mode=_PRIVATE, parents=True, exist_ok=True)
    # it belongs to someone else, or the file system has no permissions: the hub works all the same
    with suppress(OSError):
        if not any(folder.iterdir()):
            folder.chmod(_PRIVATE)
            return
        for path in (folder / name for name in _OURS):
            if path.exists() and not path.is_symlink() and path.stat().st_mode & _OTHERS:
                path.chmod(path.stat().st_mode & ~_OTHERS)
                logger.info("%s was open to every user of this machine; it is not any more", path)
