"""Replicas: which of several hubs on one database leads."""

from vibes.client.http.blocking import BackgroundLoop
from vibes.client.http.transport import Transport, get
from vibes.client.values.replicas import Replicas


class AsyncReplicaView:
    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    async def get(self) -> Replicas:
        """All hubs that share the database, the oldest first."""
        return await self._transport.value(Replicas, get("/api/replicas"))


class ReplicaView:
    """`AsyncReplicaView` for callers without an event loop."""

    def __init__(self, replicas: AsyncReplicaView, loop: BackgroundLoop) -> None:
        self._replicas = replicas
        self._loop = loop

    def get(self) -> Replicas:
        return self._loop.run(self._replicas.get())
