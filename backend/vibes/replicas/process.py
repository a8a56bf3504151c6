"""Builds a replica: the hub that runs here while it leads, what it answers while it follows, and the lease between."""

import asyncio
import hmac
import os
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from hashlib import sha256
from importlib.metadata import version
from typing import Protocol

from starlette.types import ASGIApp

from vibes.api.http.authentication import Authentication, SharedKey
from vibes.api.http.tickets import SignedTickets
from vibes.app.base import Base, Tenure, open_base
from vibes.app.media import open_media
from vibes.domain.chance import random_uuid
from vibes.domain.errors import InvalidRequest, StorageUnavailable
from vibes.domain.replicas.replica import Replica, ReplicaId
from vibes.environment.settings import Settings
from vibes.ports.replicas import Leases
from vibes.replicas.forwarding import Forwarder
from vibes.replicas.front_door import FrontDoor, by_kind
from vibes.replicas.guide import Guide
from vibes.replicas.hub_here import HubHere, Surroundings
from vibes.replicas.leader_stream import LeaderStream
from vibes.replicas.leadership import Leadership, LeaseTimes
from vibes.replicas.led_store import LedMediaStore
from vibes.replicas.lines import Lines
from vibes.replicas.own_answers import following_app, following_state
from vibes.replicas.own_replica import OwnReplica
from vibes.replicas.relay.mirror import Mirror
from vibes.replicas.relay.port import Relay
from vibes.replicas.seal import Seal
from vibes.replicas.session_streams import SessionStreams, Source
from vibes.replicas.terms import Terms
from vibes.services.runtime.clock import SystemClock, since_boot
from vibes.services.runtime.loop import running_loops
from vibes.storage.repositories.leases import SqlLeases, no_writes

GOING_SECONDS = 42.0
"""In which a replica that is told to end has its hub end and another one lead. It shares the minute that its process is
given with the connections that are open then (`vibes.commands.hub.serving.GRACEFUL_SECONDS`) and `LEAVE_SECONDS`."""
LEAVE_SECONDS = 4.0
"""For which the database may take to forget it."""
LOOK_SECONDS = 1.0
"""Between two looks whether there still is another one that may lead."""
ENDED_BY_ITSELF = 70
"""Exit status of a replica whose hub may not go on and does not end; what supervises it starts it again."""


class _Claiming(Protocol):
    """The hub of this process, as far as its end is concerned."""

    def stop_claiming(self) -> None:
        """Start nothing new."""


class RunningReplica:
    def __init__(self, app: ASGIApp, hub: _Claiming, terms: Terms, guide: Guide, own: OwnReplica) -> None:
        self.app = app
        """Answers every request, whether this replica leads or follows."""
        self._hub = hub
        self._terms = terms
        self._guide = guide
        self._own = own

    async def end(self, seconds: float, leave_seconds: float) -> None:
        """Lead no more. Returns once the hub of this process has ended and another replica leads, if one is there that
        will within ``seconds``, and after ``leave_seconds`` at the earliest; until then requests are answered, or wait.
        Alone it returns as soon as its hub has ended, and at all events after ``GOING_SECONDS``."""
        self._hub.stop_claiming()
        self._own.end()
        with suppress(TimeoutError):
            async with asyncio.timeout(GOING_SECONDS):
                await self._hand_over(seconds, leave_seconds)
        self._guide.closing.set()

    async def _hand_over(self, seconds: float, leave_seconds: float) -> None:
        loop = asyncio.get_running_loop()
        left = loop.time() + leave_seconds
        await self._terms.over.wait()
        if not await self._own.has_others():
            return
        until = loop.time() + seconds
        while self._guide.place is None and loop.time() < until and await self._own.has_others():
            await self._guide.next(min(LOOK_SECONDS, until - loop.time()))
        await asyncio.sleep(left - loop.time())


@asynccontextmanager
async def running_replica(
    settings: Settings, *, address: str, trust: Callable[[str], None]
) -> AsyncIterator[RunningReplica]:
    """Until the block ends. ``address``: a URL under which the others reach this one. ``trust`` is told the
    addresses from where other replicas speak. Raises HubError when the database cannot be used."""
    clock = SystemClock()
    me = Replica(id=ReplicaId(str(random_uuid())), address=address, version=version("vibes-imgen"))
    async with AsyncExitStack() as stack:
        base = await stack.enter_async_context(
            open_base(settings, clock, Tenure(guard=no_writes, files=lambda store: LedMediaStore(store, lambda: False)))
        )
        leases = SqlLeases(settings.storage_url)
        stack.push_async_callback(leases.close)
        secret = await leases.secret()
        leadership = Leadership(leases, me, _times(settings), since_boot)
        relay = await _relay(stack, settings, secret)
        own = OwnReplica(me, leadership, leases)
        authentication = Authentication(_key(settings), clock, SignedTickets(secret, clock))
        around = Surroundings(
            settings=settings,
            clock=clock,
            authentication=authentication,
            leadership=leadership,
            own=own,
            relay=relay,
        )
        hub = HubHere(around)
        terms = Terms(leadership, hub.open, lambda: os._exit(ENDED_BY_ITSELF))
        guide = Guide(leadership, terms, me.id)
        seal = Seal(secret, clock)
        following = await _following(stack, base, around, guide, seal)
        stack.push_async_callback(_leave, leases, me.id)
        loops = await stack.enter_async_context(running_loops())
        loops.start("lease", leadership.run, vital=True)
        await stack.enter_async_context(_run_to_its_end(terms))
        yield RunningReplica(FrontDoor(guide, following, seal, trust), hub, terms, guide, own)


async def _following(stack: AsyncExitStack, base: Base, around: Surroundings, guide: Guide, seal: Seal) -> ASGIApp:
    """What answers while this replica does not lead."""
    settings = around.settings
    media = await stack.enter_async_context(open_media(base))
    lines = Lines(settings.tls_cert)
    forwarder = await stack.enter_async_context(Forwarder(guide, seal, lines, settings.leader_wait_seconds))
    leader = await stack.enter_async_context(LeaderStream(seal, around.authentication, lines))
    source: Source = leader
    if around.relay is not None:
        source = mirror = Mirror(around.relay, leader)
        around.own.broker = lambda: mirror.state
        loops = await stack.enter_async_context(running_loops())
        loops.start("live events", mirror.run)
    streams = SessionStreams(guide, source, settings.leader_wait_seconds)
    state = following_state(base.storage, media.images, around.own)
    return following_app(settings, around.authentication, state, by_kind(forwarder, streams))


async def _relay(stack: AsyncExitStack, settings: Settings, secret: bytes) -> Relay | None:
    """None without a broker. Raises InvalidRequest where its library is missing."""
    if settings.broker_url is None:
        return None
    try:
        from vibes.replicas.relay.redis_relay import RedisRelay
    except ModuleNotFoundError as error:
        raise InvalidRequest("VIBES_BROKER_URL needs the library of Redis: pip install 'vibes-imgen[redis]'") from error
    # every database has a secret of its own, and so channels of its own on a server that several share
    ours = hmac.digest(secret, b"channels", sha256).hex()[:12]
    relay = RedisRelay(settings.broker_url.get_secret_value(), f"{settings.broker_prefix}:{ours}")
    stack.push_async_callback(relay.close)
    return relay


@asynccontextmanager
async def _run_to_its_end(terms: Terms) -> AsyncIterator[None]:
    """A fault of ours there would leave a process that never leads again: it ends instead."""
    running = asyncio.create_task(terms.run(), name="terms")
    running.add_done_callback(lambda done: None if done.cancelled() or done.exception() is None else terms.give_up())
    try:
        yield
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


async def _leave(leases: Leases, me: ReplicaId) -> None:
    with suppress(StorageUnavailable, TimeoutError):  # then what it had runs out
        async with asyncio.timeout(LEAVE_SECONDS):
            await leases.leave(me)


def _key(settings: Settings) -> SharedKey | None:
    return SharedKey(settings.api_key.get_secret_value()) if settings.api_key else None


def _times(settings: Settings) -> LeaseTimes:
    return LeaseTimes(lease=settings.lease_seconds, renewal=settings.lease_renewal_seconds)
