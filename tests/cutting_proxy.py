"""A real TCP proxy before a hub that breaks connections: after so many bytes of an answer, or before one at all."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress

_CHUNK = 65536


class CuttingProxy:
    """``cuts`` is asked for each connection: after how many bytes of the hub's answers it breaks; None: never."""

    def __init__(self, target: int, cuts: Callable[[], int | None]) -> None:
        self.port = 0
        self.cut = 0
        """Connections that were broken."""
        self._target = target
        self._cuts = cuts
        self._connections: set[asyncio.Task[None]] = set()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def accept(self, client: asyncio.StreamReader, answer: asyncio.StreamWriter) -> None:
        connection = asyncio.create_task(self._connect(client, answer))
        self._connections.add(connection)
        connection.add_done_callback(self._connections.discard)

    async def drop_all(self) -> None:
        """Every connection that is open breaks; new ones are taken."""
        open_now = set(self._connections)
        for connection in open_now:
            connection.cancel()
        if open_now:
            await asyncio.wait(open_now)

    async def _connect(self, client: asyncio.StreamReader, answer: asyncio.StreamWriter) -> None:
        hub, request = await asyncio.open_connection("127.0.0.1", self._target)
        asking = asyncio.create_task(_pass_on(client, request))
        try:
            await self._answer(hub, answer, self._cuts())
        finally:
            asking.cancel()
            for writer in (answer, request):
                writer.transport.abort()

    async def _answer(self, hub: asyncio.StreamReader, answer: asyncio.StreamWriter, left: int | None) -> None:
        with suppress(ConnectionError):
            while chunk := await hub.read(_CHUNK if left is None else min(left, _CHUNK) or 1):
                answer.write(chunk[: len(chunk) if left is None else left])
                await answer.drain()
                left = None if left is None else left - len(chunk)
                if left is not None and left <= 0:
                    self.cut += 1
                    answer.close()  # what was written still arrives, then the line is dead
                    await answer.wait_closed()
                    return


async def _pass_on(client: asyncio.StreamReader, request: asyncio.StreamWriter) -> None:
    with suppress(ConnectionError):
        while chunk := await client.read(_CHUNK):
            request.write(chunk)
            await request.drain()


@asynccontextmanager
async def cutting_proxy(target: int, cuts: Callable[[], int | None]) -> AsyncIterator[CuttingProxy]:
    """In front of the port ``target`` of this machine, until the end of the story."""
    proxy = CuttingProxy(target, cuts)
    server = await asyncio.start_server(proxy.accept, "127.0.0.1", 0)
    proxy.port = server.sockets[0].getsockname()[1]
    try:
        yield proxy
    finally:
        server.close()
        await proxy.drop_all()
        await server.wait_closed()
