"""300 nodes that draw, and 1,000 pictures that wait: what a plan takes, and how late the event loop is meanwhile.

In this process: the nodes cost next to nothing, so that what is measured is the hub. Processor time of its thread, so
that what else the machine does is not counted.
"""

import asyncio
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from statistics import quantiles
from typing import Any

import httpx

from tests.benchmarks.figures import Figure
from tests.fakes import FakeFleet, FakeNode
from tests.hub import http_client, open_hub, settings_for
from tests.waiting import eventually
from vibes.app.hub import Hub
from vibes.domain.ids import AttemptId
from vibes.domain.nodes.node import NodeConfig
from vibes.domain.nodes.outcome import Running
from vibes.scheduling.planner import Plan
from vibes.services.execution.dispatcher import Dispatcher

NODES, QUEUED, SESSIONS, LOOK_SECONDS = 300, 1000, 10, 0.002
FASTEST, SLOWEST = 4.0, 8.0
"""Seconds of a picture on the first and on the last node: 50 pictures a second together."""
STEPS = (10, 12, 15, 20, 25)


class TimedNode(FakeNode):
    """Draws for as long as it was told."""

    seconds = SLOWEST

    def _begin(self, attempt_id: AttemptId) -> None:
        self.states[attempt_id] = Running()
        super()._begin(attempt_id)
        asyncio.get_running_loop().call_later(self.seconds, self.finish, attempt_id)


class TimedFleet(FakeFleet):
    def __call__(self, config: NodeConfig) -> FakeNode:
        made = TimedNode(config, instant=False)
        made.seconds = FASTEST + (SLOWEST - FASTEST) * int(config.id.removeprefix("n")) / NODES
        self.nodes[config.id] = made
        return made


class Measured:
    """Processor seconds of each plan, and of each time that the event loop gave nobody else a turn."""

    def __init__(self, dispatcher: Dispatcher) -> None:
        self.plans: list[float] = []
        self.lags: list[float] = []
        planning = dispatcher._planning
        self._plan = planning.plan
        planning.plan = self._timed  # type: ignore[method-assign]  # of this one object
        self._look(time.thread_time())

    def _timed(self) -> Plan:
        began = time.thread_time()
        planned = self._plan()
        self.plans.append(time.thread_time() - began)
        return planned

    def _look(self, before: float) -> None:
        now = time.thread_time()
        self.lags.append(now - before)
        self._next = asyncio.get_running_loop().call_later(LOOK_SECONDS, self._look, now)

    def stop(self) -> None:
        self._next.cancel()


async def measure(*, quick: bool) -> tuple[list[Figure], dict[str, Any]]:
    pictures = QUEUED + NODES * (2 if quick else 5)
    async with _hub() as (hub, http):
        await http.patch("/api/queue", json={"action": "pause"})
        for index in range(SESSIONS):
            body = {"prompt": "a lighthouse", "model_family": "sd15", "steps": STEPS[index % len(STEPS)]}
            answer = await http.post("/api/generate/batch", json={**body, "count": pictures // SESSIONS})
            answer.raise_for_status()
        await http.patch("/api/queue", json={"action": "resume"})
        await eventually(lambda: len(hub.board.active) >= NODES, within=120, what="every node has something")
        dispatcher: Dispatcher = hub.stop_claiming.__self__  # type: ignore[attr-defined]  # whose method it is
        queued = hub.board.waiting
        measured, began, cpu = Measured(dispatcher), time.monotonic(), time.process_time()
        await eventually(lambda: hub.board.waiting <= QUEUED, within=300, what="many were drawn")
        seconds, cpu = time.monotonic() - began, time.process_time() - cpu
        measured.stop()
        scraped = time.thread_time()
        told = await http.get("/metrics")
        scraped = time.thread_time() - scraped
    drawn = queued - QUEUED
    plans, lag = quantiles(measured.plans, n=100), quantiles(measured.lags, n=100)[98]
    details = {
        "plans": len(measured.plans),
        "plan_milliseconds": {"p50": 1000 * plans[49], "p95": 1000 * plans[94], "p99": 1000 * plans[98]},
        "part_of_a_core_for_plans": sum(measured.plans) / seconds,
        "pictures_a_second": drawn / seconds,
        "processor_milliseconds_a_picture": 1000 * cpu / drawn,
        "scrape": {"milliseconds": 1000 * scraped, "bytes": len(told.content)},
    }
    figures = [
        Figure(f"plan of {NODES} nodes and {QUEUED:,} queued, p95", 1000 * plans[94], "ms", 20),
        Figure("lag of the event loop meanwhile, p99", 1000 * lag, "ms", 50),
        Figure("a scrape of its metrics", 1000 * scraped, "ms", 100),
    ]
    return figures, {"many_nodes": details}


@asynccontextmanager
async def _hub() -> AsyncIterator[tuple[Hub, httpx.AsyncClient]]:
    nodes = "".join(
        f"  - {{id: n{index}, name: n{index}, vram_gb: 8, tier: draft, host: 10.1.{index // 250}.{index % 250},"
        " port: 8188, capabilities: [sd15], max_resolution: 1024, max_batch: 1}\n"
        for index in range(NODES)
    )
    with tempfile.TemporaryDirectory() as folder:
        settings = settings_for(Path(folder), fleet=f"nodes:\n{nodes}", health_interval=10.0, reconcile_interval=5.0)
        async with open_hub(settings, TimedFleet()) as hub, http_client(hub, settings) as http:
            yield hub, http
