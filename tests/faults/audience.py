"""Watches a session to its end and records what the events say about each generation."""

import asyncio
import json
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from vibes.domain.generation import GenerationStatus

ENDS = ("complete", "failed", "cancelled")
TERMINAL = {status for status in GenerationStatus if status.terminal}


class Audience:
    """One connection to one hub process; the next process has an audience of its own."""

    def __init__(self) -> None:
        self.ends: Counter[tuple[str, str]] = Counter()
        """How often each generation was told to have come to this end."""
        self.shown: set[str] = set()
        """What a snapshot showed to be over."""
        self.last_seq = 0

    async def listen(self, socket: ClientConnection) -> None:
        """Until the hub is gone."""
        try:
            async for message in socket:
                if isinstance(message, str):
                    self.hear(json.loads(message))
        except ConnectionClosed:
            return

    def hear(self, message: dict[str, Any]) -> None:
        if "seq" in message:
            assert message["seq"] > self.last_seq or message["type"] == "snapshot", "told in order, and once"
            self.last_seq = message["seq"]
        if message["type"] == "snapshot":
            self.shown |= {each["id"] for each in message["session"]["generations"] if each["status"] in TERMINAL}
        if message["type"] in ENDS:
            self.ends[message["generation_id"], message["type"]] += 1


@asynccontextmanager
async def audience(url: str, session_id: str) -> AsyncIterator[Audience]:
    """Present from the snapshot on, which says how things stood when it came."""
    async with connect(f"ws{url.removeprefix('http')}/ws/session/{session_id}", proxy=None, max_size=None) as socket:
        person = Audience()
        person.hear(json.loads(await socket.recv()))
        listening = asyncio.create_task(person.listen(socket))
        try:
            yield person
        finally:
            listening.cancel()
            await asyncio.wait([listening])
            if not listening.cancelled():
                listening.result()
