"""Requests are answered although many other connections send nothing; over real sockets."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.fakes import FakeFleet
from tests.hub import open_hub, served, settings_for
from tests.waiting import eventually
from vibes.server.connections import ConnectionLimits, Connections

KEY = "a-long-enough-secret-key"
HANG_SECONDS = 30.0
"""Longer than any deadline here: only what never ends takes it."""

HALF = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n"
BODY_TO_COME = HALF.replace(b"GET /healthz", b"POST /api/sessions") + (
    b"Content-Type: application/json\r\nContent-Length: 100000\r\n\r\n"
)


@dataclass
class Line:
    """A connection as a hostile program has it: bytes in, bytes out."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    heard: bytes = field(default=b"")

    async def say(self, text: bytes) -> None:
        self.writer.write(text)
        await self.writer.drain()

    async def answer(self) -> bytes:
        """Until the other side closes or resets it."""
        async with asyncio.timeout(HANG_SECONDS):
            try:
                while piece := await self.reader.read(65536):
                    self.heard += piece
            except ConnectionError:
                pass
        return self.heard

    async def first_line(self) -> bytes:
        async with asyncio.timeout(HANG_SECONDS):
            return await self.reader.readline()


@dataclass
class Crowd:
    address: str
    connections: Connections
    stack: AsyncExitStack

    async def connect(self) -> Line:
        host, _, port = self.address.rpartition(":")
        reader, writer = await asyncio.open_connection(host, int(port))
        self.stack.callback(writer.close)
        return Line(reader, writer)

    async def ask(self, path: str = "/healthz", extra: bytes = b"") -> bytes:
        line = await self.connect()
        await line.say(f"GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n".encode() + extra + b"\r\n")
        return await line.answer()


@asynccontextmanager
async def crowd(folder: Path, *, key: str | None = None, **limits: float) -> AsyncIterator[Crowd]:
    settings = settings_for(folder, api_key=key)
    connections = Connections(ConnectionLimits(**{"total": 30, **limits}))  # type: ignore[arg-type]  # numbers all
    async with (
        open_hub(settings, FakeFleet()) as hub,
        served(hub, settings, connections=connections) as address,
        AsyncExitStack() as lines,
    ):
        yield Crowd(address, connections, lines)


async def say_nothing(_: Line) -> None:
    pass


async def begin_headers(line: Line) -> None:
    await line.say(HALF)


async def begin_a_body(line: Line) -> None:
    await line.say(BODY_TO_COME + b"{")


@pytest.mark.parametrize("beginning", [say_nothing, begin_headers, begin_a_body])
async def test_a_crowd_that_asks_nothing_keeps_nobody_out(
    tmp_path: Path, beginning: Callable[[Line], Awaitable[None]]
) -> None:
    async with crowd(tmp_path) as people:
        lines = [await people.connect() for _ in range(100)]
        for line in lines:
            await beginning(line)
        assert b"200 OK" in await people.ask()
        assert len(people.connections) <= people.connections.limits.total
        assert await lines[0].answer() == b"", "the longest silence made room"


async def test_headers_and_bodies_have_deadlines(tmp_path: Path) -> None:
    async with crowd(tmp_path, head_seconds=0.5, body_silence=0.5) as people:
        for beginning in (b"", HALF, b"\r\n\r\n", BODY_TO_COME + b"{"):
            line = await people.connect()
            await line.say(beginning)
            assert b"200" not in await line.answer()


async def test_a_body_that_drips_is_not_waited_for(tmp_path: Path) -> None:
    async with crowd(tmp_path, body_grace=0.5, body_bytes_per_second=100.0) as people:
        line = await people.connect()
        await line.say(BODY_TO_COME)

        async def drip() -> int:
            line.writer.write(b" ")
            return people.connections.ended

        await eventually(drip, what="the hub has cut it off")
        assert b"201" not in await line.answer()


@pytest.mark.parametrize(
    "headers",
    [
        b"X: " + b"a" * 40_000,
        b"".join(b"X%d: a\r\n" % number for number in range(200)),
        b"".join(b"X%d: %s\r\n" % (number, b"a" * 1000) for number in range(60)),
    ],
    ids=["one of 40 kB", "200 of them", "60 kB of them"],
)
async def test_headers_are_bounded_in_bytes_and_number(tmp_path: Path, headers: bytes) -> None:
    async with crowd(tmp_path) as people:
        line = await people.connect()
        await line.say(HALF + headers)
        assert b"431" in (await line.answer()).splitlines()[0]
        line = await people.connect()
        await line.say(b"GET /" + b"a" * 40_000)
        assert b"431" in (await line.answer()).splitlines()[0]


@pytest.mark.parametrize(
    ("path", "headers", "status"),
    [
        (b"/api/sessions", b"", b"401"),
        (b"/api/sessions", b"Content-Type: text/plain\r\nX-API-Key: " + KEY.encode() + b"\r\n", b"415"),
        (b"/api/nothing", b"Content-Type: application/json\r\nX-API-Key: " + KEY.encode() + b"\r\n", b"404"),
    ],
)
async def test_a_refusal_ends_the_connection_instead_of_reading_what_was_refused(
    tmp_path: Path, path: bytes, headers: bytes, status: bytes
) -> None:
    async with crowd(tmp_path, key=KEY) as people:
        line = await people.connect()
        await line.say(
            b"POST " + path + b" HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n" + headers + b"\r\n"
        )
        answer = await line.answer()
        assert status in answer.splitlines()[0]
        assert b"connection: close" in answer.lower()


async def test_who_is_still_sending_reads_the_refusal_all_the_same(tmp_path: Path) -> None:
    async with crowd(tmp_path, key=KEY) as people:
        line = await people.connect()
        await line.say(
            b"POST /api/artifacts HTTP/1.1\r\nHost: localhost\r\nContent-Type: multipart/form-data; boundary=x\r\n"
            b"Content-Length: 3000000\r\n\r\n"
        )
        sending = asyncio.create_task(line.say(b"x" * 3_000_000))
        assert b"api_key_required" in await line.answer()
        await asyncio.wait([sending], timeout=HANG_SECONDS)


async def test_who_reads_nothing_of_a_large_answer_is_let_go(tmp_path: Path) -> None:
    async with crowd(tmp_path, unread_seconds=0.5, head_seconds=60.0) as people:
        line = await people.connect()
        line.writer.transport.pause_reading()  # type: ignore[attr-defined]  # a read transport it is
        request = b"GET /openapi.json HTTP/1.1\r\nHost: localhost\r\n\r\n"
        line.writer.write(request * 200)
        await eventually(lambda: people.connections.ended, what="the hub has cut it off")


async def test_wrong_keys_are_told_and_counted(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    async with crowd(tmp_path, key=KEY) as people:
        with caplog.at_level(logging.WARNING):
            wrong = await people.ask("/api/gpus", b"X-API-Key: wrong-key-0123456789\r\n")
        assert b"401" in wrong.splitlines()[0]
        assert "wrong API key from 127.0.0.1" in caplog.text
        assert "wrong-key-0123456789" not in caplog.text
        metrics = await people.ask("/metrics", b"X-API-Key: " + KEY.encode() + b"\r\n")
        assert b"vibes_wrong_keys_total 1.0" in metrics


async def test_a_websocket_and_an_answer_of_their_time_are_left_alone(tmp_path: Path) -> None:
    """Deadlines are for what has not been asked yet."""
    async with crowd(tmp_path, head_seconds=0.3) as people:
        line = await people.connect()
        await line.say(
            b"GET /ws/session/nobody HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
        )
        assert b"101" in await line.first_line()
