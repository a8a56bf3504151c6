"""What every provider's stand-in is: an HTTP server on a port of this machine, from ``async with`` to its end."""

from types import TracebackType
from typing import Self

from aiohttp import web

_LARGEST_REQUEST = 64 * 1024**2


class LocalServer:
    """Its routes are given as aiohttp's; the address is known once it is entered."""

    def __init__(self, routes: list[web.RouteDef]) -> None:
        application = web.Application(client_max_size=_LARGEST_REQUEST)
        application.add_routes(routes)
        self._runner = web.AppRunner(application, access_log=None, shutdown_timeout=0.1)
        self.url = ""

    async def __aenter__(self) -> Self:
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}"
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._runner.cleanup()


def cut(request: web.Request) -> web.Response:
    """The line is dead from here on; the response is one that nobody gets."""
    if request.transport is not None:
        request.transport.abort()
    return web.Response()
