"""Every shipped workflow, for every family it names, runs on a simulated node as a person would run it."""

import io
from collections.abc import Sequence
from typing import Any

import pytest
from PIL import Image, ImageChops

from tests.contract.simulator_client import Client, png, simulated
from tests.unit.workflow_sources import shipped_library, spec_for
from vibes.domain.pictures.graph import Graph
from vibes.domain.pictures.spec import GenerationSpec, LoraSpec, Operation
from vibes.simulator import NodeOptions
from vibes.simulator.setup.packs import PACKS
from vibes.workflows.definition.manifest import ParameterKind, Workflow
from vibes.workflows.filling.compile import compile_graph

SIDE = 128
CASES = [
    (workflow.name, family) for workflow in shipped_library().workflows.values() for family in sorted(workflow.families)
]
LORAS = (LoraSpec("flux-realism.safetensors", 0.8), LoraSpec("styles/pixel-art-xl.safetensors", 0.6))


def spec_of(workflow: Workflow, family: str, *, loras: Sequence[LoraSpec] = (), **given: Any) -> GenerationSpec:
    """At the workflow's defaults, but small."""
    small = {"prompt": "a lighthouse at dusk", "width": SIDE, "height": SIDE}
    values = {name: value for name, value in small.items() if name in workflow.parameters}
    return spec_for(workflow, family, loras=tuple(loras), **{**values, **given})


async def uploaded(client: Client, name: str, content: bytes) -> str:
    """The name under which a graph finds the picture."""
    status, answer = await client.upload(name, content, subfolder="vibes")
    assert status == 200
    return f"{answer['subfolder']}/{answer['name']}"


async def pictures(client: Client, workflow: Workflow) -> dict[str, str]:
    """A picture for each parameter that is one: an ordinary one, or a mask of its right half."""
    contents = {ParameterKind.IMAGE: png((90, 140, 200), 96), ParameterKind.MASK: mask((96, 96), white_from=48)}
    return {
        each.name: await uploaded(client, f"{each.name}.png", contents[each.kind])
        for each in workflow.parameters.values()
        if each.kind.is_picture
    }


def mask(size: tuple[int, int], *, white_from: int) -> bytes:
    image = Image.new("RGB", size)
    image.paste((255, 255, 255), (white_from, 0, *size))
    return as_png(image)


def as_png(image: Image.Image) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, "PNG")
    return buffer.getvalue()


async def made(client: Client, graph: Graph) -> Image.Image:
    """The one picture that the graph saves, decoded."""
    entry = await client.run(dict(graph))
    assert entry["status"]["status_str"] == "success", entry["status"]
    [saved] = [image for output in entry["outputs"].values() for image in output["images"]]
    assert (saved["type"], saved["subfolder"]) == ("output", "vibes")
    image = Image.open(io.BytesIO(await client.view(saved)))
    image.load()
    return image


def expected_size(workflow: Workflow) -> tuple[int, int]:
    match workflow.operation:
        case Operation.HIRES_FIX if workflow.needs_image:
            return (96 * 3 // 2, 96 * 3 // 2)
        case Operation.HIRES_FIX:
            return (SIDE * 3 // 2, SIDE * 3 // 2)
        case Operation.UPSCALE:
            return (96 * 4, 96 * 4)
        case Operation.PREPROCESS:
            return (96, 96)
        case _ if "width" not in workflow.parameters:
            return (1024, 1024)  # Qwen-Image-Edit works on about a megapixel
        case _:
            return (SIDE, SIDE)


@pytest.mark.parametrize(("name", "family"), CASES)
async def test_a_shipped_workflow_runs_and_saves_one_picture_of_the_size_asked_for(name: str, family: str) -> None:
    workflow = shipped_library().get(name)
    async with simulated(profile="rtx-5060-ti", previews=False, packs=tuple(PACKS)) as client:
        images = await pictures(client, workflow)
        plain = await made(client, compile_graph(workflow, spec_of(workflow, family), images))
        assert plain.size == expected_size(workflow)
        if workflow.supports_lora:
            styled = await made(client, compile_graph(workflow, spec_of(workflow, family, loras=LORAS), images))
            assert ImageChops.difference(plain.convert("RGB"), styled.convert("RGB")).getbbox()


@pytest.mark.parametrize("name", ["sd15_inpaint", "flux_inpaint_split", "qwen_image_inpaint"])
async def test_inpainting_changes_only_what_the_mask_shows_even_when_the_picture_is_cropped(name: str) -> None:
    """Picture and mask are twice as wide as the result: both lose a quarter on either side."""
    workflow = shipped_library().get(name)
    source = Image.new("RGB", (SIDE * 2, SIDE), (90, 140, 200))
    async with simulated(profile="rtx-5060-ti", previews=False) as client:
        images = {
            "image": await uploaded(client, "wide.png", as_png(source)),
            "mask": await uploaded(client, "mask.png", mask(source.size, white_from=SIDE * 5 // 4)),
        }
        spec = spec_of(workflow, min(workflow.families), mask_grow=0, denoise_strength=1.0)
        painted = (await made(client, compile_graph(workflow, spec, images))).convert("RGB")
    middle = painted.crop((0, SIDE // 3, SIDE, SIDE * 2 // 3))  # the simulator's mark is in a corner
    changed = ImageChops.difference(middle, Image.new("RGB", middle.size, (90, 140, 200))).getbbox()
    assert changed is not None
    assert SIDE * 3 // 4 - 2 <= changed[0] <= SIDE * 3 // 4 + 4
    assert changed[2] == SIDE


async def test_a_node_without_first_block_cache_runs_flux_wavespeed_where_it_is_switched_off() -> None:
    workflow = shipped_library().get("flux_wavespeed")
    with_cache = dict(compile_graph(workflow, spec_of(workflow, "flux")))
    without = compile_graph(workflow, spec_of(workflow, "flux", FBC_optimize=False, model="flux1-dev-Q4_K_S.gguf"))
    async with simulated(profile="rtx-5060-ti", packs=("ComfyUI-GGUF",), previews=False) as client:
        status, answer = await client.submit(with_cache)
        assert (status, answer["error"]["type"]) == (400, "missing_node_type")
        assert answer["error"]["extra_info"]["class_type"] == "ApplyFBCacheOnModel"
        assert (await made(client, without)).size == (SIDE, SIDE)


async def test_only_a_node_with_a_pack_lists_its_classes_and_its_files() -> None:
    async with simulated(profile="rtx-4060-ti") as stock:
        assert await stock.get("/object_info/UnetLoaderGGUF") == {}
        assert "unet_gguf" not in await stock.get("/models")
    async with simulated(profile="rtx-4060-ti", packs=("ComfyUI-GGUF",)) as client:
        loader = (await client.get("/object_info/UnetLoaderGGUF"))["UnetLoaderGGUF"]
        quantized = ["flux1-dev-Q4_K_S.gguf", "flux1-schnell-Q4_K_S.gguf"]
        assert loader["input"]["required"]["unet_name"][0] == quantized
        assert await client.get("/models/unet_gguf") == quantized
        assert await client.get("/models/diffusion_models") == []
    with pytest.raises(ValueError, match="no pack 'GGUF'; choose one of ComfyUI-GGUF, Comfy-WaveSpeed"):
        NodeOptions(packs=("GGUF",))
