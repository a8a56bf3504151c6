"""The requests that the hub of this process answers: counted while it leads, and ended with it."""

import asyncio
from contextlib import suppress
from dataclasses import dataclass
from http import HTTPStatus

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from vibes.api.http.problems import problem_response

EVENT_STREAM = "text/event-stream"
LOST = "x-vibes-lost"
"""Header of a replica's answer to another one: it led, and nobody knows what became of the request."""
RESTARTED = 1012
"""The code with which a WebSocket is closed: whoever listens connects again (IANA's registry of close codes)."""


class LedRequests:
    """The hub's ASGI application, for one time of leading."""

    def __init__(self, app: ASGIApp, epoch: int) -> None:
        self.epoch = epoch
        self._app = app
        self._open = 0
        """Without WebSockets."""
        self._none_open = asyncio.Event()
        self._none_open.set()
        self._ended: dict[str, asyncio.Event] = {"http": asyncio.Event(), "websocket": asyncio.Event()}

    async def answer(self, scope: Scope, receive: Receive, send: Send) -> bool:
        """False where the hub has ended before it said anything: whether it has done anything is not known."""
        if scope["type"] == "websocket":
            return await self._answer(scope, receive, send)
        self._open += 1
        self._none_open.clear()
        try:
            return await self._answer(scope, receive, send)
        finally:
            self._open -= 1
            if not self._open:
                self._none_open.set()

    async def answered(self, seconds: float) -> None:
        """End the WebSockets, and wait until all other requests are answered, at most so long."""
        self._ended["websocket"].set()
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._none_open.wait()

    def end(self) -> None:
        """End whatever is still open."""
        for each in self._ended.values():
            each.set()

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> bool:
        told = _Told(send)
        answering = asyncio.ensure_future(self._app(scope, receive, told))
        ended = asyncio.ensure_future(self._ended[scope["type"]].wait())
        try:
            await asyncio.wait({answering, ended}, return_when=asyncio.FIRST_COMPLETED)
            if answering.done():
                answering.result()
                return True
            answering.cancel()
            await asyncio.wait({answering})
            return await _say_that_it_ended(scope, told)
        finally:
            ended.cancel()
            answering.cancel()
            await asyncio.gather(answering, ended, return_exceptions=True)


@dataclass(slots=True)
class _Told:
    """Sends, and remembers how far the answer is."""

    send: Send
    begun: bool = False
    over: bool = False
    is_endless: bool = False
    """A stream of events."""

    async def __call__(self, message: Message) -> None:
        kind = message["type"]
        self.begun = True
        if kind == "http.response.start":
            kind_of_content = Headers(raw=message.get("headers", [])).get("content-type", "")
            self.is_endless = kind_of_content.partition(";")[0].strip() == EVENT_STREAM
        if kind in {"http.response.body", "websocket.http.response.body"}:
            self.over = not message.get("more_body", False)
        if kind == "websocket.close":
            self.over = True
        await self.send(message)


async def _say_that_it_ended(scope: Scope, told: _Told) -> bool:
    """False where nothing was said at all."""
    if told.over:
        return True
    if scope["type"] == "websocket":
        await told.send({"type": "websocket.close", "code": RESTARTED, "reason": "another hub leads"})
    elif not told.begun:
        return False
    elif told.is_endless:  # who reads it asks again; anything else is cut off, which its reader sees
        await told.send({"type": "http.response.body", "body": b"", "more_body": False})
    return True


def unknown_outcome(*, to_replica: bool = False) -> ASGIApp:
    """The answer where the leading hub has gone in the middle of a request that must not be sent twice.
    ``to_replica``: to another replica, which may ask the next leader where that is harmless."""
    return problem_response(
        HTTPStatus.SERVICE_UNAVAILABLE,
        "leader_lost",
        "the hub that leads was lost before it answered: look whether it was done. With an Idempotency-Key it can be "
        "sent again without harm",
        headers={"Retry-After": "2", **({LOST: "1"} if to_replica else {})},
    )
