"""Sends requests on to the hub that leads, and waits for the next one where there is none. Nothing is sent twice that
may do something twice."""

import asyncio
import logging
from contextlib import suppress
from dataclasses import dataclass, field
from enum import Enum, auto
from http import HTTPStatus

import aiohttp
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from yarl import URL

from vibes.api.http.problems import problem_response
from vibes.domain.replicas.replica import Lease
from vibes.replicas.forwarded_request import ForwardedRequest, passed_on
from vibes.replicas.guide import ANSWER_SECONDS, Guide, Place
from vibes.replicas.led_requests import EVENT_STREAM, LOST, unknown_outcome
from vibes.replicas.lines import Lines
from vibes.replicas.seal import Caller, Seal

logger = logging.getLogger(__name__)

NOT_TAKEN = "x-vibes-not-taken"
"""Header of a replica's answer to another one: it does not lead, and has done nothing."""
AGAIN_SECONDS = 0.25
"""Between two tries where the hub that should lead took nothing."""
_SAID_HERE = "access-control-"
"""Headers that the gate of this replica puts on every answer itself."""


class _End(Enum):
    ANSWERED = auto()
    NOT_TAKEN = auto()
    """Provably nothing was done."""
    UNKNOWN = auto()
    LATE = auto()
    """Likewise, and there is no time to ask again."""


class Forwarder:
    """An ASGI application for HTTP. Use as an async context manager, which closes its connections."""

    def __init__(self, guide: Guide, seal: Seal, lines: Lines, wait_seconds: float) -> None:
        self._guide = guide
        self._lines = lines
        self._seal = seal
        self._wait_seconds = wait_seconds

    async def __aenter__(self) -> "Forwarder":
        # a request that must not be sent twice gets a connection of its own: of a kept one that is closed meanwhile
        # nobody knows whether it has arrived
        self._kept = self._lines.session()
        self._fresh = self._lines.session(kept=False)
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._kept.close()
        await self._fresh.close()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Raises BodyRefused."""
        request = await ForwardedRequest.read(scope, receive)
        loop = asyncio.get_running_loop()
        until = loop.time() + self._wait_seconds
        while True:
            place = await self._guide.next(until - loop.time())
            if place is None or loop.time() > until:
                await nobody_leads()(request.scope, request.receive, send)
                return
            end = await self._ask_at(place, request, send)
            if end in {_End.UNKNOWN, _End.LATE} and not request.repeatable:
                await unknown_outcome()(request.scope, request.receive, send)
                return
            if end is _End.ANSWERED:
                return
            if request.begun or end is _End.LATE:  # the next hub would get an upload without its beginning
                await nobody_leads()(request.scope, request.receive, send)
                return
            await asyncio.sleep(AGAIN_SECONDS)

    async def _ask_at(self, place: Place, request: ForwardedRequest, send: Send) -> _End:
        if isinstance(place, Lease):
            return await self._exchange(place, request, send)
        request.replayed = False
        return _End.ANSWERED if await place.answer(request.scope, request.replay, send) else _End.UNKNOWN

    async def _exchange(self, lease: Lease, request: ForwardedRequest, send: Send) -> _End:
        """Ask once, as long as that hub leads and whoever asks waits."""
        answer = _Answer(send)
        asking = asyncio.ensure_future(self._ask(lease, request, answer))
        away = asyncio.ensure_future(self._guide.away_from(lease))
        gone = asyncio.ensure_future(_gone(request))
        closing = asyncio.ensure_future(self._closing(answer))
        try:
            await asyncio.wait({asking, away, gone, closing}, return_when=asyncio.FIRST_COMPLETED)
            if asking.done():
                return await self._end_of(asking, lease, request, answer)
            if gone.done():
                return _End.ANSWERED
            asking.cancel()
            await asyncio.wait({asking})
            end = await answer.broken()
            return _End.LATE if end is _End.UNKNOWN and closing.done() else end
        finally:
            for each in (asking, away, gone, closing):
                each.cancel()
            await asyncio.gather(asking, away, gone, closing, return_exceptions=True)

    async def _closing(self, answer: "_Answer") -> None:
        """Wait until this process stops listening while the answer is a stream without an end, and with any other
        answer until its connection is about to be cut."""
        await self._guide.closing.wait()
        with suppress(TimeoutError):
            async with asyncio.timeout(ANSWER_SECONDS):
                await answer.is_endless.wait()

    async def _end_of(
        self, asking: "asyncio.Future[_End]", lease: Lease, request: ForwardedRequest, answer: "_Answer"
    ) -> _End:
        try:
            return asking.result()
        except (aiohttp.ClientConnectorCertificateError, aiohttp.ClientConnectorSSLError) as error:
            self._lines.refused(lease.address, error)
            return _End.NOT_TAKEN
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError):
            return _End.NOT_TAKEN
        except (aiohttp.ClientError, OSError, TimeoutError) as error:
            if request.refused is not None:
                raise request.refused from None
            logger.info("the hub that leads broke off: %s", str(error) or type(error).__name__)
            return await answer.broken()

    async def _ask(self, lease: Lease, request: ForwardedRequest, answer: "_Answer") -> _End:
        session = self._kept if request.safe else self._fresh
        url = URL(lease.address + request.target.decode("latin-1"), encoded=True)
        sealed = self._seal.header(caller_of(request.scope), request.method, request.target)
        async with session.request(
            request.method,
            url,
            headers=[*request.headers(), sealed],
            data=request.content,
            allow_redirects=False,
        ) as response:
            if NOT_TAKEN in response.headers:
                return _End.NOT_TAKEN
            if LOST in response.headers:
                return _End.UNKNOWN
            await answer.begin(response)
            async for piece in response.content.iter_any():
                await answer.more(piece)
        await answer.end()
        return _End.ANSWERED


@dataclass(slots=True)
class _Answer:
    """The answer as far as it was passed on."""

    send: Send
    begun: bool = field(init=False, default=False)
    is_endless: asyncio.Event = field(init=False, default_factory=asyncio.Event)
    """Set for a stream of events."""

    async def begin(self, response: aiohttp.ClientResponse) -> None:
        raw = [(name.lower(), value) for name, value in response.raw_headers]
        headers = [each for each in passed_on(Headers(raw=raw), "date") if not each[0].startswith(_SAID_HERE)]
        self.begun = True
        if response.content_type == EVENT_STREAM:
            self.is_endless.set()
        start: Message = {
            "type": "http.response.start",
            "status": response.status,
            "headers": [(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers],
        }
        await self.send(start)

    async def more(self, piece: bytes) -> None:
        await self.send({"type": "http.response.body", "body": piece, "more_body": True})

    async def end(self) -> None:
        await self.send({"type": "http.response.body", "body": b"", "more_body": False})

    async def broken(self) -> _End:
        """No more comes. A stream of events just ends, and is asked for again by whoever reads it; anything else is cut
        off, which its reader sees: by the missing rest of its length, or by the missing last piece."""
        if not self.begun:
            return _End.UNKNOWN
        if self.is_endless.is_set():
            await self.end()
        return _End.ANSWERED


def caller_of(scope: Scope) -> Caller:
    return Caller(address=scope["client"][0] if scope.get("client") else "", scheme=scope.get("scheme", "http"))


def nobody_leads() -> ASGIApp:
    return problem_response(
        HTTPStatus.SERVICE_UNAVAILABLE,
        "no_leader",
        "no hub leads at present, so that nothing was done; try again in a few seconds",
        headers={"Retry-After": "5"},
    )


def not_taken() -> ASGIApp:
    """To another replica: this one does not lead, and has done nothing."""
    return problem_response(
        HTTPStatus.SERVICE_UNAVAILABLE, "not_leading", "this hub does not lead", headers={NOT_TAKEN: "1"}
    )


async def _gone(request: ForwardedRequest) -> None:
    """Wait until whoever asks has gone; of an upload, its sending tells."""
    await (asyncio.Event().wait() if request.streamed else request.gone())
