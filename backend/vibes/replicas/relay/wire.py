"""What the leader tells the others of a session, as bytes. Pure."""

import struct
from dataclasses import dataclass
from enum import IntEnum

from vibes.domain.ids import SessionId

ALIVE = "alive"
"""Channel on which the leader says every few seconds that it tells."""
WANTED = "wanted"
"""Channel on which the leader is told which sessions somebody watches."""
_HEADER = struct.Struct(">BQQ")
LARGEST_EVENT = 256 * 1024
LARGEST_PREVIEW = 512 * 1024
"""Bytes. A larger preview is left out, and a larger event is told to be missing."""


class Kind(IntEnum):
    BEGIN = 1
    """From its number on every event of the session is told."""
    EVENT = 2
    PREVIEW = 3
    CLOSED = 4
    """The session was deleted."""
    MISSING = 5
    """An event was left out, or several: who listens needs a snapshot."""
    HEARTBEAT = 6
    """Its number changes when anything may have been lost."""
    WANT = 7
    """Its content is a session's id."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Relayed:
    kind: Kind
    epoch: int
    number: int = 0
    content: bytes = b""

    def packed(self) -> bytes:
        return _HEADER.pack(self.kind, self.epoch, self.number) + self.content


def unpacked(message: bytes) -> Relayed | None:
    """None for what nobody of this release sends."""
    if len(message) < _HEADER.size:
        return None
    kind, epoch, number = _HEADER.unpack_from(message)
    if kind not in {*Kind}:
        return None
    return Relayed(kind=Kind(kind), epoch=epoch, number=number, content=message[_HEADER.size :])


def channel_of(session_id: SessionId) -> str:
    return f"session:{session_id}"
