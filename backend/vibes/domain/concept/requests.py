"""What is asked of the concept builder, and what it answers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from vibes.domain.concept.fields import Card, Field


@dataclass(frozen=True, slots=True, kw_only=True)
class SplitRequest:
    prompt: str
    negative_prompt: str
    family: str
    cards: tuple[Card, ...] = ()
    """What was there before."""
    picture: str | None = None
    """``artifact:<id>`` or ``generation:<id>`` of one that is described first; the prompt follows its description."""
    by_lists: bool = False
    """Without any model, as while somebody types."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SplitConcept:
    cards: tuple[Card, ...]
    degraded: str | None = None
    """Why the lists did it; None when a model did."""
    described: str | None = None
    """What a model saw in the picture."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggested:
    texts: Mapping[Field, Sequence[str]]
    seed: int
    degraded: str | None = None
