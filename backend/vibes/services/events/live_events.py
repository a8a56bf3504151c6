"""One numbered, resumable stream of events for each session; a slow listener never delays others."""

import asyncio
from collections import OrderedDict, deque
from collections.abc import Callable
from dataclasses import dataclass
from itertools import islice

from vibes.domain.events import FleetEvent, LiveEvent, Preview, SessionEvent
from vibes.domain.ids import GenerationId, SessionId
from vibes.ports.clock import Clock
from vibes.services.events.subscribers import Subscribers

RING_SIZE = 2000
"""Events kept of a session for resuming; a funnel of 32 pictures with 25 steps each makes about 1,000."""
MAX_BACKLOG = 1000
"""Events that a listener may lag behind; after that it gets a new snapshot."""
MAX_QUIET_CHANNELS = 50
WOKEN_AT_ONCE = 32
"""Listeners woken together; then other tasks of the event loop get a turn."""
MESSAGES_IN_A_TURN = 8
"""Messages that a listener takes before the next listener gets a turn."""


@dataclass(frozen=True, slots=True)
class NumberedEvent:
    seq: int
    event: LiveEvent


@dataclass(frozen=True, slots=True)
class Resync:
    """The listener lags too far behind and must start again from a snapshot."""


@dataclass(frozen=True, slots=True)
class Closed:
    """The session was deleted; no more events follow."""


class _Bell:
    """Wakes listeners a few at a time: waking a thousand at once would delay all other tasks."""

    def __init__(self) -> None:
        self._due: dict[Listener, None] = {}
        self._ringing = False

    def ring(self, listener: "Listener") -> None:
        self._due[listener] = None
        if not self._ringing:
            self._ringing = True
            asyncio.get_running_loop().call_soon(self._wake_some)

    def _wake_some(self) -> None:
        for listener in list(islice(self._due, WOKEN_AT_ONCE)):
            del self._due[listener]
            listener.wake()
        self._ringing = bool(self._due)
        if self._ringing:
            asyncio.get_running_loop().call_soon(self._wake_some)


class Listener:
    """The mailbox of one listener: events in order, and the newest preview of each generation."""

    def __init__(self, bell: _Bell) -> None:
        self._bell = bell
        self._in_a_row = 0
        self._events: deque[NumberedEvent] = deque()
        self._previews: OrderedDict[GenerationId, Preview] = OrderedDict()
        self._resync = False
        self._closed = False
        self._arrived = asyncio.Event()

    def close(self) -> None:
        self._closed = True
        self._arrived.set()

    def offer(self, event: NumberedEvent) -> None:
        if len(self._events) >= MAX_BACKLOG:
            self._events.clear()
            self._resync = True
        if not self._resync:
            self._events.append(event)

    def wake(self) -> None:
        self._arrived.set()

    def offer_preview(self, preview: Preview) -> None:
        self._previews.pop(preview.generation_id, None)
        self._previews[preview.generation_id] = preview

    async def next(self) -> NumberedEvent | Preview | Resync | Closed:
        """Wait for the next message; events come before previews."""
        while True:
            if self._closed:
                return Closed()
            if self._resync:
                self._resync = False
                return Resync()
            if self._in_a_row >= MESSAGES_IN_A_TURN:
                self._arrived.clear()
                self._bell.ring(self)
            elif self._events:
                self._in_a_row += 1
                return self._events.popleft()
            elif self._previews:
                self._in_a_row += 1
                return self._previews.popitem(last=False)[1]
            else:
                self._arrived.clear()
            await self._arrived.wait()
            self._in_a_row = 0


class _Channel:
    def __init__(self, first_seq: int, bell: _Bell) -> None:
        self.seq = first_seq
        self._bell = bell
        self.ring: deque[NumberedEvent] = deque(maxlen=RING_SIZE)
        self.listeners: set[Listener] = set()

    def publish(self, event: LiveEvent) -> None:
        self.seq += 1
        numbered = NumberedEvent(self.seq, event)
        self.ring.append(numbered)
        for listener in self.listeners:
            listener.offer(numbered)
        self._wake()

    def publish_preview(self, preview: Preview) -> None:
        for listener in self.listeners:
            listener.offer_preview(preview)
        self._wake()

    def _wake(self) -> None:
        crowded = len(self.listeners) > WOKEN_AT_ONCE
        for listener in self.listeners:
            self._bell.ring(listener) if crowded else listener.wake()

    def since(self, seq: int) -> list[NumberedEvent] | None:
        """The events after ``seq``; None when they are no longer kept."""
        oldest = self.ring[0].seq if self.ring else self.seq + 1
        if not oldest - 1 <= seq <= self.seq:
            return None
        return [numbered for numbered in self.ring if numbered.seq > seq]


class LiveEvents:
    """Publish and subscribe. A stream's numbers start at the wall clock in milliseconds, so that a number from before a
    restart of the hub is always too old and is answered by a snapshot."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._bell = _Bell()
        self._channels: OrderedDict[SessionId, _Channel] = OrderedDict()
        self._of_all_sessions: Subscribers[SessionEvent] = Subscribers()

    def publish(self, event: SessionEvent) -> None:
        self._channel(event.session_id).publish(event)
        self._of_all_sessions.tell(event)

    def overhear(self, listener: Callable[[SessionEvent], None]) -> Callable[[], None]:
        """Call ``listener`` with every event of every session, without previews; answers a function that stops it."""
        return self._of_all_sessions.add(listener)

    def publish_to_all(self, event: FleetEvent) -> None:
        for channel in self._channels.values():
            channel.publish(event)

    def publish_preview(self, session_id: SessionId, preview: Preview) -> None:
        channel = self._channels.get(session_id)
        if channel is not None:
            channel.publish_preview(preview)

    def subscribe(self, session_id: SessionId, since: int | None) -> tuple[Listener, bool]:
        """A listener, and whether it resumes after ``since``; if not, the caller sends a snapshot first.

        The listener is registered at once: an event between this call and the snapshot is delivered after the snapshot.
        """
        channel = self._channel(session_id)
        listener = Listener(self._bell)
        missed = channel.since(since) if since is not None else None
        for numbered in missed or ():
            listener.offer(numbered)
        channel.listeners.add(listener)
        return listener, missed is not None

    def unsubscribe(self, session_id: SessionId, listener: Listener) -> None:
        channel = self._channels.get(session_id)
        if channel is not None:
            channel.listeners.discard(listener)

    @property
    def listeners(self) -> int:
        """How many listen to any session."""
        return sum(len(channel.listeners) for channel in self._channels.values())

    def watched(self, session_id: SessionId) -> bool:
        """Whether anybody listens to it now."""
        channel = self._channels.get(session_id)
        return channel is not None and bool(channel.listeners)

    def close(self, session_id: SessionId) -> None:
        """The session is gone: tell its listeners and forget its numbers."""
        channel = self._channels.pop(session_id, None)
        for listener in channel.listeners if channel else ():
            listener.close()

    def seq(self, session_id: SessionId) -> int:
        """The number of the session's latest event."""
        return self._channel(session_id).seq

    def _channel(self, session_id: SessionId) -> _Channel:
        channel = self._channels.get(session_id)
        if channel is None:
            channel = _Channel(int(self._clock.now().timestamp() * 1000), self._bell)
            self._channels[session_id] = channel
            self._drop_quiet_channels()
        self._channels.move_to_end(session_id)
        return channel

    def _drop_quiet_channels(self) -> None:
        quiet = [session_id for session_id, channel in self._channels.items() if not channel.listeners]
        for session_id in quiet[: max(len(quiet) - MAX_QUIET_CHANNELS, 0)]:
            del self._channels[session_id]
