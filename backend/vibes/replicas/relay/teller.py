"""The leader's side: tells what happens in each session that somebody watches at another replica."""

import asyncio
import logging

from vibes.api.routes.live import event_text, preview_frame
from vibes.domain.chance import random_bits
from vibes.domain.events import Preview
from vibes.domain.ids import SessionId
from vibes.environment.cancelling import unless_cancelled
from vibes.replicas.relay.port import Relay, RelayAway, Subscription
from vibes.replicas.relay.wire import (
    ALIVE,
    LARGEST_EVENT,
    LARGEST_PREVIEW,
    WANTED,
    Kind,
    Relayed,
    channel_of,
    unpacked,
)
from vibes.services.events.live_events import Closed, LiveEvents, NumberedEvent, Resync

logger = logging.getLogger(__name__)

BEAT_SECONDS = 2.0
AWAY_SECONDS = (1.0, 2.0, 5.0, 10.0)
"""Between tries to reach a broker that is away; the last one from then on."""


class Teller:
    """It listens to its own hub's events as a browser does, so that what falls behind is told to be missing."""

    def __init__(self, relay: Relay, live: LiveEvents, epoch: int) -> None:
        self._relay = relay
        self._live = live
        self._epoch = epoch
        self._telling: dict[SessionId, asyncio.Task[None]] = {}

    async def run(self) -> None:
        """Until cancelled."""
        tries = 0
        while True:
            try:
                async with self._relay.subscription() as wishes, asyncio.TaskGroup() as group:
                    group.create_task(self._hear(wishes, group))
                    await wishes.add(WANTED)
                    tries = 0
                    await self._beat(random_bits(63))
            except* RelayAway as away:
                logger.info("live events stay in this hub: %s", away.exceptions[0])
            unless_cancelled()
            self._telling.clear()
            await asyncio.sleep(AWAY_SECONDS[min(tries, len(AWAY_SECONDS) - 1)])
            tries += 1

    async def _beat(self, generation: int) -> None:
        """Say that it tells; and stop telling what nobody listens to any more. ``generation``: of this connection."""
        while True:
            await self._publish(ALIVE, Relayed(kind=Kind.HEARTBEAT, epoch=self._epoch, number=generation))
            listened = await self._relay.listened()
            for session_id in [each for each in self._telling if channel_of(each) not in listened]:
                self._telling.pop(session_id).cancel()
            await asyncio.sleep(BEAT_SECONDS)

    async def _hear(self, wishes: Subscription, group: asyncio.TaskGroup) -> None:
        while True:
            _, message = await wishes.next()
            wish = unpacked(message)
            if wish is None or wish.kind is not Kind.WANT:
                continue
            session_id = SessionId(wish.content.decode(errors="replace"))
            telling = self._telling.get(session_id)
            if telling is None or telling.done():
                self._telling[session_id] = group.create_task(self._tell(session_id))
            else:
                await self._say(session_id, Kind.BEGIN, self._live.seq(session_id))

    async def _tell(self, session_id: SessionId) -> None:
        listener, _ = self._live.subscribe(session_id, None)
        try:
            await self._say(session_id, Kind.BEGIN, self._live.seq(session_id))
            while True:
                match await listener.next():
                    case NumberedEvent() as numbered:
                        await self._say_event(session_id, numbered)
                    case Preview() as preview:
                        frame = preview_frame(preview)
                        if len(frame) <= LARGEST_PREVIEW:
                            await self._say(session_id, Kind.PREVIEW, 0, frame)
                    case Resync():
                        await self._say(session_id, Kind.MISSING, self._live.seq(session_id))
                    case Closed():
                        await self._say(session_id, Kind.CLOSED, 0)
                        return
        finally:
            self._live.unsubscribe(session_id, listener)

    async def _say_event(self, session_id: SessionId, numbered: NumberedEvent) -> None:
        text = event_text(numbered).encode()
        if len(text) <= LARGEST_EVENT:
            await self._say(session_id, Kind.EVENT, numbered.seq, text)
        else:
            await self._say(session_id, Kind.MISSING, numbered.seq)

    async def _say(self, session_id: SessionId, kind: Kind, number: int, content: bytes = b"") -> None:
        message = Relayed(kind=kind, epoch=self._epoch, number=number, content=content)
        await self._publish(channel_of(session_id), message)

    async def _publish(self, channel: str, message: Relayed) -> None:
        await self._relay.publish(channel, message.packed())
