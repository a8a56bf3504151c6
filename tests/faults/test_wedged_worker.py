"""A node's worker is dead while its web server answers as if all were well."""

from pathlib import Path

import pytest

from tests.faults.world import world

pytestmark = pytest.mark.processes


async def test_a_wedged_node_is_named_left_alone_and_used_again_after_a_restart(tmp_path: Path) -> None:
    async with world(tmp_path) as broken:
        await broken["slow"].fault(wedge=True)
        batch = await broken.ask(6)
        await broken.becomes("slow", "wedged")
        assert "restart ComfyUI" in (await broken.get("/api/gpus/slow"))["reason"]
        finished = await broken.finished(batch)
        sent = len((await broken["slow"].get("/simulator/state"))["received"])
        await broken.finished(await broken.ask(4))
        assert len((await broken["slow"].get("/simulator/state"))["received"]) == sent, "it gets nothing more"
        await broken["slow"].kill()
        await broken["slow"].start()
        await broken.becomes("slow", "ready")
        again = await broken.finished(await broken.ask(1, preferred_gpu="slow"))
    assert {each["status"] for each in finished["generations"]} == {"complete"}
    assert again["generations"][0]["gpu_id"] == "slow"
