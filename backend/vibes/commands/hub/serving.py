"""The listening side of a hub, by its settings: uvicorn with limits, which says when it answers."""

import logging
import socket
from collections.abc import Callable

import uvicorn
from starlette.types import ASGIApp

from vibes.commands.hub.https import spoken_with
from vibes.environment.settings import Settings
from vibes.server.certificate import OwnCertificate
from vibes.server.connections import LOOPBACK, ConnectionLimits, Connections
from vibes.server.descriptors import connections_within, raise_descriptor_limit
from vibes.server.protocols import GuardedConfig

GRACEFUL_SECONDS = 10


def server_config(
    app: ASGIApp, connections: Connections, settings: Settings, certificate: OwnCertificate | None
) -> GuardedConfig:
    return GuardedConfig(
        app,
        connections,
        log_config=None,
        log_level=logging.ERROR,  # below that uvicorn logs each request that is no valid HTTP
        access_log=False,
        timeout_graceful_shutdown=GRACEFUL_SECONDS,
        server_header=False,
        forwarded_allow_ips=[*connections.limits.shared] if settings.proxies else None,
        **spoken_with(certificate),
    )


def connection_limits(settings: Settings) -> ConnectionLimits:
    return ConnectionLimits(
        total=settings.max_connections or connections_within(raise_descriptor_limit()),
        per_address=settings.max_connections_per_address,
        shared=LOOPBACK | frozenset(settings.proxies),
    )


class AnnouncedServer(uvicorn.Server):
    """Says when it answers requests."""

    def __init__(self, config: uvicorn.Config, url: str, on_ready: Callable[[str], None] | None) -> None:
        super().__init__(config)
        self._url = url
        self._on_ready = on_ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        print(f"ready {self._url}", flush=True)  # noqa: T201 - the line that scripts wait for
        if self._on_ready is not None:
            self._on_ready(self._url)
