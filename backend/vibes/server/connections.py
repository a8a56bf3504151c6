"""All open connections: what each is doing, when it takes too long, and which one is closed to make room."""

import asyncio
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import Protocol

from vibes.text.networks import Networks, network_of

SWEEP_SECONDS = 1.0
LOOPBACK = frozenset({"127.0.0.1", "::1"})


class Transport(Protocol):
    """The part of asyncio's transports that is used."""

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
    """An open WebSocket, which may last for days."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectionLimits:
    """Times in seconds. A body has no deadline as a whole, so that a picture can be uploaded over a slow line."""

    total: int
    per_address: int = 256
    """Most connections of one address, unless it is in ``shared``: a browser opens seven, an office behind one address
    many."""
    shared: frozenset[str] = LOOPBACK
    """Addresses and networks of many people, without a limit each: this machine's own, and proxies."""
    head_bytes: int = 32 * 1024
    head_fields: int = 100
    head_seconds: float = 15.0
    body_silence: float = 60.0
    body_grace: float = 30.0
    body_bytes_per_second: float = 1024.0
    """Least average speed of a body, after a grace period."""
    unread_seconds: float = 120.0
    """A connection is ended when the other side has read nothing of an answer for so long."""


@dataclass(slots=True, eq=False)
class Connection:
    transport: Transport
    address: str
    since: float
    """When its phase began."""
    phase: Phase = field(init=False, default=Phase.WAITING)
    received: int = field(init=False, default=0)
    """Bytes of the body so far."""
    heard: float = field(init=False, default=0.0)
    """When the last of them arrived."""
    paused: Callable[[], bool] = field(init=False, default=lambda: False)
    """Whether reading is paused by us, so that its silence does not count."""
    unsent: int = field(init=False, default=0)
    unsent_since: float | None = field(init=False, default=None)
    """Since when none of the unsent bytes were sent; None when all are sent."""

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
        """Do not count time in which reading was paused."""
        self.since += seconds
        self.heard += seconds


def overdue(connection: Connection, now: float, limits: ConnectionLimits) -> bool:
    """Whether the other side has exceeded the time for what it is doing."""
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
    """The connections of one listener. When all are taken, the one that has kept us waiting longest is closed, so that
    a client that connects and asks at once is always answered."""

    limits: ConnectionLimits
    refused: int = 0
    ended: int = 0
    """Number closed by the hub: too slow, or to make room."""
    _open: dict[Transport, Connection] = field(default_factory=dict)
    _waiting: dict[Connection, None] = field(default_factory=dict)
    """Connections in that phase, the oldest first."""
    _of_address: Counter[str] = field(default_factory=Counter)
    _shared: Networks = field(init=False)
    _trusted: set[str] = field(init=False, default_factory=set)

    def __post_init__(self) -> None:
        self._shared = Networks(self.limits.shared)

    def __len__(self) -> int:
        return len(self._open)

    def opened(self, transport: Transport, host: str, now: float) -> Connection | None:
        """Register a connection; None when even closing another makes no room for it."""
        address = network_of(host)
        shared = host in self._shared or host in self._trusted
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

    def trust(self, host: str) -> None:
        """From now on its connections are those of many people, as if it were in ``shared``."""
        self._trusted.add(host)

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
        """Close overdue connections. ``elapsed``: seconds since the last sweep."""
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
        """Close the connection that has waited longest, of the address if one is given; False when there is none to
        close."""
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
