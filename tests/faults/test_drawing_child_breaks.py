"""The child that draws is killed, hangs or runs out of memory, before a whole hub as a process: the picture is drawn
elsewhere where another node can, and fails in words where none can; the hub itself stays as it was."""

import sys
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.processes import vibes_service
from tests.waiting import deadline, eventually
from vibes.client import AsyncHubClient, BatchRequest, Generation

pytestmark = pytest.mark.processes

STUB = Path(__file__).parents[1] / "generators" / "stub_child.py"
PATIENT = 240.0
"""Seconds for the whole story, on however busy a machine."""
SILENT = 3.0
"""Seconds after which a child counts as hung."""
WHO = "the process that draws "
QUICK = {"VIBES_BREAKER_PAUSE": "0.1"}
MOST_GROWTH = 10.0
"""Megabytes. torch alone takes 200."""
TROUBLES = {
    "kill": "was killed, as the system does where memory runs out",
    "hang": f"showed no sign of life for {SILENT:g} s",
    "memory": "not enough memory is free",
}


def write_fleet(folder: Path) -> None:
    """``own`` draws with a child; ``other`` can do less, and stands in for it."""
    python = folder / "python"
    python.write_text(f'#!/bin/sh\nexec "{sys.executable}" "{STUB}"\n', encoding="ascii")
    python.chmod(0o700)
    (folder / "model.safetensors").touch()
    child = {"model": str(folder / "model.safetensors"), "lightning_steps": None, "python": str(python), "steps": 4}
    plain: dict[str, Any] = {"tier": "standard", "capabilities": ["sdxl"]}
    own = {"id": "own", "name": "Own", "kind": "diffusers", "options": {**child, "silent_seconds": SILENT}}
    can = {"capabilities": ["seeds", "custom_schedulers"], "serves": ["model.safetensors"]}
    other = {"id": "other", "name": "Other", "kind": "mock", "options": can}
    (folder / "gpus.yaml").write_text(yaml.safe_dump({"nodes": [plain | own, plain | other]}), encoding="utf-8")


async def drawn(hub: AsyncHubClient, prompt: str, **more: Any) -> Generation:
    request = BatchRequest(
        prompt=prompt, model_family="sdxl", checkpoint="model.safetensors", width=64, height=64, steps=4, **more
    )
    batch = await hub.batches.submit(request)
    [generation] = (await hub.batches.wait(batch.batch_id)).generations
    return generation


async def own_draws(hub: AsyncHubClient) -> bool:
    return (await drawn(hub, "a fox", preferred_gpu="own")).gpu_id == "own"


def of_the_process(pid: int) -> tuple[float, str]:
    """Resident megabytes, and the files that are mapped into its memory."""
    status = Path(f"/proc/{pid}/status").read_text(encoding="utf-8")
    [line] = [line for line in status.splitlines() if line.startswith("VmRSS:")]
    return int(line.split()[1]) / 1024, Path(f"/proc/{pid}/maps").read_text(encoding="utf-8")


async def test_a_child_that_breaks_costs_one_picture_at_most(tmp_path: Path) -> None:
    write_fleet(tmp_path)
    serve = ("serve", "--config", "gpus.yaml", "--data", "data", "--port", "0")
    async with (
        deadline(PATIENT),
        vibes_service(*serve, cwd=tmp_path, environment=QUICK) as service,
        AsyncHubClient(service.url) as hub,
    ):

        async def all_healthy() -> bool:
            return all(gpu.healthy for gpu in (await hub.discovery.fleet()).gpus)

        await eventually(all_healthy, what="both nodes are well")
        assert await own_draws(hub)
        assert (await drawn(hub, "a fox", preferred_gpu="other")).gpu_id == "other"
        before, _ = of_the_process(service.process.pid)
        for trouble in TROUBLES:
            elsewhere = await drawn(hub, trouble, preferred_gpu="own")
            assert (elsewhere.status, elsewhere.gpu_id) == ("complete", "other"), trouble
            await eventually(partial(own_draws, hub), what="another child draws")
        for trouble in ("kill", "memory"):
            failed = await drawn(hub, trouble, negative_prompt="only own takes one")
            assert failed.status == "failed", trouble
            assert TROUBLES[trouble] in (failed.error_message or "")
        after, mapped = of_the_process(service.process.pid)
    log = service.log.read_text(encoding="utf-8")
    assert [
        words for words in TROUBLES.values() if f"a new process will draw: {words}" not in log.replace(WHO, "")
    ] == []
    assert after - before < MOST_GROWTH
    assert not {each for each in mapped.splitlines() if "torch" in each or "numpy" in each}
