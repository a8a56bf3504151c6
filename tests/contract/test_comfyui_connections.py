"""Kept connections to a node: no request is sent twice, answered by another's answer, or left hanging."""

import asyncio
import socket
from collections.abc import Awaitable, Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace

import pytest
from aiohttp import BodyPartReader, web

from tests.contract.raw_server import raw_server, read_request
from tests.contract.transcript_server import FAST_LIMITS, connected_to, node_config, serving
from tests.waiting import deadline, eventually
from vibes.domain.errors import NodeError, NodeMisbehaved, NodeUnclear, NodeUnreachable
from vibes.nodes.comfyui.transport.http import NodeHttp, Reply

Talk = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]
Ask = Callable[[NodeHttp], Awaitable[Reply]]

EMPTY = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"
PATIENT = replace(FAST_LIMITS, answer_seconds=600)
"""Longer than any test waits: what ends here ends for another reason than that time is up."""


def get(http: NodeHttp) -> Awaitable[Reply]:
    return http.get("/queue")


def post(http: NodeHttp) -> Awaitable[Reply]:
    return http.post("/free", {})


both = pytest.mark.parametrize(("ask", "doubt"), [(get, NodeUnreachable), (post, NodeUnclear)], ids=["GET", "POST"])


def saying(answer: bytes) -> Talk:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await read_request(reader)
        writer.write(answer)
        await reader.read()

    return talk


@pytest.fixture
def full_port() -> Iterator[int]:
    """A port whose queue of connections is full: a further one is neither taken nor refused."""
    with ExitStack() as sockets:
        listener = sockets.enter_context(socket.socket())
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        for _ in range(3):
            waiting = sockets.enter_context(socket.socket())
            waiting.setblocking(False)
            waiting.connect_ex(listener.getsockname())
        yield listener.getsockname()[1]


@both
async def test_what_found_no_connection_in_time_was_not_sent(full_port: int, ask: Ask, doubt: type[NodeError]) -> None:
    http = NodeHttp(node_config(full_port), replace(PATIENT, connect_seconds=0.1))
    with pytest.raises(NodeUnreachable, match=r"First GPU is not reachable at .* \(no connection in time\)"):
        await ask(http)
    await http.close()


@pytest.mark.parametrize("host", ["no-such-name.invalid", "a..b", 70 * "x"], ids=["unknown", "empty label", "too long"])
@both
async def test_a_name_that_leads_nowhere_is_unreachable(host: str, ask: Ask, doubt: type[NodeError]) -> None:
    http = NodeHttp(replace(node_config(1), host=host), PATIENT)
    with pytest.raises(NodeUnreachable, match="is not reachable at"):
        await ask(http)
    await http.close()


@both
async def test_a_server_that_speaks_no_tls_is_not_sent_anything(ask: Ask, doubt: type[NodeError]) -> None:
    async def refuse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(1)
        writer.write(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n")

    async with raw_server(refuse) as port:
        http = NodeHttp(replace(node_config(port), scheme="https"), PATIENT)
        with pytest.raises(NodeUnreachable, match="is not reachable at"):
            await ask(http)
        await http.close()


@pytest.mark.parametrize(
    "leftover",
    [b"", b'HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n"no"', b"HTTP/1.0 408 Too late\r\nConnection: close\r\n\r\n"],
    ids=["nothing", "an answer to nothing", "a farewell"],
)
@pytest.mark.parametrize("ends", [True, False], ids=["and its end", "and no end"])
@both
async def test_a_kept_connection_is_not_used_once_something_came_on_it(
    ask: Ask, doubt: type[NodeError], leftover: bytes, ends: bool
) -> None:
    connections = requests = 0
    idle = asyncio.Event()

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal connections, requests
        connections += 1
        while True:
            try:
                await read_request(reader)
            except asyncio.IncompleteReadError:
                return
            requests += 1
            writer.write(EMPTY)
            await idle.wait()
            idle.clear()
            writer.write(leftover)
            if ends:
                return

    async with deadline(), raw_server(talk) as port:
        http = NodeHttp(node_config(port), FAST_LIMITS)
        for asked in range(1, 4):
            assert (await ask(http)).body == b"{}"
            assert requests == asked
            idle.set()
            await eventually(lambda: not idle.is_set())
        assert connections == (3 if ends or leftover else 1)
        await http.close()


async def test_an_end_that_the_event_loop_has_not_seen_yet_counts_too() -> None:
    """A busy hub reads late, and would send a prompt into a closed connection."""
    peers: list[socket.socket] = []
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(5)

        def answer_two() -> None:
            for _ in range(2):
                peer, _ = listener.accept()
                peer.recv(2**16)
                peer.sendall(EMPTY)
                peers.append(peer)

        answering = asyncio.create_task(asyncio.to_thread(answer_two))
        http = NodeHttp(node_config(listener.getsockname()[1]), FAST_LIMITS)
        await post(http)
        [peer] = await eventually(lambda: peers)
        peer.close()
        await post(http)
        await answering
        peers[1].close()
        await http.close()


@both
@pytest.mark.parametrize(
    "begun",
    [b"", b"HTTP/1.1 200 OK\r\nContent-Le", b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{}"],
    ids=["no answer yet", "in the headers", "in the body"],
)
async def test_what_is_under_way_when_the_node_is_let_go_of_ends_at_once(
    ask: Ask, doubt: type[NodeError], begun: bytes
) -> None:
    asked, hung_up = asyncio.Event(), asyncio.Event()

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await read_request(reader)
        writer.write(begun)
        asked.set()
        try:
            await reader.read()
        finally:
            hung_up.set()

    async with deadline(), raw_server(talk) as port:
        http = NodeHttp(node_config(port), PATIENT)
        under_way = asyncio.ensure_future(ask(http))
        await asked.wait()
        await http.close()
        with pytest.raises(doubt):
            await under_way
        await hung_up.wait()
        with pytest.raises(NodeUnreachable, match="let go"):
            await ask(http)


@pytest.mark.parametrize(
    "answer",
    [
        b"SSH-2.0-OpenSSH\r\n",
        b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\nzz\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: -2\r\n\r\n{}",
        b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{}",
        b"HTTP/1.1 200 OK\r\nBad Name: x\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nX: " + 2**20 * b"a",
        b"HTTP/1.1 200 OK\r\n" + 2**16 * b"X: a\r\n",
        b"HTTP/1.1 200 " + 2**20 * b"a",
    ],
    ids=lambda answer: repr(answer[:40]),
)
@both
async def test_an_answer_that_is_no_http_is_no_answer_and_shows_no_secret(
    ask: Ask, doubt: type[NodeError], answer: bytes
) -> None:
    async with deadline(), raw_server(saying(answer)) as port:
        http = NodeHttp(node_config(port, headers={"Authorization": "Bearer hush"}), PATIENT)
        with pytest.raises(doubt) as told:
            await ask(http)
        await http.close()
    assert "hush" not in repr(told.value.__cause__) + str(told.value)
    assert len(told.value.message) < 200


async def test_headers_that_are_no_unicode_can_be_told_and_stored() -> None:
    async with raw_server(saying(b"HTTP/1.1 302 Found\r\nLocation: http://\xff\r\nContent-Length: 0\r\n\r\n")) as port:
        http = NodeHttp(node_config(port), FAST_LIMITS)
        with pytest.raises(NodeMisbehaved, match="redirects to http://") as told:
            await get(http)
        told.value.message.encode()
        await http.close()
    async with raw_server(saying(b"HTTP/1.1 200 OK\r\nContent-Type: \xff\r\nContent-Length: 0\r\n\r\n")) as port:
        http = NodeHttp(node_config(port), FAST_LIMITS)
        (await get(http)).content_type.encode()
        await http.close()


async def test_a_cookie_is_neither_kept_nor_sent() -> None:
    seen: list[web.BaseRequest] = []

    async def bake(request: web.BaseRequest) -> web.StreamResponse:
        seen.append(request)
        return web.json_response({}, headers={"Set-Cookie": "session=1; Path=/"})

    async with serving(bake) as port, connected_to(port) as node:
        await node.free()
        await node.free()
    assert ["Cookie" in request.headers for request in seen] == [False, False]


@pytest.mark.parametrize("name", ["in.png", "Größe 大 (1).png", 'a "quoted" \\ name.png'])
async def test_a_picture_arrives_whole_under_its_own_name(name: str) -> None:
    picture = bytes(range(256)) * 2**13  # 2 MiB: more than one write
    arrived: list[tuple[str | None, str | None, str | None, bytes]] = []

    async def take(request: web.BaseRequest) -> web.StreamResponse:
        async for part in await request.multipart():
            assert isinstance(part, BodyPartReader)
            content = bytearray()
            while piece := await part.read_chunk():
                content += piece
            arrived.append((part.name, part.filename, part.headers.get("Content-Type"), bytes(content)))
        return web.json_response({"name": "x.png", "subfolder": "vibes", "type": "input"})

    async with serving(take) as port, connected_to(port, limits=PATIENT) as node:
        await node.upload(name, picture)
    assert {(field, content) for field, _, _, content in arrived[:-1]} == {
        ("type", b"input"),
        ("subfolder", b"vibes"),
        ("overwrite", b"true"),
    }
    assert arrived[-1] == ("image", name, "image/png", picture)
