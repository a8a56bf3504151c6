"""A hub over simulated nodes that have the files of a person, and nothing that the presets name."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

from tests.api.conftest import Studio
from tests.fakes import FakeFleet
from tests.hub import http_client, open_hub, settings_for
from vibes.simulator.server import SimulatedNode
from vibes.simulator.setup.options import NodeOptions

JUGGERNAUT, DREAMSHAPER = "juggernautXL_v9.safetensors", "dreamshaper_8.safetensors"
FAMILIES = "sd15, sdxl, pony, illustrious, flux, upscale"
NOTHING: dict[str, list[str]] = {"checkpoints": [], "diffusion_models": [], "loras": [], "upscale_models": []}

Models = Mapping[str, Sequence[str]]


@asynccontextmanager
async def machines(
    folder: Path, *nodes: Models, packs: Sequence[str] = (), capabilities: str = FAMILIES, largest: int = 2048
) -> AsyncIterator[Studio]:
    """A hub over simulated nodes that have these files and no others."""
    entries = []
    async with AsyncExitStack() as stack:
        for number, models in enumerate(nodes):
            options = NodeOptions(profile="instant", time_scale=0, models={**NOTHING, **models}, packs=packs)
            node = await stack.enter_async_context(SimulatedNode(options))
            entries.append(
                f"  - {{id: n{number}, name: N{number}, vram_gb: 16, tier: standard, host: 127.0.0.1,"
                f" port: {node.port}, capabilities: [{capabilities}], max_resolution: {largest}, max_batch: 1}}\n"
            )
        settings = settings_for(folder, fleet="nodes:\n" + "".join(entries))
        hub = await stack.enter_async_context(open_hub(settings))
        http = await stack.enter_async_context(http_client(hub, settings))
        yield Studio(hub, http, FakeFleet(), folder)


async def ask(studio: Studio, **body: Any) -> tuple[int, dict[str, Any]]:
    answer = await studio.http.post("/api/generate/batch", json={"prompt": "a cat", **body})
    return answer.status_code, answer.json()


async def drawn(studio: Studio, **body: Any) -> dict[str, Any]:
    """The only picture of a batch, once it is there, with what was said of its models."""
    status, batch = await ask(studio, **body)
    assert status == 202, batch
    [generation] = (await studio.finished_batch(batch["batch_id"]))["generations"]
    assert generation["status"] == "complete", generation
    return {**generation, "models": batch["models"]}
