"""The urgency of a submission: what somebody is watching comes before what runs over night."""

from enum import StrEnum

BULK_COUNT = 100
"""A submission of more pictures is bulk, unless it names a class."""


class Priority(StrEnum):
    """The class of a submission, most urgent first; each gets its share of the fleet, none gets nothing."""

    INTERACTIVE = "interactive"
    """Somebody waits for this picture."""
    NORMAL = "normal"
    BULK = "bulk"

    @property
    def rank(self) -> int:
        """0 for the most urgent."""
        return _RANKS[self]

    @property
    def share(self) -> int:
        """Relative share of the fleet's seconds while all three classes have work: 16 : 4 : 1."""
        return _SHARES[self]

    @property
    def next_higher(self) -> "Priority":
        """The class that it is treated as after waiting too long."""
        return Priority.INTERACTIVE if self is Priority.INTERACTIVE else _ORDER[self.rank - 1]


_ORDER = tuple(Priority)
_RANKS = {priority: rank for rank, priority in enumerate(_ORDER)}
_SHARES = {Priority.INTERACTIVE: 16, Priority.NORMAL: 4, Priority.BULK: 1}


def usual_priority(count: int) -> Priority:
    """The class of a submission of so many pictures that names none."""
    if count == 1:
        return Priority.INTERACTIVE
    return Priority.BULK if count > BULK_COUNT else Priority.NORMAL
