"""Keeps this replica's standing up to date: looks at the lease, renews it, and tells whoever runs the hub."""

import asyncio
import logging
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace

from vibes.domain.errors import StorageUnavailable
from vibes.domain.replicas.replica import Lease, Replica
from vibes.ports.replicas import Leases
from vibes.replicas import standing as moves
from vibes.replicas.standing import Following, Heard, Leading, Leaving, Resigning, Standing
from vibes.replicas.watched import Watched

logger = logging.getLogger(__name__)

LOOK_SECONDS = 1.0
"""Between two looks of a replica that does not lead, so that one that is given back is taken within a second."""
SAID_AGAIN_SECONDS = 60.0
"""Between two lines of the log while the database does not answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LeaseTimes:
    """Seconds."""

    lease: float = 15.0
    renewal: float = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class _Silence:
    """The database does not answer: since when, and when the log was told last."""

    since: float
    said_at: float


class Leadership:
    def __init__(self, leases: Leases, me: Replica, times: LeaseTimes, now: Callable[[], float]) -> None:
        """``now``: seconds that go on while the machine is suspended, since the lease runs out meanwhile."""
        self._leases = leases
        self._me = me
        self._times = times
        self._now = now
        self._loop: asyncio.AbstractEventLoop | None = None
        self._nudged = asyncio.Event()
        self._silence: _Silence | None = None
        """None while the database answers."""
        self.standing: Watched[Standing] = Watched(Following())

    async def run(self) -> None:
        """Look for ever."""
        self._loop = asyncio.get_running_loop()
        while True:
            self._nudged.clear()
            await self.look()
            await self._rest()

    async def look(self) -> None:
        """Once."""
        asked_at = self._now()
        seek = moves.seeks(self.standing.value, asked_at)
        ending = isinstance(self.standing.value, Resigning | Leaving)
        try:
            lease = await self._leases.look(self._me, self._times.lease, seek=seek, ending=ending)
        except StorageUnavailable as error:
            self._note_silence(error)
            self._move(moves.unanswered(self.standing.value, self._now()))
        else:
            if self._silence is not None:
                logger.info("the database tells again who leads, after %.0f s", self._now() - self._silence.since)
                self._silence = None
            news = Heard(lease=lease, asked_at=asked_at)
            self._move(moves.heard(self.standing.value, self._me.id, news, self._times.lease))

    def holds(self, epoch: int) -> bool:
        """The mandate of the hub of that epoch."""
        return moves.mandate(self.standing.value, epoch, self._now())

    def refused(self, epoch: int) -> None:
        """A write of that epoch was refused. May be called by any thread."""
        if self._loop is not None:
            self._loop.call_soon_threadsafe(lambda: self._move(moves.refused(self.standing.value, epoch)))

    async def could_not_lead(self, epoch: int) -> None:
        """The hub of that epoch did not start: leave the lease to others for a while."""
        self._move(moves.failed(self.standing.value, epoch, self._now()))
        await self._give_back()

    def end(self) -> None:
        """This process is about to end: lead no more once the hub has ended, and have the others know."""
        self._move(moves.told_to_end(self.standing.value))
        self._nudged.set()

    async def hub_has_ended(self) -> None:
        """Give back what is held where this process is about to end."""
        if isinstance(self.standing.value, Resigning):
            await self._give_back()
            self._move(moves.hub_ended(self.standing.value))

    async def _give_back(self) -> None:
        try:
            await self._leases.resign(self._me.id)
        except StorageUnavailable as error:
            logger.warning("the lease runs out by itself: %s", error)

    async def _rest(self) -> None:
        """Until the next look is due, or something else than time calls for one."""
        settled = self._silence is None and isinstance(self.standing.value, Leading | Resigning)
        with suppress(TimeoutError):
            async with asyncio.timeout(self._times.renewal if settled else min(LOOK_SECONDS, self._times.renewal)):
                await self._nudged.wait()

    def _note_silence(self, error: StorageUnavailable) -> None:
        now, before = self._now(), self._silence
        if before is None:
            logger.warning("who leads cannot be told: %s", error)
            self._silence = _Silence(since=now, said_at=now)
        elif now - before.said_at >= SAID_AGAIN_SECONDS:
            logger.warning("who leads cannot be told for %.0f s: %s", now - before.since, error)
            self._silence = replace(before, said_at=now)

    def _move(self, new: Standing) -> None:
        old = self.standing.value
        if type(old) is not type(new) or leader_of(old) != leader_of(new):
            logger.info("%s", in_words(new))
            self._nudged.set()
        self.standing.set(new)


def leader_of(standing: Standing) -> tuple[str, int] | None:
    """Who leads, and in which epoch."""
    lease = lease_of(standing)
    return None if lease is None else (lease.holder, lease.epoch)


def lease_of(standing: Standing) -> Lease | None:
    """Of whoever leads, as last heard."""
    return standing.lease if isinstance(standing, Leading | Resigning) else standing.leader


def in_words(standing: Standing) -> str:
    match standing:
        case Leading():
            return f"this hub leads, in epoch {standing.lease.epoch}"
        case Resigning():
            return f"this hub gives back the lead of epoch {standing.lease.epoch}"
        case Following() | Leaving() if standing.leader is None:
            return "nobody leads at present"
        case Following() | Leaving():
            return f"this hub follows {standing.leader.address}, which leads in epoch {standing.leader.epoch}"
