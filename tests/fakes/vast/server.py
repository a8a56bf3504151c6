"""The provider as a real server, and each running instance as a simulated ComfyUI behind a proxy that wants its
bearer."""

import asyncio
import json
import ssl
import time
from collections.abc import Callable
from contextlib import suppress
from types import TracebackType
from typing import Any

from aiohttp import ClientSession, WSMsgType, web

from tests.fakes.local_server import LocalServer, cut
from tests.fakes.vast.cloud import Answer, FakeCloud
from tests.fakes.vast.instances import FakeInstance, Life
from vibes.generators.vastai.launch import HEARTBEAT
from vibes.simulator.server import SimulatedNode
from vibes.simulator.setup.options import NodeOptions

SWIFT = Life(created=0.05, loading=0.1, running=0.15, comfyui=0.3)
"""Of instances that a test waits for."""
_PAGE = "<html><body><h1>502 Bad Gateway</h1></body></html>"
_LARGEST = 64 * 1024**2


class FakeVast(LocalServer):
    """``cloud`` is what it does; ``comfyuis`` the simulated nodes by instance, once they were asked for."""

    def __init__(
        self,
        *,
        pace: float = 0.01,
        options: NodeOptions | None = None,
        trust: ssl.SSLContext | None = None,
        now: Callable[[], float] = time.time,
    ) -> None:
        """``trust``: of the instances' proxies; None: they speak plain HTTP."""
        super().__init__([web.route("*", "/api/{rest:.*}", self._answer)])
        self.cloud = FakeCloud(now, pace=pace)
        self.cloud.life = lambda: Life(**{name: getattr(SWIFT, name) for name in SWIFT.__slots__})
        self.cloud.starts = self._start
        self.comfyuis: dict[int, SimulatedNode] = {}
        self._options = options or NodeOptions(profile="instant")
        self._trust = trust
        self._proxies: dict[int, _Proxy] = {}
        self._starting: set[asyncio.Task[None]] = set()

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await asyncio.gather(*self._starting, return_exceptions=True)
        for proxy in self._proxies.values():
            await proxy.stop()
        for node in self.comfyuis.values():
            await node.stop()
        await super().__aexit__(kind, error, trace)

    async def _answer(self, request: web.Request) -> web.Response:
        content = await request.read()
        answer = self.cloud.answer(
            request.method,
            request.path,
            dict(request.query),
            {name.lower(): value for name, value in request.headers.items()},
            json.loads(content) if content else None,
        )
        return cut(request) if answer.cut else _response(answer)

    def _start(self, instance: FakeInstance) -> None:
        """Its machine begins to exist; destroyed, it answers nobody any more. Those of others are in the list alone."""
        if "env" not in instance.body:
            return
        task = asyncio.get_running_loop().create_task(self._run(instance))
        self._starting.add(task)
        task.add_done_callback(self._starting.discard)

    async def _run(self, instance: FakeInstance) -> None:
        node = self.comfyuis[instance.id] = SimulatedNode(self._options)
        await node.start()
        proxy = self._proxies[instance.id] = _Proxy(self.cloud, instance, node)
        instance.host, instance.port = "127.0.0.1", await proxy.start(self._trust)


class _Proxy:
    def __init__(self, cloud: FakeCloud, instance: FakeInstance, node: SimulatedNode) -> None:
        self._cloud = cloud
        self._instance = instance
        self._node = node
        application = web.Application(client_max_size=_LARGEST)
        application.router.add_route("*", "/{rest:.*}", self._pass_on)
        self._runner = web.AppRunner(application, access_log=None, shutdown_timeout=0.1)
        self._session: ClientSession | None = None

    async def start(self, trust: ssl.SSLContext | None) -> int:
        """Answers the port."""
        self._session = ClientSession(auto_decompress=False)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0, ssl_context=trust).start()
        return int(self._runner.addresses[0][1])

    async def stop(self) -> None:
        await self._runner.cleanup()
        if self._session is not None:
            await self._session.close()

    async def _pass_on(self, request: web.Request) -> web.StreamResponse:
        now = self._cloud.now
        if not self._instance.alive(now) or self._instance.status(now) != "running":
            return cut(request)
        if request.headers.get("Authorization") != f"Bearer {self._instance.password}":
            return web.Response(status=401, text="Unauthorized")
        if not self._instance.answers(now):
            page = web.Response(status=502, text=_PAGE, content_type="text/html")
            page.force_close()  # what boots is started anew again and again
            return page
        if request.headers.get("Upgrade", "").lower() == "websocket":
            return await self._talk(request)
        content = await request.read()
        if HEARTBEAT.encode() in content:
            self._instance.heard_at = now
        assert self._session is not None
        kept = {name: value for name, value in request.headers.items() if name not in {"Host", "Authorization"}}
        url = f"{self._node.url}{request.rel_url}"
        async with self._session.request(request.method, url, headers=kept, data=content) as reply:
            body = await reply.read()
            return web.Response(status=reply.status, body=body, headers={"Content-Type": reply.headers["Content-Type"]})

    async def _talk(self, request: web.Request) -> web.WebSocketResponse:
        """Both ways until one of both hangs up, or the machine is gone."""
        outside = web.WebSocketResponse()
        await outside.prepare(request)
        assert self._session is not None
        async with self._session.ws_connect(f"{self._node.url}{request.rel_url}") as inside:
            ways = [asyncio.create_task(_copy(outside, inside)), asyncio.create_task(_copy(inside, outside))]
            await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
            for way in ways:
                way.cancel()
            await asyncio.gather(*ways, return_exceptions=True)
        return outside


async def _copy(source: Any, target: Any) -> None:
    async for message in source:
        with suppress(ConnectionError):
            if message.type is WSMsgType.TEXT:
                await target.send_str(message.data)
            elif message.type is WSMsgType.BINARY:
                await target.send_bytes(message.data)


def _response(answer: Answer) -> web.Response:
    if isinstance(answer.body, str):
        return web.Response(status=answer.status, text=answer.body, headers=answer.headers)
    return web.json_response(answer.body, status=answer.status, headers=answer.headers)
