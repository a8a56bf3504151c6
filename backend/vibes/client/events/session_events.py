"""What a session's stream tells, event by event. `vibes.client` offers whatever ``__all__`` lists."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from vibes.client.values.codes import Cause, Code, Media
from vibes.client.values.fleet import Gpu
from vibes.client.values.pictures import SessionDetail
from vibes.domain.batch import BatchStatus
from vibes.domain.events import FailedCause
from vibes.domain.nodes.node import NodeState
from vibes.domain.pictures.media_type import MediaType

__all__ = [
    "BatchChanged",
    "BatchTally",
    "ConfigChanged",
    "GenerationCancelled",
    "GenerationCompleted",
    "GenerationFailed",
    "GenerationProgressed",
    "GenerationQueued",
    "GenerationStarted",
    "NodeChanged",
    "Preview",
    "QueueChanged",
    "SessionEvent",
    "Snapshot",
    "StageChanged",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionEvent:
    seq: int
    """Its number in the session; pass it as ``since`` to continue behind it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot(SessionEvent):
    """The whole state: the first event, and again when missed events are no longer available."""

    session: SessionDetail
    gpus: tuple[Gpu, ...]
    paused_since: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchTally(SessionEvent):
    """The state of a batch, in each event about one of its pictures."""

    batch_id: str
    completed: int
    """Generations in a terminal status."""
    batch_total: int
    eta_seconds: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class GenerationQueued(SessionEvent):
    generation_id: str
    batch_id: str
    reason: str | None
    """Why it went back, in words."""
    cause: Cause | None = None
    """The same for programs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GenerationStarted(SessionEvent):
    generation_id: str
    batch_id: str
    node_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class GenerationProgressed(BatchTally):
    generation_id: str
    node_id: str
    current: int
    total: int
    loading: str | None = None
    """The model file that the node is reading, before it can go on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GenerationCompleted(BatchTally):
    """Its picture is stored and can be downloaded."""

    generation_id: str
    node_id: str
    image_url: str
    thumbnail_url: str
    seconds: float
    media_type: Media = MediaType.PNG
    """Of the image at `image_url`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GenerationFailed(BatchTally):
    generation_id: str
    cause: FailedCause
    """``errored``, or ``maybe_paid``: it may have been made and charged for, and is not asked for again by itself."""
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class GenerationCancelled(BatchTally):
    generation_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchChanged(BatchTally):
    status: BatchStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class StageChanged(SessionEvent):
    stage: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfigChanged(SessionEvent):
    """The session's config has changed; `HubClient.sessions.get` has it."""

    version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueChanged(SessionEvent):
    paused_since: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeChanged(SessionEvent):
    node_id: str
    state: NodeState
    reason: str | None
    reason_code: Code | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """A small picture of what a node is drawing; older ones of the same generation may be skipped."""

    generation_id: str
    media_type: str
    image: bytes


KINDS: Mapping[str, type[SessionEvent]] = {
    "snapshot": Snapshot,
    "queued": GenerationQueued,
    "generating": GenerationStarted,
    "progress": GenerationProgressed,
    "complete": GenerationCompleted,
    "failed": GenerationFailed,
    "cancelled": GenerationCancelled,
    "batch": BatchChanged,
    "stage": StageChanged,
    "session": ConfigChanged,
    "queue": QueueChanged,
    "node": NodeChanged,
}
"""By the type of the message."""
