"""Live events as the messages that browsers get; the field names are the API's."""

from vibes.api.schemas.common import rfc3339
from vibes.api.schemas.images import image_url, thumbnail_url
from vibes.api.schemas.messages import EventMessage, TallyFields
from vibes.domain.events import (
    BatchChanged,
    BatchTally,
    ConfigChanged,
    GenerationCancelled,
    GenerationCompleted,
    GenerationFailed,
    GenerationProgressed,
    GenerationQueued,
    GenerationStarted,
    LiveEvent,
    NodeChanged,
    QueueChanged,
    StageChanged,
)


def event_message(event: LiveEvent, seq: int) -> EventMessage:
    """``seq``: its number in the session."""
    match event:
        case GenerationProgressed() | GenerationCompleted() | GenerationFailed() | GenerationCancelled():
            return _generation_message(event, seq)
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
        case BatchChanged():
            return {"type": "batch", "status": event.batch.status, **_tally(event.batch), "seq": seq}
        case StageChanged():
            return {"type": "stage", "stage": event.stage, "seq": seq}
        case ConfigChanged():
            return {"type": "session", "version": event.version, "seq": seq}
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


def _generation_message(
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


def _tally(batch: BatchTally) -> TallyFields:
    return {
        "batch_id": batch.batch_id,
        "completed": batch.completed,
        "batch_total": batch.total,
        "eta_seconds": None if batch.eta_seconds is None else round(batch.eta_seconds, 1),
    }
