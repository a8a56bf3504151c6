"""A hub that shares its database with others, and the right to lead that one of them has."""

from dataclasses import dataclass
from datetime import datetime
from typing import NewType

ReplicaId = NewType("ReplicaId", str)
"""Of one process: a hub that is started again is another replica."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Replica:
    """How a hub process presents itself to the others."""

    id: ReplicaId
    address: str
    """URL under which the others reach it, without a path."""
    version: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Lease:
    """The right to lead, which one replica has at a time."""

    holder: ReplicaId
    epoch: int
    """Rises with each change of the holder: what was written under a lower one is of a time that is over."""
    address: str
    version: str
    since: datetime
    """When the holder took it."""
    seconds_left: float
    """Until others may take it; negative when they may."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenReplica:
    """A replica as the database knows it."""

    replica: Replica
    started_at: datetime
    seconds_silent: float
    """Since it said that it lives."""
