"""What goes wrong with machines, lines, folders and the hub itself while pictures are drawn, by a seed."""

import asyncio
import random
import signal
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import httpx

from tests.faults.world import Machine, World, fleet_of
from tests.waiting import due

STRIKES = (
    *("fail_next_prompts", "out_of_memory_next_prompts", "corrupt_next_views", "truncate_next_views"),
    *("swap_next_views", "delete_next_views", "swallow_next_posts", "cut_next_posts"),
)
KEPT_SECONDS = 30.0
"""Somebody tidies up: files on the nodes are deleted at this age, or their folders would grow without end."""


class Mishaps:
    """Begun again and again until cancelled; `Mishaps.heal` makes everything well."""

    def __init__(self, world: World, chance: random.Random, *, every: float) -> None:
        """``every``: seconds between two, on average."""
        self.happened: Counter[str] = Counter()
        self.restarting = asyncio.Lock()
        """Held while there is no hub."""
        self._world = world
        self._chance = chance
        self._every = every
        self._busy: dict[str, asyncio.Lock] = {name: asyncio.Lock() for name in world.machines}
        self._choices: list[tuple[int, Callable[[], Awaitable[None]]]] = [
            (8, self.node_is_killed),
            (8, self.node_freezes),
            (8, self.node_is_unplugged),
            (12, self.worker_stalls),
            (8, self.node_answers_slowly),
            (10, self.sockets_are_cut),
            (6, self.node_forgets),
            (20, self.faults_strike),
            (6, self.somebody_interrupts),
            (4, self.somebody_tidies_up),
            (4, self.metadata_is_switched),
            (2, self.fleet_is_edited),
            (1, self.hub_is_killed),
            (1, self.hub_is_restarted),
        ]

    async def go_on(self) -> None:
        weights = [weight for weight, _ in self._choices]
        under_way: set[asyncio.Task[None]] = set()
        try:
            while True:
                await due(time.monotonic() + self._chance.expovariate(1 / self._every))
                [(_, mishap)] = self._chance.choices(self._choices, weights)
                self.happened[mishap.__name__] += 1
                task = asyncio.create_task(self._carefully(mishap))
                under_way.add(task)
                task.add_done_callback(under_way.discard)
        finally:
            await asyncio.gather(*under_way, return_exceptions=True)

    async def _carefully(self, mishap: Callable[[], Awaitable[None]]) -> None:
        with suppress(httpx.HTTPError):  # the machine is in the middle of another one
            await mishap()

    async def heal(self) -> None:
        for machine in self._world.machines.values():
            async with self._busy[machine.id]:
                await machine.heal()

    def _machine(self) -> Machine:
        return self._chance.choice(list(self._world.machines.values()))

    async def _pause(self, longest: float) -> None:
        await due(time.monotonic() + self._chance.uniform(0.0, longest))

    async def node_is_killed(self) -> None:
        machine = self._machine()
        async with self._busy[machine.id]:
            assert machine.service is not None
            await machine.service.kill()
            await self._pause(3.0)
            await machine.start()

    async def node_freezes(self) -> None:
        machine = self._machine()
        async with self._busy[machine.id]:
            machine.stop_it()
            try:
                await self._pause(6.0)
            finally:
                machine.go_on()

    async def node_is_unplugged(self) -> None:
        machine = self._machine()
        async with self._busy[machine.id]:
            await machine.post("/simulator/unplug", {"seconds": self._chance.uniform(0.1, 3.0)})

    async def worker_stalls(self) -> None:
        """What runs there seems stuck, is tried on another node too, and both come home."""
        await self._for_a_while({"wedge": True}, {"wedge": False})

    async def node_answers_slowly(self) -> None:
        await self._for_a_while({"latency_seconds": self._chance.uniform(0.05, 1.0)}, {"latency_seconds": 0.0})

    async def _for_a_while(self, faulty: dict[str, Any], well: dict[str, Any]) -> None:
        machine = self._machine()
        async with self._busy[machine.id]:
            await machine.fault(**faulty)
            try:
                await self._pause(4.0)
            finally:
                await machine.fault(**well)

    async def sockets_are_cut(self) -> None:
        machine = self._machine()
        async with self._busy[machine.id]:
            await machine.post("/simulator/drop-sockets", {})

    async def node_forgets(self) -> None:
        machine = self._machine()
        async with self._busy[machine.id]:
            await machine.post("/simulator/forget", {"drop_sockets": self._chance.random() < 0.5})

    async def faults_strike(self) -> None:
        machine = self._machine()
        async with self._busy[machine.id]:
            await machine.fault(**{self._chance.choice(STRIKES): self._chance.randint(1, 3)})

    async def somebody_interrupts(self) -> None:
        machine = self._machine()
        async with self._busy[machine.id]:
            await machine.interrupt()

    async def metadata_is_switched(self) -> None:
        machine = self._machine()
        async with self._busy[machine.id]:
            await machine.fault(disable_metadata=self._chance.random() < 0.5)

    async def somebody_tidies_up(self) -> None:
        await asyncio.to_thread(_delete_older_than, self._world.folder / "comfyui", KEPT_SECONDS)

    async def fleet_is_edited(self) -> None:
        """One machine is switched off in ``gpus.yaml`` for a moment."""
        path = self._world.folder / "gpus.yaml"
        machine = self._machine()
        whole = fleet_of({each.id: each.port for each in self._world.machines.values()})
        path.write_text(whole.replace(f"id: {machine.id},", f"id: {machine.id}, enabled: false,"), encoding="utf-8")
        await self._pause(4.0)
        path.write_text(whole, encoding="utf-8")

    async def hub_is_killed(self) -> None:
        async with self.restarting:
            assert self._world.hub is not None
            await self._world.hub.kill()
            await self._world.start_hub(HUB)

    async def hub_is_restarted(self) -> None:
        async with self.restarting:
            hub = self._world.hub
            assert hub is not None
            hub.process.send_signal(signal.SIGTERM)
            assert await hub.process.wait() == 0, "it ends in order"
            await self._world.start_hub(HUB)


HUB = {"VIBES_UNDO_WINDOW_HOURS": "0", "VIBES_SILENT_LIMIT": "4"}


def _delete_older_than(folder: Path, seconds: float) -> None:
    for path in folder.rglob("*.png"):
        with suppress(OSError):
            if time.time() - path.stat().st_mtime > seconds:
                path.unlink()
