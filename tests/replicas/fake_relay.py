"""A broker in memory, which can be away and can lose messages, as a real one may."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from vibes.replicas.relay.port import RelayAway, Subscription


class FakeRelay:
    """Implements ``Relay``."""

    def __init__(self) -> None:
        self.loses: Callable[[str, bytes], bool] = lambda channel, message: False
        self._open: set[FakeSubscription] = set()
        self._away = False

    @asynccontextmanager
    async def subscription(self) -> AsyncIterator[Subscription]:
        self.answer()
        made = FakeSubscription(self)
        self._open.add(made)
        try:
            yield made
        finally:
            self._open.discard(made)

    async def publish(self, channel: str, message: bytes) -> None:
        self.answer()
        for each in self._open:
            if channel in each.channels and not self.loses(channel, message):
                each.messages.put_nowait((channel, message))

    async def listened(self) -> frozenset[str]:
        self.answer()
        return frozenset(channel for each in self._open for channel in each.channels)

    async def close(self) -> None:
        """Nothing is open."""

    def go_away(self) -> None:
        self._away = True
        for each in self._open:
            each.messages.put_nowait(None)

    def come_back(self) -> None:
        self._away = False

    def answer(self) -> None:
        if self._away:
            raise RelayAway("the broker is away")


class FakeSubscription:
    def __init__(self, relay: FakeRelay) -> None:
        self._relay = relay
        self.channels: set[str] = set()
        self.messages: asyncio.Queue[tuple[str, bytes] | None] = asyncio.Queue()

    async def add(self, channel: str) -> None:
        self._relay.answer()
        self.channels.add(channel)

    async def remove(self, channel: str) -> None:
        self._relay.answer()
        self.channels.discard(channel)

    async def next(self) -> tuple[str, bytes]:
        message = await self.messages.get()
        if message is None:
            raise RelayAway("the broker has gone")
        return message
