"""The WebSocket clients of one node, and the one queue through which all messages reach them in order."""

import asyncio
import contextlib
import json
import struct
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from vibes.simulator.setup.faults import Faults

_PREVIEW_IMAGE = 1
_PREVIEW_IMAGE_WITH_METADATA = 4
_JPEG, _PNG = 1, 2
_FLOOD = 500


@dataclass(slots=True)
class Client:
    """One open socket under its clientId."""

    socket: web.WebSocketResponse
    transport: asyncio.Transport
    flags: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Picture:
    """A preview or a finished picture, encoded, with the graph node it belongs to."""

    data: bytes
    is_png: bool
    metadata: Mapping[str, Any]


class SocketHub:
    """Sends to all clients in one order, as ComfyUI does: a client that does not read holds up all others.

    One socket per client id. With the displacement bug, closing any socket of an id forgets that id.
    """

    def __init__(self, faults: Faults, *, displacement_bug: bool) -> None:
        self._faults = faults
        self._displacement_bug = displacement_bug
        self._clients: dict[str, Client] = {}
        self._messages: asyncio.Queue[Callable[[], Awaitable[None]]] = asyncio.Queue()

    def register(self, client_id: str, client: Client) -> None:
        self._clients[client_id] = client

    def unregister(self, client_id: str, client: Client) -> None:
        if self._displacement_bug or self._clients.get(client_id) is client:
            self._clients.pop(client_id, None)

    @property
    def client_ids(self) -> list[str]:
        return list(self._clients)

    def hears(self, client_id: str | None) -> bool:
        """Whether any client would get a message for this id; None means all clients."""
        return bool(self._clients) if client_id is None else client_id in self._clients

    def wants_metadata(self, client_id: str | None) -> bool:
        """Whether this client asked for previews that name their graph node."""
        client = self._clients.get(client_id) if client_id is not None else None
        return client is not None and client.flags.get("supports_preview_metadata") is True

    def send(self, type_: str, data: Mapping[str, Any], client_id: str | None) -> None:
        """Queue a text message for one client, or for all of them."""
        text = json.dumps({"type": type_, "data": data})
        self._messages.put_nowait(lambda: self._deliver(client_id, lambda client: client.socket.send_str(text)))

    def send_picture(self, picture: Picture, client_id: str | None, *, with_metadata: bool) -> None:
        """Queue a binary frame for one client, or for all of them."""
        frame = _frame_with_metadata(picture) if with_metadata else _plain_frame(picture)
        self._messages.put_nowait(lambda: self._deliver(client_id, lambda client: client.socket.send_bytes(frame)))

    async def publish(self) -> None:
        """Deliver queued messages for ever."""
        while True:
            deliver = await self._messages.get()
            await self._faults.while_frozen()
            if not self._faults.settings.mute_sockets:
                await deliver()

    async def flood(self) -> None:
        """While that fault is on, send all clients progress messages as fast as they take them; runs for ever."""
        while True:
            await self._faults.while_calm()
            data = {"value": 1, "max": 2, "prompt_id": "nobody", "node": "3"}
            for _ in range(_FLOOD):
                self.send("progress", data, None)
            await self._told()

    async def _told(self) -> None:
        """Return once everything queued so far is delivered."""
        told = asyncio.Event()

        async def mark() -> None:
            told.set()

        self._messages.put_nowait(mark)
        await told.wait()

    def drop(self, client_id: str | None = None) -> int:
        """Cut the sockets of one client, or all, without a closing handshake; answers how many."""
        chosen = [client for key, client in self._clients.items() if client_id in (None, key)]
        for client in chosen:
            client.transport.abort()
        return len(chosen)

    async def _deliver(self, client_id: str | None, send: Callable[[Client], Awaitable[None]]) -> None:
        clients = list(self._clients.values()) if client_id is None else [self._clients.get(client_id)]
        for client in clients:
            if client is not None:
                with contextlib.suppress(ConnectionError):  # the client is gone; its handler notices and cleans up
                    await send(client)


def _plain_frame(picture: Picture) -> bytes:
    return struct.pack(">II", _PREVIEW_IMAGE, _PNG if picture.is_png else _JPEG) + picture.data


def _frame_with_metadata(picture: Picture) -> bytes:
    metadata = {**picture.metadata, "image_type": "image/png" if picture.is_png else "image/jpeg"}
    text = json.dumps(metadata).encode()
    return struct.pack(">II", _PREVIEW_IMAGE_WITH_METADATA, len(text)) + text + picture.data
