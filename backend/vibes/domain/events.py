"""What the hub tells watchers of a session; each event reports something that has happened."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from vibes.domain.batch import BatchStatus
from vibes.domain.ids import BatchId, GenerationId, NodeId, SessionId
from vibes.domain.nodes.node import NodeState
from vibes.domain.pictures.media_type import MediaType
from vibes.domain.reason import Reason


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchTally:
    """The state of a batch; ``completed`` counts generations that are terminal."""

    batch_id: BatchId
    status: BatchStatus
    completed: int
    total: int
    eta_seconds: float | None


class QueuedCause(StrEnum):
    """Why a generation is queued again."""

    RETRY = "retry"
    """A person asked for it again."""
    LOST = "lost"
    """Its node died, forgot it or cannot be reached, or the hub could not go on with it."""
    ERRORED = "errored"
    """One node could not do it; another one tries."""
    TAKEN_BACK = "withdrawn"
    """It waited on a node and was taken back."""
    RETURNED = "returned"
    """It was given up since nobody could tell whether it was made, and now its picture is there: it completes next."""
    FOUND = "found"
    """The hub had it in its database and not in its queue."""

    @property
    def reopens(self) -> bool:
        """Whether what had ended goes on by it; anything else that is told of an ended generation comes late."""
        return self in {QueuedCause.RETRY, QueuedCause.RETURNED}


@dataclass(frozen=True, slots=True, kw_only=True)
class GenerationQueued:
    """Waits (again) for a node; ``cause`` says why it was queued again, and ``reason`` tells people, if it was."""

    session_id: SessionId
    batch_id: BatchId
    generation_id: GenerationId
    cause: QueuedCause
    reason: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class GenerationStarted:
    """An attempt was given to a node."""

    session_id: SessionId
    batch_id: BatchId
    generation_id: GenerationId
    node_id: NodeId


@dataclass(frozen=True, slots=True, kw_only=True)
class GenerationProgressed:
    """``current`` of ``total`` sampler steps over the whole graph; never decreases within one attempt.

    ``loading``: the model file that the node is reading, before it can go on; None while it draws.
    """

    session_id: SessionId
    generation_id: GenerationId
    node_id: NodeId
    current: int
    total: int
    loading: str | None = None
    batch: BatchTally


@dataclass(frozen=True, slots=True, kw_only=True)
class GenerationCompleted:
    """The image is stored and can be downloaded."""

    session_id: SessionId
    generation_id: GenerationId
    node_id: NodeId
    seconds: float
    media_type: MediaType
    """Of the image that is shown."""
    batch: BatchTally


class FailedCause(StrEnum):
    """Why a generation was given up."""

    ERRORED = "errored"
    """It cannot be made, or was tried in vain often enough."""
    MAYBE_PAID = "maybe_paid"
    """It may have been made and paid for, and nobody can tell: only a person has it tried again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GenerationFailed:
    session_id: SessionId
    generation_id: GenerationId
    cause: FailedCause
    message: str
    batch: BatchTally


@dataclass(frozen=True, slots=True, kw_only=True)
class GenerationCancelled:
    session_id: SessionId
    generation_id: GenerationId
    batch: BatchTally


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchChanged:
    """A batch was created, or its status or tally changed."""

    session_id: SessionId
    batch: BatchTally


@dataclass(frozen=True, slots=True, kw_only=True)
class StageChanged:
    session_id: SessionId
    stage: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfigChanged:
    """A session's config has changed; ``version`` is the new one."""

    session_id: SessionId
    version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeChanged:
    """A node's state has changed; sent to every session."""

    node_id: NodeId
    state: NodeState
    reason: Reason | None


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueChanged:
    """The queue was paused or resumed; sent to every session."""

    paused_since: datetime | None


SessionEvent = (
    GenerationQueued
    | GenerationStarted
    | GenerationProgressed
    | GenerationCompleted
    | GenerationFailed
    | GenerationCancelled
    | BatchChanged
    | StageChanged
    | ConfigChanged
)

FleetEvent = NodeChanged | QueueChanged
"""Events that are sent to every session."""

LiveEvent = SessionEvent | FleetEvent


@dataclass(frozen=True, slots=True)
class Preview:
    """A picture in progress; a newer one of the same generation replaces it."""

    generation_id: GenerationId
    media_type: str
    image: bytes
