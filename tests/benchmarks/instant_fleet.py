"""Nodes that take no time: what the hub itself can do, what it takes in memory, how long it keeps others waiting."""

import tempfile
import time
from contextlib import aclosing
from pathlib import Path
from statistics import median, quantiles
from typing import Any

import httpx

from tests.benchmarks import bare_loop
from tests.benchmarks.demo_fleet import seconds_to_browser
from tests.benchmarks.figures import Figure
from tests.benchmarks.hubs import instant_hub
from tests.waiting import eventually
from vibes.client import AsyncHubClient, BatchRequest, GenerationCompleted

NODES, PICTURES, ROUNDS, ALONE = 6, 300, 3, 60
QUEUED, AT_ONCE = 10_000, 1000
LIMIT_SECONDS = 120.0
LOOK_SECONDS = 0.2
"""Between two looks, which cost what is measured."""


async def measure(*, quick: bool) -> tuple[list[Figure], dict[str, Any]]:
    async with (
        instant_hub(NODES) as (hub, data),
        httpx.AsyncClient(base_url=hub.url, trust_env=False, timeout=60) as http,
    ):
        idle = _resident_megabytes(hub.process.pid)
        delays = await _delays_one_at_a_time(hub.url, data)
        rates, bare, waits = await _throughput(http, 1 if quick else ROUNDS)
        kilobytes = await _kilobytes_each(http, hub.process.pid)
    shares = [with_hub / without for with_hub, without in zip(rates, bare, strict=True)]
    figures = [
        Figure(f"throughput, {NODES} instant nodes, median", median(rates), "images/s", 40, at_least=True),
        Figure("the same as a part of a loop without a hub, median", median(shares), "of it", 0.7, at_least=True),
        Figure("node done to browser event, one at a time, p50", 1000 * median(delays), "ms", 5),
        Figure("the same, p99", 1000 * quantiles(delays, n=100)[98], "ms", 20),
        Figure("answer of /healthz meanwhile, p99", 1000 * quantiles(waits, n=100)[98], "ms", 50),
        Figure("memory, idle", idle, "MB", 90),
        Figure(f"memory of each of {QUEUED:,} queued", kilobytes, "kB", 1),
    ]
    return figures, {"throughput_images_per_second": rates, "without_a_hub_images_per_second": bare}


async def _submit(http: httpx.AsyncClient, count: int) -> None:
    body = {"prompt": "a lighthouse", "model_family": "sd15", "count": count}
    (await http.post("/api/generate/batch", json=body)).raise_for_status()


async def _delays_one_at_a_time(url: str, data: Path) -> list[float]:
    """What the hub adds when nothing else computes: history, download, check, files, row, event."""
    arrived: dict[str, float] = {}
    async with AsyncHubClient(url) as hub:
        session_id = (await hub.sessions.create()).id
        request = BatchRequest(prompt="a lighthouse", model_family="sd15", session_id=session_id)
        async with aclosing(hub.sessions.events(session_id)) as events:
            await anext(events)
            for _ in range(ALONE):
                await hub.batches.submit(request)
                async for event in events:
                    if isinstance(event, GenerationCompleted):
                        arrived[event.generation_id] = time.time()
                        break
        return await seconds_to_browser(hub, data, arrived)


async def _throughput(http: httpx.AsyncClient, rounds: int) -> tuple[list[float], list[float], list[float]]:
    """Images a second of each round, with the hub and right after it without, and the seconds that a look at the hub's
    health took meanwhile."""
    await _submit(http, 20)
    await _emptied(http)
    graph = await _a_graph(http)
    nodes = [gpu["url"] for gpu in (await http.get("/api/gpus")).json()["gpus"]]
    rates, bare, waits = [], [], []
    for _ in range(rounds):
        began = time.monotonic()
        await _submit(http, PICTURES)
        waits += await _emptied(http)
        rates.append(PICTURES / (time.monotonic() - began))
        with tempfile.TemporaryDirectory() as folder:
            bare.append(await bare_loop.rate(graph, nodes, PICTURES, Path(folder)))
    return rates, bare, waits


async def _a_graph(http: httpx.AsyncClient) -> dict[str, Any]:
    """What the hub sent for one of its pictures."""
    [newest] = (await http.get("/api/generations?limit=1")).json()["generations"]
    graph: dict[str, Any] = (await http.get(f"/api/generations/{newest['id']}/graph")).json()
    return graph


async def _emptied(http: httpx.AsyncClient) -> list[float]:
    """Wait until nothing is queued and nothing runs; answers how long each look at the hub's health took."""
    waits: list[float] = []

    async def empty() -> bool:
        looked_at = time.monotonic()
        await http.get("/healthz")
        waits.append(time.monotonic() - looked_at)
        queue = (await http.get("/api/queue?limit=1")).json()
        return not queue["queued"] and not queue["on_nodes"]

    await eventually(empty, within=LIMIT_SECONDS, every=LOOK_SECONDS, what="everything is drawn")
    return waits


async def _kilobytes_each(http: httpx.AsyncClient, pid: int) -> float:
    """Of what waits in a paused queue, from what the process grew by."""
    await http.patch("/api/queue", json={"action": "pause"})
    await _submit(http, AT_ONCE)
    before = _resident_megabytes(pid)
    for _ in range(QUEUED // AT_ONCE):
        await _submit(http, AT_ONCE)
    return (_resident_megabytes(pid) - before) * 1000 / QUEUED


def _resident_megabytes(pid: int) -> float:
    """Of the process with all its libraries; Linux tells it here, elsewhere it is not measured."""
    path = Path(f"/proc/{pid}/status")
    if not path.exists():
        return float("nan")
    [line] = [line for line in path.read_text().splitlines() if line.startswith("VmRSS:")]
    return int(line.split()[1]) / 1024
