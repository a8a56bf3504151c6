"""Listens to the events of one node and passes them on to whoever works with the node."""

from collections.abc import Callable

from vibes.domain.nodes.events import NodeConnected, NodeDisconnected, NodeEvent, QueueLength
from vibes.services.fleet.health_loop import HealthLoop
from vibes.services.fleet.watched_node import WatchedNode


class EventListener:
    def __init__(self, node: WatchedNode, health: HealthLoop, relay: Callable[[NodeEvent], None]) -> None:
        self._node = node
        self._health = health
        self._relay = relay

    async def run(self) -> None:
        """Listen until cancelled."""
        async for event in self._node.client.events():
            self._heard(event)

    def _heard(self, event: NodeEvent) -> None:
        if not isinstance(event, NodeDisconnected):
            self._node.silence.heard()
        if isinstance(event, QueueLength):
            self._queue_told(event.length)
            return
        if isinstance(event, NodeConnected | NodeDisconnected):
            self._connection_changed(event)
        else:
            self._node.worked()
        self._relay(event)

    def _queue_told(self, length: int) -> None:
        """A queue length that our own prompts do not explain: another client uses the node."""
        node = self._node
        if length:
            node.memory.work()
        if node.vitals is not None and node.prompts.contradicts(length, node.vitals.queue):
            self._health.check_in_time()

    def _connection_changed(self, event: NodeConnected | NodeDisconnected) -> None:
        """A process that ends closes its sockets: a node that is heard again may have restarted."""
        if isinstance(event, NodeConnected):
            self._node.perhaps_well()
        self._node.check_soon()
