"""The application that a replica listens with: what its own hub answers, what it answers without one, what it sends
on."""

from collections.abc import Callable

from starlette.types import ASGIApp, Receive, Scope, Send

from vibes.replicas.forwarded_request import SAFE_METHODS
from vibes.replicas.forwarding import not_taken
from vibes.replicas.guide import Guide
from vibes.replicas.led_requests import LedRequests, unknown_outcome
from vibes.replicas.seal import Seal, without_header


class FrontDoor:
    """An ASGI application."""

    def __init__(self, guide: Guide, following: ASGIApp, seal: Seal, trust: Callable[[str], None]) -> None:
        """``trust`` is told from where replicas have been heard, since their connections are many people's."""
        self._guide = guide
        self._following = following
        self._seal = seal
        self._trust = trust

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in {"http", "websocket"}:
            return
        caller = self._seal.caller(scope)
        scope = without_header(scope)
        if caller is not None:
            self._trust(scope["client"][0] if scope.get("client") else "")
            scope = {**scope, "client": (caller.address, 0), "scheme": caller.scheme}
        place = self._guide.place
        if isinstance(place, LedRequests):
            answered = await place.answer(scope, receive, send)
            if not answered and caller is None and scope["method"] in SAFE_METHODS:
                await self._following(scope, receive, send)  # it waits there for the next leader
            elif not answered:
                await unknown_outcome(to_replica=caller is not None)(scope, receive, send)
        elif caller is None:
            await self._following(scope, receive, send)
        else:  # sent on once, and never on and on
            await _refuse(scope, receive, send)


def by_kind(http: ASGIApp, websocket: ASGIApp) -> ASGIApp:
    """An application for each kind of request."""

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        await (websocket if scope["type"] == "websocket" else http)(scope, receive, send)

    return answer


async def _refuse(scope: Scope, receive: Receive, send: Send) -> None:
    if scope["type"] == "websocket" and "websocket.http.response" not in scope.get("extensions", {}):
        await receive()
        await send({"type": "websocket.close", "code": 1013, "reason": "this hub does not lead"})
        return
    await not_taken()(scope, receive, send)
