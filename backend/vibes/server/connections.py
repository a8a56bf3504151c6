"""Every open connection: what it is doing, when that has taken too long, and which one makes room for a new one."""

import asyncio
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import Protocol

from vibes.text.networks import network_of

SWEEP_SECONDS = 1.0
LOOPBACK = frozenset({"127.0.0.1", "::1"})


class Transport(Protocol):
    """What is needed of asyncio's transports."""

    def abort(self) -> None: ...
    def is_closing(self) -> bool: ...
    def get_write_buffer_size(self) -> int: ...


class Phase(Enum):
    WAITING = auto()
    """For a request to begin, or for the rest of its headers."""
    RECEIVING = auto()
    """The body of a request."""
    ANSWERING = auto()
    STREAMING = auto()
    """An open WebSocket: it may last for days."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectionLimits:
    """Times in seconds. A body has no deadline as a whole, so that a phone on a slow line can upload a picture."""

    total: int
    per_address: int = 256
    """For addresses other than those of ``shared``: a browser opens seven, an office behind one address many."""
    shared: frozenset[str] = LOOPBACK
    """Addresses that stand for many people: this machine's own, and proxies."""
    head_bytes: int = 32 * 1024
    head_fields: int = 100
    head_seconds: float = 15.0
    body_silence: float = 60.0
    body_grace: float = 30.0
    body_bytes_per_second: float = 1024.0
    """On average, once the grace is over."""
    unread_seconds: float = 120.0
    """For which not a byte of an answer may go out because the other side reads nothing."""


@dataclass(slots=True, eq=False)
class Connection:
    transport: Transport
    address: str
    since: float
    """When its phase began."""
    phase: Phase = Phase.WAITING
    received: int = 0
    """Bytes of the body so far."""
    heard: float = 0.0
    """When the last of them came."""
    paused: Callable[[], bool] = lambda: False
    """Whether we do not read at the moment: then its silence is ours."""
    unsent: int = 0
    unsent_since: float | None = None
    """Since when nothing of what is unsent went out."""

    def enter(self, phase: Phase, now: float) -> None:
        self.phase = phase
        self.since = self.heard = now
        self.received = 0

    def take(self, size: int, now: float) -> None:
        self.received += size
        self.heard = now

    def look_at_sending(self, now: float) -> None:
        unsent = self.transport.get_write_buffer_size()
        if unsent == 0:
            self.unsent_since = None
        elif self.unsent_since is None or unsent < self.unsent:
            self.unsent_since = now
        self.unsent = unsent

    def pause(self, seconds: float) -> None:
        """Time in which we did not read does not count against it."""
        self.since += seconds
        self.heard += seconds


def overdue(connection: Connection, now: float, limits: ConnectionLimits) -> bool:
    """Whether the other side has had more time than anybody needs for what it does."""
    if connection.unsent_since is not None and now - connection.unsent_since > limits.unread_seconds:
        return True
    age = now - connection.since
    match connection.phase:
        case Phase.WAITING:
            return age > limits.head_seconds
        case Phase.RECEIVING:
            slow = age > limits.body_grace and connection.received < age * limits.body_bytes_per_second
            return slow or now - connection.heard > limits.body_silence
        case _:
            return False


@dataclass(slots=True)
class Connections:
    """One for a listener. When it is full, the one that has kept us waiting longest goes: whoever connects and asks
    at once is answered, however many others are silent."""

    limits: ConnectionLimits
    refused: int = 0
    ended: int = 0
    """By us: too slow, or to make room."""
    _open: dict[Transport, Connection] = field(default_factory=dict)
    _waiting: dict[Connection, None] = field(default_factory=dict)
    """Those in that phase, the one that has been in it longest first."""
    _of_address: Counter[str] = field(default_factory=Counter)

    def __len__(self) -> int:
        return len(self._open)

    def opened(self, transport: Transport, host: str, now: float) -> Connection | None:
        """None when there is no room for it even by closing another."""
        address = network_of(host)
        shared = host in self.limits.shared
        if not shared and self._of_address[address] >= self.limits.per_address and not self._make_room(now, address):
            self.refused += 1
            return None
        if len(self._open) >= self.limits.total and not self._make_room(now, None):
            self.refused += 1
            return None
        connection = Connection(transport, address, now)
        self._open[transport] = connection
        self._of_address[address] += 1
        self.enter(connection, Phase.WAITING, now)
        return connection

    def of(self, transport: Transport) -> Connection | None:
        return self._open.get(transport)

    def enter(self, connection: Connection, phase: Phase, now: float) -> None:
        connection.enter(phase, now)
        self._waiting.pop(connection, None)
        if phase is Phase.WAITING and connection.transport in self._open:
            self._waiting[connection] = None

    def closed(self, transport: Transport) -> None:
        connection = self._open.pop(transport, None)
        if connection is None:
            return
        self._waiting.pop(connection, None)
        self._of_address[connection.address] -= 1
        if not self._of_address[connection.address]:
            del self._of_address[connection.address]

    def sweep(self, now: float, elapsed: float) -> None:
        """End what is overdue. ``elapsed``: seconds since the last sweep."""
        for connection in list(self._open.values()):
            connection.look_at_sending(now)
            if connection.paused():
                connection.pause(elapsed)
            if overdue(connection, now, self.limits):
                self._end(connection)

    async def follow(self) -> None:
        """Sweep for ever."""
        clock = asyncio.get_running_loop()
        last = clock.time()
        while True:
            await asyncio.sleep(SWEEP_SECONDS)
            now = clock.time()
            self.sweep(now, now - last)
            last = now

    def _make_room(self, now: float, address: str | None) -> bool:
        """Close the connection, of the address if one is given, that deserves it most; False when none does."""
        for connection in self._waiting:
            if address in {None, connection.address}:
                self._end(connection)
                return True
        candidates = [
            each
            for each in self._open.values()
            if address in {None, each.address} and (each.phase is Phase.RECEIVING or each.transport.is_closing())
        ]
        if not candidates:
            return False
        self._end(min(candidates, key=lambda each: each.received / max(now - each.since, 1.0)))
        return True

    def _end(self, connection: Connection) -> None:
        self.ended += 1
        self.closed(connection.transport)
        connection.transport.abort()
