"""The live events of a session, resumed by number whenever the connection breaks."""

from collections.abc import AsyncGenerator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from typing import Any
from urllib.parse import quote
from uuid import UUID

from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidStatus, WebSocketException

from vibes.client.http.answers import MAX_EVENT_BYTES, parse_json
from vibes.client.http.decoding import decode
from vibes.client.http.errors import ClientError, EventsBlocked, HubAway, KeyRefused, NotFound, NotUnderstood
from vibes.client.http.transport import CONNECT_SECONDS, Transport, get
from vibes.client.values.codes import Cause, Code, Media
from vibes.client.values.fleet import Gpu
from vibes.client.values.pictures import SessionDetail
from vibes.domain.batch import BatchStatus
from vibes.domain.events import FailedCause
from vibes.domain.nodes.node import NodeState
from vibes.domain.pictures.media_type import MediaType

UNKNOWN_SESSION = 4404
_PREVIEW_HEADER = 18
_PREVIEW_FORMATS = {1: "image/jpeg", 2: "image/png"}


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionEvent:
    seq: int
    """Its number in the session; pass it as ``since`` to continue behind it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot(SessionEvent):
    """The whole state: the first event, and again when missed events are no longer available."""

    session: SessionDetail
    gpus: tuple[Gpu, ...]
    paused_since: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchTally(SessionEvent):
    """The state of a batch, in each event about one of its pictures."""

    batch_id: str
    completed: int
    """Generations in a terminal status."""
    batch_total: int
    eta_seconds: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class GenerationQueued(SessionEvent):
    generation_id: str
    batch_id: str
    reason: str | None
    """Why it went back, in words."""
    cause: Cause | None = None
    """The same for programs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GenerationStarted(SessionEvent):
    generation_id: str
    batch_id: str
    node_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class GenerationProgressed(BatchTally):
    generation_id: str
    node_id: str
    current: int
    total: int
    loading: str | None = None
    """The model file that the node is reading, before it can go on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GenerationCompleted(BatchTally):
    """Its picture is stored and can be downloaded."""

    generation_id: str
    node_id: str
    image_url: str
    thumbnail_url: str
    seconds: float
    media_type: Media = MediaType.PNG
    """Of the image at `image_url`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GenerationFailed(BatchTally):
    generation_id: str
    cause: FailedCause
    """``errored``, or ``maybe_paid``: it may have been made and charged for, and is not asked for again by itself."""
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class GenerationCancelled(BatchTally):
    generation_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchChanged(BatchTally):
    status: BatchStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class StageChanged(SessionEvent):
    stage: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfigChanged(SessionEvent):
    """The session's config has changed; `HubClient.sessions.get` has it."""

    version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueChanged(SessionEvent):
    paused_since: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeChanged(SessionEvent):
    node_id: str
    state: NodeState
    reason: str | None
    reason_code: Code | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """A small picture of what a node is drawing; older ones of the same generation may be skipped."""

    generation_id: str
    media_type: str
    image: bytes


_KINDS: Mapping[str, type[SessionEvent]] = {
    "snapshot": Snapshot,
    "queued": GenerationQueued,
    "generating": GenerationStarted,
    "progress": GenerationProgressed,
    "complete": GenerationCompleted,
    "failed": GenerationFailed,
    "cancelled": GenerationCancelled,
    "batch": BatchChanged,
    "stage": StageChanged,
    "session": ConfigChanged,
    "queue": QueueChanged,
    "node": NodeChanged,
}


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
    )


def _event(message: str | bytes) -> SessionEvent | Preview | None:
    """None for an event that this client does not know."""
    if isinstance(message, bytes):
        return _preview(message)
    try:
        told: Any = parse_json(message)
        kind = _KINDS.get(told["type"])
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
