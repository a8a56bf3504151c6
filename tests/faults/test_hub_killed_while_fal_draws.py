"""The hub is killed around each thing that it writes down of a picture at fal: what was sent is never sent again."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.fakes.fal import FakeFal
from tests.faults.hub_process import KillPoint, hub_process, is_ready
from tests.generators import at_fal
from tests.loopback import free_port, loopback_client
from tests.waiting import deadline, eventually

pytestmark = pytest.mark.processes

ASKED = {"prompt": "a lighthouse", "model_family": "sd15", "max_cost_usd": 1}


def write_fleet(folder: Path, fal: FakeFal) -> None:
    inputs = {"prompt": "prompt", "negative_prompt": "negative", "seed": "seed"}
    options = {**at_fal.settings(fal), "endpoint": "comfy/me/portrait", "inputs": inputs}
    bounds = {"tier": "standard", "vram_gb": 1, "max_resolution": 2048, "max_batch": 1, "capabilities": ["sd15"]}
    node = {"id": "fal", "name": "fal", "kind": "fal-comfy", "options": options, **bounds}
    (folder / "gpus.yaml").write_text(yaml.safe_dump({"nodes": [node]}), encoding="utf-8")


async def submit(port: int) -> str:
    async def accepted() -> str | None:
        async with loopback_client(f"http://127.0.0.1:{port}") as http:
            answer = await http.post("/api/generate/batch", json=ASKED)
        assert answer.status_code < 500, answer.text
        return str(answer.json()["batch_id"]) if answer.is_success else None

    return await eventually(accepted, what="the node is known and the batch taken")


async def ended(port: int, batch: str) -> dict[str, Any]:
    async def terminal() -> dict[str, Any] | None:
        async with loopback_client(f"http://127.0.0.1:{port}") as http:
            [generation] = (await http.get(f"/api/batches/{batch}")).json()["generations"]
        told: dict[str, Any] = generation
        return told if told["status"] in {"complete", "failed"} else None

    return await eventually(terminal, what="the picture is drawn or given up")


@pytest.mark.parametrize(
    ("write", "status"),
    [(1, "complete"), (2, "failed"), (3, "complete")],
    ids=["that it will be sent", "that fal took it", "where its picture is"],
)
async def test_it_is_sent_once(tmp_path: Path, write: int, status: str) -> None:
    """Only of a request whose answer was not written down can nobody tell; then a person decides."""
    port = free_port()
    async with FakeFal() as fal:
        write_fleet(tmp_path, fal)
        async with hub_process(tmp_path, port, KillPoint("generators/journal.py", "write_at_once", write)) as hub:
            await is_ready(port)
            batch = await submit(port)
            async with deadline():
                await hub.wait()
        # the node may take long to be known on a crowded machine; given up as lost, the picture would fail
        async with hub_process(tmp_path, port, adoption_grace="120"):
            await is_ready(port)
            generation = await ended(port, batch)
    assert generation["status"] == status, generation.get("error")
    assert (fal.runs, fal.posts) == (1, 1)
