"""The hubs that are measured, as real processes, from the moment in which every node is healthy."""

import tempfile
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from tests.processes import Service, vibes_service
from tests.waiting import eventually
from vibes.client import AsyncHubClient


@asynccontextmanager
async def demo_hub() -> AsyncIterator[tuple[Service, Path]]:
    """The demo at real time, and the folder of its data."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder)
        async with vibes_service(*("demo", "--port", "0", "--no-browser", "--data", "data"), cwd=path) as service:
            await _all_healthy(service)
            yield service, path / "data"


@asynccontextmanager
async def instant_hub(nodes: int, environment: Mapping[str, str] | None = None) -> AsyncIterator[tuple[Service, Path]]:
    """A hub before so many nodes that take no time, and the folder of its data."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder)
        ports = [argument for _ in range(nodes) for argument in ("--port", "0", "--profile", "instant")]
        async with vibes_service("simulate", *ports, cwd=path, nodes=nodes) as simulator:
            (path / "gpus.yaml").write_text(_fleet_of(simulator.urls), encoding="utf-8")
            hub = ("serve", "--config", "gpus.yaml", "--data", "data", "--port", "0")
            async with vibes_service(*hub, cwd=path, environment=environment) as service:
                await _all_healthy(service)
                yield service, path / "data"


async def _all_healthy(service: Service) -> None:
    async with AsyncHubClient(service.url) as hub:

        async def all_healthy() -> bool:
            return all(gpu.healthy for gpu in (await hub.discovery.fleet()).gpus)

        await eventually(all_healthy, within=30, what="every node is healthy")


def _fleet_of(urls: Sequence[str]) -> str:
    entries = [
        f"  - {{id: n{index}, name: n{index}, vram_gb: 8, tier: draft, host: 127.0.0.1, port: {url.rpartition(':')[2]},"
        " capabilities: [sd15], max_resolution: 1024, max_batch: 1}\n"
        for index, url in enumerate(urls)
    ]
    return "nodes:\n" + "".join(entries)
