"""What a ComfyUI tells of LoRA files: the simulator as the recorded versions do it, and the adapter's view of it."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from aiohttp import web

from tests.contract.simulator_client import simulated
from tests.contract.transcript_server import connected_to, node_config, serving
from vibes.domain.errors import NodeError
from vibes.nodes.comfyui.node import ComfyUINode

INK = "sd15-ink-sketch.safetensors"


async def test_the_simulator_answers_as_comfyui_does() -> None:
    async with simulated(profile="rtx-5060-ti") as client:

        async def answer(folder: str, name: str | None) -> tuple[int, str, bytes]:
            query = {} if name is None else {"filename": name}
            async with client.session.get(f"/view_metadata/{folder}", params=query) as reply:
                return reply.status, reply.content_type, await reply.read()

        status, kind, _ = await answer("loras", INK)
        assert (status, kind) == (200, "application/json")
        nothing = (404, "application/octet-stream", b"")
        for folder, name in {
            "loras": "detail-tweaker-xl.safetensors",
            "checkpoints": INK,
            "no-folder": INK,
            "upscale_models": "RealESRGAN_x4plus.pth",
        }.items():
            assert await answer(folder, name) == nothing
        assert await answer("loras", None) == nothing
        assert await answer("loras", "flux-realism.safetensors") == nothing, "its header is too long"
        status, kind, body = await answer("loras", "corrupt.safetensors")
        assert (status, kind) == (500, "text/plain")
        assert body.startswith(b"500 Internal Server Error")


@pytest.fixture
async def node() -> AsyncIterator[ComfyUINode]:
    async with simulated(profile="rtx-5060-ti", windows=True) as client:
        node = ComfyUINode(node_config(client.node.port), client_id="cards")
        await node.discover()
        yield node
        await node.close()


async def test_cards_are_read_under_whatever_name_the_node_has_for_the_file(node: ComfyUINode) -> None:
    ink = await node.lora_card(INK)
    assert ink is not None
    assert [(each.text, each.count) for each in ink.trigger_words[:2]] == [("inksketch", 68), ("monochrome", 41)]
    pixels = await node.lora_card("styles/pixel-art-xl.safetensors")
    assert pixels is not None
    assert (pixels.title, pixels.trigger_words) == ("pixel-art-xl", ())
    assert await node.lora_card("detail-tweaker-xl.safetensors") is None
    with pytest.raises(NodeError, match="500"):
        await node.lora_card("corrupt.safetensors")


async def test_a_main_model_tells_its_hash_from_whichever_folder_has_it(node: ComfyUINode) -> None:
    base = await node.model_card("sd_xl_base_1.0.safetensors")
    assert base is not None
    assert len(base.hash) == 64
    assert await node.model_card("nobody-has-this.safetensors") is None
    assert await node.model_card(INK) is None, "a LoRA is no main model"


@pytest.mark.parametrize("body", [b"{broken", b"[" * 100_000, b"x" * 20_000_000, b'{"a":' + b'[1,1],"a":' * 900_000])
async def test_an_answer_that_is_no_metadata_is_an_error_of_the_node(body: bytes) -> None:
    async def answer(_: web.BaseRequest) -> web.StreamResponse:
        return web.Response(body=body, content_type="application/json")

    async with asyncio.timeout(30), serving(answer) as port, connected_to(port) as client:
        with pytest.raises(NodeError):
            await client.lora_card(INK)
