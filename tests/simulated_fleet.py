"""A hub over simulated nodes in this process: the real wire between them, and nodes that a test holds in its hand."""

from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

from tests.hub import open_hub, settings_for
from vibes.app.hub import Hub
from vibes.environment.settings import Settings
from vibes.simulator.server import SimulatedNode
from vibes.simulator.setup.options import NodeOptions

ENTRY = (
    "  - {{id: {id}, name: {id}, vram_gb: 12, tier: standard, host: 127.0.0.1, port: {port},"
    " capabilities: [sd15, sdxl, upscale], max_resolution: 1536, max_batch: 1}}\n"
)


@asynccontextmanager
async def simulated_fleet(
    folder: Path, nodes: Mapping[str, NodeOptions], **settings: object
) -> AsyncIterator[tuple[Hub, dict[str, SimulatedNode], Settings]]:
    """The hub, the nodes by id, and the hub's settings."""
    async with AsyncExitStack() as stack:
        started = {node_id: await stack.enter_async_context(SimulatedNode(each)) for node_id, each in nodes.items()}
        fleet = "nodes:\n" + "".join(ENTRY.format(id=node_id, port=node.port) for node_id, node in started.items())
        given = settings_for(folder, fleet=fleet, **settings)
        hub = await stack.enter_async_context(open_hub(given))
        yield hub, started, given
