"""A small real server that plays a recorded ComfyUI transcript to a client, over real sockets."""

import asyncio
import io
import json
import struct
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from aiohttp import WSMsgType, web
from PIL import Image

from vibes.domain.ids import AttemptId, NodeId
from vibes.domain.nodes.events import NodeEvent
from vibes.domain.nodes.node import NodeConfig, Tier
from vibes.nodes.comfyui.node import ComfyUINode
from vibes.nodes.comfyui.transport.http import HttpLimits
from vibes.nodes.comfyui.transport.socket import SocketTiming

FIXTURES = Path(__file__).parents[1] / "fixtures" / "comfyui"
VERSIONS = ("v0.3.64", "v0.33.0")
IDLE_QUEUE: dict[str, list[Any]] = {"queue_running": [], "queue_pending": []}

FAST_LIMITS = HttpLimits(connect_seconds=20, check_seconds=20, answer_seconds=20, image_seconds=20)
FAST_TIMING = SocketTiming(
    open_seconds=1, close_seconds=0.2, shortest_delay=0.01, longest_delay=0.05, stable_seconds=0.02
)


@dataclass(frozen=True, slots=True)
class Transcript:
    """One recorded scenario: what a real server answered and sent, in order."""

    version: str
    scenario: str
    events: Sequence[Mapping[str, Any]]

    def posts(self, path: str) -> list[Mapping[str, Any]]:
        """Every recorded exchange that posted to ``path``."""
        return [
            event["http"]
            for event in self.events
            if "http" in event and event["http"]["request"]["method"] == "POST"
            if event["http"]["request"]["path"] == path
        ]

    def submissions(self) -> list[tuple[AttemptId, Mapping[str, Any]]]:
        """Id and graph of every prompt that the real server accepted."""
        return [
            (AttemptId(post["response"]["body"]["prompt_id"]), post["request"]["json"]["prompt"])
            for post in self.posts("/prompt")
            if post["response"]["status"] == 200
        ]


def load_transcript(version: str, number: str) -> Transcript:
    """The scenario whose file name begins with ``number``, such as "02"."""
    (path,) = (FIXTURES / "transcripts" / version).glob(f"{number}_*.json")
    return Transcript(version, path.stem, json.loads(path.read_text())["events"])


@dataclass(slots=True)
class TranscriptServer:
    """Answers as recorded, and sends a socket's frames as far as the client's own POSTs have brought the story.

    The first connection plays the first of ``sockets``, the next one the next. A GET is answered by what was
    recorded for it after the latest POST; what was not recorded there is idle and unknown.
    """

    transcript: Transcript
    sockets: Sequence[str] = ("submitter",)
    port: int = 0
    posted: list[tuple[str, Any]] = field(default_factory=list)
    received: list[str] = field(default_factory=list)
    """Every text that the client sent over a WebSocket."""
    handshakes: list[web.BaseRequest] = field(default_factory=list)
    open_sockets: int = 0
    most_open_sockets: int = 0
    _position: int = -1
    _moved: asyncio.Event = field(default_factory=asyncio.Event)
    _used: set[int] = field(default_factory=set)

    async def handle(self, request: web.BaseRequest) -> web.StreamResponse:
        if request.path == "/ws":
            return await self._serve_socket(request)
        if request.method == "POST":
            return await self._answer_post(request)
        return self._answer_get(request)

    async def _answer_post(self, request: web.BaseRequest) -> web.Response:
        is_json = request.content_type == "application/json"
        body = await request.json() if is_json else await request.read()
        self.posted.append((request.path, body))
        place = self._recorded_post(request.path, body if is_json else None)
        if place is None:
            return web.Response(status=405)
        self._position = place
        self._moved.set()
        self._moved = asyncio.Event()
        return _response(self.transcript.events[place]["http"]["response"])

    def _recorded_post(self, path: str, body: Any) -> int | None:
        """The next recorded POST to this path, one with the very same body before others."""
        places = [
            (event["http"]["request"].get("json") != body, place)
            for place, event in enumerate(self.transcript.events)
            if place > self._position and "http" in event
            if (event["http"]["request"]["method"], event["http"]["request"]["path"]) == ("POST", path)
        ]
        return min(places)[1] if places else None

    def _answer_get(self, request: web.BaseRequest) -> web.Response:
        if request.path == "/object_info":
            recorded = FIXTURES / "object_info" / f"{self.transcript.version}.json"
            return web.Response(body=recorded.read_bytes(), content_type="application/json")
        fresh = list(self._recorded_gets(request, after=self._position))
        unused = [place for place in fresh if place not in self._used]
        if fresh:
            place = unused[0] if unused else fresh[-1]
            self._used.add(place)
            return _response(self.transcript.events[place]["http"]["response"])
        if request.path == "/queue":
            return web.json_response(IDLE_QUEUE)
        if request.path.startswith("/history/"):
            return web.json_response({})
        return web.Response(status=404)

    def _recorded_gets(self, request: web.BaseRequest, *, after: int) -> Iterator[int]:
        for place in range(after + 1, len(self.transcript.events)):
            recorded = self.transcript.events[place].get("http", {}).get("request", {})
            if recorded.get("method") == "POST":
                return
            if recorded.get("path") == request.path and recorded.get("params", {}) in ({}, dict(request.query)):
                yield place

    async def _serve_socket(self, request: web.BaseRequest) -> web.StreamResponse:
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        label = self.sockets[min(len(self.handshakes), len(self.sockets) - 1)]
        self.handshakes.append(request)
        self.open_sockets += 1
        self.most_open_sockets = max(self.most_open_sockets, self.open_sockets)
        player = asyncio.create_task(self._play(socket, label))
        try:
            async for message in socket:
                if message.type is WSMsgType.TEXT:
                    self.received.append(message.data)
        finally:
            self.open_sockets -= 1
            player.cancel()
            with suppress(asyncio.CancelledError, ConnectionError):
                await player
        return socket

    async def _play(self, socket: web.WebSocketResponse, label: str) -> None:
        for place, event in enumerate(self.transcript.events):
            if event.get("note") == f"{label} socket closed":
                await socket.close()
            for kind in ("ws", "ws_binary"):
                if event.get(kind, {}).get("socket") == label:
                    while self._next_turn() < place:
                        await self._moved.wait()
                    await _send(socket, event)

    def _next_turn(self) -> int:
        """Where the story waits for the client: the next POST that set something going on the real server."""
        for place in range(self._position + 1, len(self.transcript.events)):
            exchange = self.transcript.events[place].get("http")
            if exchange and exchange["request"]["method"] == "POST":
                path, status = exchange["request"]["path"], exchange["response"]["status"]
                if path == "/interrupt" or (path == "/prompt" and status == 200):
                    return place
        return len(self.transcript.events)


def _response(recorded: Mapping[str, Any]) -> web.Response:
    body = recorded["body"]
    if isinstance(body, dict) and "_bytes" in body:
        text = body["_text"]
        content = text.encode() if text is not None else bytes(body["_bytes"])
        content_type = (body["_content_type"] or "application/octet-stream").partition(";")[0]
        return web.Response(status=recorded["status"], body=content, content_type=content_type)
    return web.json_response(body, status=recorded["status"])


async def _send(socket: web.WebSocketResponse, event: Mapping[str, Any]) -> None:
    if "ws" in event:
        await socket.send_json(event["ws"]["json"])
    else:
        await socket.send_bytes(binary_frame(event["ws_binary"]))


def binary_frame(recorded: Mapping[str, Any]) -> bytes:
    """A frame of the recorded type, header and length; the image is a small one of its kind, and then zeros."""
    if "metadata" in recorded:
        metadata = json.dumps(recorded["metadata"]).encode()
        head = struct.pack(">II", recorded["event_type"], len(metadata)) + metadata
    else:
        head = struct.pack(">II", recorded["event_type"], recorded["image_format_code"])
    small = next(each for each in _SMALL_PICTURES if each.hex().startswith(recorded["image_magic_hex"][:4]))
    frame = head + small
    return frame + bytes(recorded["length"] - len(frame))


def _small_picture(kind: str) -> bytes:
    encoded = io.BytesIO()
    Image.new("RGB", (8, 8)).save(encoded, kind)
    return encoded.getvalue()


_SMALL_PICTURES = (_small_picture("JPEG"), _small_picture("PNG"))


@asynccontextmanager
async def serving(handler: Any) -> AsyncIterator[int]:
    """A server on a free port of this machine, for as long as the block lasts."""
    runner = web.ServerRunner(web.Server(handler), shutdown_timeout=0.1)
    await runner.setup()
    try:
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        yield runner.addresses[0][1]
    finally:
        await runner.cleanup()


@asynccontextmanager
async def playing(
    version: str, number: str, *, sockets: Sequence[str] = ("submitter",)
) -> AsyncIterator[tuple[ComfyUINode, TranscriptServer]]:
    """A client of a server that plays this scenario."""
    server = TranscriptServer(load_transcript(version, number), sockets)
    async with serving(server.handle) as server.port, connected_to(server.port) as node:
        yield node, server


@asynccontextmanager
async def connected_to(
    port: int,
    *,
    limits: HttpLimits = FAST_LIMITS,
    timing: SocketTiming = FAST_TIMING,
    cancel_seconds: float = 1.0,
    headers: Mapping[str, str] | None = None,
) -> AsyncIterator[ComfyUINode]:
    """A client with short patience."""
    config = node_config(port, headers=headers)
    node = ComfyUINode(config, client_id="client-a", limits=limits, timing=timing, cancel_seconds=cancel_seconds)
    try:
        yield node
    finally:
        await node.close()


def node_config(port: int, *, headers: Mapping[str, str] | None = None, path_prefix: str = "") -> NodeConfig:
    return NodeConfig(
        id=NodeId("gpu-1"),
        name="First GPU",
        tier=Tier.STANDARD,
        vram_gb=8,
        host="127.0.0.1",
        port=port,
        capabilities=frozenset({"sd15"}),
        max_resolution=1024,
        max_batch=1,
        headers=headers or {},
        path_prefix=path_prefix,
    )


@asynccontextmanager
async def listening(node: ComfyUINode) -> AsyncIterator[list[NodeEvent]]:
    """The growing list of everything that the node told."""
    heard: list[NodeEvent] = []

    async def listen() -> None:
        async for event in node.events():
            heard.append(event)  # noqa: PERF401 - it grows while the test watches

    task = asyncio.create_task(listen())
    try:
        yield heard
    finally:
        task.cancel()
        await asyncio.wait([task])
