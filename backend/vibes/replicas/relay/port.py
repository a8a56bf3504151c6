"""What is needed of a broker: messages for whoever listens now. It may lose them, and go away."""

from contextlib import AbstractAsyncContextManager
from typing import Protocol


class RelayAway(Exception):
    """The broker does not answer, or has not answered in time."""


class Subscription(Protocol):
    """Every method raises RelayAway."""

    async def add(self, channel: str) -> None:
        """Returns once every later message of the channel comes; only while somebody waits in `next`."""

    async def remove(self, channel: str) -> None: ...

    async def next(self) -> tuple[str, bytes]:
        """Wait for the next message, with its channel."""


class Relay(Protocol):
    def subscription(self) -> AbstractAsyncContextManager[Subscription]: ...

    async def publish(self, channel: str, message: bytes) -> None:
        """Raises RelayAway."""

    async def listened(self) -> frozenset[str]:
        """The channels that somebody listens to. Raises RelayAway."""

    async def close(self) -> None: ...
