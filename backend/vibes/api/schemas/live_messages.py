"""The texts of a session's WebSocket, and how an event becomes one of them: another event needs both, and nothing else
of the API.

They are dictionaries and no models, because a busy session tells thousands a minute. The OpenAPI document has them
under ``LiveMessage``.
"""

from typing import Annotated, Literal

from pydantic import Field
from typing_extensions import TypedDict

from vibes.api.schemas.common import rfc3339
from vibes.api.schemas.gpus import GpuOut
from vibes.api.schemas.images import image_url, thumbnail_url
from vibes.api.schemas.sessions import SessionDetailOut
from vibes.domain.batch import BatchStatus
from vibes.domain.events import (
    BatchChanged,
    BatchTally,
    ConfigChanged,
    FailedCause,
    FleetEvent,
    GenerationCancelled,
    GenerationCompleted,
    GenerationFailed,
    GenerationProgressed,
    GenerationQueued,
    GenerationStarted,
    LiveEvent,
    NodeChanged,
    QueueChanged,
    QueuedCause,
    StageChanged,
)
from vibes.domain.nodes.node import NodeState
from vibes.domain.pictures.media_type import MediaType
from vibes.domain.reason import ReasonCode


class TallyFields(TypedDict):
    """How far a batch is; ``completed`` counts generations that are terminal."""

    batch_id: str
    completed: int
    batch_total: int
    eta_seconds: float | None


class QueuedMessage(TypedDict):
    """Waits (again) for a node; ``reason`` tells people why it went back, ``cause`` programs."""

    seq: int
    type: Literal["queued"]
    generation_id: str
    batch_id: str
    cause: QueuedCause
    reason: str | None


class GeneratingMessage(TypedDict):
    seq: int
    type: Literal["generating"]
    generation_id: str
    batch_id: str
    node_id: str


class ProgressMessage(TallyFields):
    """``loading``: the model file that the node reads now, before it can go on; null while it draws."""

    seq: int
    type: Literal["progress"]
    generation_id: str
    node_id: str
    current: int
    total: int
    loading: str | None


class CompleteMessage(TallyFields):
    seq: int
    type: Literal["complete"]
    generation_id: str
    node_id: str
    image_url: str
    thumbnail_url: str
    media_type: MediaType
    seconds: float


class FailedMessage(TallyFields):
    """``cause`` ``maybe_paid``: it may have been made and charged for, and only a person has it made again."""

    seq: int
    type: Literal["failed"]
    generation_id: str
    cause: FailedCause
    message: str


class CancelledMessage(TallyFields):
    seq: int
    type: Literal["cancelled"]
    generation_id: str


class BatchMessage(TallyFields):
    seq: int
    type: Literal["batch"]
    status: BatchStatus


class StageMessage(TypedDict):
    seq: int
    type: Literal["stage"]
    stage: int


class SessionMessage(TypedDict):
    """What the session keeps for its flow is another one now; ``version`` is the new one's."""

    seq: int
    type: Literal["session"]
    version: int


class QueueMessage(TypedDict):
    seq: int
    type: Literal["queue"]
    paused_since: str | None


class NodeMessage(TypedDict):
    seq: int
    type: Literal["node"]
    node_id: str
    state: NodeState
    reason: str | None
    reason_code: ReasonCode | None


class SnapshotMessage(TypedDict):
    """How all stands: the first message, and again where what was missed can no longer be told."""

    seq: int
    type: Literal["snapshot"]
    session: SessionDetailOut
    gpus: list[GpuOut]
    paused_since: str | None


EventMessage = (
    QueuedMessage
    | GeneratingMessage
    | ProgressMessage
    | CompleteMessage
    | FailedMessage
    | CancelledMessage
    | BatchMessage
    | StageMessage
    | SessionMessage
    | QueueMessage
    | NodeMessage
)
LiveMessage = Annotated[SnapshotMessage | EventMessage, Field(discriminator="type")]


def event_message(event: LiveEvent, seq: int) -> EventMessage:
    """``seq``: its number in the session."""
    match event:
        case GenerationQueued() | GenerationStarted():
            return _under_way(event, seq)
        case GenerationProgressed() | GenerationCompleted() | GenerationFailed() | GenerationCancelled():
            return _counted(event, seq)
        case BatchChanged():
            return {"type": "batch", "status": event.batch.status, **_tally(event.batch), "seq": seq}
        case StageChanged():
            return {"type": "stage", "stage": event.stage, "seq": seq}
        case ConfigChanged():
            return {"type": "session", "version": event.version, "seq": seq}
        case NodeChanged() | QueueChanged():
            return _of_the_fleet(event, seq)


def _under_way(event: GenerationQueued | GenerationStarted, seq: int) -> EventMessage:
    match event:
        case GenerationQueued():
            return {
                "type": "queued",
                "generation_id": event.generation_id,
                "batch_id": event.batch_id,
                "cause": event.cause,
                "reason": event.reason,
                "seq": seq,
            }
        case GenerationStarted():
            return {
                "type": "generating",
                "generation_id": event.generation_id,
                "batch_id": event.batch_id,
                "node_id": event.node_id,
                "seq": seq,
            }


def _counted(
    event: GenerationProgressed | GenerationCompleted | GenerationFailed | GenerationCancelled, seq: int
) -> EventMessage:
    match event:
        case GenerationProgressed():
            return {
                "type": "progress",
                "generation_id": event.generation_id,
                "node_id": event.node_id,
                "current": event.current,
                "total": event.total,
                "loading": event.loading,
                **_tally(event.batch),
                "seq": seq,
            }
        case GenerationCompleted():
            return {
                "type": "complete",
                "generation_id": event.generation_id,
                "node_id": event.node_id,
                "image_url": image_url(event.session_id, event.generation_id),
                "thumbnail_url": thumbnail_url(event.session_id, event.generation_id),
                "media_type": event.media_type,
                "seconds": round(event.seconds, 3),
                **_tally(event.batch),
                "seq": seq,
            }
        case GenerationFailed():
            return {
                "type": "failed",
                "generation_id": event.generation_id,
                "cause": event.cause,
                "message": event.message,
                **_tally(event.batch),
                "seq": seq,
            }
        case GenerationCancelled():
            return {"type": "cancelled", "generation_id": event.generation_id, **_tally(event.batch), "seq": seq}


def _of_the_fleet(event: FleetEvent, seq: int) -> EventMessage:
    match event:
        case QueueChanged():
            since = event.paused_since
            return {"type": "queue", "paused_since": None if since is None else rfc3339(since), "seq": seq}
        case NodeChanged():
            return {
                "type": "node",
                "node_id": event.node_id,
                "state": event.state,
                "reason": event.reason and event.reason.sentence,
                "reason_code": event.reason and event.reason.code,
                "seq": seq,
            }


def _tally(batch: BatchTally) -> TallyFields:
    return {
        "batch_id": batch.batch_id,
        "completed": batch.completed,
        "batch_total": batch.total,
        "eta_seconds": None if batch.eta_seconds is None else round(batch.eta_seconds, 1),
    }
