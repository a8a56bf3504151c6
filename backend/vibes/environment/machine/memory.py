"""How much memory is left for the hub: of the machine, and of the container that it may run in."""

from dataclasses import dataclass
from pathlib import Path

_UNLIMITED = 2**60


@dataclass(frozen=True, slots=True, kw_only=True)
class Memory:
    """In bytes; None where the system does not tell."""

    total: int | None
    available: int | None
    limit: int | None
    """Most that this process's control group may use; None: as much as there is."""
    used_of_limit: int | None
    resident: int | None
    """Of this process."""


def memory() -> Memory:
    told = _fields(Path("/proc/meminfo"))
    own = _fields(Path("/proc/self/status"))
    group = Path("/sys/fs/cgroup")
    limit = _number(group / "memory.max") or _number(group / "memory" / "memory.limit_in_bytes")
    used = _number(group / "memory.current") or _number(group / "memory" / "memory.usage_in_bytes")
    limited = limit is not None and limit < min(_UNLIMITED, told.get("MemTotal", _UNLIMITED))
    return Memory(
        total=told.get("MemTotal"),
        available=told.get("MemAvailable"),
        limit=limit if limited else None,
        used_of_limit=used if limited else None,
        resident=own.get("VmRSS"),
    )


def _fields(file: Path) -> dict[str, int]:
    """The lines ``Name:  123 kB``, in bytes."""
    try:
        lines = file.read_text(encoding="ascii", errors="replace").splitlines()
    except OSError:
        return {}
    parts = [line.split() for line in lines]
    return {name.rstrip(":"): int(value) * 1024 for name, value, *unit in filter(_is_size, parts)}


def _is_size(parts: list[str]) -> bool:
    return len(parts) > 2 and parts[1].isdigit() and parts[2] == "kB"  # noqa: PLR2004 - name, number, unit


def _number(file: Path) -> int | None:
    try:
        text = file.read_text(encoding="ascii", errors="replace").strip()
    except OSError:
        return None
    return int(text) if text.isdigit() else None
