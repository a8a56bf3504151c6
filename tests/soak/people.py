"""Who uses the hub meanwhile: asks, cancels, tries again, throws away and pauses; patient while the hub is away."""

import random
import time
from collections import Counter
from typing import Any
from uuid import uuid4

import httpx

from tests.faults.world import World
from tests.loopback import loopback_client
from tests.waiting import due

IN_FLIGHT = (2, 6, 40, 300)
"""So many pictures at most are asked for and not over, in turn: in a quiet fleet what seems stuck is tried twice."""
TURNS = 12
"""A turn ends when so many times its pictures were asked for, ..."""
QUIET_SECONDS = 5.0
"""... and one of a quiet fleet, in which mishaps are what takes the time, after so long."""
LARGEST_BATCH = 60
RETRY_SECONDS = 0.2
PATIENCE_SECONDS = 180.0
"""Nothing over for so long means that something is stuck."""


class People:
    def __init__(self, world: World, chance: random.Random, pictures: int) -> None:
        self.asked = 0
        self.did: Counter[str] = Counter()
        self.batches: set[str] = set()
        """Those that still exist."""
        self._world = world
        self._chance = chance
        self._pictures = pictures
        self._sessions: list[str] = []
        self.open: dict[str, int] = {}
        """Batches that are not over, and how many of each were at the last look."""
        self._moved_at = time.monotonic()
        self._most = self._turn_ends_at = 0
        self._turn_began_at = 0.0

    async def go_on(self) -> None:
        """Until all pictures were asked for and are over."""
        await self._call("PATCH", "/api/queue", {"action": "resume"})
        while self.asked < self._pictures or self.open:
            await self._look_at(self._chance.sample(sorted(self.open), min(len(self.open), 3)))
            self._take_turns()
            free = self._most - sum(self.open.values())
            if self.asked < self._pictures and free > 0:
                await self._ask(min(free, self._pictures - self.asked))
            if self._chance.random() < 0.25:
                await self._do_something()
            await due(time.monotonic() + 0.05)
            if time.monotonic() - self._moved_at > PATIENCE_SECONDS:
                raise AssertionError(f"nothing moves any more: {self.open}")

    def _take_turns(self) -> None:
        is_quiet = self._most < max(IN_FLIGHT)
        if self.asked >= self._turn_ends_at or (is_quiet and time.monotonic() >= self._turn_began_at + QUIET_SECONDS):
            self._most = self._chance.choice(IN_FLIGHT)
            self._turn_ends_at = self.asked + TURNS * self._most
            self._turn_began_at = time.monotonic()

    async def _ask(self, most: int) -> None:
        if not self._sessions or self._chance.random() < 0.1:
            self._sessions.append(str((await self._call("POST", "/api/sessions", {}))["id"]))
        count = self._chance.randint(1, min(most, LARGEST_BATCH))
        body = {
            "prompt": f"picture {self.asked}",
            "model_family": "sd15",
            "count": count,
            "session_id": self._chance.choice(self._sessions),
            "width": 64,
            "height": 64,
            "steps": 2,
        }
        if self._chance.random() < 0.3:
            body["seed"] = 7  # the same pictures again, which caches know
        batch = await self._call("POST", "/api/generate/batch", body, key=str(uuid4()))
        if "batch_id" in batch:
            self.open[batch["batch_id"]] = count
            self.batches.add(batch["batch_id"])
            self.asked += count

    async def look_at_all(self) -> None:
        await self._look_at(sorted(self.open))

    async def _look_at(self, batch_ids: list[str]) -> None:
        for batch_id in batch_ids:
            batch = await self._call("GET", f"/api/batches/{batch_id}")
            left = batch["total"] - batch["completed"] if "total" in batch else 0
            if left != self.open[batch_id]:
                self._moved_at = time.monotonic()
            if left:
                self.open[batch_id] = left
            else:
                del self.open[batch_id]

    async def _do_something(self) -> None:
        deed = self._chance.choice([self._cancel, self._retry, self._discard, self._pause, self._forget_a_session])
        self.did[deed.__name__.strip("_")] += 1
        await deed()

    async def _some(self) -> list[dict[str, Any]]:
        batch = await self._call("GET", f"/api/batches/{self._chance.choice(sorted(self.batches) or ['none'])}")
        found = batch.get("generations", [])
        return self._chance.sample(found, min(len(found), 5))

    async def _cancel(self) -> None:
        for each in await self._some():
            await self._call("POST", f"/api/generations/{each['id']}/cancel", {})

    async def _retry(self) -> None:
        for each in await self._some():
            if each["status"] in ("failed", "cancelled"):
                await self._call("POST", f"/api/generations/{each['id']}/retry", {})
                self.open.setdefault(each["batch_id"], 0)

    async def _discard(self) -> None:
        ids = [each["id"] for each in await self._some()]
        if ids:
            await self._call("POST", "/api/generations/discard", {"ids": ids})

    async def _pause(self) -> None:
        await self._call("PATCH", "/api/queue", {"action": "pause"})
        await due(time.monotonic() + self._chance.uniform(0.0, 1.0))
        await self._call("PATCH", "/api/queue", {"action": "resume"})

    async def _forget_a_session(self) -> None:
        if len(self._sessions) < 5 or self._chance.random() < 0.7:
            return
        session_id = self._chance.choice(self._sessions)
        self._sessions.remove(session_id)
        await self._call("DELETE", f"/api/sessions/{session_id}")
        for batch_id in list(self.batches):
            if "total" not in await self._call("GET", f"/api/batches/{batch_id}"):
                self.batches.discard(batch_id)
                self.open.pop(batch_id, None)

    async def _call(self, method: str, path: str, body: Any = None, key: str | None = None) -> dict[str, Any]:
        """Said again while there is no hub; what it refuses is answered as it says it."""
        give_up_at = time.monotonic() + PATIENCE_SECONDS
        while True:
            assert self._world.hub is not None
            try:
                async with loopback_client(self._world.hub.url) as http:
                    headers = {"Idempotency-Key": key} if key else {}
                    response = await http.request(method, path, json=body, headers=headers)
            except httpx.TransportError:
                assert time.monotonic() < give_up_at, f"no hub for {PATIENCE_SECONDS:g} s"
                await due(time.monotonic() + RETRY_SECONDS)
                continue
            assert response.status_code < 500 or response.status_code == 503, response.text
            return dict(response.json()) if response.content else {}
