"""A hub and its workers as real processes, over a real PostgreSQL and a real Redis, with simulated ComfyUIs."""

import asyncio
import signal
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.backing import postgresql, redis_server
from tests.faults.checker import SERVED, check, rows
from tests.faults.world import HURRY, PROFILES, Machine, World
from tests.forked import forked_service
from tests.processes import Service
from tests.waiting import eventually

LOST_AFTER = "2"


@dataclass(slots=True)
class WorkerWorld(World):
    """Its machines are reached by their workers alone."""

    environment: dict[str, str] = field(default_factory=dict)
    workers: dict[str, Service] = field(default_factory=dict)

    async def start_worker(self, machine_id: str, *options: str, **settings: str) -> None:
        """``settings``: variables instead of the world's."""
        comfyui = () if "--comfyui-folder" in options else ("--comfyui", self.machines[machine_id].url)
        self.workers[machine_id] = await self.stack.enter_async_context(
            forked_service(
                *("worker", "--name", machine_id, "--capabilities", "sd15,sdxl,controlnet,upscale,flux"),
                *(*comfyui, *options),
                cwd=self.folder,
                environment={**self.environment, **settings},
            )
        )

    async def begin(self, hub: Mapping[str, str] | None = None, **settings: str) -> None:
        """The hub, and a worker on each machine. ``hub``: variables of the hub alone."""
        await self.start_hub({**self.environment, **(hub or {})})
        await asyncio.gather(*(self.start_worker(name, **settings) for name in self.machines))
        await self.joined(*self.machines)

    async def kill_worker(self, machine_id: str) -> None:
        await self.workers[machine_id].kill()

    async def end_worker(self, machine_id: str) -> int:
        """As who stops a service does; answers its status."""
        process = self.workers[machine_id].process
        process.send_signal(signal.SIGTERM)
        return await process.wait()

    def signal_worker(self, machine_id: str, number: signal.Signals) -> None:
        self.workers[machine_id].process.send_signal(number)

    async def joined(self, *node_ids: str) -> None:
        """Until the hub gives these work."""

        async def ready() -> bool:
            gpus = {gpu["id"]: gpu["state"] for gpu in (await self.get("/api/gpus"))["gpus"]}
            return all(gpus.get(each) in {"ready", "busy"} for each in node_ids)

        await eventually(ready, what=f"{', '.join(node_ids)} joined")

    def open_orders(self) -> list[object]:
        return [*rows(self.folder, "SELECT 1 FROM worker_orders WHERE state IN ('queued', 'claimed', 'running')")]


@asynccontextmanager
async def worker_world(
    folder: Path,
    *,
    names: tuple[str, ...] = ("w1", "w2"),
    time_scale: float = 0.5,
    broker: bool = True,
    database_url: str = "",
    machine: tuple[str, ...] = (),
    start: bool = True,
    **settings: str,
) -> AsyncIterator[WorkerWorld]:
    """A machine and a worker of each name. At the end the checker has its say, and no order is open.

    ``machine``: further options of each simulated ComfyUI. ``start``: whether hub and workers begin at once.
    """
    async with AsyncExitStack() as stack:
        url = stack.enter_context(postgresql().database())
        (folder / SERVED).write_text(url, encoding="utf-8")
        environment = {
            **HURRY,
            "VIBES_DATABASE_URL": database_url or url,
            "VIBES_WORKER_LOST_AFTER": LOST_AFTER,
            **({"VIBES_BROKER_URL": redis_server().url, "VIBES_BROKER_PREFIX": folder.name} if broker else {}),
            **settings,
        }
        machines = {
            name: Machine(name, ("--profile", profile, "--time-scale", str(time_scale), *machine), folder, stack)
            for name, profile in zip(names, PROFILES, strict=False)
        }
        await asyncio.gather(*(machine.start() for machine in machines.values()))
        (folder / "gpus.yaml").write_text("nodes: []\n", encoding="utf-8")
        created = WorkerWorld(folder, machines, stack, environment=environment)
        if start:
            await created.begin()
        yield created
        await check(created)
        await eventually(lambda: not created.open_orders(), what="no order is open")
