"""Live events as the JSON messages that browsers get; the field names are the API's."""

from typing import Any

from vibes.api.schemas.common import rfc3339
from vibes.api.schemas.generations import image_url, thumbnail_url
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
from vibes.domain.reason import Reason


def event_message(event: LiveEvent) -> dict[str, Any]:
    """``type`` and the event's fields; the caller adds ``seq``."""
    match event:
        case GenerationProgressed() | GenerationCompleted() | GenerationFailed() | GenerationCancelled():
            return {**_generation_message(event), **_tally(event.batch)}
        case GenerationQueued():
            return {
                "type": "queued",
                "generation_id": event.generation_id,
                "batch_id": event.batch_id,
                "cause": event.cause,
                "reason": event.reason,
            }
        case GenerationStarted():
            return {
                "type": "generating",
                "generation_id": event.generation_id,
                "batch_id": event.batch_id,
                "node_id": event.node_id,
            }
        case BatchChanged():
            return {"type": "batch", "status": event.batch.status, **_tally(event.batch)}
        case StageChanged():
            return {"type": "stage", "stage": event.stage}
        case ConfigChanged():
            return {"type": "session", "version": event.version}
        case QueueChanged():
            return {"type": "queue", "paused_since": event.paused_since and rfc3339(event.paused_since)}
        case NodeChanged():
            return {"type": "node", "node_id": event.node_id, "state": event.state, **_reason(event.reason)}


def _generation_message(
    event: GenerationProgressed | GenerationCompleted | GenerationFailed | GenerationCancelled,
) -> dict[str, Any]:
    match event:
        case GenerationProgressed():
            return {
                "type": "progress",
                "generation_id": event.generation_id,
                "node_id": event.node_id,
                "current": event.current,
                "total": event.total,
                "loading": event.loading,
            }
        case GenerationCompleted():
            return {
                "type": "complete",
                "generation_id": event.generation_id,
                "node_id": event.node_id,
                "image_url": image_url(event.session_id, event.generation_id),
                "thumbnail_url": thumbnail_url(event.session_id, event.generation_id),
                "seconds": round(event.seconds, 3),
            }
        case GenerationFailed():
            return {"type": "failed", "generation_id": event.generation_id, "message": event.message}
        case GenerationCancelled():
            return {"type": "cancelled", "generation_id": event.generation_id}


def _tally(batch: BatchTally) -> dict[str, Any]:
    return {
        "batch_id": batch.batch_id,
        "completed": batch.completed,
        "batch_total": batch.total,
        "eta_seconds": None if batch.eta_seconds is None else round(batch.eta_seconds, 1),
    }


def _reason(reason: Reason | None) -> dict[str, Any]:
    return {"reason": reason and reason.sentence, "reason_code": reason and reason.code}
