"""A server that is no hub, or is malicious: every answer ends in a sentence, the key goes nowhere else, nothing
grows."""

import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from aiohttp import web

from tests.processes import run_vibes
from tests.waiting import deadline
from vibes.client import AsyncHubClient, ClientError, NotUnderstood, Picture
from vibes.client.http.answers import own_path
from vibes.commands.common.result_files import with_true_suffix

KEY = "super-secret-key-1234"


@dataclass
class Hostile:
    """A server whose every answer is of the test's choice; remembers who asked what with which key."""

    url: str = ""
    answer: Callable[[web.Request], Awaitable[web.StreamResponse]] | None = None
    asked: list[tuple[str, str | None]] = field(default_factory=list)

    async def handle(self, request: web.Request) -> web.StreamResponse:
        self.asked.append((request.path_qs, request.headers.get("Authorization")))
        if self.answer is None:
            return web.Response(status=404)
        return await self.answer(request)

    def says(self, body: bytes | str, status: int = 200, **headers: str) -> None:
        content = body.encode() if isinstance(body, str) else body

        async def answer(_: web.Request) -> web.Response:
            return web.Response(body=content, status=status, headers={"Content-Type": "application/json", **headers})

        self.answer = answer

    def never_stops(self, piece: bytes) -> None:
        async def answer(request: web.Request) -> web.StreamResponse:
            response = web.StreamResponse()
            await response.prepare(request)
            try:
                while True:
                    await response.write(piece)
            except ConnectionError:
                return response

        self.answer = answer


@asynccontextmanager
async def hostile() -> AsyncIterator[Hostile]:
    server = Hostile()
    application = web.Application()
    application.router.add_route("*", "/{path:.*}", server.handle)
    runner = web.AppRunner(application, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    host, port = runner.addresses[0][:2]
    server.url = f"http://{host}:{port}"
    try:
        yield server
    finally:
        await runner.cleanup()


def client(server: Hostile) -> AsyncHubClient:
    return AsyncHubClient(server.url, api_key=KEY, patience_seconds=0.0)


def picture(url: str) -> Picture:
    return Picture(generation_id="g", image_url=url, thumbnail_url=url, width=1, height=1, seed=1, node_id=None)


@pytest.mark.parametrize(
    "path", ["{other}/internal", "//{host}/internal", "/\\{host}/internal", "/a b", "/\x1b[2J", ""]
)
async def test_the_key_goes_to_no_other_address_than_the_hubs(path: str) -> None:
    async with hostile() as hub, hostile() as other, client(hub) as asking, deadline():
        url = path.format(other=other.url, host=other.url.removeprefix("http://"))
        with pytest.raises(NotUnderstood, match="nothing was asked there"):
            await asking.generations.image(picture(url))
        assert (hub.asked, other.asked) == ([], [])


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_no_redirect_is_followed(status: int) -> None:
    async with hostile() as hub, hostile() as other, client(hub) as asking, deadline():
        hub.says("", status, Location=f"{other.url}/steal")
        with pytest.raises(ClientError):
            await asking.discovery.fleet()
        with pytest.raises(ClientError):
            await asking.generations.image(picture("/api/images/s/g"))
        with pytest.raises(ClientError):
            async for _ in asking.jobs.events("job"):
                pass
        with pytest.raises(ClientError):
            async for _ in asking.sessions.events("session"):
                pass
        assert other.asked == []


JUNK = {
    "nothing": b"",
    "html": b"<html>",
    "a list": b"[]",
    "null": b"null",
    "a number": b"1e999",
    "not a number": b'{"gpus": NaN}',
    "900 levels": b"[" * 900 + b"]" * 900,
    "100,000 levels": b"[" * 100_000,
    "half a character": b'{"gpus": [{"id": "\\ud800"}], "code": "\\udfff", "detail": "\\ud800"}',
    "no text": b"\xff\xfe\x00",
    "wrong kinds": b'{"gpus": {"a": 1}, "code": [], "detail": {}, "errors": [1, null, {"field": {}}], "reasons": [1]}',
    "wrong errors": b'{"code": "x", "errors": {"field": 1}}',
    "a number of 5,000 digits": b'{"gpus": ' + b"9" * 5000 + b"}",
}


@pytest.mark.parametrize("status", [200, 401, 404, 422, 500])
@pytest.mark.parametrize("junk", JUNK)
async def test_junk_is_told_as_what_it_is(junk: str, status: int) -> None:
    async with hostile() as hub, client(hub) as asking, deadline():
        hub.says(JUNK[junk], status)
        for question in (
            asking.discovery.fleet,
            lambda: asking.batches.get("b"),
            lambda: asking.jobs.get("j"),
            lambda: asking.generations.get("g"),
        ):
            with pytest.raises(ClientError) as told:
                await question()
            str(told.value).encode()
            assert len(str(told.value)) < 20_000


@pytest.mark.parametrize("content", [b"", b"%!PS-Adobe-3.0 EPSF-3.0\n", b"<svg onload=alert(1)>", b"II*\0", b"\x89PNG"])
async def test_nothing_but_what_a_hub_keeps_is_taken_for_a_picture(content: bytes) -> None:
    async with hostile() as hub, client(hub) as asking, deadline():
        hub.says(content)
        with pytest.raises(NotUnderstood, match="/api/images/s/g is no picture or video"):
            await asking.generations.image(picture("/api/images/s/g"))


@pytest.mark.parametrize("said", ["image/png", "text/html", "application/x-msdownload", "image", ""])
async def test_an_answer_that_is_not_what_it_says_or_nothing_to_look_at_is_no_picture(said: str) -> None:
    async with hostile() as hub, client(hub) as asking, deadline():
        hub.says(b"MZ\x90\0 not a picture", 200, **{"Content-Type": said})
        with pytest.raises(NotUnderstood, match="is no picture or video"):
            await asking.generations.image(picture("/api/images/s/g"))


@pytest.mark.parametrize("said", ["image/avif", "audio/flac", "video/x-exe; name=../../.bashrc", "IMAGE/SVG+XML"])
async def test_a_type_of_a_newer_hub_is_handed_over_and_saved_as_nothing_that_runs(said: str) -> None:
    content = b"#!/bin/sh\n<script>alert(1)</script>"
    async with hostile() as hub, client(hub) as asking, deadline():
        hub.says(content, 200, **{"Content-Type": said})
        assert await asking.generations.image(picture("/api/images/s/g")) == content
    assert with_true_suffix("01-7.png", content) == "01-7.bin"


@pytest.mark.parametrize("answer", ["json", "picture", "error", "events"])
async def test_what_never_ends_is_ended(answer: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("vibes.client.http.transport.MAX_ANSWER_BYTES", 100_000)
    monkeypatch.setattr("vibes.client.events.server_sent_events.MAX_LINE_BYTES", 100_000)
    async with hostile() as hub, client(hub) as asking, deadline():
        hub.never_stops(b"x" * 10_000)
        if answer == "events":
            with pytest.raises(NotUnderstood, match="an event without an end"):
                async for _ in asking.jobs.events("j"):
                    pass
        elif answer == "picture":
            with pytest.raises(NotUnderstood, match="has more than 100,000 bytes"):
                await asking.generations.image(picture("/api/images/s/g"))
        else:
            with pytest.raises(NotUnderstood, match="has more than 100,000 bytes"):
                await asking.discovery.fleet()


@pytest.mark.parametrize(
    "event",
    [
        b"event: job\ndata: []\n\n",
        b"event: job\ndata: {}\n\n",
        b"event: job\ndata: " + b"[" * 5000 + b"\n\n",
        b'event: job\nid: \xff\x00\xe2\x80\xa8\ndata: {"job_id": 1}\n\n',
        b'event: progress\ndata: {"current": 1e999}\n\n',
    ],
)
async def test_events_that_are_none_are_told(event: bytes) -> None:
    async with hostile() as hub, client(hub) as asking, deadline():
        hub.says(event, 200, **{"Content-Type": "text/event-stream"})
        with pytest.raises(NotUnderstood):
            async for _ in asking.jobs.events("j"):
                pass


@pytest.mark.parametrize("message", ["[]", '{"type": []}', "x", '{"type": "snapshot"}', "[" * 5000])
async def test_live_messages_that_are_none_are_told(message: str) -> None:
    async def speak(request: web.Request) -> web.StreamResponse:
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        await socket.send_str(message)
        return socket

    async with hostile() as hub, client(hub) as asking, deadline():
        hub.answer = speak
        with pytest.raises(NotUnderstood):
            async for _ in asking.sessions.events("s"):
                pass


@pytest.mark.processes
async def test_no_command_shows_a_traceback_or_obeys_what_it_is_told(tmp_path: Path) -> None:
    gpu = {"id": "\x1b]0;PWNED\x07", "name": "\x1b[2J\x9b31m", "state": "\x1b[31m"}
    answers = [json.dumps({"gpus": [gpu], "config_problems": [], "storage_problem": "\x1b[2J"}).encode()]
    async with hostile() as hub:
        for answer in (*answers, JUNK["100,000 levels"], JUNK["wrong kinds"]):
            hub.says(answer)
            for command in (["nodes"], ["queue"], ["run", "--follow", "x"], ["generate", "a cat"]):
                ended = await run_vibes(*command, "--url", hub.url, cwd=tmp_path)
                assert ended.status != 0
                assert "Traceback" not in ended.stderr, ended.stderr
                assert "\x1b" not in ended.stdout + ended.stderr


@pytest.mark.parametrize("path", ["/api/images/s/g", "/api/images/s/g/thumb", "/x?y=%20"])
def test_a_path_of_the_hubs_own_passes(path: str) -> None:
    assert own_path(path) == path


async def test_what_a_proxy_answers_in_the_place_of_the_hub_is_told_as_that() -> None:
    async with hostile() as server, AsyncHubClient(server.url, patience_seconds=0.0) as hub:
        server.says("<html>413 Request Entity Too Large</html>", 413)
        with pytest.raises(NotUnderstood, match="takes no file of this size: raise its limit"):
            await hub.artifacts.upload(b"a large picture")
        server.says("<html>502 Bad Gateway</html>", 502)
        with pytest.raises(NotUnderstood, match=r"answers 502 at .* and does not reach the hub behind it"):
            await hub.discovery.fleet()
