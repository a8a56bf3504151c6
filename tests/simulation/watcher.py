"""Somebody who watches a session over its WebSocket, from hub to hub, and believes every event."""

import asyncio
import json
import math
from collections.abc import Callable
from typing import Any

from starlette.types import ASGIApp, Message

from vibes.domain.generation import GenerationStatus

ENDS = {status.value for status in GenerationStatus if status.terminal}
_MEANS = {"queued": "queued", "generating": "generating", **{end: end for end in ENDS}}
AGAIN_SECONDS = 1.0


class Watcher:
    """What a browser knows of one session, by a snapshot and by every event since."""

    def __init__(self, session_id: str, complain: Callable[[str], None], tell_story: Callable[[str], None]) -> None:
        self.session_id = session_id
        self.statuses: dict[str, str] = {}
        self.batches: dict[str, str] = {}
        """Of each generation, as far as it was told."""
        self.tallies: dict[str, tuple[int, int]] = {}
        """The last word on each batch: completed, total."""
        self.gone = False
        """The session was deleted."""
        self.connected = False
        self._complain = complain
        self._tell_story = tell_story
        self._told: dict[str, str] = {}
        """By events since the last snapshot, which may be told again what it shows."""
        self._seq: int | None = None
        self._hang_up: asyncio.Event | None = None

    async def watch(self, app: ASGIApp) -> None:
        """For ever, while one hub lives: listen, and connect again when the line is cut."""
        while not self.gone:
            await self._one_connection(app)
            self.connected = False
            await asyncio.sleep(AGAIN_SECONDS)

    def cut(self) -> None:
        """The browser loses its connection."""
        if self._hang_up is not None:
            self._hang_up.set()

    async def _one_connection(self, app: ASGIApp) -> None:
        hang_up = self._hang_up = asyncio.Event()
        came = [{"type": "websocket.connect"}]

        async def receive() -> Message:
            if came:
                return came.pop()
            await hang_up.wait()
            return {"type": "websocket.disconnect", "code": 1006}

        async def send(message: Message) -> None:
            await asyncio.sleep(0)
            if hang_up.is_set():
                return
            if message["type"] == "websocket.accept":
                self.connected = True
            if message["type"] == "websocket.close":
                self.gone = True
                hang_up.set()
            elif message.get("text"):
                self._hear(json.loads(message["text"]))

        since = b"" if self._seq is None else f"since={self._seq}".encode()
        path = f"/ws/session/{self.session_id}"
        scope = {
            "type": "websocket",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "scheme": "ws",
            "path": path,
            "raw_path": path.encode(),
            "query_string": since,
            "root_path": "",
            "subprotocols": [],
            "headers": [(b"host", b"localhost")],
            "client": ("127.0.0.1", 1),
            "server": ("127.0.0.1", 80),
        }
        await app(scope, receive, send)

    def _hear(self, message: dict[str, Any]) -> None:
        kind, seq = message["type"], message.get("seq")
        if seq is not None:
            if self._seq is not None and seq <= self._seq and kind != "snapshot":
                self._complain(f"event {seq} came after {self._seq}")
            self._seq = seq
        eta = message.get("eta_seconds")
        if eta is not None and not (math.isfinite(eta) and eta >= 0):
            self._complain(f"an ETA of {eta} in {message}")
        if kind == "snapshot":
            self._see(message["session"])
        elif kind in _MEANS:
            self._note(message)
        if "batch_total" in message:
            self._tally(message)

    def _note(self, message: dict[str, Any]) -> None:
        generation, status = message["generation_id"], _MEANS[message["type"]]
        self._tell_story(f"told: {generation} {status}")
        if self._told.get(generation) == status and status in ENDS:
            self._complain(f"the end of {generation} ({status}) was told twice")
        self._told[generation] = status
        self.statuses[generation] = status
        if "batch_id" in message:
            self.batches[generation] = message["batch_id"]

    def _tally(self, message: dict[str, Any]) -> None:
        completed, total = message["completed"], message["batch_total"]
        if not 0 <= completed <= total:
            self._complain(f"an impossible tally: {message}")
        self.tallies[message["batch_id"]] = completed, total

    def _see(self, session: dict[str, Any]) -> None:
        self._told.clear()
        self.tallies.clear()  # whoever has a snapshot counts for themselves
        self.statuses = {each["id"]: each["status"] for each in session["generations"]}
        self.batches |= {each["id"]: each["batch_id"] for each in session["generations"]}
