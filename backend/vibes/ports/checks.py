"""What the doctor asks of each part of the hub: a look that ends by itself, and findings."""

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass

from vibes.domain.doctor.finding import Area, Finding

Look = Callable[[], Awaitable[Iterable[Finding]]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One question. All run beside one another, so none may change anything or count on another one."""

    area: Area
    name: str
    """What is looked at, as part of a sentence: ``the database``."""
    look: Look
    """Gathers facts at the edge and lets a pure function judge them. May raise: that is told as a finding."""
    seconds: float = 10.0
    """After which it counts as hanging, and is told as that."""
