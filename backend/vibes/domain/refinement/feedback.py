"""What a person asks for: feedback in words, or operations that were left switched on."""

from dataclasses import dataclass

from vibes.domain.ids import GenerationId, SessionId
from vibes.domain.refinement.changes import Changes


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedbackRequest:
    session_id: SessionId
    feedback: str
    selected: tuple[GenerationId, ...] = ()
    rejected: tuple[GenerationId, ...] = ()
    prompt: str
    negative_prompt: str = ""
    family: str | None = None
    """None: that of the next stage."""
    remember: bool = True
    """Keep it in the session's intent document."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChosenChanges:
    """Operations that a person left switched on."""

    session_id: SessionId
    iteration_id: str | None
    prompt: str
    negative_prompt: str = ""
    family: str | None = None
    changes: Changes
