"""A whole hub in this process: real services, real database, real HTTP application, nodes of the test's choice."""

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import uvicorn
from starlette.types import ASGIApp, Receive, Scope, Send

from tests.backing import postgresql
from tests.waiting import eventually
from vibes.api.http_app import create_http_app
from vibes.app.hub import Hub, running_hub
from vibes.app.web import lifespan_state
from vibes.environment.settings import Settings
from vibes.ports.clock import Clock
from vibes.ports.kinds import NodeKinds
from vibes.ports.nodes import GeneratorNodeFactory
from vibes.server.connections import ConnectionLimits, Connections
from vibes.server.prefix import below
from vibes.server.protocols import GuardedConfig

FLEET = """
nodes:
  - {id: fast, name: RTX 5060 Ti, vram_gb: 16, tier: premium, host: 10.1.1.1, port: 8188,
     capabilities: [sd15, sdxl, upscale], max_resolution: 1536, max_batch: 4}
  - {id: slow, name: RTX 3050 Ti, vram_gb: 4, tier: draft, host: 10.1.1.2, port: 8188,
     capabilities: [sd15], max_resolution: 512, max_batch: 1}
"""


ON_POSTGRESQL = "TEST_HUBS_ON_POSTGRESQL"
"""Where this variable is set, hubs keep all in a database of PostgreSQL, one for each folder, and not in a file."""


def settings_for(folder: Path, *, fleet: str = FLEET, **given: object) -> Settings:
    """Settings for a hub below ``folder``, with short waits."""
    config = folder / "gpus.yaml"
    if not config.exists():
        config.write_text(fleet, encoding="utf-8")
    values: dict[str, object] = {
        "config": config,
        "data": folder / "data",
        "health_interval": 0.5,
        "recheck_interval": 0.02,
        "reconcile_interval": 0.1,
        "adoption_grace": 1.0,
        "breaker_pause": 0.2,
        "warm_up": False,
        "sqlite_synchronous": "NORMAL",
    }
    if os.environ.get(ON_POSTGRESQL):
        values["database_url"] = postgresql().database_of(folder)
    return Settings(**{**values, **given})  # type: ignore[arg-type]  # pydantic checks them


@asynccontextmanager
async def open_hub(
    settings: Settings,
    factory: GeneratorNodeFactory | None = None,
    kinds: NodeKinds | None = None,
    clock: Clock | None = None,
) -> AsyncIterator[Hub]:
    """The running hub, every enabled node already asked once."""
    async with running_hub(settings, factory, clock, kinds) as hub:
        await eventually(
            lambda: all(watch.state != "starting" for watch in hub.supervisor.nodes.values()),
            what="every node was asked once",
        )
        yield hub


@asynccontextmanager
async def http_client(
    hub: Hub, settings: Settings, *, base_url: str = "http://localhost"
) -> AsyncIterator[httpx.AsyncClient]:
    """A client of the hub's HTTP application, gate and error answers included, without a socket."""
    transport = httpx.ASGITransport(http_application(hub, settings), raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url=base_url) as client:
        yield client


@asynccontextmanager
async def served(
    hub: Hub, settings: Settings, port: int = 0, *, connections: Connections | None = None
) -> AsyncIterator[str]:
    """The hub's HTTP application on a real socket; answers its ``HOST:PORT``."""
    if connections is None:
        connections = Connections(ConnectionLimits(total=1000))
    app = below(settings.root_path, http_application(hub, settings))
    config = GuardedConfig(app, connections, host="127.0.0.1", port=port, lifespan="off", log_config=None)
    server = uvicorn.Server(config)
    task = asyncio.create_task(server.serve())
    sweeping = asyncio.create_task(connections.follow())
    try:
        await eventually(lambda: server.started, what="the server has started")
        host, port = server.servers[0].sockets[0].getsockname()
        yield f"{host}:{port}"
    finally:
        server.should_exit = True
        await task
        sweeping.cancel()


def http_application(hub: Hub, settings: Settings) -> ASGIApp:
    """What answers requests in the name of this hub."""
    return speaking_for(hub, settings, bare_application(hub, settings))


def bare_application(hub: Hub, settings: Settings) -> ASGIApp:
    """Its routes and its gate, which take the hub itself from each request's scope."""
    return create_http_app(
        lifespan=None,
        version="test",
        authentication=hub.authentication,
        allowed_hosts=settings.allowed_hosts,
        allowed_origins=settings.allowed_origins,
    )


def speaking_for(hub: Hub, settings: Settings, app: ASGIApp) -> ASGIApp:
    state = lifespan_state(settings, hub)

    async def with_state(scope: Scope, receive: Receive, send: Send) -> None:
        scope.setdefault("state", {}).update(state)
        await app(scope, receive, send)

    return with_state
