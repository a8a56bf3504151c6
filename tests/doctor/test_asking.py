"""Machines are asked who they are over real sockets: every way of not being a ComfyUI has its own cause."""

import asyncio
import errno
import socket
from collections.abc import Awaitable, Callable
from dataclasses import replace

import aiohttp
import pytest

from tests.contract.raw_server import raw_server, read_request
from tests.doctor.facts import config
from tests.loopback import free_port
from tests.waiting import deadline, eventually
from vibes.domain.nodes.introduction import Introduction, NotReached, Unreached
from vibes.domain.nodes.machines import Place, Sweep
from vibes.nodes.comfyui.introducing import introduce
from vibes.nodes.comfyui.sweeping import AT_ONCE, sweep
from vibes.nodes.comfyui.transport.http import HttpLimits, NodeHttp
from vibes.nodes.comfyui.transport.unreachable import cause_of
from vibes.nodes.kinds import node_kinds
from vibes.replicas.led_node import led
from vibes.services.doctor.asking import USUAL_PORTS, Asked, ask_nodes
from vibes.services.runtime.clock import SystemClock
from vibes.simulator.server import SimulatedNode
from vibes.simulator.setup.options import NodeOptions

Talk = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


def answering(answer: bytes) -> Talk:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await read_request(reader)
        writer.write(answer)
        await writer.drain()

    return talk


def http(status: str, body: bytes = b"", *headers: str) -> bytes:
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", "Connection: close", *headers]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


async def asked(port: int, *, within: float = 30.0, scheme: str = "http") -> Introduction | NotReached:
    node = replace(config(), host="127.0.0.1", port=port, scheme=scheme)
    client = NodeHttp(node, HttpLimits())
    try:
        return await introduce(client, within)
    finally:
        await client.close()


async def test_a_comfyui_says_version_card_python_and_time() -> None:
    async with SimulatedNode(NodeOptions()) as node:
        said = await asked(node.port)
    assert isinstance(said, Introduction)
    assert said.simulated
    assert said.version
    assert said.python.count(".") == 2
    assert said.date is not None
    assert abs((said.date - SystemClock().now()).total_seconds()) < 60


@pytest.mark.parametrize(
    ("answer", "cause"),
    [
        (http("403 Forbidden"), Unreached.FORBIDDEN),
        (http("401 Unauthorized"), Unreached.FORBIDDEN),
        (http("404 Not Found"), Unreached.OTHER_PROGRAM),
        (http("200 OK", b"<html>Welcome</html>"), Unreached.OTHER_PROGRAM),
        (http("200 OK", b'{"models": []}'), Unreached.OTHER_PROGRAM),
        (http("302 Found", b"", "Location: https://login.example/"), Unreached.OTHER_PROGRAM),
        (b"SSH-2.0-OpenSSH_9.2\r\n", Unreached.OTHER_PROGRAM),
        (http("502 Bad Gateway"), Unreached.BROKEN),
        (b"", Unreached.BROKEN),
    ],
)
async def test_what_is_no_comfyui_is_told_apart(answer: bytes, cause: Unreached) -> None:
    async with raw_server(answering(answer)) as port:
        said = await asked(port)
    assert isinstance(said, NotReached)
    assert said.cause is cause


async def test_one_that_takes_the_connection_and_says_nothing_is_silent() -> None:
    end = asyncio.Event()

    async def silent(_: asyncio.StreamReader, __: asyncio.StreamWriter) -> None:
        await end.wait()

    async with raw_server(silent) as port:
        said = await asked(port, within=0.1)
        end.set()
    assert isinstance(said, NotReached)
    assert said.cause is Unreached.SILENT


async def test_a_port_where_nobody_listens_is_refused_and_plain_http_is_no_tls() -> None:
    refused = await asked(free_port())
    assert isinstance(refused, NotReached)
    assert refused.cause is Unreached.REFUSED
    async with SimulatedNode(NodeOptions()) as node:
        plain = await asked(node.port, scheme="https")
    assert isinstance(plain, NotReached)
    assert plain.cause is Unreached.TLS
    assert "use scheme: http" in plain.sentence


@pytest.mark.parametrize(
    ("error", "cause"),
    [
        (socket.gaierror(socket.EAI_NONAME, "Name or service not known"), Unreached.NO_NAME),
        (OSError(errno.EHOSTUNREACH, "No route to host"), Unreached.NO_ROUTE),
        (OSError(errno.ECONNREFUSED, "refused"), Unreached.REFUSED),
        (OSError("Multiple exceptions: [Errno 111] Connect call failed, [Errno 111] again"), Unreached.REFUSED),
        (TimeoutError(), Unreached.SILENT),
        (OSError(errno.ECONNRESET, "reset"), Unreached.BROKEN),
        (aiohttp.InvalidURL("http://a b"), Unreached.NO_NAME),
        (ValueError("x"), Unreached.BROKEN),
    ],
)
def test_the_system_s_reasons_have_their_causes(error: Exception, cause: Unreached) -> None:
    wrapped = RuntimeError()
    wrapped.__cause__ = error
    assert cause_of(wrapped) is cause


async def test_a_sweep_finds_what_is_there_in_the_order_of_the_places() -> None:
    async with (
        SimulatedNode(NodeOptions()) as one,
        SimulatedNode(NodeOptions()) as two,
        raw_server(answering(http("200 OK", b"{}"))) as other,
    ):
        places = [Place("127.0.0.1", each) for each in (two.port, free_port(), other, one.port, two.port)]
        found = await sweep(places, 60.0)
    assert [each.place.port for each in found.found] == [two.port, one.port]
    assert found.asked == 4
    assert all(each.introduction.simulated for each in found.found)


async def test_a_sweep_is_bounded_in_time_and_in_what_it_asks_at_once() -> None:
    open_now, most = 0, 0

    async def hangs(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal open_now, most
        open_now += 1
        most = max(most, open_now)
        await reader.read()
        open_now -= 1
        writer.close()

    port = free_port()
    hosts = [f"127.0.0.{number}" for number in range(2, 2 + AT_ONCE + 10)]
    async with await asyncio.start_server(hangs, hosts, port) as server, deadline(60):
        found = await sweep([Place(each, port) for each in hosts], 1.0)
        server.close()
        await eventually(lambda: open_now == 0, what="all have hung up")
    assert found.found == ()
    assert found.asked < len(hosts)
    assert most <= 2 * AT_ONCE, "each first sees whether anybody listens, and then asks"


async def test_a_node_that_is_not_at_its_port_is_looked_for_at_the_usual_ones() -> None:
    looked: list[Place] = []

    async def look_for(places: "list[Place] | tuple[Place, ...]", _: float) -> Sweep:
        looked.extend(places)
        return Sweep(found=(), asked=len(places))

    kinds = node_kinds()
    node = replace(config(), host="127.0.0.1", port=free_port())
    client = kinds(node)
    try:
        [facts] = await ask_nodes([Asked(node, client)], look_for, SystemClock())  # type: ignore[arg-type]  # any sequence will do
    finally:
        await client.close()
    assert isinstance(facts.said, NotReached)
    assert [each.port for each in looked] == [*USUAL_PORTS]
    disabled = replace(node, enabled=False)
    assert (await ask_nodes([Asked(disabled, client)], look_for, SystemClock()))[0].said is None  # type: ignore[arg-type]  # as above


async def test_a_hub_that_leads_others_asks_its_nodes_too_also_after_its_lease() -> None:
    async with SimulatedNode(NodeOptions()) as node:
        client = led(node_kinds(), lambda: False)(replace(config(), host="127.0.0.1", port=node.port))
        try:
            [facts] = await ask_nodes([Asked(config(), client)], node_kinds().look_for, SystemClock())
        finally:
            await client.close()
    assert isinstance(facts.said, Introduction)
