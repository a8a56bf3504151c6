"""What a worker's ComfyUI tells, as messages from the worker to the hub: hints, any of which may be lost."""

import json
from collections.abc import Callable, Mapping
from typing import Any

from vibes.domain.ids import AttemptId
from vibes.domain.nodes.events import (
    AttemptEnded,
    AttemptEvent,
    AttemptPreview,
    AttemptProgress,
    AttemptStarted,
    GraphNodeStarted,
    NodeDisconnected,
    NodeEvent,
)

LARGEST_MESSAGE = 2**20
"""Bytes; a preview that is larger is not passed on."""

LOOK = b"look"
"""To workers: the hub has another wish about an order of theirs."""
FREE = b"free"
"""To workers: unload the models."""


def news_channel(prefix: str, node_id: str) -> str:
    """On which the hub hears of a node."""
    return f"{prefix}:worker:{node_id}:news"


def wishes_channel(prefix: str, node_id: str) -> str:
    """On which a node's workers hear that the hub's wishes have changed."""
    return f"{prefix}:worker:{node_id}:wishes"


def message_of(event: AttemptEvent | NodeDisconnected) -> bytes:
    """A line of JSON, and behind it the picture of a preview."""
    picture = b""
    match event:
        case AttemptStarted(attempt_id):
            said: dict[str, Any] = {"is": "started", "attempt": attempt_id}
        case GraphNodeStarted(attempt_id, part):
            said = {"is": "part", "attempt": attempt_id, "part": part}
        case AttemptProgress(attempt_id, part, value, maximum):
            said = {"is": "progress", "attempt": attempt_id, "part": part, "value": value, "maximum": maximum}
        case AttemptPreview(attempt_id, media_type, picture):
            said = {"is": "preview", "attempt": attempt_id, "type": media_type}
        case AttemptEnded(attempt_id):
            said = {"is": "ended", "attempt": attempt_id}
        case NodeDisconnected(reason):
            said = {"is": "leaving", "reason": reason}
    return json.dumps(said).encode() + b"\n" + picture


def event_of(message: bytes) -> NodeEvent | None:
    """None for what no worker of this version says."""
    line, _, picture = message.partition(b"\n")
    try:
        said = json.loads(line)
        read = _READERS.get(said["is"])
        return None if read is None else read(said, picture)
    except (ValueError, TypeError, KeyError):
        return None


def _attempt(said: Mapping[str, Any]) -> AttemptId:
    return AttemptId(str(said["attempt"]))


_READERS: Mapping[str, Callable[[Mapping[str, Any], bytes], NodeEvent]] = {
    "started": lambda said, _: AttemptStarted(_attempt(said)),
    "part": lambda said, _: GraphNodeStarted(_attempt(said), str(said["part"])),
    "progress": lambda said, _: AttemptProgress(
        _attempt(said), str(said["part"]), float(said["value"]), float(said["maximum"])
    ),
    "preview": lambda said, picture: AttemptPreview(_attempt(said), str(said["type"]), picture),
    "ended": lambda said, _: AttemptEnded(_attempt(said)),
    "leaving": lambda said, _: NodeDisconnected(str(said["reason"])),
}
