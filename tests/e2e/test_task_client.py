"""The contract of ``/generate`` and ``/tasks``, kept by running a client script against a hub with a simulated node."""

import asyncio
import sys
from pathlib import Path

import httpx
import pytest
from PIL import Image

from tests.forked import forked_service
from tests.hub import open_hub, served, settings_for
from tests.waiting import deadline
from vibes.simulator.server import SimulatedNode
from vibes.simulator.setup.options import NodeOptions

pytestmark = pytest.mark.processes

SCRIPT = Path(__file__).parents[2] / "docs" / "examples" / "task_client.py"
PACKS = ("ComfyUI-GGUF", "Comfy-WaveSpeed")


def fleet(port: int) -> str:
    return f"""nodes:
  - {{id: fast, name: RTX 5060 Ti, vram_gb: 16, tier: premium, host: 127.0.0.1, port: {port},
     capabilities: [flux], max_resolution: 1536, max_batch: 4}}
"""


def node_options(packs: tuple[str, ...]) -> NodeOptions:
    models = {"diffusion_models": ["flux1-dev-Q4_K_S.gguf", "flux1-schnell-Q4_K_S.gguf"]}
    return NodeOptions(profile="rtx-5060-ti", time_scale=0.02, packs=packs, models=models)


async def run_script(url: str, output: Path) -> tuple[int, list[str]]:
    process = await asyncio.create_subprocess_exec(
        sys.executable, str(SCRIPT), url, str(output), stdout=asyncio.subprocess.PIPE
    )
    async with deadline():
        stdout, _ = await process.communicate()
    return process.returncode or 0, stdout.decode().split()


async def test_the_client_script_gets_its_picture(tmp_path: Path) -> None:
    async with SimulatedNode(node_options(PACKS)) as node:
        settings = settings_for(tmp_path, fleet=fleet(node.port))
        async with open_hub(settings) as hub, served(hub, settings) as address:
            status, said = await run_script(f"http://{address}", tmp_path / "lion.png")
    assert status == 0, said
    assert said[-1] == "SUCCESS"
    assert set(said[2:]) <= {"PENDING", "STARTED", "SUCCESS"}
    with Image.open(tmp_path / "lion.png") as picture:
        picture.load()
        assert "ApplyFBCacheOnModel" in picture.info["prompt"]


async def test_the_demo_has_all_that_the_example_wants(tmp_path: Path) -> None:
    async with forked_service(
        *("demo", "--port", "0", "--time-scale", "0.02", "--no-browser", "--data", "data"), cwd=tmp_path
    ) as demo:
        status, said = await run_script(demo.url, tmp_path / "lion.png")
        address = demo.url.removeprefix("http://")
        params = {"prompt": "a lion", "model": "flux1-dev-Q4_K_S.gguf", "lora": "Minimal-Futuristic.safetensors"}
        other_lora = await _post(address, {"workflow_id": "flux_wavespeed", "params": params})
    assert (status, said[-1]) == (0, "SUCCESS"), said
    assert other_lora[0] == 202, other_lora[1]


async def test_without_the_cache_pack_the_option_must_be_off(tmp_path: Path) -> None:
    async with SimulatedNode(node_options(("ComfyUI-GGUF",))) as node:
        settings = settings_for(tmp_path, fleet=fleet(node.port))
        async with open_hub(settings) as hub, served(hub, settings) as address:
            params = {"prompt": "a lion", "width": 512, "height": 512}
            with_cache = await _post(address, {"workflow_id": "flux_wavespeed", "params": params})
            assert with_cache[0] == 422
            assert "lacks graph node ApplyFBCacheOnModel" in with_cache[1]
            params["FBC_optimize"] = False
            without = await _post(address, {"workflow_id": "flux_wavespeed", "params": params})
            assert without[0] == 202, without[1]


async def _post(address: str, body: dict[str, object]) -> tuple[int, str]:
    async with httpx.AsyncClient(base_url=f"http://{address}", trust_env=False) as http:
        response = await http.post("/generate", json=body)
    return response.status_code, response.text
