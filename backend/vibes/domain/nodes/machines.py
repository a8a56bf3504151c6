"""Machines at addresses, as they were found there."""

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
    same_as: Place | None = None
    """An earlier address of the same machine; None: the first one, or nobody can tell."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sweep:
    found: tuple[FoundMachine, ...]
    """In the order in which the places were given."""
    asked: int
    """Places that were asked; fewer than were given where the time was up before."""
