"""The hubs that share a database, as one of them reports them."""

from dataclasses import dataclass
from datetime import datetime

from vibes.domain.replicas.place import BrokerState


@dataclass(frozen=True, slots=True, kw_only=True)
class Leader:
    id: str
    address: str
    version: str
    since: datetime
    epoch: int
    """Rises each time that another hub leads."""
    seconds_left: float
    """Until another one may lead, if it is not heard of."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Replica:
    id: str
    address: str
    version: str
    started_at: datetime
    seconds_silent: float
    leads: bool
    answers: bool
    """It is the one that has answered."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Replicas:
    alone: bool
    """The hub has its database to itself: nothing else is told."""
    leader: Leader | None
    replicas: tuple[Replica, ...]
    broker: BrokerState
