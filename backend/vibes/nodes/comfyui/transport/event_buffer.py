"""The bounded buffer between the socket, which must always be read, and a listener who may be slow."""

import asyncio
from collections import deque

from vibes.domain.nodes.events import AttemptPreview, AttemptProgress, NodeEvent

_MAX_EVENTS = 1024
_MAX_PREVIEW_BYTES = 16 * 2**20


class EventBuffer:
    """A queue of events. When it is full, the oldest preview is dropped, else the oldest progress, else the oldest
    event.

    Events may be dropped because they are hints: the listener reads the node's history when it misses one.
    """

    def __init__(self, *, max_events: int = _MAX_EVENTS, max_preview_bytes: int = _MAX_PREVIEW_BYTES) -> None:
        self._max_events = max_events
        self._max_preview_bytes = max_preview_bytes
        self._events: deque[NodeEvent] = deque()
        self._preview_bytes = 0
        self._finished = False
        self._changed = asyncio.Event()

    def put(self, event: NodeEvent) -> None:
        self._events.append(event)
        self._preview_bytes += _preview_size(event)
        while len(self._events) > self._max_events or self._preview_bytes > self._max_preview_bytes:
            self._forget_one()
        self._changed.set()

    def finish(self) -> None:
        """Say that no more events follow, so that `take` ends."""
        self._finished = True
        self._changed.set()

    async def take(self) -> NodeEvent | None:
        """The oldest event, as soon as there is one; None when finished and empty."""
        while not self._events:
            if self._finished:
                return None
            self._changed.clear()
            await self._changed.wait()
        event = self._events.popleft()
        self._preview_bytes -= _preview_size(event)
        return event

    def _forget_one(self) -> None:
        place = self._oldest(AttemptPreview) if self._preview_bytes else None
        if place is None:
            place = self._oldest(AttemptProgress) or 0
        self._preview_bytes -= _preview_size(self._events[place])
        del self._events[place]

    def _oldest(self, kind: type[NodeEvent]) -> int | None:
        return next((place for place, event in enumerate(self._events) if isinstance(event, kind)), None)


def _preview_size(event: NodeEvent) -> int:
    return len(event.image) if isinstance(event, AttemptPreview) else 0
