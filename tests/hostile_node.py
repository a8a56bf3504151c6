"""A ComfyUI over real sockets that takes every prompt, and answers for its picture whatever a test wants."""

import io
import json
import struct
import zlib
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from aiohttp import web
from PIL import Image

from tests.contract.transcript_server import serving

_CATALOGUE = Path(__file__).parent / "fixtures" / "comfyui" / "object_info" / "v0.33.0.json"
CHECKPOINT = "v1-5-pruned-emaonly.safetensors"
STATS = {
    "system": {"comfyui_version": "0.33.0", "os": "linux"},
    "devices": [{"name": "cuda:0", "type": "cuda", "vram_total": 2**34, "vram_free": 2**34}],
}


def picture(size: tuple[int, int] = (64, 64)) -> bytes:
    encoded = io.BytesIO()
    Image.new("RGB", size, (80, 120, 160)).save(encoded, "PNG")
    return encoded.getvalue()


def chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def with_chunk(kind: bytes, body: bytes) -> bytes:
    """A whole picture with one more chunk behind its header."""
    png = picture()
    return png[:33] + chunk(kind, body) + png[33:]


def image(filename: str = "a.png", subfolder: str = "") -> dict[str, str]:
    return {"filename": filename, "subfolder": subfolder, "type": "output"}


@dataclass(slots=True)
class HostileNode:
    images: Sequence[Mapping[str, str]] = field(default_factory=lambda: [image()])
    """What the history says was saved."""
    view: bytes = field(default_factory=picture)
    content_type: str = "image/png"
    status: int = 200
    """What ``/view`` answers with."""
    redirect: str | None = None
    """Where ``/view`` sends whoever asks."""
    endless: bool = False
    """``/view`` never ends."""
    views: list[web.BaseRequest] = field(default_factory=list)
    paths: set[str] = field(default_factory=set)
    """Everything that was ever asked for."""
    prompts: dict[str, Any] = field(default_factory=dict)

    def turn_good(self) -> None:
        self.images, self.view, self.redirect, self.endless = [image()], picture(), None, False
        self.content_type, self.status = "image/png", 200

    async def handle(self, request: web.BaseRequest) -> web.StreamResponse:
        self.paths.add(request.path)
        match request.path.strip("/").split("/"):
            case ["ws"]:
                socket = web.WebSocketResponse()
                await socket.prepare(request)
                async for _ in socket:
                    pass
                return socket
            case ["prompt"]:
                return await self._take(request)
            case ["view"]:
                return await self._show(request)
            case ["history", prompt_id]:
                return web.json_response({prompt_id: self._entry(prompt_id)} if prompt_id in self.prompts else {})
            case ["queue"]:
                return web.json_response({"queue_running": [], "queue_pending": []})
            case ["system_stats"]:
                return web.json_response(STATS)
            case ["object_info"]:
                catalogue = json.loads(_CATALOGUE.read_bytes())
                catalogue["CheckpointLoaderSimple"]["input"]["required"]["ckpt_name"] = [[CHECKPOINT], {}]
                return web.json_response(catalogue)
            case _:
                return web.Response(status=404)

    async def _take(self, request: web.BaseRequest) -> web.Response:
        body = await request.json()
        if not body["prompt"]:
            return web.json_response({"error": {"type": "prompt_no_outputs", "message": "no"}}, status=400)
        self.prompts[body["prompt_id"]] = body["prompt"]
        return web.json_response({"prompt_id": body["prompt_id"], "number": len(self.prompts), "node_errors": {}})

    def _entry(self, prompt_id: str) -> dict[str, Any]:
        graph = self.prompts[prompt_id]
        saves = next(name for name, each in graph.items() if each["class_type"] == "SaveImage")
        return {
            "prompt": [1, prompt_id, graph, {}, [saves]],
            "outputs": {saves: {"images": list(self.images)}},
            "status": {"status_str": "success", "completed": True, "messages": []},
        }

    async def _show(self, request: web.BaseRequest) -> web.StreamResponse:
        self.views.append(request)
        if self.redirect is not None:
            return web.Response(status=302, headers={"Location": self.redirect})
        if not self.endless:
            return web.Response(body=self.view, status=self.status, headers={"Content-Type": self.content_type})
        response = web.StreamResponse(headers={"Content-Type": "image/png"})
        await response.prepare(request)
        while True:
            await response.write(bytes(2**16))


@asynccontextmanager
async def hostile_node(node: HostileNode) -> AsyncIterator[str]:
    """The fleet file of a hub that has no other node."""
    async with serving(node.handle) as port:
        yield f"""nodes:
  - {{id: evil, name: RTX 3060, vram_gb: 12, tier: standard, host: 127.0.0.1, port: {port},
     capabilities: [sd15], max_resolution: 1024, max_batch: 1}}
"""
