"""A lease table in memory, with the rules of the real one, and lines to it that can be cut."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from vibes.domain.errors import StorageUnavailable
from vibes.domain.replicas.replica import Lease, Replica, ReplicaId, SeenReplica
from vibes.ports.clock import Clock


@dataclass
class LeaseTable:
    clock: Clock
    lease: Lease | None = None
    epoch: int = 0
    expires_at: float = 0.0
    barred: set[str] = field(default_factory=set)
    """Replicas that may not lead."""
    seen: dict[ReplicaId, tuple[Replica, float]] = field(default_factory=dict)

    def take(self, me: Replica, seconds: float) -> None:
        now = self.clock.monotonic()
        mine = self.lease is not None and self.lease.holder == me.id
        if me.id in self.barred or (not mine and self.lease is not None and self.expires_at > now):
            return
        if not mine:
            self.epoch += 1
            self.lease = Lease(
                holder=me.id,
                epoch=self.epoch,
                address=me.address,
                version=me.version,
                since=self.clock.now(),
                seconds_left=0.0,
            )
        self.expires_at = now + seconds

    def run_out(self) -> None:
        """As if the leader had been silent for long."""
        self.expires_at = self.clock.monotonic() - 1


class FakeLeases:
    """Implements ``Leases`` for one replica."""

    def __init__(self, table: LeaseTable) -> None:
        self.table = table
        self.cut = False

    async def look(self, me: Replica, seconds: float, *, seek: bool, ending: bool = False) -> Lease | None:
        self._answer()
        now = self.table.clock.monotonic()
        self.table.seen[me.id] = (me, now)
        if ending:
            del self.table.seen[me.id]
        if seek:
            self.table.take(me, seconds)
        lease = self.table.lease
        return None if lease is None else replace(lease, seconds_left=self.table.expires_at - now)

    async def resign(self, me: ReplicaId) -> None:
        self._answer()
        if self.table.lease is not None and self.table.lease.holder == me:
            self.table.lease = None

    async def leave(self, me: ReplicaId) -> None:
        await self.resign(me)
        self.table.seen.pop(me, None)

    async def replicas(self) -> Sequence[SeenReplica]:
        self._answer()
        now = self.table.clock.monotonic()
        return [
            SeenReplica(replica=each, started_at=self.table.clock.now(), seconds_silent=now - at)
            for each, at in self.table.seen.values()
        ]

    async def secret(self) -> bytes:
        return b"theirs alone"

    async def close(self) -> None:
        """Nothing is open."""

    def _answer(self) -> None:
        if self.cut:
            raise StorageUnavailable("the line to the database is cut")
