"""Live events over a broker that loses messages and goes away: a browser at another replica is told all, in order."""

import asyncio
import json
import random
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import pytest
from starlette.types import Scope

from tests.backing import redis_server
from tests.fakes import FakeClock
from tests.replicas.fake_relay import FakeRelay
from tests.waiting import deadline, eventually
from vibes.api.routes.live import event_text
from vibes.domain.events import ConfigChanged, Preview
from vibes.domain.ids import SessionId, new_generation_id
from vibes.domain.replicas.place import BrokerState
from vibes.domain.replicas.replica import Lease, ReplicaId
from vibes.replicas.relay import mirror as mirrors
from vibes.replicas.relay.mirror import Mirror
from vibes.replicas.relay.port import Relay, RelayAway
from vibes.replicas.relay.redis_relay import RedisRelay
from vibes.replicas.relay.teller import Teller
from vibes.replicas.relay.wire import ALIVE, Kind, Relayed, channel_of, unpacked
from vibes.replicas.session_streams import Ended, Interrupted, seq_of
from vibes.services.events.live_events import LiveEvents, NumberedEvent

SESSION = SessionId("a-session")
SCOPE: Scope = {"type": "websocket", "path": f"/ws/session/{SESSION}"}
LEASE = Lease(
    holder=ReplicaId("leader"),
    epoch=3,
    address="http://leader",
    version="1",
    since=datetime(2026, 1, 1, tzinfo=UTC),
    seconds_left=9.0,
)


@dataclass
class DirectStream:
    """The leader's own stream, as `LeaderStream` asks for it."""

    live: LiveEvents
    snapshots: int = 0
    asked_since: list[int | None] = field(default_factory=list)

    async def snapshot(self, *_: Any) -> str:
        self.snapshots += 1
        return f'{{"type": "snapshot", "seq": {self.live.seq(SESSION)}}}'

    async def messages(self, scope: Scope, lease: Lease, since: int | None) -> AsyncGenerator[str | bytes]:
        self.asked_since.append(since)
        listener, resumed = self.live.subscribe(SESSION, since)
        if not resumed:
            yield await self.snapshot()
        while True:
            told = await listener.next()
            if isinstance(told, NumberedEvent):
                yield event_text(told)


@dataclass
class Browser:
    """Watches over the mirror, and takes it up again from its last number, as `SessionStreams` does."""

    mirror: Mirror
    told: list[int] = field(default_factory=list)
    previews: list[bytes] = field(default_factory=list)
    interrupted: int = 0
    ended: int | None = None

    async def watch(self) -> None:
        while True:
            since = self.told[-1] if self.told else None
            try:
                async with aclosing(self.mirror.messages(SCOPE, LEASE, since)) as messages:
                    async for message in messages:
                        self._take(message)
            except Interrupted:
                self.interrupted += 1
            except Ended as error:
                self.ended = error.code
                return

    def _take(self, message: str | bytes) -> None:
        if isinstance(message, bytes):
            self.previews.append(message)
            return
        seq = seq_of(message)
        assert seq is not None
        if json.loads(message)["type"] != "snapshot":
            assert seq == self.told[-1] + 1, "in order, and nothing left out"
        self.told.append(seq)


@dataclass
class House:
    live: LiveEvents
    direct: DirectStream
    browser: Browser
    mirror: Mirror
    version: int = 0

    def change(self) -> int:
        self.version += 1
        self.live.publish(ConfigChanged(session_id=SESSION, version=self.version))
        return self.live.seq(SESSION)

    def broker_is(self, state: BrokerState) -> bool:
        return self.mirror.state is state

    async def hears(self, seq: int) -> None:
        await eventually(lambda: self.browser.told[-1:] == [seq], within=20, what=f"it is told of {seq}")


@asynccontextmanager
async def house(relay: Relay, *, telling: bool = True) -> AsyncIterator[House]:
    live = LiveEvents(FakeClock())
    direct = DirectStream(live)
    mirror = Mirror(relay, direct)  # type: ignore[arg-type]  # has what of LeaderStream is used
    tasks = [asyncio.create_task(mirror.run())]
    if telling:
        tasks.append(asyncio.create_task(Teller(relay, live, LEASE.epoch).run()))
        await eventually(lambda: mirror._tells(LEASE), what="the leader is heard")
    made = House(live, direct, Browser(mirror), mirror)
    tasks.append(asyncio.create_task(made.browser.watch()))
    await eventually(lambda: made.browser.told, what="it has a snapshot")
    try:
        yield made
        assert all(not each.done() or each.cancelled() or each is tasks[-1] for each in tasks)
    finally:
        for each in tasks:
            each.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


@pytest.fixture(params=["in memory", "redis"])
async def relay(request: pytest.FixtureRequest) -> AsyncIterator[Relay]:
    made: Relay = FakeRelay() if request.param == "in memory" else RedisRelay(redis_server().url, "vibes:test")
    yield made
    await made.close()


async def test_events_and_previews_come_over_the_relay_and_nothing_is_asked_of_the_leader_but_one_snapshot(
    relay: Relay,
) -> None:
    async with house(relay) as here:
        await here.hears([here.change() for _ in range(50)][-1])
        picture = Preview(generation_id=new_generation_id(), image=b"jpeg", media_type="image/jpeg")
        here.live.publish_preview(SESSION, picture)
        await eventually(lambda: here.browser.previews, what="the preview comes")
        assert here.browser.previews[0].endswith(b"jpeg")
        assert (here.direct.snapshots, here.direct.asked_since) == (1, [])
        assert here.broker_is(BrokerState.CONNECTED)
        assert here.live.watched(SESSION), "the leader knows that somebody watches"


async def test_a_deleted_session_ends_the_stream_for_good(relay: Relay) -> None:
    async with house(relay) as here:
        here.live.close(SESSION)
        await eventually(lambda: here.browser.ended == 4404, what="it is told so")


async def test_without_a_leader_that_tells_the_stream_is_asked_of_the_leader_itself() -> None:
    async with house(FakeRelay(), telling=False) as here:
        await here.hears(here.change())
        assert here.direct.asked_since == [None]


@pytest.mark.parametrize("seed", range(10))
async def test_whatever_is_lost_on_the_way_what_is_told_is_in_order_and_up_to_date(seed: int) -> None:
    chance, relay = random.Random(seed), FakeRelay()  # noqa: S311 - no secret
    relay.loses = lambda channel, message: channel == channel_of(SESSION) and chance.random() < 0.3
    async with house(relay) as here:
        for _ in range(100):
            here.change()
            if chance.random() < 0.3:
                await asyncio.sleep(0)
        relay.loses = lambda channel, message: False
        await here.hears(here.change())


async def test_when_the_broker_goes_the_stream_goes_on_from_where_it_was_and_when_it_returns_it_is_used_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(mirrors, "AWAY_SECONDS", (0.01,))
    relay = FakeRelay()
    async with house(relay) as here:
        last = here.change()
        await here.hears(last)
        relay.go_away()
        await here.hears(here.change())
        assert here.direct.asked_since == [last], "no snapshot: it resumed"
        assert here.broker_is(BrokerState.AWAY)
        relay.come_back()
        await eventually(lambda: here.broker_is(BrokerState.CONNECTED), what="it is back")
        await here.hears(here.change())


async def test_what_an_earlier_leader_still_says_is_not_believed() -> None:
    relay = FakeRelay()
    async with house(relay) as here, deadline():
        await here.hears(here.change())
        stale = Relayed(kind=Kind.EVENT, epoch=2, number=here.browser.told[-1] + 1, content=b'{"seq":1}')
        await relay.publish(channel_of(SESSION), stale.packed())
        await relay.publish(ALIVE, Relayed(kind=Kind.HEARTBEAT, epoch=2, number=9).packed())
        await here.hears(here.change())
        assert here.browser.interrupted == 0


async def test_a_leader_that_had_to_connect_again_has_every_stream_taken_up_anew() -> None:
    """What it told in between is lost, and nobody would miss the last of it."""
    relay = FakeRelay()
    async with house(relay) as here:
        relay.loses = lambda channel, message: channel == channel_of(SESSION)
        lost = here.change()
        await relay.publish(ALIVE, Relayed(kind=Kind.HEARTBEAT, epoch=3, number=1).packed())
        await here.hears(lost)
        assert here.browser.interrupted > 0


def test_what_is_no_message_of_ours_is_nothing() -> None:
    assert [unpacked(each) for each in (b"", b"short", b"\xff" * 40)] == [None, None, None]
    said = Relayed(kind=Kind.EVENT, epoch=7, number=2**50, content=b"x")
    assert unpacked(said.packed()) == said


async def test_a_broker_that_is_away_is_told_once_and_once_more_after_it_was_there(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("vibes.replicas.relay.mirror.AWAY_SECONDS", (0.0,))
    relay, asked = FakeRelay(), 0

    def counted() -> None:
        nonlocal asked
        asked += 1
        if relay._away:
            raise RelayAway("invalid username-password pair or user is disabled.")

    monkeypatch.setattr(relay, "answer", counted)
    async with house(FakeRelay()) as here:
        mirror = Mirror(relay, here.direct)  # type: ignore[arg-type]  # as in the house
        running = asyncio.create_task(mirror.run())
        for times in (1, 2):
            relay.go_away()
            before = asked
            await eventually(lambda before=before: asked > before + 5, what="it was asked again")  # type: ignore[misc]
            assert caplog.text.count("for Redis is away: invalid username-password") == times
            relay.come_back()
            await eventually(lambda: mirror.state is BrokerState.CONNECTED, what="it is heard again")
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
