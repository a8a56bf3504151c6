"""Nodes that their owner needs for something else: a drained node gets nothing new until a person resumes it.

A drain belongs to the node's id and outlasts restarts of the hub and a time out of gpus.yaml: a node that stays idle by
mistake is easily resumed, but work on a machine that its owner took back disturbs the owner.
"""

from vibes.domain.ids import NodeId
from vibes.ports.clock import Clock
from vibes.ports.storage import Storage
from vibes.services.fleet.supervisor import NodeSupervisor
from vibes.services.fleet.watched_node import WatchedNode


class Drains:
    """Every change is stored before it takes effect."""

    def __init__(self, storage: Storage, supervisor: NodeSupervisor, clock: Clock) -> None:
        self._storage = storage
        self._supervisor = supervisor
        self._clock = clock

    async def load(self) -> None:
        """Call it before the first node is watched."""
        for node_id, since in (await self._storage.drains.all()).items():
            self._supervisor.keep_drained(node_id, since)

    async def drain(self, node_id: NodeId) -> WatchedNode:
        """Give the node nothing new until `resume`. Raises NotFound."""
        self._supervisor.get(node_id)
        since = self._clock.now()
        await self._storage.drains.add(node_id, since)
        return self._supervisor.drain(node_id, since)

    async def resume(self, node_id: NodeId) -> WatchedNode:
        """Raises NotFound."""
        self._supervisor.get(node_id)
        await self._storage.drains.remove(node_id)
        return self._supervisor.resume(node_id)
