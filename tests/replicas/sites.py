"""Replicas in this process: real front doors over real sockets, around toy hubs that count what they are asked."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route, WebSocketRoute
from starlette.types import ASGIApp
from starlette.websockets import WebSocket, WebSocketDisconnect

from tests.certificates import Certificate
from tests.loopback import free_port
from tests.replicas.fake_leases import FakeLeases, LeaseTable
from tests.waiting import eventually
from vibes.api.http.authentication import Authentication
from vibes.api.http.security import SecurityGate
from vibes.api.http.tickets import SignedTickets
from vibes.domain.replicas.replica import Replica, ReplicaId
from vibes.replicas.forwarding import NOT_TAKEN, Forwarder
from vibes.replicas.front_door import FrontDoor, by_kind
from vibes.replicas.guide import Guide
from vibes.replicas.leader_stream import LeaderStream
from vibes.replicas.leadership import Leadership, LeaseTimes, lease_of
from vibes.replicas.lines import Lines
from vibes.replicas.relay.mirror import Mirror
from vibes.replicas.relay.port import Relay
from vibes.replicas.seal import Seal
from vibes.replicas.session_streams import SessionStreams, Source
from vibes.replicas.terms import Terms
from vibes.server.connections import ConnectionLimits, Connections
from vibes.server.protocols import GuardedConfig
from vibes.services.runtime.clock import SystemClock

SECRET = b"theirs alone"
WAIT_SECONDS = 20.0
TIMES = LeaseTimes(lease=30.0, renewal=0.05)


@dataclass
class Site:
    name: str
    url: str
    leases: FakeLeases
    leadership: Leadership
    closing: asyncio.Event = field(default_factory=asyncio.Event)
    """Set: it is about to stop listening."""
    trusted: set[str] = field(default_factory=set)
    done: list[bytes] = field(default_factory=list)
    """Bodies of what it was told to do."""
    since: list[str] = field(default_factory=list)
    """From where streams were asked of it."""
    goes_on: asyncio.Event = field(default_factory=asyncio.Event)
    """Until it is set, nothing is answered that it was told to do."""

    does_not_lead: bool = False
    """It takes no upload, as if it had just begun to follow."""
    refused: asyncio.Event = field(default_factory=asyncio.Event)
    """Set once it has taken none."""

    def __post_init__(self) -> None:
        self.goes_on.set()

    @asynccontextmanager
    async def open(self, _: int) -> AsyncIterator[ASGIApp]:
        yield Starlette(
            routes=[
                Route("/who", self._who),
                Route("/do", self._do, methods=["POST"]),
                Route("/api/artifacts", self._take, methods=["POST"]),
                Route("/events", self._events),
                Route("/download", self._download),
                WebSocketRoute("/ws/session/{id}", self._stream),
            ]
        )

    @property
    def hears_of_a_leader(self) -> bool:
        return lease_of(self.leadership.standing.value) is not None

    async def _who(self, request: Request) -> Response:
        assert request.client is not None
        return JSONResponse({"name": self.name, "client": request.client.host, "headers": dict(request.headers)})

    async def _do(self, request: Request) -> Response:
        self.done.append(await request.body())
        await self.goes_on.wait()
        return JSONResponse({"name": self.name}, 202, {"X-Of-The-Hub": "yes"})

    async def _take(self, request: Request) -> Response:
        if self.does_not_lead:
            self.refused.set()
            return JSONResponse({}, 503, {NOT_TAKEN: "1"})
        self.done.append(await request.body())
        return JSONResponse({}, 202)

    async def _events(self, _: Request) -> Response:
        async def told() -> AsyncIterator[str]:
            yield f"data: {self.name}\n\n"
            await asyncio.Event().wait()

        return StreamingResponse(told(), media_type="text/event-stream")

    async def _download(self, _: Request) -> Response:
        """Of a length that nobody knows beforehand."""

        async def told() -> AsyncIterator[bytes]:
            yield b"the first half"
            await asyncio.Event().wait()

        return StreamingResponse(told(), media_type="application/zip")

    async def _stream(self, socket: WebSocket) -> None:
        await socket.accept()
        self.since.append(socket.query_params.get("since", ""))
        number = len(self.since) * 100 + (0 if self.name == "a" else 1000)
        await socket.send_text(f'{{"type": "snapshot", "seq": {number}, "of": "{self.name}"}}')
        try:
            while True:
                await socket.receive_text()
        except WebSocketDisconnect:
            return


@asynccontextmanager
async def sites(
    *names: str, relay: Relay | None = None, certificates: Mapping[str, Certificate] | None = None
) -> AsyncIterator[list[Site]]:
    """The first one leads. ``relay``: by which live events would come; ``certificates``: by name, where they speak
    https."""
    table = LeaseTable(SystemClock(), barred={*names[1:]})
    async with AsyncExitStack() as stack:
        made = [
            await stack.enter_async_context(site(table, name, relay, (certificates or {}).get(name))) for name in names
        ]
        await eventually(lambda: table.lease is not None, what="the first one leads")
        await eventually(lambda: all(each.hears_of_a_leader for each in made), what="all know who leads")
        yield made


@asynccontextmanager
async def site(
    table: LeaseTable, name: str, relay: Relay | None, certificate: Certificate | None
) -> AsyncIterator[Site]:
    clock, port = SystemClock(), free_port()
    me = Replica(id=ReplicaId(name), address=f"http{'s' if certificate else ''}://127.0.0.1:{port}", version="1")
    leases = FakeLeases(table)
    leadership = Leadership(leases, me, TIMES, clock.monotonic)
    made = Site(name, me.address, leases, leadership)
    terms = Terms(leadership, made.open, lambda: None)
    guide, seal = Guide(leadership, terms, me.id), Seal(SECRET, clock)
    made.closing = guide.closing
    lines = Lines(certificate.path if certificate else None)
    authentication = Authentication(None, clock, SignedTickets(SECRET, clock))
    async with (
        Forwarder(guide, seal, lines, WAIT_SECONDS) as forwarder,
        LeaderStream(seal, authentication, lines) as leader_stream,
    ):
        source: Source = leader_stream
        own_tasks = []
        if relay is not None:
            source = mirror = Mirror(relay, leader_stream)
            own_tasks.append(asyncio.create_task(mirror.run()))
        following = SecurityGate(
            by_kind(forwarder, SessionStreams(guide, source, WAIT_SECONDS)),
            authentication=authentication,
            allowed_hosts=(),
            allowed_origins=(),
        )
        door = FrontDoor(guide, following, seal, made.trusted.add)
        connections = Connections(ConnectionLimits(total=1000))
        config = GuardedConfig(door, connections, host="127.0.0.1", port=port, lifespan="off", log_config=None)
        if certificate is not None:
            config.ssl_certfile, config.ssl_keyfile = certificate.path, certificate.key
        server = uvicorn.Server(config)
        own_tasks += [asyncio.create_task(each) for each in (leadership.run(), terms.run())]
        serving = asyncio.create_task(server.serve())
        await eventually(lambda: server.started, what="it listens")
        try:
            yield made
        finally:
            server.should_exit = True
            made.goes_on.set()
            for each in own_tasks:
                each.cancel()
            await asyncio.gather(*own_tasks, serving, return_exceptions=True)


def hand_over(made: list[Site], to: Site) -> None:
    """Another one leads from now on, as if the one before had died; who it was hears of that."""
    table = to.leases.table
    table.barred = {each.name for each in made if each is not to}
    table.run_out()
