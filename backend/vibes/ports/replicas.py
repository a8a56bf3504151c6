"""Several hubs on one database: who of them leads, and what each can tell of that. Every time is the database's own,
never a replica's."""

from collections.abc import Sequence
from typing import Protocol

from vibes.domain.replicas.place import Overview, OwnPlace
from vibes.domain.replicas.replica import Lease, Replica, ReplicaId, SeenReplica


class Leases(Protocol):
    """Raises StorageUnavailable when the database does not answer within seconds."""

    async def look(self, me: Replica, seconds: float, *, seek: bool, ending: bool = False) -> Lease | None:
        """Say that this replica lives, and answer who leads; None: nobody since ever, or not any more.

        ``seek``: renew the lease for ``seconds`` where it is ours, and take it where it is nobody's or has run out.
        ``ending``: it is about to end, and so none of those that may lead next.
        """

    async def resign(self, me: ReplicaId) -> None:
        """Give the lease back if it is ours, so that another need not wait until it runs out."""

    async def leave(self, me: ReplicaId) -> None:
        """This replica ends: give back what it has, and forget it."""

    async def replicas(self) -> Sequence[SeenReplica]:
        """All that have said lately that they live, the oldest first."""

    async def secret(self) -> bytes:
        """What replicas of one hub know and nobody else: made by the first that asks."""

    async def close(self) -> None: ...


class Replicas(Protocol):
    @property
    def place(self) -> OwnPlace | None:
        """None: this hub is the only one."""

    async def overview(self) -> Overview | None:
        """All that are there. Raises StorageUnavailable."""


class Alone:
    """Implements ``Replicas`` for the only hub of a database."""

    @property
    def place(self) -> None:
        return None

    async def overview(self) -> None:
        return None


ALONE = Alone()
