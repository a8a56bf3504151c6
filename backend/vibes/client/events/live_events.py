"""The live events of a session, resumed by number whenever the connection breaks."""

from collections.abc import AsyncGenerator
from contextlib import suppress
from http import HTTPStatus
from typing import Any
from urllib.parse import quote
from uuid import UUID

from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidStatus, WebSocketException

from vibes.client.events.session_events import KINDS, Preview, SessionEvent
from vibes.client.http.answers import MAX_EVENT_BYTES, parse_json
from vibes.client.http.decoding import decode
from vibes.client.http.errors import ClientError, EventsBlocked, HubAway, KeyRefused, NotFound, NotUnderstood
from vibes.client.http.transport import CONNECT_SECONDS, Transport, get

UNKNOWN_SESSION = 4404
_PREVIEW_HEADER = 18
_PREVIEW_FORMATS = {1: "image/jpeg", 2: "image/png"}


async def live_events(
    transport: Transport, session_id: str, since: int | None
) -> AsyncGenerator[SessionEvent | Preview, None]:
    """Events for ever. Raises NotFound when the session is deleted, HubAway when the hub is away beyond the patience,
    EventsBlocked when no WebSocket comes through for so long."""
    last = since
    patience = transport.patience()
    asked = False
    while True:
        reason: ClientError = HubAway(f"the live events of session {session_id} ended")
        try:
            async with _connection(transport, session_id, last) as socket:
                transport.answered()
                patience.answered()
                async for message in socket:
                    patience.progressed()
                    event = _event(message)
                    if isinstance(event, SessionEvent):
                        last = event.seq
                    if event is not None:
                        yield event
            if socket.close_code == UNKNOWN_SESSION:
                raise _no_session(session_id)
        except (OSError, WebSocketException) as error:
            reason = _why_ended(transport, session_id, error)
            if not isinstance(reason, HubAway):
                raise reason from error
        if isinstance(reason, EventsBlocked) and not asked:
            asked = True  # by HTTP, whether this is a hub and has the session
            await transport.json(get(f"/api/sessions/{quote(session_id, safe='')}"))
        await patience.pause(reason)


class _Straight(connect):
    """Follows no redirect, since it carries the hub's key."""

    def process_redirect(self, exc: Exception) -> Exception | str:
        return exc


def _connection(transport: Transport, session_id: str, since: int | None) -> connect:
    query = "" if since is None else f"?since={since}"
    return _Straight(
        transport.address.socket_url(f"/ws/session/{quote(session_id, safe='')}{query}"),
        additional_headers=transport.address.headers,
        max_size=MAX_EVENT_BYTES,
        open_timeout=CONNECT_SECONDS,
        proxy=None,
        ssl=transport.certificates,
    )


def _event(message: str | bytes) -> SessionEvent | Preview | None:
    """None for an event that this client does not know."""
    if isinstance(message, bytes):
        return _preview(message)
    try:
        told: Any = parse_json(message)
        kind = KINDS.get(told["type"])
    except (TypeError, KeyError) as error:
        raise NotUnderstood("the hub sent a message that is no event") from error
    return None if kind is None else decode(kind, told)


def _preview(frame: bytes) -> Preview | None:
    media_type = _PREVIEW_FORMATS.get(frame[1]) if len(frame) > _PREVIEW_HEADER and frame[0] == 1 else None
    if media_type is None:
        return None
    with suppress(ValueError):
        generation_id = str(UUID(bytes=frame[2:_PREVIEW_HEADER]))
        return Preview(generation_id=generation_id, media_type=media_type, image=frame[_PREVIEW_HEADER:])
    return None


def _no_session(session_id: str) -> NotFound:
    message = f"there is no session {session_id}"
    return NotFound(message, status=HTTPStatus.NOT_FOUND, code="unknown_session")


def _why_ended(transport: Transport, session_id: str, error: OSError | WebSocketException) -> ClientError:
    url = transport.address.url
    match error:
        case ConnectionClosed(rcvd=closing) if closing is not None and closing.code == UNKNOWN_SESSION:
            return _no_session(session_id)
        case InvalidStatus(response=answer) if answer.status_code == HTTPStatus.UNAUTHORIZED:
            status = HTTPStatus.UNAUTHORIZED
            return KeyRefused("the hub asks for its API key", status=status, code="api_key_required")
        case InvalidStatus(response=answer):
            return _blocked(f"{url} answered {answer.status_code} to the WebSocket")
        case TimeoutError() | InvalidHandshake():
            return _blocked(f"{url} did not answer the WebSocket as a hub does")
        case _:
            return transport.away(error)


def _blocked(why: str) -> EventsBlocked:
    return EventsBlocked(f"live events do not come through: {why}. Does a proxy on the way let WebSockets pass?")
