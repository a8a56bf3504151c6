"""What is asked of a kind of nodes whose machines can be found at addresses."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from vibes.domain.nodes.introduction import Introduction


@dataclass(frozen=True, slots=True, order=True)
class Place:
    host: str
    port: int


@dataclass(frozen=True, slots=True)
class FoundMachine:
    place: Place
    introduction: Introduction


@dataclass(frozen=True, slots=True, kw_only=True)
class Sweep:
    found: tuple[FoundMachine, ...]
    """In the order in which the places were given."""
    asked: int
    """Places that were asked; fewer than were given where the time was up before."""


LookFor = Callable[[Sequence[Place], float], Awaitable[Sweep]]
"""Ask at each place, many at a time and within so many seconds in all, whether a machine of the kind is there. Nothing
is changed there, and nothing but the question is sent."""
