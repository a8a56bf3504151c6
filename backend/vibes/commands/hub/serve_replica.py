"""``vibes serve`` on a database server: one of several hubs, of which one leads."""

import asyncio
import socket
from collections.abc import Awaitable, Callable
from functools import partial
from types import FrameType

import uvicorn

from vibes.api.http.own_addresses import reachable_hosts
from vibes.commands.hub.listening import port_of, url_of
from vibes.commands.hub.serving import AnnouncedServer, connection_limits, server_config
from vibes.environment.settings import Settings
from vibes.replicas.process import running_replica
from vibes.server.certificate import OwnCertificate
from vibes.server.connections import Connections
from vibes.server.prefix import below
from vibes.services.runtime.loop import running_loops


async def serve_replica(
    settings: Settings,
    listener: socket.socket,
    certificate: OwnCertificate | None,
    on_ready: Callable[[str], None] | None = None,
) -> None:
    """Until a signal. Raises HubError when the database cannot be used."""
    connections = Connections(connection_limits(settings))
    secure = certificate is not None
    address = settings.advertise or _address(settings.host, listener, secure=secure)
    async with running_replica(settings, address=address, trust=connections.trust) as replica, running_loops() as loops:
        config = server_config(below(settings.root_path, replica.app), connections, settings, certificate)
        config.lifespan = "off"
        loops.start("connections", connections.follow)
        if certificate is not None:
            loops.start("certificate", certificate.follow)
        end = partial(replica.end, settings.leader_wait_seconds, settings.leave_seconds)
        await _ReplicaServer(config, end, url_of(listener, secure=secure), on_ready).serve(sockets=[listener])


class _ReplicaServer(AnnouncedServer):
    """At the first signal it goes on answering until another replica leads; at the second one it ends."""

    def __init__(
        self,
        config: uvicorn.Config,
        end: Callable[[], Awaitable[None]],
        url: str,
        on_ready: Callable[[str], None] | None,
    ) -> None:
        super().__init__(config, url, on_ready)
        self._end_replica = end
        self._ending: asyncio.Future[None] | None = None

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        if self._ending is not None:
            super().handle_exit(sig, frame)
            return
        self._ending = asyncio.get_running_loop().create_future()
        asyncio.get_running_loop().call_soon_threadsafe(self._begin_to_end, sig, frame)

    def _begin_to_end(self, sig: int, frame: FrameType | None) -> None:
        self._ending = asyncio.ensure_future(self._end(sig, frame))

    async def _end(self, sig: int, frame: FrameType | None) -> None:
        try:
            await self._end_replica()
        finally:
            super().handle_exit(sig, frame)


def _address(host: str, listener: socket.socket, *, secure: bool) -> str:
    """The one that a program elsewhere would use; a loopback address where there is none."""
    found = reachable_hosts(host)
    if not found:
        return url_of(listener, secure=secure)
    name = f"[{found[0]}]" if ":" in found[0] else found[0]
    return f"{'https' if secure else 'http'}://{name}:{port_of(listener)}"
