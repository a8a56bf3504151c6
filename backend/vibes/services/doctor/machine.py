"""Judges this machine: room on its disks, memory, and who has the hub's port. Pure."""

import errno
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from vibes.domain.doctor.finding import Area, Finding, ok, warn, wrong
from vibes.environment.machine.disks import Disk
from vibes.environment.machine.listeners import Listener
from vibes.environment.machine.memory import Memory

GB, MB, KB = 10**9, 10**6, 10**3
FULL_BYTES = GB // 2
"""Below which a disk counts as full: some hundred pictures, and a database needs room to copy itself."""
NEARLY_FULL_BYTES = 5 * GB
NEARLY_FULL_PART = 0.05
"""Of a disk, where that is less than 5 GB."""
FEW_FILES = 10_000
LITTLE_MEMORY, NO_MEMORY = 512 * MB, 192 * MB
"""Free bytes: the hub itself takes about 100 MB, and decoding a picture as much again."""


@dataclass(frozen=True, slots=True)
class Place:
    """A folder of the hub's, and what is kept there."""

    what: str
    disk: Disk
    holds_database: bool = False
    read_alone: bool = False
    """Whether the hub only reads there."""


def judge_disks(places: Sequence[Place]) -> Iterator[Finding]:
    """Folders on one disk are told of its room once."""
    seen: set[int] = set()
    roomy: list[str] = []
    for place in places:
        yield from _of_place(place)
        if place.read_alone or place.disk.device in seen:
            continue
        seen.add(place.disk.device)
        short = _short_of_room(place)
        if short is not None:
            yield short
        else:
            roomy.append(f"{size(place.disk.free_bytes)} free for {place.what} ({place.disk.kind or 'disk'})")
    if roomy:
        yield ok(Area.DISK, "disk_room", f"{'; '.join(roomy)}.")


def _of_place(place: Place) -> Iterator[Finding]:
    disk, subject = place.disk, str(place.disk.folder)
    if disk.read_only and not place.read_alone:
        message = (
            f"the disk of the {place.what} is mounted read-only: look at its state (dmesg) and mount it for writing."
        )
        yield wrong(Area.DISK, "disk_read_only", message, subject)
    elif not disk.writable and not place.read_alone:
        message = f"the {place.what} cannot be written by this user: give the folder to the user of the hub (chown)."
        yield wrong(Area.DISK, "folder_not_writable", message, subject)
    if place.holds_database and disk.network:
        yield warn(
            Area.DISK,
            "database_on_network",
            f"the database lies on a network file system ({disk.kind}), whose locks SQLite cannot trust: keep the data "
            "folder on a disk of this machine; pictures may lie elsewhere.",
            subject,
        )
    if disk.in_memory and not place.read_alone:
        message = (
            f"the {place.what} lies in memory ({disk.kind}) and is gone after a restart: choose a folder on a disk."
        )
        yield warn(Area.DISK, "folder_in_memory", message, subject)


def _short_of_room(place: Place) -> Finding | None:
    disk, subject = place.disk, str(place.disk.folder)
    left = f"{size(disk.free_bytes)} of {size(disk.total_bytes)} are left for {place.what}"
    if disk.free_bytes < FULL_BYTES:
        return wrong(
            Area.DISK, "disk_full", f"only {left}: delete sessions, or move the data to a larger disk.", subject
        )
    if disk.free_files is not None and disk.free_files < FEW_FILES:
        message = f"the disk takes only {disk.free_files} more files: delete what is not needed there."
        return wrong(Area.DISK, "disk_full_of_files", message, subject)
    if disk.free_bytes < min(NEARLY_FULL_BYTES, NEARLY_FULL_PART * disk.total_bytes):
        return warn(Area.DISK, "disk_nearly_full", f"{left}: make room before it is full.", subject)
    return None


def judge_memory(memory: Memory) -> Iterator[Finding]:
    limits = [(memory.available, "of the machine's memory")]
    if memory.limit is not None:
        limits.append((memory.limit - (memory.used_of_limit or 0), f"of the {size(memory.limit)} of its control group"))
    known = [(left, of) for left, of in limits if left is not None]
    if not known:
        yield ok(Area.MEMORY, "memory_unknown", "this system does not tell how much memory is left.")
        return
    left, of = min(known)
    if left < NO_MEMORY:
        yield wrong(Area.MEMORY, "memory_full", f"only {size(left)} {of} are left: stop other programs, or add memory.")
    elif left < LITTLE_MEMORY:
        yield warn(Area.MEMORY, "memory_low", f"{size(left)} {of} are left: large pictures may have to wait for more.")
    else:
        own = f"; this process has {size(memory.resident)}" if memory.resident else ""
        yield ok(Area.MEMORY, "memory_room", f"{size(left)} {of} are left{own}.")


def judge_port(
    port: int, listener: Listener | None, own_pids: Iterable[int], *, refusal: OSError | None = None
) -> Iterator[Finding]:
    """``listener``: who listens where the hub does, or is to; ``refusal``: why the hub could not, by the system."""
    if port == 0:
        yield ok(Area.PORTS, "port_any", "the hub takes any free port.")
    elif listener is not None and listener.pid in {*own_pids}:
        yield ok(Area.PORTS, "port_ours", f"the hub listens at port {port}.")
    elif listener is not None or (refusal is not None and refusal.errno == errno.EADDRINUSE):
        known = f"{listener.command} (process {listener.pid})" if listener and listener.pid else "another program"
        message = f"port {port} is taken by {known}: end that program, or choose another port with --port {port + 1}."
        yield wrong(Area.PORTS, "port_taken", message, str(port))
    elif refusal is not None and refusal.errno == errno.EACCES:
        message = f"this user may not listen at port {port}: choose another one, such as --port 8001."
        yield wrong(Area.PORTS, "port_forbidden", message, str(port))
    elif refusal is not None:
        message = f"the hub cannot listen there ({refusal.strerror or refusal}): put --host right."
        yield wrong(Area.PORTS, "host_not_here", message, str(port))
    else:
        yield ok(Area.PORTS, "port_free", f"port {port} is free for the hub.")


def size(number: float) -> str:
    """``5.2 GB``, ``310 MB``, ``12 kB``."""
    if number >= GB:
        return f"{number / GB:.1f} GB" if number < 100 * GB else f"{number / GB:,.0f} GB"
    return f"{number / MB:.0f} MB" if number >= MB else f"{number / KB:.0f} kB"
