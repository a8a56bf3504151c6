"""``styles\\x.safetensors`` of a Windows node and ``styles/x.safetensors`` of a Linux node are one file, everywhere."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.hub import http_client
from tests.services.asking import finished, request
from tests.simulated_fleet import simulated_fleet
from vibes.app.hub import Hub
from vibes.domain.generation import Generation, GenerationStatus
from vibes.domain.ids import NodeId
from vibes.domain.pictures.spec import LoraSpec, TaskType
from vibes.simulator.setup.options import NodeOptions

LINUX, WINDOWS = NodeId("linux"), NodeId("windows")
LORA = "styles/pixel-art-xl.safetensors"
BOTH_SPELLINGS = pytest.mark.parametrize("asked", [LORA, LORA.replace("/", "\\")])
MODELS: Mapping[str, list[str]] = {
    "checkpoints": ["xl/base.safetensors", "v1-5-pruned-emaonly.safetensors"],
    "loras": [LORA],
    "upscale_models": ["photo/4x-Sharp.pth"],
    "controlnet": ["xl/canny.safetensors"],
    "vae": ["xl/fixed.safetensors"],
    "embeddings": ["styles/ink.pt"],
}


def nodes(**linux: Any) -> dict[str, NodeOptions]:
    return {
        "linux": NodeOptions(profile="instant", models=MODELS, **linux),
        "windows": NodeOptions(profile="instant", models=MODELS, windows=True),
    }


async def graphs_of(hub: Hub, generations: list[Generation]) -> dict[str, str]:
    """By node: the graph of one picture that it drew, as text."""
    attempts = [each for one in generations for each in await hub.storage.attempts.of_generation(one.id)]
    return {str(attempt.node_id): str(attempt.sent) for attempt in attempts}


@BOTH_SPELLINGS
async def test_reports_02_both_nodes_draw_and_each_is_sent_its_own_spelling(tmp_path: Path, asked: str) -> None:
    async with simulated_fleet(tmp_path, nodes()) as (hub, started, _):
        wanted = request(
            model_family="sdxl",
            count=6,
            loras=(LoraSpec(asked),),
            values={"prompt": "(embedding:styles\\ink:1.1)", "checkpoint": "xl\\base.safetensors"},
        )
        done = await finished(hub, (await hub.generations.submit(wanted)).batch.id)
        graphs = await graphs_of(hub, done)
        rejected = [node.state()["received"] for node in started.values()]
    assert {each.status for each in done} == {GenerationStatus.COMPLETE}, rejected
    assert {each.node_id for each in done} == {"linux", "windows"}
    assert {each.spec.loras[0].name for each in done} == {LORA}, "the fleet's name is kept"
    assert {each.spec.checkpoint for each in done} == {"xl/base.safetensors"}
    for name in (LORA, "xl/base.safetensors", "embedding:styles/ink"):
        assert repr(name)[1:-1] in graphs["linux"]
        assert repr(name.replace("/", "\\"))[1:-1] in graphs["windows"]


async def test_reports_02_every_listing_has_the_file_once(tmp_path: Path) -> None:
    async with simulated_fleet(tmp_path, nodes()) as (hub, _, settings), http_client(hub, settings) as client:
        catalog = (await client.get("/api/workflow/catalog")).json()
        matrix = [(await client.get(f"/api/gpus/{node_id}/models")).json()["models"] for node_id in nodes()]
        refused = await client.post(
            "/api/generate",
            json={
                "prompt": "x",
                "model_family": "sdxl",
                "checkpoint": "xl/base.safetensors",
                "loras": [{"name": "styles\\pixel-art.safetensors"}],
            },
        )
    both = ["linux", "windows"]
    assert catalog["loras"] == [{"name": LORA, "nodes": both}]
    assert {"name": "xl/base.safetensors", "nodes": both} in catalog["checkpoints"]
    others = catalog["other_models"]
    assert {folder: [each["name"] for each in others[folder]] for folder in MODELS if folder in others} == {
        "upscale_models": ["photo/4x-Sharp.pth"],
        "controlnet": ["xl/canny.safetensors"],
        "vae": ["pixel_space", "xl/fixed.safetensors"],
        "embeddings": ["styles/ink"],
    }
    assert matrix[0] == matrix[1]
    problem = refused.json()
    assert (refused.status_code, problem["code"]) == (422, "unknown_lora")
    assert problem["detail"] == f"no node has the LoRA 'styles\\\\pixel-art.safetensors'; there is {LORA}"


@BOTH_SPELLINGS
async def test_reports_02_a_windows_node_alone_draws_what_is_asked_in_either_spelling(
    tmp_path: Path, asked: str
) -> None:
    async with simulated_fleet(tmp_path, nodes()) as (hub, _, settings), http_client(hub, settings) as client:
        hub.supervisor.drain(LINUX)
        wanted = request(
            model_family="sdxl", loras=(LoraSpec(asked),), values={"prompt": "x", "checkpoint": "xl/base.safetensors"}
        )
        done = await finished(hub, (await hub.generations.submit(wanted)).batch.id)
        found = [
            (await client.get("/api/generations", params={"lora": name})).json()["total"]
            for name in (LORA, LORA.replace("/", "\\"))
        ]
    assert [(each.status, each.node_id) for each in done] == [(GenerationStatus.COMPLETE, "windows")]
    assert found == [1, 1], "and it is found again by either"


async def test_every_model_folder_and_a_workflows_own_default_may_have_either_spelling(tmp_path: Path) -> None:
    folder = tmp_path / "workflows"
    (folder / "workflows").mkdir(parents=True)
    (folder / "manifests").mkdir()
    (folder / "workflows" / "sharp.json").write_text(
        r"""{
        "1": {"class_type": "CheckpointLoaderSimple", "inputs": {"ckpt_name": "xl\\base.safetensors"}},
        "2": {"class_type": "VAELoader", "inputs": {"vae_name": "xl\\fixed.safetensors"}},
        "3": {"class_type": "CLIPTextEncode", "inputs": {"text": "{{prompt}}", "clip": ["1", 1]}},
        "4": {"class_type": "EmptyLatentImage", "inputs": {"width": 64, "height": 64, "batch_size": 1}},
        "5": {"class_type": "KSampler", "inputs": {"model": ["1", 0], "positive": ["3", 0], "negative": ["3", 0],
              "latent_image": ["4", 0], "seed": "{{seed}}", "steps": 1, "cfg": 1.0, "sampler_name": "euler",
              "scheduler": "normal", "denoise": 1.0}},
        "6": {"class_type": "VAEDecode", "inputs": {"samples": ["5", 0], "vae": ["2", 0]}},
        "7": {"class_type": "UpscaleModelLoader", "inputs": {"model_name": "{{upscale_model}}"}},
        "8": {"class_type": "ImageUpscaleWithModel", "inputs": {"upscale_model": ["7", 0], "image": ["6", 0]}},
        "9": {"class_type": "SaveImage", "inputs": {"images": ["8", 0], "filename_prefix": "x"}}}""",
        encoding="utf-8",
    )
    (folder / "manifests" / "workflows.yaml").write_text(
        "sharp:\n  families: [sdxl]\n  operation: txt2img\n  parameters: [prompt, seed, upscale_model]\n"
        "  default_params: {upscale_model: 'photo\\4x-Sharp.pth'}\n",
        encoding="utf-8",
    )
    (folder / "manifests" / "base.yaml").write_text(
        "prompt: {type: string, required: true}\nseed: {type: seed, default: random}\nupscale_model: {type: string}\n",
        encoding="utf-8",
    )
    async with simulated_fleet(tmp_path, nodes(), workflows=[folder]) as (hub, _, settings):
        wanted = request(model_family="sdxl", workflow="sharp", count=6)
        done = await finished(hub, (await hub.generations.submit(wanted)).batch.id)
        async with http_client(hub, settings) as client:
            fit = (await client.get("/api/workflows/sharp")).json()
    assert {each.status for each in done} == {GenerationStatus.COMPLETE}, done[0].error_message
    assert {each.node_id for each in done} == {"linux", "windows"}
    assert {each.spec.parameters["upscale_model"] for each in done} == {"photo/4x-Sharp.pth"}
    assert [(each["able"], each["unable"]) for each in fit["nodes"]] == [(["linux", "windows"], {})]


async def test_a_linux_file_whose_name_holds_a_backslash_stays_itself_and_is_drawn(tmp_path: Path) -> None:
    odd = "styles\\odd.safetensors"
    fleet = {
        "linux": NodeOptions(profile="instant", models={**MODELS, "loras": [LORA, odd]}),
        "windows": NodeOptions(profile="instant", models=MODELS, windows=True),
    }
    async with simulated_fleet(tmp_path, fleet) as (hub, _, settings), http_client(hub, settings) as client:
        loras = (await client.get("/api/workflow/catalog")).json()["loras"]
        wanted = request(
            model_family="sdxl", loras=(LoraSpec(odd),), values={"prompt": "x", "checkpoint": "xl/base.safetensors"}
        )
        done = await finished(hub, (await hub.generations.submit(wanted)).batch.id)
    assert loras == [{"name": LORA, "nodes": ["linux", "windows"]}, {"name": odd, "nodes": ["linux"]}]
    assert [(each.status, each.node_id, each.spec.loras[0].name) for each in done] == [
        (GenerationStatus.COMPLETE, "linux", odd)
    ]


async def test_an_upscale_starts_from_an_upload_on_windows_too(tmp_path: Path) -> None:
    async with simulated_fleet(tmp_path, {"windows": nodes()["windows"]}) as (hub, _, _settings):
        drawn = await finished(
            hub, (await hub.generations.submit(request(values={"prompt": "x", "width": 64, "height": 64}))).batch.id
        )
        wanted = request(
            model_family=None,
            task_type=TaskType.UPSCALE,
            parents=(drawn[0].id,),
            values={"upscale_model": "photo/4x-Sharp.pth"},
        )
        done = await finished(hub, (await hub.generations.submit(wanted)).batch.id)
    assert [each.status for each in done] == [GenerationStatus.COMPLETE], done[0].error_message
