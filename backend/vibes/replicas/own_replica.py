"""What this replica can tell of itself and of the others. Implements `vibes.ports.replicas.Replicas`."""

from collections.abc import Callable

from vibes.domain.errors import StorageUnavailable
from vibes.domain.replicas.place import BrokerState, Overview, OwnPlace
from vibes.domain.replicas.replica import Replica, ReplicaId
from vibes.ports.replicas import Leases
from vibes.replicas.leadership import Leadership, lease_of
from vibes.replicas.standing import Leading, Leaving, Resigning

SILENT_SECONDS = 8.0
"""A replica that follows says every second that it is there; after so long it may be gone."""


class OwnReplica:
    def __init__(self, me: Replica, leadership: Leadership, leases: Leases) -> None:
        self._me = me
        self._leadership = leadership
        self._leases = leases
        self.broker: Callable[[], BrokerState] = lambda: BrokerState.NONE
        """How the broker is."""

    @property
    def id(self) -> ReplicaId:
        return self._me.id

    def end(self) -> None:
        """This process is about to end."""
        self._leadership.end()

    async def has_others(self) -> bool:
        """Whether another replica is there that may lead, as far as is known: it is not about to end, too, and has not
        been silent for long."""
        try:
            seen = await self._leases.replicas()
        except StorageUnavailable:
            return False
        return any(each.replica.id != self._me.id and each.seconds_silent < SILENT_SECONDS for each in seen)

    @property
    def place(self) -> OwnPlace:
        now = self._leadership.standing.value
        return OwnPlace(
            leads=isinstance(now, Leading | Resigning),
            lease=lease_of(now),
            stopping=isinstance(now, Resigning | Leaving),
            broker=self.broker(),
        )

    async def overview(self) -> Overview:
        """Raises StorageUnavailable."""
        return Overview(me=self._me.id, place=self.place, replicas=await self._leases.replicas())
