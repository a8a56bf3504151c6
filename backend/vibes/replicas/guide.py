"""Tells requests where to go: to the hub in this process, to the one that leads elsewhere, or to wait."""

import asyncio
from contextlib import suppress

from vibes.domain.replicas.replica import Lease, ReplicaId
from vibes.replicas.leadership import Leadership, lease_of
from vibes.replicas.led_requests import LedRequests
from vibes.replicas.terms import Terms

ANSWER_SECONDS = 8.0
"""For which requests are still waited with once this process stops listening: less than open connections are given
(`vibes.commands.hub.serving.GRACEFUL_SECONDS`), after which whoever asked would get no answer that says anything."""

Place = LedRequests | Lease
"""The hub here, or who leads elsewhere."""


class Guide:
    def __init__(self, leadership: Leadership, terms: Terms, me: ReplicaId) -> None:
        self._leadership = leadership
        self._terms = terms
        self._me = me
        self.closing = asyncio.Event()
        """This process is about to stop listening: streams without an end are ended."""

    @property
    def place(self) -> Place | None:
        """None while nobody leads, or who leads is not ready."""
        serving = self._terms.serving.value
        if serving is not None:
            return serving
        lease = lease_of(self._leadership.standing.value)
        return None if lease is None or lease.holder == self._me else lease

    async def next(self, seconds: float) -> Place | None:
        """Where to go, as soon as there is such a place; None when there is none for so long, or until it is too
        late."""
        place = self.place
        if place is not None:
            return place
        late = asyncio.ensure_future(self.too_late())
        try:
            with suppress(TimeoutError):
                async with asyncio.timeout(max(seconds, 0.0)):
                    while self.place is None and not late.done():
                        await self._change(late)
        finally:
            late.cancel()
        return self.place

    async def too_late(self) -> None:
        """Wait until connections that are open are about to be cut."""
        await self.closing.wait()
        await asyncio.sleep(ANSWER_SECONDS)

    async def away_from(self, lease: Lease) -> None:
        """Wait until another leads, or nobody does."""
        while isinstance(place := self.place, Lease) and (place.holder, place.epoch) == (lease.holder, lease.epoch):
            await self._change()

    async def _change(self, *others: asyncio.Future[None]) -> None:
        waiting = [
            asyncio.ensure_future(self._terms.serving.change()),
            asyncio.ensure_future(self._leadership.standing.change()),
        ]
        try:
            await asyncio.wait([*waiting, *others], return_when=asyncio.FIRST_COMPLETED)
        finally:
            for each in waiting:
                each.cancel()
