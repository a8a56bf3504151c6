"""Servers that are down, slow, broken or malicious: the client answers with the right error, bounded."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

import pytest
from aiohttp import web

from tests.contract.raw_server import raw_server, read_request
from tests.contract.transcript_server import FAST_LIMITS, IDLE_QUEUE, connected_to, node_config, serving
from tests.waiting import deadline
from vibes.domain.errors import NODE_BROKE, NodeError, NodeMisbehaved, NodeUnclear, NodeUnreachable, PromptRejected
from vibes.domain.ids import AttemptId, new_attempt_id
from vibes.domain.nodes.outcome import OutputFile
from vibes.nodes.comfyui.node import ComfyUINode
from vibes.nodes.comfyui.transport.http import HttpLimits

Handler = Callable[[web.BaseRequest], Awaitable[web.StreamResponse]]

IMPATIENT = HttpLimits(connect_seconds=0.2, check_seconds=0.1, answer_seconds=0.1, image_seconds=0.1)
PICTURE = OutputFile("a.png", "", "output")

READS: dict[str, Callable[[ComfyUINode], Awaitable[object]]] = {
    "check": lambda node: node.check(),
    "discover": lambda node: node.discover(),
    "find": lambda node: node.find(new_attempt_id()),
    "fetch": lambda node: node.fetch(PICTURE),
    "cancel": lambda node: node.cancel(new_attempt_id()),
    "take_back": lambda node: node.take_back(new_attempt_id()),
}
COMMANDS: dict[str, Callable[[ComfyUINode], Awaitable[object]]] = {
    "submit": lambda node: node.submit(new_attempt_id(), {}),
    "upload": lambda node: node.upload("in.png", b"\x89PNG"),
    "free": lambda node: node.free(),
}
every_read = pytest.mark.parametrize("read", READS)
every_command = pytest.mark.parametrize("command", COMMANDS)
every_method = pytest.mark.parametrize("method", [*READS, *COMMANDS])


def call(node: ComfyUINode, method: str) -> Awaitable[object]:
    return (READS | COMMANDS)[method](node)


def always(make: Callable[[], web.StreamResponse]) -> Handler:
    async def handler(_: web.BaseRequest) -> web.StreamResponse:
        return make()

    return handler


def answering(answers: dict[str, Any]) -> Handler:
    """JSON answers by path; 404 for the rest."""

    async def handler(request: web.BaseRequest) -> web.StreamResponse:
        if request.path not in answers:
            return web.Response(status=404)
        return web.json_response(answers[request.path])

    return handler


@pytest.fixture
async def closed_port() -> int:
    async with serving(always(web.Response)) as port:
        return port


@every_method
async def test_a_refused_connection_is_unreachable(closed_port: int, method: str) -> None:
    async with connected_to(closed_port) as node:
        with pytest.raises(NodeUnreachable) as refused:
            await call(node, method)
    assert refused.value.message == (
        f"ComfyUI on First GPU is not reachable at 127.0.0.1:{closed_port} (connection refused): "
        "is it running there, started with --listen?"
    )


async def cut_at_once(reader: asyncio.StreamReader, _: asyncio.StreamWriter) -> None:
    await read_request(reader)


async def cut_in_the_body(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await read_request(reader)
    writer.write(b'HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n{"prompt_id": ')
    await writer.drain()


async def never_answer(reader: asyncio.StreamReader, _: asyncio.StreamWriter) -> None:
    await read_request(reader)
    await reader.read()


async def answer_byte_by_byte(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await read_request(reader)
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n")
    hung_up = asyncio.create_task(reader.read())
    while not hung_up.done():
        writer.write(b" ")
        await asyncio.wait([hung_up], timeout=0.01)


every_breakage = pytest.mark.parametrize(
    "breakage", [cut_at_once, cut_in_the_body, never_answer], ids=lambda breakage: breakage.__name__
)


@every_breakage
@every_command
async def test_a_command_that_was_received_and_not_answered_is_unclear(breakage: Any, command: str) -> None:
    async with deadline(), raw_server(breakage) as port, connected_to(port, limits=IMPATIENT) as node:
        with pytest.raises(NodeUnclear):
            await call(node, command)


@every_breakage
@every_read
async def test_a_question_without_a_complete_answer_is_unreachable(breakage: Any, read: str) -> None:
    async with deadline(), raw_server(breakage) as port, connected_to(port, limits=IMPATIENT) as node:
        with pytest.raises(NodeUnreachable):
            await call(node, read)


async def test_a_prompt_is_posted_once_however_it_ends() -> None:
    requests = 0

    async def count_and_cut(reader: asyncio.StreamReader, _: asyncio.StreamWriter) -> None:
        nonlocal requests
        await read_request(reader)
        requests += 1

    async with raw_server(count_and_cut) as port, connected_to(port) as node:
        with pytest.raises(NodeUnclear):
            await node.submit(new_attempt_id(), {})
    assert requests == 1


async def test_an_answer_that_trickles_is_cut_by_the_total_time() -> None:
    trickle = raw_server(answer_byte_by_byte)
    async with deadline(), trickle as port, connected_to(port, limits=IMPATIENT) as node:
        with pytest.raises(NodeUnreachable, match="in time"):
            await node.check()


@every_method
async def test_a_page_instead_of_an_answer_is_told_as_such(method: str) -> None:
    page = always(lambda: web.Response(text="<html>Sign in</html>", content_type="text/html"))
    async with serving(page) as port, connected_to(port) as node:
        if method == "free":  # the real answer is an empty 200, and nobody reads it
            await node.free()
            return
        expected = NodeUnclear if method == "submit" else NodeMisbehaved
        with pytest.raises(expected, match=r"expected (JSON, got '<html>|the image .*, got text/html)"):
            await call(node, method)


@every_method
async def test_a_redirect_is_not_followed(method: str) -> None:
    reached: list[str] = []

    async def canary(request: web.BaseRequest) -> web.StreamResponse:
        reached.append(request.path)
        return web.json_response({})

    async with serving(canary) as elsewhere:
        redirect = always(lambda: web.Response(status=307, headers={"Location": f"http://127.0.0.1:{elsewhere}/x"}))
        async with serving(redirect) as port, connected_to(port) as node:
            with pytest.raises(NodeMisbehaved, match="redirects to http://"):
                await call(node, method)
    assert reached == []


@pytest.mark.parametrize("status", [500, 502, 503])
async def test_a_server_error_is_unclear_for_a_prompt_and_unreachable_for_a_question(status: int) -> None:
    broken = always(lambda: web.Response(status=status, text="Server got itself in trouble"))
    async with serving(broken) as port, connected_to(port) as node:
        with pytest.raises(NodeUnclear, match=f"{status} .*trouble") as doubt:
            await node.submit(new_attempt_id(), {})
        assert (doubt.value.code == NODE_BROKE) is (status == 500), "the others come from a proxy before it"
        with pytest.raises(NodeUnreachable, match=f"{status} .*trouble"):
            await node.check()


@pytest.mark.parametrize("status", [401, 403])
async def test_a_proxy_that_wants_a_key_is_told_as_such(status: int) -> None:
    async with serving(always(lambda: web.Response(status=status))) as port, connected_to(port) as node:
        for request in (node.check(), node.submit(new_attempt_id(), {})):
            with pytest.raises(NodeMisbehaved, match="wants other `headers`"):
                await request


async def test_a_graph_or_a_picture_too_large_for_the_node_is_rejected() -> None:
    too_large = always(lambda: web.Response(status=413, text="Maximum request body size 104857600 exceeded."))
    async with serving(too_large) as port, connected_to(port) as node:
        with pytest.raises(PromptRejected, match="larger than the node accepts: Maximum request body size"):
            await node.submit(new_attempt_id(), {})
        with pytest.raises(PromptRejected, match="larger than the node accepts: Maximum request body size"):
            await node.upload("in.png", b"\x89PNG")


@pytest.mark.parametrize("read", ["check", "fetch"])
async def test_an_endless_body_is_cut_at_the_cap(read: str) -> None:
    sent = 0

    async def endless(request: web.BaseRequest) -> web.StreamResponse:
        nonlocal sent
        response = web.StreamResponse(headers={"Content-Length": str(10 * 2**30), "Content-Type": "image/png"})
        await response.prepare(request)
        while True:
            await response.write(bytes(2**16))
            sent += 2**16

    limits = replace(FAST_LIMITS, list_bytes=2**20, image_bytes=2**20)
    async with serving(endless) as port, connected_to(port, limits=limits) as node:
        with pytest.raises(NodeMisbehaved, match="larger than 1 MiB"):
            await call(node, read)
    assert sent < 32 * 2**20


async def test_a_picture_that_stops_half_way_is_not_waited_for_as_long_as_a_slow_line_may_take() -> None:
    async def half(request: web.BaseRequest) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Length": "1000", "Content-Type": "image/png"})
        await response.prepare(request)
        await response.write(bytes(500))
        await asyncio.Event().wait()
        return response

    limits = replace(FAST_LIMITS, answer_seconds=0.1, image_seconds=600)
    async with serving(half) as port, connected_to(port, limits=limits) as node:
        with pytest.raises(NodeUnreachable, match="in time"):
            await call(node, "fetch")


@pytest.mark.parametrize("method", [method for method in [*READS, *COMMANDS] if method != "free"])
async def test_json_of_the_wrong_shape_is_a_node_error(method: str) -> None:
    nonsense: list[Any] = [None, 7, "text", [], [1, 2], {"a": []}, {"queue_running": {}}, {"queue_running": [7]}]
    waiting = iter(nonsense)
    anything = always(lambda: web.json_response(next(waiting)))
    async with serving(anything) as port, connected_to(port) as node:
        expected = NodeUnclear if method == "submit" else NodeMisbehaved
        for _ in nonsense:
            with pytest.raises(expected, match="expected"):
                await call(node, method)


@pytest.mark.parametrize(
    "answer",
    [
        {"prompt_id": "1", "number": True, "node_errors": {}},
        {"prompt_id": "1", "number": "7", "node_errors": {}},
        {"prompt_id": "1", "number": 10**400, "node_errors": {}},
        {"prompt_id": "1", "number": float("nan"), "node_errors": {}},
        {"prompt_id": 1, "number": 7, "node_errors": {}},
        {"prompt_id": "1", "number": 7, "node_errors": []},
    ],
    ids=str,
)
async def test_a_yes_that_does_not_say_what_was_queued_is_unclear(answer: Any) -> None:
    async with serving(answering({"/prompt": answer})) as port, connected_to(port) as node:
        with pytest.raises(NodeUnclear):
            await node.submit(AttemptId("1"), {})


@pytest.mark.parametrize(
    ("reply", "sentence"),
    [
        (web.Response, "the image a.png came without any content"),
        (lambda: web.Response(body=b"", content_type="image/png"), "the image a.png came without any content"),
        (lambda: web.Response(text="sign in"), "expected the image a.png, got text/plain"),
        (lambda: web.Response(status=404), "the image a.png is no longer there"),
        (lambda: web.Response(status=400), "400 Bad Request"),
    ],
    ids=["nothing", "empty image", "a page", "missing", "refused"],
)
async def test_what_is_no_image_is_not_fetched(reply: Callable[[], web.Response], sentence: str) -> None:
    async with serving(always(reply)) as port, connected_to(port) as node:
        with pytest.raises(NodeMisbehaved, match=sentence):
            await node.fetch(PICTURE)


@pytest.mark.parametrize("called", ["image/png", "IMAGE/PNG", "application/octet-stream", "text/plain", "binary/x-png"])
async def test_a_picture_is_known_by_its_first_bytes_whatever_a_proxy_calls_it(called: str) -> None:
    picture = b"\x89PNG and so on"
    reply = always(lambda: web.Response(body=picture, headers={"Content-Type": called}))
    async with serving(reply) as port, connected_to(port) as node:
        assert await node.fetch(PICTURE) == picture


async def test_an_image_is_asked_for_with_folder_and_type() -> None:
    asked: list[dict[str, str]] = []

    async def view(request: web.BaseRequest) -> web.StreamResponse:
        asked.append(dict(request.query))
        return web.Response(body=b"\x89PNG", content_type="image/png")

    async with serving(view) as port, connected_to(port) as node:
        assert await node.fetch(OutputFile("a b&c.png", "vibes/x y", "output")) == b"\x89PNG"
    assert asked == [{"filename": "a b&c.png", "subfolder": "vibes/x y", "type": "output"}]


async def test_the_nodes_headers_are_sent_and_none_that_a_browser_would_send() -> None:
    seen: list[web.BaseRequest] = []

    async def guarded(request: web.BaseRequest) -> web.StreamResponse:
        seen.append(request)
        allowed = request.headers.get("X-Key") == "secret"
        return web.json_response(IDLE_QUEUE) if allowed else web.Response(status=403)

    async with serving(guarded) as port:
        async with connected_to(port, headers={"X-Key": "secret"}) as node:
            await node.cancel(new_attempt_id())
        async with connected_to(port) as node:
            with pytest.raises(NodeMisbehaved, match="403"):
                await node.cancel(new_attempt_id())
    names = {name.lower() for request in seen for name in request.headers}
    assert not {name for name in names if name == "origin" or name.startswith("sec-fetch")}


async def test_a_path_prefix_leads_every_request() -> None:
    paths: list[str] = []

    async def record(request: web.BaseRequest) -> web.StreamResponse:
        paths.append(request.path)
        return web.json_response(IDLE_QUEUE)

    async with serving(record) as port:
        node = ComfyUINode(node_config(port, path_prefix="/proxy/8188"), client_id="client-a")
        await node.cancel(new_attempt_id())
        await node.close()
    assert paths == ["/proxy/8188/queue"]


async def test_no_error_ever_shows_the_nodes_headers(closed_port: int) -> None:
    async with connected_to(closed_port, headers={"Authorization": "Bearer hush"}) as node:
        with pytest.raises(NodeError) as error:
            await node.check()
    assert "hush" not in repr(error.value.__cause__) + str(error.value)


async def test_an_address_of_the_environments_proxy_is_not_used(
    closed_port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)
    monkeypatch.setenv("HTTP_PROXY", f"http://127.0.0.1:{closed_port}")
    monkeypatch.setenv("ALL_PROXY", f"http://127.0.0.1:{closed_port}")
    async with serving(answering({"/queue": IDLE_QUEUE})) as port, connected_to(port) as node:
        await node.cancel(new_attempt_id())
