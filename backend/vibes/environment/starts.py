"""The starts of a hub that did not last, as they are noted in its data folder."""

import json
import platform
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Start:
    """A start, and how it ended."""

    at: float
    """Seconds since 1970."""
    process: int
    reason: str | None = None
    """None: it still runs, or was killed."""


def starts_file(data: Path) -> Path:
    """Of this machine's hub: another one may share the folder."""
    return data / f"starts.{platform.node() or 'hub'}"


def read_starts(file: Path) -> list[Start]:
    """The oldest first; none where nothing is noted, or nothing that could be read."""
    try:
        return [Start(**each) for each in json.loads(file.read_text("utf-8"))]
    except (OSError, ValueError, TypeError):
        return []
