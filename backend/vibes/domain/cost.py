"""What a node costs, how much it may cost, and when it may be used."""

from dataclasses import dataclass
from enum import StrEnum
from math import ceil

from vibes.domain.money import NOTHING, MicroUsd, shown_usd

HEADROOM = 2
"""A picture on a node that is paid by the hour is expected to take at most so many times its estimate."""
HEADROOM_SECONDS = 60.0
"""And so many seconds more, for a first one that loads a model."""
_HOUR_MS = 3_600_000

DEFAULT_OVERFLOW_SECONDS = 60.0
MAY_SPEND_NOTHING = "this batch may spend nothing"
"""Why a node that costs money is of no use to a batch of which nobody said what it may cost."""


class Use(StrEnum):
    """When a node gets work."""

    ALWAYS = "always"
    """Whenever it can do it: the default of nodes that cost nothing."""
    WHEN_ASKED = "when_asked"
    """For batches that may spend money: the default of nodes that cost something."""
    OVERFLOW = "overflow"
    """Only for work that the nodes which are always used would finish later than ``overflow_after_seconds``."""
    NEVER = "never"


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeCost:
    """One of both, or both."""

    per_image: MicroUsd = NOTHING
    """For each picture that is made."""
    per_hour: MicroUsd = NOTHING
    """For as long as a picture occupies the node: its share of a rented hour."""

    def of(self, seconds: float) -> MicroUsd:
        """What one picture costs that takes so long, rounded up."""
        milliseconds = ceil(max(seconds, 0.0) * 1000)
        return MicroUsd(self.per_image - (-self.per_hour * milliseconds // _HOUR_MS))

    @property
    def least(self) -> MicroUsd:
        """Of any picture: 0 only where nothing costs anything."""
        return self.of(0.001)

    def at_most(self, seconds: float) -> MicroUsd:
        """What is set aside for one picture that is expected to take so long."""
        return self.of(HEADROOM * seconds + HEADROOM_SECONDS)

    def __str__(self) -> str:
        parts = (
            *([f"{shown_usd(self.per_image)} a picture"] if self.per_image or not self.per_hour else []),
            *([f"{shown_usd(self.per_hour)} an hour"] if self.per_hour else []),
        )
        return " and ".join(parts)


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeBudget:
    """Most that may be spent on a node; None: no limit but that of the batch. Days and months are those of UTC."""

    per_batch: MicroUsd | None = None
    daily: MicroUsd | None = None
    monthly: MicroUsd | None = None


NO_BUDGET = NodeBudget()
