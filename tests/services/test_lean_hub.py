"""A hub over ComfyUI machines alone does not pay, in memory, for whatever else could draw."""

import subprocess
import sys
from pathlib import Path

LEAN = """
import asyncio, sys
from pathlib import Path
import vibes.app.web, vibes.cli, vibes.commands.hub.serve
from vibes.app.hub import running_hub
from vibes.environment.settings import Settings

FLEET = '''
nodes:
  - {id: away, name: Away, vram_gb: 8, tier: draft, host: 127.0.0.1, port: 9, capabilities: [sd15], max_resolution: 512,
     max_batch: 1}
'''

async def main():
    folder = Path(sys.argv[1])
    (folder / 'gpus.yaml').write_text(FLEET)
    async with running_hub(Settings(config=folder / 'gpus.yaml', data=folder / 'data')) as hub:
        while any(watch.state == 'starting' for watch in hub.supervisor.nodes.values()):
            await asyncio.sleep(0)
        print(*sys.modules, sep='\\n')

asyncio.run(main())
"""
ONLY_NAMES = {"vibes.generators", "vibes.generators.errors", "vibes.generators.registry"}
OF_OTHERS = {
    *("tomllib", "torch", "diffusers", "numpy", "respx", "alembic", "openai", "fal_client"),
    *("celery", "kombu", "psycopg", "redis", "sqlalchemy.dialects.postgresql"),
    *(
        "opentelemetry.exporter",
        "opentelemetry.sdk",
        "prometheus_client",
        "vibes.tracing",
    ),  # the API of the first comes with FastAPI
}


def test_a_hub_without_generators_loads_only_their_names(tmp_path: Path) -> None:
    said = subprocess.run(  # noqa: S603 - our own code
        [sys.executable, "-c", LEAN, str(tmp_path)], capture_output=True, text=True, check=True
    )
    loaded = {*said.stdout.split()}
    assert {each for each in loaded if each.startswith("vibes.generators")} == ONLY_NAMES
    kinds = {each for each in loaded if each.startswith("vibes.nodes.") and each.endswith((".node", ".making"))}
    assert kinds == {"vibes.nodes.comfyui.node"}
    assert not {*OF_OTHERS} & loaded
