"""A hub and its workers in this process: real rows, real simulated ComfyUIs, a media store that both reach."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.waiting import eventually
from tests.workers.examples import worker
from tests.workers.news import LocalNews
from vibes.domain.ids import AttemptId, NodeId
from vibes.domain.nodes.node import NodeConfig, Tier
from vibes.domain.nodes.outcome import Pending, Running, Whereabouts
from vibes.environment.worker_settings import WorkerSettings
from vibes.media_stores.folder import FolderMediaStore
from vibes.nodes.worker.no_broker import NoTickets
from vibes.nodes.worker.node import WorkerNode
from vibes.nodes.worker.office import KIND, WorkerOffice
from vibes.ports.workers.news import WorkerLinks
from vibes.ports.workers.rows import WorkerDesk, WorkerOrders
from vibes.services.runtime.clock import SystemClock
from vibes.simulator.server import SimulatedNode
from vibes.simulator.setup.options import NodeOptions
from vibes.worker.comfyui import comfyui_of
from vibes.worker.errand import Means
from vibes.worker.worker import RunningWorker

LOST_SECONDS = 1.0
QUICK = NodeOptions(profile="rtx-5060-ti", time_scale=0.02)


@dataclass(slots=True)
class Workshop:
    """What all workers of a story share, and the hub's side of it."""

    folder: Path
    orders: WorkerOrders
    desk: WorkerDesk
    stack: AsyncExitStack
    news: LocalNews = field(default_factory=LocalNews)
    lost_seconds: float = LOST_SECONDS

    @property
    def handoff(self) -> FolderMediaStore:
        return FolderMediaStore(self.folder / "handoff", SystemClock())

    def node(self, node_id: str = "w1") -> WorkerNode:
        """The hub's view."""
        links = WorkerLinks(
            orders=self.orders,
            handoff=self.handoff,
            tickets=NoTickets(),
            news=self.news,
            lost_seconds=self.lost_seconds,
        )
        config = NodeConfig(
            id=NodeId(node_id),
            name=node_id,
            tier=Tier.STANDARD,
            vram_gb=0,
            capabilities=frozenset({"sd15"}),
            max_resolution=1024,
            max_batch=1,
            kind=KIND,
        )
        return WorkerNode(config, WorkerOffice(links, SystemClock()))

    async def comfyui(self, options: NodeOptions = QUICK) -> SimulatedNode:
        return await self.stack.enter_async_context(SimulatedNode(options))

    async def worker(self, comfyui: SimulatedNode | None, name: str = "w1", pool: str = "", **more: Any) -> "Working":
        """Running until the end of the story, or until it is ended. ``more``: ``node`` instead of the simulated
        ComfyUI, ``deadline`` in seconds."""
        working = Working(self, comfyui, name, pool, more)
        working.start()
        self.stack.push_async_callback(working.end)
        return working


@dataclass(slots=True)
class Working:
    workshop: Workshop
    comfyui: SimulatedNode | None
    name: str
    pool: str
    more: dict[str, Any]
    running: RunningWorker | None = None
    task: asyncio.Task[None] | None = None

    def start(self) -> None:
        shop = self.workshop
        address = "http://127.0.0.1:1" if self.comfyui is None else self.comfyui.url
        given: dict[str, Any] = {"name": self.name, "comfyui": address}
        settings = WorkerSettings(**given)
        node = self.more.get("node") or comfyui_of(settings, shop.folder)
        deadline = self.more.get("deadline", 600.0)
        desk = self.more.get("desk", shop.desk)
        means = Means(node=node, desk=desk, handoff=shop.handoff, clock=SystemClock(), deadline=deadline)
        registers = worker(self.name, node_id=self.pool)
        self.running = RunningWorker(registers, means, shop.news, "vibes", shop.lost_seconds)
        self.task = asyncio.create_task(self._run(node.close))

    async def _run(self, close: Any) -> None:
        assert self.running is not None
        try:
            await self.running.run()
        finally:
            await close()

    async def end(self) -> None:
        """As SIGTERM does."""
        if self.running is not None and self.task is not None:
            self.running.drain()
            await self.task
        self.task = None

    async def kill(self) -> None:
        """As SIGKILL does: nothing is said or given back."""
        assert self.task is not None
        task, self.task, self.running = self.task, None, None
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


@asynccontextmanager
async def workshop(folder: Path, orders: WorkerOrders, desk: WorkerDesk) -> AsyncIterator[Workshop]:
    async with AsyncExitStack() as stack:
        yield Workshop(folder, orders, desk, stack)


async def ready(node: WorkerNode, members: int = 1) -> None:
    """Until the hub sees so many workers that take orders."""

    async def there() -> bool:
        reports = await node._orders.reports(node._config.id)
        return sum(each.state == "ready" and bool(each.inventory_digest) for each in reports) >= members

    await eventually(there, what="the workers are ready")
    await node.discover()


async def ended(node: WorkerNode, attempt_id: AttemptId) -> Whereabouts:
    async def end() -> Whereabouts | None:
        found = await node.find(attempt_id)
        return None if isinstance(found, Pending | Running) else found

    return await eventually(end, what="the order has ended")
