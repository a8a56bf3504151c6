"""What the routes may do with the node that they belong to."""

from typing import Any, Protocol

from aiohttp import web

from vibes.simulator.setup.faults import Faults
from vibes.simulator.setup.options import NodeOptions
from vibes.simulator.state.station import Station


class NodeControl(Protocol):
    """A simulated node as its own HTTP routes see it."""

    @property
    def options(self) -> NodeOptions: ...

    @property
    def station(self) -> Station:
        """The state since the last start; a restart makes a new one."""

    @property
    def faults(self) -> Faults: ...

    def state(self) -> dict[str, Any]:
        """The numbers of ``/simulator/state``."""

    async def forget(self, *, drop_sockets: bool = True) -> None:
        """Lose queue, history, counters and caches, as a restart does."""

    def drop_sockets(self, client_id: str | None = None) -> int:
        """Cut one client's websocket, or all."""

    def begin_crash(self) -> None:
        """Crash soon after this returns, without closing connections properly."""

    def begin_unplugging(self, seconds: float) -> None:
        """Be unreachable for so many seconds, soon after this returns."""


CONTROL = web.AppKey("control", NodeControl)


def control_of(request: web.Request) -> NodeControl:
    return request.app[CONTROL]


def station_of(request: web.Request) -> Station:
    return request.app[CONTROL].station


def cut(request: web.Request) -> web.Response:
    """Cut the connection of a request; the client never gets the returned response."""
    if request.transport is not None:
        request.transport.abort()
    return web.Response(status=503)
