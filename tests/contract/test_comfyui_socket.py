"""The event stream against sockets that break, flood, lie or say nothing."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from contextlib import aclosing, suppress
from dataclasses import dataclass, field, replace
from itertools import pairwise

import pytest
from aiohttp import web

from tests.contract.transcript_server import (
    FAST_TIMING,
    connected_to,
    listening,
    node_config,
    serving,
)
from tests.waiting import deadline, eventually
from vibes.domain.ids import AttemptId, NodeId
from vibes.domain.nodes.events import (
    AttemptEnded,
    AttemptPreview,
    AttemptProgress,
    AttemptStarted,
    NodeConnected,
    NodeDisconnected,
    NodeEvent,
)
from vibes.nodes.comfyui.node import comfyui_node_factory
from vibes.nodes.comfyui.transport.event_buffer import EventBuffer

Talk = Callable[[web.WebSocketResponse], Awaitable[None]]

OURS = AttemptId("ours")


def message(kind: str, **data: object) -> str:
    return json.dumps({"type": kind, "data": data})


STARTED = message("execution_start", prompt_id="ours")
ENDED = message("executing", node=None, prompt_id="ours")


@dataclass(slots=True)
class SocketServer:
    """Does to each connection the next thing of ``talks``, the last one again and again."""

    talks: list[Talk]
    status_before_answer: bool = False
    """Whether the ``status`` of a queued prompt overtakes the answer to its POST."""
    sockets: list[web.WebSocketResponse] = field(default_factory=list)
    requests: list[web.BaseRequest] = field(default_factory=list)
    open_sockets: int = 0
    most_open_sockets: int = 0

    async def handle(self, request: web.BaseRequest) -> web.StreamResponse:
        if request.path == "/prompt":
            if self.status_before_answer:
                await self.sockets[-1].send_str(message("status", status={}))
            return web.json_response({"prompt_id": OURS, "number": 1, "node_errors": {}})
        if request.path == "/queue":
            return web.json_response({"queue_running": [[1, OURS, {}, {}, []]], "queue_pending": []})
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        self.sockets.append(socket)
        talk = self.talks[min(len(self.requests), len(self.talks) - 1)]
        self.requests.append(request)
        self.open_sockets += 1
        self.most_open_sockets = max(self.most_open_sockets, self.open_sockets)
        try:
            with suppress(ConnectionError):
                await talk(socket)
        finally:
            self.open_sockets -= 1
        return socket


async def stay(socket: web.WebSocketResponse) -> None:
    async for _ in socket:
        pass


async def hang_up(socket: web.WebSocketResponse) -> None:
    await socket.close()


def say(*frames: str) -> Talk:
    async def talk(socket: web.WebSocketResponse) -> None:
        for frame in frames:
            await socket.send_str(frame)
        await stay(socket)

    return talk


def connections(events: list[NodeEvent]) -> list[NodeEvent]:
    return [event for event in events if isinstance(event, NodeConnected | NodeDisconnected)]


async def test_a_socket_that_closes_each_time_is_tried_for_ever_and_more_and_more_rarely() -> None:
    server = SocketServer([hang_up])
    timing = replace(FAST_TIMING, shortest_delay=0.001, longest_delay=10, stable_seconds=10)
    async with serving(server.handle) as port, connected_to(port, timing=timing) as node:
        loop = asyncio.get_running_loop()
        moments: list[float] = []
        async with deadline(), aclosing(node.events()) as events:
            async for event in events:
                if event == NodeConnected():
                    moments.append(loop.time())
                if len(moments) == 9:
                    break
    pauses = [later - earlier for earlier, later in pairwise(moments)]
    assert pauses[-1] > 0.064, "doubled seven times and halved at most by jitter"
    assert server.most_open_sockets == 1


async def test_a_flapping_socket_tells_every_outage_once() -> None:
    server = SocketServer([hang_up, hang_up, stay])
    async with serving(server.handle) as port, connected_to(port) as node, listening(node) as heard:
        await eventually(lambda: heard.count(NodeConnected()) == 3)
        gone = NodeDisconnected("the node closed the event stream")
        assert heard == [NodeConnected(), gone, NodeConnected(), gone, NodeConnected()]


async def test_a_node_that_is_not_there_is_told_once_and_found_when_it_comes() -> None:
    async with serving(SocketServer([stay]).handle) as port:
        pass
    async with connected_to(port) as node, listening(node) as heard:
        await eventually(lambda: len(heard) == 1)
        assert isinstance(heard[0], NodeDisconnected)
        assert heard[0].reason == "connection refused"
        runner = web.ServerRunner(web.Server(SocketServer([stay]).handle), shutdown_timeout=0.1)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", port).start()
        await eventually(lambda: NodeConnected() in heard)
        assert len(heard) == 2
        await runner.cleanup()


async def test_a_handshake_that_is_refused_says_with_what() -> None:
    async def refuse(_: web.BaseRequest) -> web.StreamResponse:
        return web.Response(status=403)

    async with serving(refuse) as port, connected_to(port) as node, listening(node) as heard:
        await eventually(lambda: heard)
        assert heard == [NodeDisconnected("the node answers the WebSocket handshake with 403")]


async def test_a_handshake_that_redirects_is_not_followed() -> None:
    elsewhere = SocketServer([stay])
    async with serving(elsewhere.handle) as target:

        async def redirect(_: web.BaseRequest) -> web.StreamResponse:
            return web.Response(status=307, headers={"Location": f"http://127.0.0.1:{target}/ws"})

        async with serving(redirect) as port, connected_to(port) as node, listening(node) as heard:
            await eventually(lambda: heard)
            assert heard == [NodeDisconnected("the node answers the WebSocket handshake with 307")]
    assert elsewhere.requests == []


async def test_the_handshake_carries_the_nodes_headers_and_no_origin() -> None:
    server = SocketServer([stay])
    async with serving(server.handle) as port, connected_to(port, headers={"X-Key": "secret"}) as node:
        await anext(node.events())
    headers = server.requests[0].headers
    assert headers["X-Key"] == "secret"
    assert not {"Origin", "Sec-Fetch-Site", "Sec-Fetch-Mode"} & set(headers)


async def test_a_page_in_the_stream_ends_it_with_a_sentence() -> None:
    server = SocketServer([say("<html>no</html>"), say(STARTED)])
    async with serving(server.handle) as port, connected_to(port) as node, listening(node) as heard:
        await eventually(lambda: AttemptStarted(OURS) in heard)
        assert heard[1] == NodeDisconnected("event stream: expected JSON, got '<html>no</html>'")
        assert server.most_open_sockets == 1


async def test_an_oversized_message_ends_the_connection_and_the_next_one_is_heard() -> None:
    server = SocketServer([say("x" * 10_000), say(STARTED)])
    timing = replace(FAST_TIMING, max_message_bytes=1000)
    async with serving(server.handle) as port, connected_to(port, timing=timing) as node:
        events = node.events()
        heard = [await anext(events) for _ in range(4)]
        await events.aclose()
    assert heard[3] == AttemptStarted(OURS)
    assert isinstance(heard[1], NodeDisconnected)
    assert "1009" in heard[1].reason


async def test_a_listener_who_does_not_listen_never_blocks_the_node() -> None:
    """One client that stops reading blocks delivery to all (docs/comfyui-protocol.md#clients-that-do-not-read)."""
    everything_sent = asyncio.Event()

    async def flood(socket: web.WebSocketResponse) -> None:
        await socket.send_str(STARTED)
        preview = b"\0\0\0\1\0\0\0\1" + bytes(2**20)
        for step in range(1, 3001):
            await socket.send_str(message("progress", prompt_id="ours", node="4", value=step, max=3000))
            if step % 100 == 0:
                await socket.send_bytes(preview)
        await socket.send_str(ENDED)
        everything_sent.set()
        await stay(socket)

    server = SocketServer([flood])
    async with serving(server.handle) as port, connected_to(port) as node:
        events = node.events()
        assert await anext(events) == NodeConnected()
        async with deadline():
            await everything_sent.wait()
        left: list[NodeEvent] = []
        while AttemptEnded(OURS) not in left:
            left.append(await anext(events))
        await events.aclose()
    assert left[0] == AttemptStarted(OURS)
    assert len(left) < 2500, "the buffer's 1024 and what the kernel still held"
    assert sum(isinstance(event, AttemptPreview) for event in left) < 30
    assert AttemptProgress(OURS, "4", 3000, 3000) in left


async def test_a_mute_socket_is_replaced_after_a_prompt_was_queued() -> None:
    """ComfyUI forgets a socket when an older one of its id closes (docs/comfyui-protocol.md#one-socket-a-client-id)."""
    server = SocketServer([stay, say(STARTED)])
    timing = replace(FAST_TIMING, silence_seconds=0.05)
    async with serving(server.handle) as port, connected_to(port, timing=timing) as node:
        events = node.events()
        assert await anext(events) == NodeConnected()
        following = asyncio.create_task(anext(events))
        done, _ = await asyncio.wait([following], timeout=0.1)
        assert not done, "silence means nothing while nothing is queued"
        await node.submit(OURS, {})
        assert await following == NodeDisconnected("silent although a prompt was queued")
        assert [await anext(events), await anext(events)] == [NodeConnected(), AttemptStarted(OURS)]
        await events.aclose()


async def test_a_mute_socket_is_replaced_soon_once_the_prompt_is_known_to_run() -> None:
    """Waiting the whole time that a loading node may be silent would leave each picture to be found by looking."""
    server = SocketServer([stay, say(STARTED)])
    timing = replace(FAST_TIMING, silence_seconds=3600, late_seconds=0.02)
    async with serving(server.handle) as port, connected_to(port, timing=timing) as node, deadline():
        events = node.events()
        assert await anext(events) == NodeConnected()
        await node.submit(OURS, {})
        await node.find(OURS)
        assert await anext(events) == NodeDisconnected("silent although a prompt was queued")
        assert [await anext(events), await anext(events)] == [NodeConnected(), AttemptStarted(OURS)]
        await events.aclose()


async def test_a_status_that_overtakes_the_answer_is_not_waited_for_again() -> None:
    server = SocketServer([stay], status_before_answer=True)
    timing = replace(FAST_TIMING, silence_seconds=0.05)
    async with serving(server.handle) as port, connected_to(port, timing=timing) as node:
        events = node.events()
        assert await anext(events) == NodeConnected()
        following = asyncio.create_task(anext(events))
        await node.submit(OURS, {})
        done, _ = await asyncio.wait([following], timeout=0.15)
        assert not done, "the socket is not mute: it just has nothing more to say"
        following.cancel()
        await asyncio.wait([following])


async def test_closing_the_node_ends_its_events() -> None:
    server = SocketServer([stay])
    async with serving(server.handle) as port, connected_to(port) as node, deadline():
        heard = []
        async for event in node.events():
            heard.append(event)
            await node.close()
        await eventually(lambda: server.open_sockets == 0)
    assert heard == [NodeConnected()]


async def test_a_second_listener_is_refused_because_two_sockets_would_mute_each_other() -> None:
    async with serving(SocketServer([stay]).handle) as port, connected_to(port) as node:
        async with listening(node) as heard:
            await eventually(lambda: NodeConnected() in heard)
            with pytest.raises(RuntimeError, match="already listens"):
                await anext(node.events())
        async with listening(node) as heard_later:
            await eventually(lambda: NodeConnected() in heard_later)


async def test_one_hub_process_has_one_client_id_per_node() -> None:
    server = SocketServer([stay])
    async with serving(server.handle) as port:
        here, there = comfyui_node_factory(), comfyui_node_factory()
        first = node_config(port)
        second = replace(first, id=NodeId("gpu-2"))
        for factory, config in ((here, first), (here, first), (here, second), (there, first)):
            node = factory(config)
            assert await anext(node.events()) == NodeConnected()
            await node.close()
    ids = [request.query["clientId"] for request in server.requests]
    assert ids[0] == ids[1]
    assert len(set(ids)) == 3


class TestTheBuffer:
    async def test_it_forgets_previews_first_then_progress_and_what_begins_and_ends_last(self) -> None:
        buffer = EventBuffer(max_events=3)
        for event in (
            AttemptStarted(OURS),
            AttemptPreview(OURS, "image/jpeg", b"old"),
            AttemptProgress(OURS, "4", 1, 3),
            AttemptProgress(OURS, "4", 2, 3),
            AttemptEnded(OURS),
        ):
            buffer.put(event)
        buffer.finish()
        kept = [await buffer.take() for _ in range(4)]
        assert kept == [AttemptStarted(OURS), AttemptProgress(OURS, "4", 2, 3), AttemptEnded(OURS), None]

    async def test_it_keeps_the_newest_previews_within_their_bytes(self) -> None:
        buffer = EventBuffer(max_preview_bytes=10)
        previews = [AttemptPreview(OURS, "image/jpeg", bytes([n]) * 4) for n in range(5)]
        for preview in previews:
            buffer.put(preview)
        assert [await buffer.take(), await buffer.take()] == previews[-2:]
        buffer.put(previews[0])
        buffer.put(previews[1])
        assert [await buffer.take(), await buffer.take()] == previews[:2], "what is taken makes room"
