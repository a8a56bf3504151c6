"""The hubs on one database, in the words of the API."""

from pydantic import BaseModel, Field

from vibes.api.schemas.common import Timestamp
from vibes.domain.replicas.place import BrokerState, Overview
from vibes.domain.replicas.replica import Lease, SeenReplica


class LeaderOut(BaseModel):
    id: str
    address: str = Field(description="URL under which the other hubs reach it.")
    version: str
    since: Timestamp
    epoch: int = Field(description="Rises each time that another hub leads.")
    seconds_left: float = Field(description="Until another one may lead, if it is not heard of.")

    @classmethod
    def of(cls, lease: Lease) -> "LeaderOut":
        return cls(
            id=lease.holder,
            address=lease.address,
            version=lease.version,
            since=lease.since,
            epoch=lease.epoch,
            seconds_left=lease.seconds_left,
        )


class ReplicaOut(BaseModel):
    id: str
    address: str
    version: str
    started_at: Timestamp
    seconds_silent: float = Field(description="Since it said that it is there.")
    leads: bool
    answers: bool = Field(description="It is the one that answers this request.")

    @classmethod
    def of(cls, seen: SeenReplica, overview: Overview) -> "ReplicaOut":
        lease = overview.place.lease
        return cls(
            id=seen.replica.id,
            address=seen.replica.address,
            version=seen.replica.version,
            started_at=seen.started_at,
            seconds_silent=seen.seconds_silent,
            leads=lease is not None and lease.holder == seen.replica.id,
            answers=seen.replica.id == overview.me,
        )


class ReplicasOut(BaseModel):
    alone: bool = Field(description="The hub has its database to itself: nothing else is told.")
    leader: LeaderOut | None = None
    replicas: list[ReplicaOut] = Field(default=[], description="The oldest first.")
    broker: BrokerState = BrokerState.NONE

    @classmethod
    def of(cls, overview: Overview | None) -> "ReplicasOut":
        if overview is None:
            return cls(alone=True)
        lease = overview.place.lease
        return cls(
            alone=False,
            leader=None if lease is None else LeaderOut.of(lease),
            replicas=[ReplicaOut.of(each, overview) for each in overview.replicas],
            broker=overview.place.broker,
        )
