"""A prompt as cards, as the hub takes it apart and puts it together."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from vibes.domain.concept.fields import Field


@dataclass(frozen=True, slots=True, kw_only=True)
class ConceptCard:
    field: Field
    text: str = ""
    """Phrases with commas between them; parts may have weights: ``a cat, (a hat:1.2)``."""
    weight: float = 1.0
    """Of all of it, 0.5 to 1.5."""
    locked: bool = False

    def body(self) -> dict[str, Any]:
        """As the hub takes it."""
        return asdict(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class SplitConcept:
    cards: Sequence[ConceptCard]
    """All eight."""
    degraded: str | None
    """Why word lists did it; None when a model did."""
    described: str | None
    """What was seen in the picture."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ConceptPrompt:
    prompt: str
    negative_prompt: str
    notes: Sequence[str]
    """What of it the family does not heed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ConceptSuggestions:
    suggestions: Mapping[Field, Sequence[str]]
    """None of them is on its card."""
    seed: int
    degraded: str | None
    """Why word lists did it; None when a model did."""
