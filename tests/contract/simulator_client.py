"""A small ComfyUI client and graphs for the tests of the simulator."""

import asyncio
import copy
import io
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
from PIL import Image

from tests.waiting import eventually
from vibes.simulator import NodeOptions, SimulatedNode

Graph = dict[str, Any]

CHECKPOINT = "v1-5-pruned-emaonly.safetensors"

GRAPHS: Mapping[str, Mapping[str, Any]] = json.loads(
    (Path(__file__).parents[1] / "fixtures" / "comfyui" / "graphs.json").read_text("utf-8")
)


def txt2img(*, seed: int = 1, steps: int = 2, size: int = 64, prompt: str = "a lighthouse at dusk") -> Graph:
    """The smallest complete graph: 4 loads, 5 is the latent, 6 and 7 the texts, 3 samples, 8 decodes, 9 saves."""
    graph = copy.deepcopy(dict(GRAPHS["txt2img_sd15"]["graph"]))
    graph["4"]["inputs"]["ckpt_name"] = CHECKPOINT
    graph["5"]["inputs"] |= {"width": size, "height": size}
    graph["6"]["inputs"]["text"] = prompt
    graph["3"]["inputs"] |= {"seed": seed, "steps": steps}
    graph["9"]["inputs"]["filename_prefix"] = "test"
    return graph


def img2img(*, image: str, denoise: float = 0.5, seed: int = 1) -> Graph:
    """`txt2img` with a picture from the input folder (10, encoded by 12) instead of an empty latent."""
    graph = txt2img(seed=seed)
    del graph["5"]
    graph["10"] = {"class_type": "LoadImage", "inputs": {"image": image}}
    graph["12"] = {"class_type": "VAEEncode", "inputs": {"pixels": ["10", 0], "vae": ["4", 2]}}
    graph["3"]["inputs"] |= {"latent_image": ["12", 0], "denoise": denoise}
    return graph


def png(colour: tuple[int, int, int] = (200, 120, 80), side: int = 64) -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", (side, side), colour).save(buffer, "PNG")
    return buffer.getvalue()


class Heard:
    """One websocket and everything it heard so far."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self.socket = socket
        self.messages: list[Any] = []

    def of_type(self, type_: str) -> list[Any]:
        return [m["data"] for m in self.messages if isinstance(m, dict) and m["type"] == type_]

    @property
    def types(self) -> list[str]:
        return [m["type"] if isinstance(m, dict) else "binary" for m in self.messages]

    @property
    def ended(self) -> int:
        """How many prompts of this client came to their end."""
        return len([data for data in self.of_type("executing") if data["node"] is None])


class Client:
    """Talks to one simulated node."""

    def __init__(self, node: SimulatedNode, session: aiohttp.ClientSession) -> None:
        self.node = node
        self.session = session

    async def submit(self, graph: Graph, **fields: Any) -> tuple[int, Any]:
        """Status and body of the answer."""
        async with self.session.post("/prompt", json={"prompt": graph, **fields}) as response:
            is_json = response.content_type == "application/json"
            return response.status, await response.json() if is_json else await response.text()

    async def run(self, graph: Graph, **fields: Any) -> dict[str, Any]:
        """Submit, wait for the end, and answer the history entry."""
        status, answer = await self.submit(graph, **fields)
        assert status == 200, answer
        entry: dict[str, Any] = await eventually(lambda: self.entry(answer["prompt_id"]), what="in history")
        return entry

    async def entry(self, prompt_id: str) -> dict[str, Any] | None:
        history = await self.get(f"/history/{prompt_id}")
        entry: dict[str, Any] | None = history.get(prompt_id)
        return entry

    async def get(self, path: str) -> Any:
        async with self.session.get(path) as response:
            assert response.status == 200, path
            return await response.json()

    async def post(self, path: str, body: object = None) -> int:
        async with self.session.post(path, json=body) as response:
            return response.status

    async def status_of(self, path: str, **headers: str) -> int:
        async with self.session.get(path, headers=headers) as response:
            return response.status

    async def view(self, picture: Mapping[str, str], **query: str) -> bytes:
        async with self.session.get("/view", params={**picture, **query}) as response:
            assert response.status == 200
            return await response.read()

    async def picture(self, graph: Graph) -> bytes:
        """The first picture that a graph saves."""
        entry = await self.run(graph)
        return await self.view(next(iter(entry["outputs"].values()))["images"][0])

    async def upload(self, name: str, content: bytes, **fields: str) -> tuple[int, Any]:
        form = aiohttp.FormData(quote_fields=False)
        for key, value in fields.items():
            form.add_field(key, value)
        form.add_field("image", content, filename=name, content_type="image/png")
        async with self.session.post("/upload/image", data=form) as response:
            return response.status, await response.json() if response.status == 200 else None

    @asynccontextmanager
    async def listening(self, client_id: str | None, *, says: object = None) -> AsyncIterator[Heard]:
        """A socket that reads all the time, from its first ``status`` on."""
        query = "" if client_id is None else f"?clientId={client_id}"
        async with self.session.ws_connect(f"/ws{query}", max_msg_size=0) as socket:
            heard = Heard(socket)
            if says is not None:
                await socket.send_json(says)
            reading = asyncio.create_task(_read(heard))
            try:
                await eventually(lambda: heard.messages, what="greeted")
                yield heard
            finally:
                reading.cancel()
                await asyncio.wait([reading])


async def _read(heard: Heard) -> None:
    async for message in heard.socket:
        heard.messages.append(json.loads(message.data) if message.type is aiohttp.WSMsgType.TEXT else message.data)


@asynccontextmanager
async def simulated(**options: Any) -> AsyncIterator[Client]:
    """A running node that takes no time, and a client for it."""
    node = SimulatedNode(NodeOptions(**{"time_scale": 0.0, **options}))
    async with node, aiohttp.ClientSession(node.url) as session:
        yield Client(node, session)
