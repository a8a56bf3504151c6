"""A proxy before a hub as offices have them: HTTP passes, each answer as a whole, and no WebSocket does."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiohttp
from aiohttp import web

_PASSED_ON = ("content-type", "idempotency-key", "last-event-id", "x-api-key", "etag")


@asynccontextmanager
async def blocking_proxy(target: str, answer: int | None) -> AsyncIterator[str]:
    """The URL of a proxy before the hub at ``target`` that answers each WebSocket with this status; None: never."""
    async with aiohttp.ClientSession() as hub:

        async def pass_on(request: web.Request) -> web.Response:
            if request.headers.get("Upgrade"):
                if answer is None:
                    await asyncio.Event().wait()
                return web.Response(status=answer or 500)
            headers = {name: value for name, value in request.headers.items() if name.lower() in _PASSED_ON}
            body = await request.read()
            async with hub.request(request.method, target + request.path_qs, data=body, headers=headers) as told:
                passed = {name: value for name, value in told.headers.items() if name.lower() in _PASSED_ON}
                return web.Response(status=told.status, body=await told.read(), headers=passed)

        application = web.Application(client_max_size=2**26)
        application.router.add_route("*", "/{path:.*}", pass_on)
        runner = web.AppRunner(application, shutdown_timeout=0.1, handler_cancellation=True)
        await runner.setup()
        try:
            site = web.TCPSite(runner, "127.0.0.1", 0)
            await site.start()
            yield f"http://127.0.0.1:{runner.addresses[0][1]}"
        finally:
            await runner.cleanup()
