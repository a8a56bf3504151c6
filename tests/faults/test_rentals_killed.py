"""Real hubs that rent are killed where it hurts: what they had rented does not outlive the start of the next one."""

from functools import partial
from pathlib import Path

import pytest

from tests.fakes.vast import KEY
from tests.fakes.vast.server import FakeVast
from tests.faults.hub_process import KillPoint, hub_process, is_ready
from tests.loopback import free_port, loopback_client
from tests.waiting import eventually

pytestmark = pytest.mark.processes

FLEET = """
nodes:
  - {id: cloud, kind: vast, name: A rented card, vram_gb: 24, tier: premium, capabilities: [sd15], max_resolution: 1536,
     max_batch: 4, options: {image: "vastai/comfy:v1", max_price: 0.6, https: false, creates_per_hour: 60}}
"""
BATCH = {
    "prompt": "a cat",
    "model_family": "sd15",
    "checkpoint": "v1-5-pruned-emaonly.safetensors",
    "count": 3,
    "max_cost_usd": 2,
}
WHERE = (
    KillPoint("vastai/ordering.py", "_contracted"),
    KillPoint("services/execution/result_collector.py", "collect"),
)
"""When the order was carried out and no row says so, and when it has drawn; every other step dies in the simulation."""


async def asks(port: int) -> None:
    async with loopback_client(f"http://127.0.0.1:{port}") as http:
        answer = await http.post("/api/generate/batch", json=BATCH)
        assert answer.status_code == 202, answer.text


def ours(vast: FakeVast) -> set[int]:
    return {each.id for each in vast.cloud.alive("vibes-")}


async def gone(vast: FakeVast, instances: set[int]) -> None:
    await eventually(lambda: not instances & ours(vast), what=f"{instances} are destroyed")


async def test_what_a_killed_hub_had_rented_is_gone_soon_after_the_next_start_and_all_of_it_at_its_end(
    tmp_path: Path,
) -> None:
    (tmp_path / "gpus.yaml").write_text(FLEET, encoding="utf-8")
    (tmp_path / ".env").write_text(f"VAST_API_KEY={KEY}\n", encoding="ascii")
    async with FakeVast(pace=0.02) as vast:
        others = vast.cloud.foreign("somebody's", 2)
        start = partial(hub_process, tmp_path, port := free_port(), rental_url=vast.url, rental_pace="0.02")
        for point in WHERE:
            async with start(point) as hub:
                await is_ready(port)
                await asks(port)
                assert await hub.wait() == -9, point
            left = ours(vast)
            async with start() as hub:
                await is_ready(port)
                await gone(vast, left)
                assert len(ours(vast)) <= 1
                if point is WHERE[-1]:
                    await eventually(lambda: ours(vast), what="it rents again for what still waits")
                    hub.send_signal(15)
                    assert await hub.wait() == 0
        assert not ours(vast)
        assert vast.cloud.alive() == others
