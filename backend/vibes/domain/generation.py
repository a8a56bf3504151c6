"""A generation: one output asked for, from its spec to its image."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from vibes.domain.ids import BatchId, GenerationId, NodeId, SessionId
from vibes.domain.spec import GenerationSpec


class GenerationStatus(StrEnum):
    """The public status. Terminal ones absorb: nothing leaves them but an explicit retry."""

    QUEUED = "queued"
    """Waits for a node; also after the loss of one."""
    GENERATING = "generating"
    """An attempt is open on a node."""
    COMPLETE = "complete"
    """The image is stored."""
    FAILED = "failed"
    """Given up; ``error_message`` says why."""
    CANCELLED = "cancelled"
    """Somebody asked for it to stop."""

    @property
    def terminal(self) -> bool:
        return self in TERMINAL_STATUSES


TERMINAL_STATUSES = frozenset({GenerationStatus.COMPLETE, GenerationStatus.FAILED, GenerationStatus.CANCELLED})
OPEN_STATUSES = frozenset({GenerationStatus.QUEUED, GenerationStatus.GENERATING})


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredImage:
    """An image safely on disk; paths are relative to the data directory's ``images`` folder."""

    image_path: str
    thumbnail_path: str
    sha256: str
    width: int
    height: int
    size_bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Generation:
    id: GenerationId
    session_id: SessionId
    batch_id: BatchId
    index: int
    """Place in its batch, from 0."""
    stage: int
    spec: GenerationSpec
    status: GenerationStatus
    created_at: datetime
    parent_id: GenerationId | None = None
    gpu_id: NodeId | None = None
    image: StoredImage | None = None
    generation_time_ms: int | None = None
    """From the node's start of work to its end, as the hub saw it."""
    error_message: str | None = None
    completed_at: datetime | None = None
    starred: bool = False
    discard_after: datetime | None = None
    """Set when a funnel advance dropped this one: its image is deleted after this moment."""
    place: int = 0
    """Where it was moved to in the queue: below 0 before all others, above 0 behind them; 0 when it was not."""
