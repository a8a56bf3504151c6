"""``/ws/session/{id}``: the snapshot, the numbered events, the previews."""

import asyncio
import json
import struct
from collections.abc import Coroutine
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, WebSocket, WebSocketDisconnect

from vibes.api.http.hub import Hub, HubDependency
from vibes.api.http.once import Once
from vibes.api.routes.gpus import list_gpus
from vibes.api.routes.sessions import session_detail
from vibes.api.schemas.common import rfc3339
from vibes.api.streams.live_messages import event_message
from vibes.domain.errors import HubError, NotFound
from vibes.domain.events import Preview
from vibes.domain.ids import SessionId
from vibes.services.events.live_events import Closed, Listener, NumberedEvent, Resync
from vibes.text.plain_text import encodable

router = APIRouter()

UNKNOWN_SESSION = 4404
PREVIEW_FRAME = 1
_LONGEST_SEQ = 20
"""Digits; ours are milliseconds since 1970."""
_FORMATS = {"image/jpeg": 1, "image/png": 2}
_HEADER = struct.Struct(">BB16s")


@router.websocket("/ws/session/{session_id}")
async def session_stream(
    websocket: WebSocket, session_id: str, hub: HubDependency, since: Annotated[str | None, Query()] = None
) -> None:
    """Text: JSON with ``type`` and ``seq``. Binary: a preview, see `preview_frame`. ``ping`` is answered."""
    await websocket.accept()
    identity = SessionId(session_id)
    try:
        await hub.sessions.get(identity)
    except HubError as error:
        await websocket.close(UNKNOWN_SESSION, error.message[:120])
        return
    listener, resumed = hub.live.subscribe(identity, _seq(since or ""))
    try:
        if not resumed:
            await websocket.send_text(await _snapshot(hub, identity))
        await _until_either_ends(_read_until_closed(websocket), _send_for_ever(websocket, hub, identity, listener))
    except HubError as error:
        await websocket.close(UNKNOWN_SESSION, error.message[:120])
    except WebSocketDisconnect:
        return
    finally:
        hub.live.unsubscribe(identity, listener)


def _seq(text: str) -> int | None:
    """None for what is no number of ours."""
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


async def _send_for_ever(websocket: WebSocket, hub: Hub, session_id: SessionId, listener: Listener) -> None:
    while True:
        match await listener.next():
            case NumberedEvent() as numbered:
                await websocket.send_text(_event_text(numbered))
            case Preview() as preview:
                await websocket.send_bytes(_preview_bytes(preview))
            case Closed():
                raise NotFound(f"session {session_id} was deleted")
            case Resync():
                await websocket.send_text(await _snapshot(hub, session_id))


async def _snapshot(hub: Hub, session_id: SessionId) -> str:
    """The number is read before the state: an event in between is told again rather than missed."""
    seq = hub.live.seq(session_id)
    session = await session_detail(hub, await hub.sessions.get(session_id))
    others = {
        "type": "snapshot",
        "seq": seq,
        "gpus": (await list_gpus(hub)).model_dump(mode="json")["gpus"],
        "paused_since": hub.board.paused_since and rfc3339(hub.board.paused_since),
    }
    return f'{json.dumps(others)[:-1]}, "session": {session.decode()}}}'
