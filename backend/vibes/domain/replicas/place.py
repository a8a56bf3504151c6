"""Where a hub stands among those on its database, as it can tell."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from vibes.domain.replicas.replica import Lease, ReplicaId, SeenReplica


class BrokerState(StrEnum):
    """Of the server that carries live events from the leader to those that follow."""

    NONE = "none"
    """There is none: streams are forwarded to the leader one by one."""
    CONNECTED = "connected"
    AWAY = "away"
    """It does not answer: as without one, until it does."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnPlace:
    """Of this process among the others."""

    leads: bool
    lease: Lease | None
    """Of whoever leads, as last heard."""
    stopping: bool
    """It is about to end: what balances requests should send it no more."""
    broker: BrokerState


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    me: ReplicaId
    place: OwnPlace
    replicas: Sequence[SeenReplica]
