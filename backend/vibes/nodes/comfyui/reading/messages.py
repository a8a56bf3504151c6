"""Turns ComfyUI's WebSocket messages into node events; no I/O."""

import struct
from collections.abc import Callable
from typing import TypeGuard

from vibes.domain.errors import NodeMisbehaved
from vibes.domain.ids import AttemptId
from vibes.domain.nodes.events import (
    AttemptEnded,
    AttemptPreview,
    AttemptProgress,
    AttemptStarted,
    GraphNodeStarted,
    NodeEvent,
    QueueLength,
)
from vibes.nodes.comfyui.reading.foreign_json import JsonObject, excerpt, finite_number, parse_json, texts_in
from vibes.nodes.comfyui.reading.preview import LARGEST_PREVIEW, preview_type

FEATURE_FLAGS = '{"type": "feature_flags", "data": {"supports_preview_metadata": true}}'
"""Sent first on each connection: asks for previews that name their prompt (docs/comfyui-protocol.md#previews)."""

_LONGEST_ID = 256
"""Characters. Longer ids of prompts and graph nodes are ignored, so that no node fills the event buffer with them."""

_PREVIEW = 1
_PREVIEW_WITH_METADATA = 4
_UINT = struct.Struct(">I")
_LONGEST_DESCRIPTION = 16 * 1024
"""Bytes of a preview's metadata: five ids and a media type."""
_LONGEST_TEXT = 256 * 1024
"""Characters. Longer messages, which quote tensors and outputs of custom graph nodes, are ignored: messages are hints,
and the history tells the end of a prompt as well."""


class FrameReader:
    """Reads the frames of one connection in their order; each connection needs its own reader.

    Some frames do not name their prompt, such as previews without metadata: they belong to the prompt that was named
    last. Events of other clients' prompts carry those prompts' ids, and the listener ignores them. A frame of a known
    type with content that makes no sense, as custom graph nodes send, yields no event.
    """

    def __init__(self) -> None:
        self._running: AttemptId | None = None
        self._progress: dict[str, tuple[float, float]] = {}
        self._readers: dict[str, Callable[[JsonObject], list[NodeEvent]]] = {
            "status": self._read_status,
            "execution_start": self._read_start,
            "execution_cached": self._read_cached,
            "executing": self._read_executing,
            "progress": self._read_progress,
            "progress_state": self._read_progress_state,
            "execution_error": self._read_error,
            "execution_interrupted": self._read_end,
        }

    def read(self, frame: str | bytes) -> list[NodeEvent]:
        """The events that one frame means, often none.

        Raises NodeMisbehaved for a text that is no JSON or has no ``type``.
        """
        if isinstance(frame, bytes):
            return self._read_binary(frame)
        return self._read_text(frame) if len(frame) <= _LONGEST_TEXT else []

    def _read_text(self, text: str) -> list[NodeEvent]:
        match parse_json(text, "event stream"):
            case {"type": str(kind), "data": dict(data)} if kind in self._readers:
                return self._readers[kind](data)
            case {"type": str()}:
                return []
            case _:
                raise NodeMisbehaved(f"event stream: expected a message with a type, got {excerpt(text)!r}")

    def _read_status(self, data: JsonObject) -> list[NodeEvent]:
        match data:
            case {"status": {"exec_info": {"queue_remaining": bool()}}}:
                return []
            case {"status": {"exec_info": {"queue_remaining": int(length)}}} if length >= 0:
                return [QueueLength(length)]
            case _:
                return []

    def _read_start(self, data: JsonObject) -> list[NodeEvent]:
        attempt_id = _attempt_id(data.get("prompt_id"))
        if attempt_id is None:
            return []
        self._running, self._progress = attempt_id, {}
        return [AttemptStarted(attempt_id)]

    def _read_cached(self, data: JsonObject) -> list[NodeEvent]:
        """Report cached graph nodes as done: ``progress_state`` leaves most of them out."""
        nodes = data.get("nodes")
        if not self._turn_to(data) or not isinstance(nodes, list):
            return []
        return [event for node in texts_in(nodes) for event in self._progressed(node, 1.0, 1.0)]

    def _read_executing(self, data: JsonObject) -> list[NodeEvent]:
        if data.get("node") is None:
            return self._read_end(data)
        if "prompt_id" not in data or not self._turn_to(data) or self._running is None:
            return []  # repeated after a reconnect, without the id of its prompt
        # A graph node that is expanded into others while it runs is reported under its own id in the prompt.
        shown = data.get("display_node")
        graph_node_id = shown if _is_id(shown) else data.get("node")
        return [GraphNodeStarted(self._running, graph_node_id)] if _is_id(graph_node_id) else []

    def _read_progress(self, data: JsonObject) -> list[NodeEvent]:
        if "prompt_id" in data and not self._turn_to(data):
            return []
        return self._progressed(data.get("node"), data.get("value"), data.get("max"))

    def _read_progress_state(self, data: JsonObject) -> list[NodeEvent]:
        nodes = data.get("nodes")
        if not self._turn_to(data) or not isinstance(nodes, dict):
            return []
        events: list[NodeEvent] = []
        for graph_node_id, state in nodes.items():
            match state:
                case {"state": "finished", "max": maximum}:
                    events += self._progressed(graph_node_id, maximum, maximum)
                case {"value": value, "max": maximum}:
                    events += self._progressed(graph_node_id, value, maximum)
        return events

    def _read_error(self, data: JsonObject) -> list[NodeEvent]:
        if data.get("exception_type") == "ExecutionBlocked":
            return []  # one branch of the graph stops, the prompt goes on
        return self._read_end(data)

    def _read_end(self, data: JsonObject) -> list[NodeEvent]:
        """An error is reported twice: here at once, and again by ``executing null`` once it is in the history."""
        attempt_id = _attempt_id(data.get("prompt_id"))
        if attempt_id is None:
            return []
        self._running, self._progress = None, {}
        return [AttemptEnded(attempt_id)]

    def _turn_to(self, data: JsonObject) -> bool:
        """Remember which prompt runs; answers whether the message says so."""
        attempt_id = _attempt_id(data.get("prompt_id"))
        if attempt_id is None:
            return False
        if attempt_id != self._running:
            self._running, self._progress = attempt_id, {}
        return True

    def _progressed(self, graph_node_id: object, value: object, maximum: object) -> list[NodeEvent]:
        """An event if this is news: ComfyUI tells each step twice, by ``progress_state`` and by ``progress``."""
        done, total = finite_number(value), finite_number(maximum)
        if self._running is None or not _is_id(graph_node_id) or done is None or total is None or total <= 0:
            return []
        stand = (min(max(done, 0.0), total), total)
        if self._progress.get(graph_node_id) == stand:
            return []
        self._progress[graph_node_id] = stand
        return [AttemptProgress(self._running, graph_node_id, *stand)]

    def _read_binary(self, frame: bytes) -> list[NodeEvent]:
        if len(frame) < 2 * _UINT.size:
            return []
        kind, word = _UINT.unpack_from(frame)[0], _UINT.unpack_from(frame, _UINT.size)[0]
        start = 2 * _UINT.size
        if kind == _PREVIEW:
            return _preview(self._running, memoryview(frame)[start:])
        if kind == _PREVIEW_WITH_METADATA and word <= _LONGEST_DESCRIPTION:
            return _preview(_described_prompt(frame[start : start + word]), memoryview(frame)[start + word :])
        return []


def _described_prompt(description: bytes) -> AttemptId | None:
    try:
        metadata = parse_json(description, "preview")
    except NodeMisbehaved:
        return None  # too short or not a preview: dropped, the next one follows
    return _attempt_id(metadata.get("prompt_id")) if isinstance(metadata, dict) else None


def _preview(attempt_id: AttemptId | None, image: memoryview) -> list[NodeEvent]:
    if attempt_id is None or len(image) > LARGEST_PREVIEW:
        return []
    picture = bytes(image)
    media_type = preview_type(picture)
    return [AttemptPreview(attempt_id, media_type, picture)] if media_type else []


def _attempt_id(value: object) -> AttemptId | None:
    return AttemptId(value) if _is_id(value) else None


def _is_id(value: object) -> TypeGuard[str]:
    return isinstance(value, str) and 0 < len(value) <= _LONGEST_ID
