"""How much room a folder has, on which kind of file system, and whether it may be written."""

import os
import re
import shutil
from dataclasses import dataclass
from pathlib import Path

NETWORK_FILE_SYSTEMS = frozenset({
    "9p", "afs", "ceph", "cifs", "davfs", "fuse.davfs2", "fuse.glusterfs", "fuse.rclone", "fuse.s3fs", "fuse.sshfs",
    "glusterfs", "lustre", "ncpfs", "nfs", "nfs4", "smb3", "smbfs",
})  # fmt: skip
_IN_MEMORY = frozenset({"ramfs", "tmpfs"})
_MOUNTS = Path("/proc/self/mountinfo")
_ESCAPED = re.compile(r"\\([0-7]{3})")


@dataclass(frozen=True, slots=True, kw_only=True)
class Disk:
    """Where a folder lies, or will lie once it is made."""

    folder: Path
    exists: bool
    free_bytes: int
    """What is left for this user."""
    total_bytes: int
    free_files: int | None
    """How many more files there may be; None where the file system does not limit them."""
    writable: bool
    read_only: bool
    """Whether the whole file system is mounted read-only."""
    kind: str = ""
    """Of the file system, such as ``ext4``; empty where nobody tells."""
    device: int = 0
    """Equal for folders on one file system."""

    @property
    def network(self) -> bool:
        return self.kind in NETWORK_FILE_SYSTEMS

    @property
    def in_memory(self) -> bool:
        return self.kind in _IN_MEMORY


def disk_of(folder: Path) -> Disk:
    """Of the folder or, where it does not exist yet, of the nearest one above. Raises OSError."""
    there = folder.resolve()
    exists = there.is_dir()
    while not there.exists() and there != there.parent:
        there = there.parent
    room = shutil.disk_usage(there)
    flags, files = _flags_and_files(there)
    return Disk(
        folder=folder,
        exists=exists,
        free_bytes=room.free,
        total_bytes=room.total,
        free_files=files,
        writable=os.access(there, os.W_OK | os.X_OK),
        read_only=bool(flags & getattr(os, "ST_RDONLY", 1)),
        kind=_kind(there),
        device=there.stat().st_dev,
    )


def _flags_and_files(path: Path) -> tuple[int, int | None]:
    if not hasattr(os, "statvfs"):  # Windows
        return 0, None
    status = os.statvfs(path)
    return status.f_flag, status.f_favail if status.f_files else None


def _kind(path: Path) -> str:
    """By the longest mount point above the path; a later mount covers an earlier one at the same place."""
    try:
        lines = _MOUNTS.read_text(encoding="utf-8", errors="surrogateescape").splitlines()
    except OSError:  # not Linux
        return ""
    return kind_in(lines, path)


def kind_in(lines: list[str], path: Path) -> str:
    """``lines`` of /proc/self/mountinfo, whose format proc(5) describes."""
    best, kind = -1, ""
    for line in lines:
        before, _, after = line.partition(" - ")
        fields, told = before.split(" "), after.split(" ")
        if len(fields) <= _MOUNT_POINT:
            continue
        mount = Path(_ESCAPED.sub(lambda found: chr(int(found[1], 8)), fields[_MOUNT_POINT]))
        if path.is_relative_to(mount) and len(mount.parts) >= best:
            best, kind = len(mount.parts), told[0]
    return kind


_MOUNT_POINT = 4
