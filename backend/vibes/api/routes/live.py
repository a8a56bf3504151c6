"""``/ws/session/{id}``: a snapshot, numbered events, previews."""

import asyncio
import json
import struct
from collections.abc import Coroutine
from contextlib import suppress
from dataclasses import dataclass
from typing import Annotated, Any
from uuid import UUID

from fastapi import Depends, Query, WebSocket, WebSocketDisconnect

from vibes.api.http import given
from vibes.api.http.once import Once
from vibes.api.http.routers import api_router
from vibes.api.routes.gpus import gpu_list
from vibes.api.routes.sessions import session_detail
from vibes.api.schemas.common import rfc3339
from vibes.api.schemas.live_messages import event_message
from vibes.domain.errors import HubError, NotFound
from vibes.domain.events import Preview
from vibes.domain.ids import SessionId
from vibes.services.events.live_events import Closed, Listener, LiveEvents, NumberedEvent, Resync
from vibes.services.fleet.service import FleetService
from vibes.services.queue.views import QueueViews
from vibes.services.runtime.hub_health import HubHealth
from vibes.services.sessions.service import SessionService
from vibes.text.plain_text import encodable

router = api_router()

UNKNOWN_SESSION = 4404
PREVIEW_FRAME = 1
_LONGEST_SEQ = 20
"""Digits of the longest number that is read; the hub's are milliseconds since 1970."""
_LONGEST_REASON = 123
"""Bytes of the reason in a closing frame (RFC 6455, 5.5)."""
_FORMATS = {"image/jpeg": 1, "image/png": 2}
_HEADER = struct.Struct(">BB16s")


@dataclass(frozen=True, slots=True)
class Snapshots:
    """All that a browser shows, as of now: what it is told first, and again when it fell too far behind."""

    sessions: SessionService
    live: LiveEvents
    fleet: FleetService
    views: QueueViews
    health: HubHealth

    async def of(self, session_id: SessionId) -> str:
        """The number is read before the state: so an event in between is sent again rather than missed."""
        seq = self.live.seq(session_id)
        session = await session_detail(session_id, self.sessions, self.views)
        since = self.views.paused_since
        others = {
            "type": "snapshot",
            "seq": seq,
            "gpus": gpu_list(self.fleet, self.views, self.health).model_dump(mode="json")["gpus"],
            "paused_since": since and rfc3339(since),
        }
        return f'{json.dumps(others)[:-1]}, "session": {session.decode()}}}'


async def _snapshots(
    sessions: given.Sessions, live: given.Live, fleet: given.Fleet, views: given.Views, health: given.Health
) -> Snapshots:
    return Snapshots(sessions, live, fleet, views, health)


GivenSnapshots = Annotated[Snapshots, Depends(_snapshots)]


@router.websocket("/ws/session/{session_id}")
async def session_stream(
    websocket: WebSocket,
    session_id: str,
    live: given.Live,
    snapshots: GivenSnapshots,
    since: Annotated[str | None, Query()] = None,
) -> None:
    """Text: JSON with ``type`` and ``seq``. Binary: a preview, see `preview_frame`. ``ping`` is answered."""
    try:
        await websocket.accept()
        await _tell(websocket, SessionId(session_id), live, snapshots, _seq(since or ""))
    except HubError as error:
        with suppress(WebSocketDisconnect):  # nobody listens any more
            await websocket.close(UNKNOWN_SESSION, close_reason(error.message))
    except WebSocketDisconnect:
        return


def close_reason(sentence: str) -> str:
    """As much of it as a closing frame can hold."""
    return sentence.encode()[:_LONGEST_REASON].decode(errors="ignore")


async def _tell(
    websocket: WebSocket, session_id: SessionId, live: LiveEvents, snapshots: Snapshots, since: int | None
) -> None:
    """Tell of the session until the browser goes. Raises NotFound when it does not exist, or not any more."""
    await snapshots.sessions.get(session_id)
    listener, resumed = live.subscribe(session_id, since)
    try:
        if not resumed:
            await websocket.send_text(await snapshots.of(session_id))
        await _until_either_ends(
            _read_until_closed(websocket), _send_for_ever(websocket, snapshots, session_id, listener)
        )
    finally:
        live.unsubscribe(session_id, listener)


def _seq(text: str) -> int | None:
    """The number; None for text that is none."""
    return int(text) if text.isdecimal() and len(text) <= _LONGEST_SEQ else None


async def _until_either_ends(*activities: Coroutine[Any, Any, None]) -> None:
    """Run both; when one ends, the other is cancelled, and the first one's exception is raised."""
    tasks = [asyncio.ensure_future(activity) for activity in activities]
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def preview_frame(preview: Preview) -> bytes:
    """Byte 0: 1 = preview. Byte 1: 1 = JPEG, 2 = PNG. Bytes 2-17: the generation's UUID. Then the image."""
    image_format = _FORMATS.get(preview.media_type, 1)
    return _HEADER.pack(PREVIEW_FRAME, image_format, UUID(preview.generation_id).bytes) + preview.image


def event_text(numbered: NumberedEvent) -> str:
    message = event_message(numbered.event, numbered.seq)
    return encodable(json.dumps(message, separators=(",", ":"), ensure_ascii=False))


_event_text = Once(event_text)
_preview_bytes = Once(preview_frame)


async def _read_until_closed(websocket: WebSocket) -> None:
    while True:
        message = await websocket.receive()
        if message["type"] == "websocket.disconnect":
            return
        if (message.get("text") or "").strip() in {"ping", '{"type":"ping"}', '{"type": "ping"}'}:
            await websocket.send_json({"type": "pong"})


async def _send_for_ever(websocket: WebSocket, snapshots: Snapshots, session_id: SessionId, listener: Listener) -> None:
    while True:
        match await listener.next():
            case NumberedEvent() as numbered:
                await websocket.send_text(_event_text(numbered))
            case Preview() as preview:
                await websocket.send_bytes(_preview_bytes(preview))
            case Closed():
                raise NotFound(f"session {session_id} was deleted")
            case Resync():
                await websocket.send_text(await snapshots.of(session_id))
