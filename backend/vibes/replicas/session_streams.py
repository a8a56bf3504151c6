"""``/ws/session/{id}`` at a hub that follows: one stream to the browser, which outlives any number of leaders."""

import asyncio
import logging
import re
from collections.abc import AsyncGenerator
from contextlib import aclosing, suppress
from dataclasses import dataclass, field
from typing import Protocol

from starlette.types import Message, Receive, Scope, Send

from vibes.domain.replicas.replica import Lease
from vibes.replicas.guide import Guide
from vibes.replicas.led_requests import RESTARTED

logger = logging.getLogger(__name__)

BROKEN_SECONDS = 0.25
"""Between two tries to go on."""
TRY_LATER = 1013
_PINGS = {"ping", '{"type":"ping"}', '{"type": "ping"}'}
_SEQ_OF_SNAPSHOT = re.compile(r'\{"type": "snapshot", "seq": (\d+)')
_SEQ_OF_EVENT = re.compile(r'"seq":(\d+)\}$')
"""Events say it last (`vibes.api.schemas.live_messages`); they are not parsed for it, since there are many."""


class Ended(Exception):
    """The leading hub has ended the stream for a reason that the browser is to know."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason


class Interrupted(Exception):
    """The stream has broken off and can go on from its last number."""


class Source(Protocol):
    def messages(self, scope: Scope, lease: Lease, since: int | None) -> AsyncGenerator[str | bytes]:
        """What a browser is told, from that number on, or from a snapshot on. Raises Ended, or Interrupted."""


class SessionStreams:
    """An ASGI application for WebSockets."""

    def __init__(self, guide: Guide, source: Source, wait_seconds: float) -> None:
        self._guide = guide
        self._source = source
        self._wait_seconds = wait_seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await receive()
        await send({"type": "websocket.accept"})
        browser = _Browser(scope, receive, send)
        listening = asyncio.ensure_future(browser.listen())
        telling = asyncio.ensure_future(self._tell(browser))
        try:
            await asyncio.wait({listening, telling}, return_when=asyncio.FIRST_COMPLETED)
            if telling.done():
                telling.result()
        finally:
            for each in (listening, telling):
                each.cancel()
            await asyncio.gather(listening, telling, return_exceptions=True)

    async def _tell(self, browser: "_Browser") -> None:
        while True:
            place = await self._guide.next(self._wait_seconds)
            if place is None:
                await browser.close(TRY_LATER, "no hub leads at present")
                return
            if not isinstance(place, Lease):  # this process leads now: the next connection is its hub's own
                await browser.close(RESTARTED, "another hub leads")
                return
            try:
                await self._tell_of(place, browser)
            except Ended as error:
                await browser.close(error.code, error.reason)
                return
            except Interrupted as error:
                logger.debug("a stream is taken up anew: %s", error)
                await asyncio.sleep(BROKEN_SECONDS)

    async def _tell_of(self, lease: Lease, browser: "_Browser") -> None:
        passing = asyncio.ensure_future(self._pass_on(lease, browser))
        away = asyncio.ensure_future(self._guide.away_from(lease))
        try:
            await asyncio.wait({passing, away}, return_when=asyncio.FIRST_COMPLETED)
            if passing.done():
                passing.result()
        finally:
            for each in (passing, away):
                each.cancel()
            await asyncio.gather(passing, away, return_exceptions=True)

    async def _pass_on(self, lease: Lease, browser: "_Browser") -> None:
        async with aclosing(self._source.messages(browser.scope, lease, browser.since)) as messages:
            async for message in messages:
                await browser.tell(message)


@dataclass(slots=True)
class _Browser:
    scope: Scope
    receive: Receive
    send: Send
    since: int | None = field(init=False, default=None)
    """The number of what it was told last."""

    def __post_init__(self) -> None:
        found = re.search(rb"(?:^|&)since=(\d{1,20})(?:&|$)", self.scope.get("query_string", b""))
        self.since = int(found[1]) if found else None

    async def listen(self) -> None:
        """Answer pings until it goes."""
        while True:
            message = await self.receive()
            if message["type"] == "websocket.disconnect":
                return
            if (message.get("text") or "").strip() in _PINGS:
                await self._say({"type": "websocket.send", "text": '{"type":"pong"}'})

    async def tell(self, message: str | bytes) -> None:
        if isinstance(message, str):
            seq = seq_of(message)
            self.since = self.since if seq is None else seq
            await self._say({"type": "websocket.send", "text": message})
        else:
            await self._say({"type": "websocket.send", "bytes": message})

    async def close(self, code: int, reason: str) -> None:
        await self._say({"type": "websocket.close", "code": code, "reason": reason})

    async def _say(self, message: Message) -> None:
        with suppress(OSError):
            await self.send(message)


def seq_of(message: str) -> int | None:
    """The number of a text message; None for one without."""
    found = _SEQ_OF_SNAPSHOT.match(message) or _SEQ_OF_EVENT.search(message)
    return int(found[1]) if found else None
