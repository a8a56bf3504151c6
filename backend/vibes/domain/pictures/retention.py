"""Which pictures go by themselves: the oldest of those that nobody has marked, by age and by size. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from vibes.domain.ids import GenerationId

YOUNG = timedelta(days=1)
"""Pictures younger than that never go for want of room: somebody may be choosing among them."""
_GIGABYTE = 1_000_000_000


MOST_DAYS = 36_500.0
"""A hundred years: beyond some two thousand a calendar has no such day."""
MOST_GIGABYTES = 1e9


@dataclass(frozen=True, slots=True)
class KeepRules:
    """None, None: everything stays."""

    days: float | None = None
    """Older pictures go."""
    gigabytes: float | None = None
    """Of 10**9 bytes: what all pictures together may have, those that people marked too."""

    @property
    def any(self) -> bool:
        return self.days is not None or self.gigabytes is not None


@dataclass(frozen=True, slots=True)
class Expendable:
    """A complete picture that nobody has starred, rated or put on a board, and that nothing under way needs."""

    id: GenerationId
    finished_at: datetime
    bytes: int


@dataclass(frozen=True, slots=True)
class Leaving:
    """What the rules let go."""

    pictures: tuple[Expendable, ...] = ()
    """The oldest first."""
    too_much: int = 0
    """Bytes above the limit that stay all the same, since they are marked or young."""

    @property
    def bytes(self) -> int:
        return sum(each.bytes for each in self.pictures)


@dataclass(frozen=True, slots=True)
class Outlook:
    """What the rules mean for the pictures that there are."""

    rules: KeepRules
    kept_bytes: int
    now: Leaving
    """What goes at the next look."""
    week: Leaving
    """What goes within a week if nothing new is drawn, with that."""


def leaving(oldest_first: Sequence[Expendable], kept_bytes: int, rules: KeepRules, now: datetime) -> Leaving:
    """``kept_bytes``: of all pictures that are not about to go, marked ones too."""
    oldest = now - timedelta(days=rules.days) if rules.days is not None else None
    allowed = None if rules.gigabytes is None else round(rules.gigabytes * _GIGABYTE)
    going: list[Expendable] = []
    left = kept_bytes
    for picture in oldest_first:
        aged = oldest is not None and picture.finished_at < oldest
        crowded = allowed is not None and left > allowed and picture.finished_at < now - YOUNG
        if not (aged or crowded):
            break
        going.append(picture)
        left -= picture.bytes
    return Leaving(tuple(going), max(0, left - allowed) if allowed is not None else 0)
