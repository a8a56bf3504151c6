"""The tracing port: spans of generations, for whoever collects them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from vibes.domain.ids import GenerationId

Attribute = str | int | float | bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """Something that took time. A generation is a trace, so that hubs and workers add to it without knowing of one
    another; ``key`` names the span in it."""

    generation_id: GenerationId
    key: str
    parent: str | None
    """The key of the span that it is a part of; None: of the whole."""
    name: str
    began_at: float
    """Seconds since 1970, as ``ended_at``."""
    ended_at: float
    attributes: Mapping[str, Attribute] = field(default_factory=dict)
    failed: str | None = None
    """Why, as a word of a short list."""


class SpanSink(Protocol):
    def export(self, spans: Sequence[Span]) -> None:
        """Take them over, and never wait nor raise: what cannot be passed on is dropped."""

    async def close(self) -> None:
        """Pass on what is left, within some seconds."""
