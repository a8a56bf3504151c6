"""A prompt that somebody has drawn with before."""

from dataclasses import dataclass
from datetime import datetime

from vibes.domain.ids import GenerationId, SessionId


@dataclass(frozen=True, slots=True, kw_only=True)
class PastPrompt:
    prompt: str
    """As it was written."""
    negative_prompt: str
    styles: tuple[str, ...]
    """Those that were laid over it, by name."""
    model_family: str
    used_at: datetime
    """When it was used last."""
    uses: int
    """Batches that were drawn from it, among those that were looked through."""
    session_id: SessionId
    shown: GenerationId | None
    """A picture that was drawn from it; None while there is none."""
