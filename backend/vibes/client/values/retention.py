"""What goes by itself, as the hub reports it."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaving:
    count: int
    bytes: int
    oldest: datetime | None
    newest: datetime | None
    generation_ids: tuple[str, ...]
    """The oldest hundred."""
    too_much: int
    """Bytes above the limit that stay: marked by people, or younger than a day."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Retention:
    keep_days: float | None
    keep_gb: float | None
    kept_bytes: int
    now: Leaving
    within_a_week: Leaving
