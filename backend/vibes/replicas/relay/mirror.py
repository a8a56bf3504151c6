"""A follower's side: hears the leader's events of each session once, however many watch it here, and heals every gap by
a snapshot."""

import asyncio
import logging
from collections import deque
from collections.abc import AsyncGenerator
from contextlib import aclosing, suppress

from starlette.types import Scope

from vibes.domain.ids import SessionId
from vibes.domain.replicas.place import BrokerState
from vibes.domain.replicas.replica import Lease
from vibes.environment.cancelling import unless_cancelled
from vibes.replicas.leader_stream import LeaderStream
from vibes.replicas.relay.port import Relay, RelayAway, Subscription
from vibes.replicas.relay.wire import ALIVE, WANTED, Kind, Relayed, channel_of, unpacked
from vibes.replicas.session_streams import Ended, Interrupted, seq_of

logger = logging.getLogger(__name__)

SILENT_SECONDS = 6.0
"""After so long without a heartbeat of the leader it is thought to tell nothing."""
BEGIN_SECONDS = 2.0
"""For which a session's begin is awaited; then its stream is asked of the leader itself."""
MOST_BEHIND = 1000
"""Messages that one browser may be behind."""
AWAY_SECONDS = (1.0, 2.0, 5.0, 10.0)
UNKNOWN_SESSION = 4404


class _Feed:
    """What one browser has yet to be told."""

    def __init__(self) -> None:
        self._messages: deque[Relayed] = deque()
        self._arrived = asyncio.Event()
        self._broken = False

    def offer(self, message: Relayed) -> None:
        if len(self._messages) >= MOST_BEHIND:
            self.break_off()
        self._messages.append(message)
        self._arrived.set()

    def break_off(self) -> None:
        """Something was lost: what comes can no longer be told in order."""
        self._broken = True
        self._arrived.set()

    async def next(self) -> Relayed:
        """Raises Interrupted."""
        while True:
            if self._broken:
                raise Interrupted("the relay has lost something")
            if self._messages:
                return self._messages.popleft()
            self._arrived.clear()
            await self._arrived.wait()


class Mirror:
    """Implements ``Source``: over the relay where it works, and otherwise as `LeaderStream` does."""

    def __init__(self, relay: Relay, leader: LeaderStream) -> None:
        self._relay = relay
        self._leader = leader
        self._subscription: Subscription | None = None
        self._heard: Relayed | None = None
        """The leader's latest heartbeat."""
        self._heard_at = 0.0
        self._feeds: dict[str, set[_Feed]] = {}
        """By channel."""

    @property
    def state(self) -> BrokerState:
        return BrokerState.AWAY if self._subscription is None else BrokerState.CONNECTED

    async def run(self) -> None:
        """Listen until cancelled."""
        tries, told = 0, ""
        while True:
            try:
                async with self._relay.subscription() as subscription, asyncio.TaskGroup() as group:
                    group.create_task(self._listen(subscription))
                    await subscription.add(ALIVE)
                    self._subscription, tries, told = subscription, 0, ""
                    await self._watch_silence()
            except* RelayAway as away:
                why = str(away.exceptions[0])
                if why != told:
                    logger.warning("live events are asked of the hub that leads, for Redis is away: %s", why)
                told = why
            finally:
                self._subscription = None
                self._break_all()
            unless_cancelled()
            await asyncio.sleep(AWAY_SECONDS[min(tries, len(AWAY_SECONDS) - 1)])
            tries += 1

    async def messages(self, scope: Scope, lease: Lease, since: int | None) -> AsyncGenerator[str | bytes]:
        """See `vibes.replicas.session_streams.Source`."""
        session_id = SessionId(scope["path"].rpartition("/")[2])
        feed = _Feed()
        if not self._tells(lease) or not await self._begun(session_id, feed):
            async with aclosing(self._leader.messages(scope, lease, since)) as messages:
                async for message in messages:
                    yield message
            return
        try:
            snapshot = await self._leader.snapshot(scope, lease)
            seq = seq_of(snapshot) or 0
            yield snapshot
            while True:
                heard = await feed.next()
                if heard.epoch != lease.epoch:
                    continue
                if heard.kind is Kind.CLOSED:
                    raise Ended(UNKNOWN_SESSION, "the session was deleted")
                if heard.kind is Kind.PREVIEW:
                    yield heard.content
                elif _missed_something(heard, seq):
                    snapshot = await self._leader.snapshot(scope, lease)
                    seq = seq_of(snapshot) or 0
                    yield snapshot
                elif heard.kind is Kind.EVENT and heard.number > seq:
                    seq = heard.number
                    yield heard.content.decode()
        finally:
            await self._leave(session_id, feed)

    def _tells(self, lease: Lease) -> bool:
        """Whether that leader is heard here."""
        fresh = asyncio.get_running_loop().time() - self._heard_at < SILENT_SECONDS
        return self._subscription is not None and fresh and self._heard is not None and self._heard.epoch == lease.epoch

    async def _begun(self, session_id: SessionId, feed: _Feed) -> bool:
        """Hear the session, and have it told: False where that does not begin soon."""
        channel, subscription = channel_of(session_id), self._subscription
        first = channel not in self._feeds
        self._feeds.setdefault(channel, set()).add(feed)
        try:
            async with asyncio.timeout(BEGIN_SECONDS):
                if first and subscription is not None:
                    await subscription.add(channel)
                want = Relayed(kind=Kind.WANT, epoch=0, content=session_id.encode())
                await self._relay.publish(WANTED, want.packed())
                while (await feed.next()).kind is not Kind.BEGIN:
                    pass
        except (RelayAway, TimeoutError, Interrupted):
            await self._leave(session_id, feed)
            return False
        return True

    async def _leave(self, session_id: SessionId, feed: _Feed) -> None:
        channel = channel_of(session_id)
        feeds = self._feeds.get(channel, set())
        feeds.discard(feed)
        if feeds or self._feeds.pop(channel, None) is None or self._subscription is None:
            return
        with suppress(RelayAway):
            await self._subscription.remove(channel)

    async def _listen(self, subscription: Subscription) -> None:
        while True:
            channel, message = await subscription.next()
            heard = unpacked(message)
            if heard is None:
                continue
            if channel == ALIVE:
                self._note_heartbeat(heard)
            for feed in self._feeds.get(channel, ()):
                feed.offer(heard)

    def _note_heartbeat(self, heard: Relayed) -> None:
        before = self._heard
        if before is not None and heard.epoch < before.epoch:
            return  # of a leader that has not noticed yet that it is none any more
        if before is not None and (heard.epoch, heard.number) != (before.epoch, before.number):
            self._break_all()
        self._heard, self._heard_at = heard, asyncio.get_running_loop().time()

    async def _watch_silence(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            await asyncio.sleep(SILENT_SECONDS / 3)
            if loop.time() - self._heard_at >= SILENT_SECONDS:
                self._break_all()

    def _break_all(self) -> None:
        for feeds in self._feeds.values():
            for feed in feeds:
                feed.break_off()


def _missed_something(heard: Relayed, seq: int) -> bool:
    """Whether something between ``seq`` and this was not told."""
    match heard.kind:
        case Kind.EVENT:
            return heard.number > seq + 1
        case Kind.MISSING:
            return heard.number > seq
        case _:
            return False
