"""Providers that answer with malice, or as broken gateways do: no key leaves, and no memory fills."""

import gzip
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest
from aiohttp import web

from tests.fakes import png
from tests.fakes.fal import FakeFal
from tests.fakes.local_server import LocalServer
from tests.generators.at_fal import lightning_config
from tests.generators.strange_answers import NESTED
from tests.waiting import deadline
from vibes.generators.errors import Unavailable
from vibes.generators.fal.storage import FalStorage
from vibes.generators.hosted.http import Connections, Limits, NoAnswer, NotSent, Reply, parsed
from vibes.generators.hosted.pictures import NoPicture, fetched
from vibes.generators.openai.answers import cost_of
from vibes.generators.openai.config import TokenPrices

KEY = "id:secret-of-the-account"
LIMITS = Limits(seconds=30, most_bytes=1024**2)
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@asynccontextmanager
async def asking(answer: Handler) -> AsyncIterator[tuple[Connections, str]]:
    """Connections, and a provider that answers everything in this way."""
    connections = Connections(kept=True, key=KEY)
    await connections.open()
    try:
        async with LocalServer([web.route("*", "/{path:.*}", answer)]) as server:
            yield connections, server.url
    finally:
        await connections.close()


async def reply_to(answer: Handler) -> Reply:
    async with asking(answer) as (connections, url), deadline():
        return await connections.ask("GET", url, LIMITS)


async def test_a_key_that_is_told_back_is_not_read_however_long_the_page_is() -> None:
    async def page(request: web.Request) -> web.Response:
        return web.Response(status=500, text=f"the key {KEY} is wrong" + "." * 200_000, content_type="text/html")

    reply = await reply_to(page)
    assert "secret" not in reply.beginning
    assert "the key ... is wrong" in reply.beginning


async def test_json_that_cannot_be_read_to_its_end_is_none() -> None:
    async def nested(request: web.Request) -> web.Response:
        return web.Response(text=NESTED, content_type="application/json")

    assert await (await reply_to(nested)).value() is None


@pytest.mark.parametrize("encoding", ["gzip, gzip", "br", "zstd"])
async def test_what_is_packed_twice_or_strangely_is_not_unpacked(encoding: str) -> None:
    async def packed(request: web.Request) -> web.Response:
        body = gzip.compress(gzip.compress(b"{}"))
        return web.Response(body=body, headers={"Content-Encoding": encoding})

    with pytest.raises(NoAnswer, match="nobody asked for"):
        await reply_to(packed)


async def test_an_answer_that_a_gateway_packs_is_read_and_its_limit_counts_what_is_unpacked() -> None:
    async def packed(request: web.Request) -> web.Response:
        body = gzip.compress(b'{"answer": 42}') if request.path == "/small" else gzip.compress(bytes(50 * 1024**2))
        return web.Response(body=body, headers={"Content-Encoding": "gzip"})

    async with asking(packed) as (connections, url), deadline():
        small = await connections.ask("GET", f"{url}/small", LIMITS)
        with pytest.raises(NoAnswer, match="more than"):
            await connections.ask("GET", f"{url}/large", LIMITS)
    assert await small.value() == {"answer": 42}


@pytest.mark.parametrize(
    "request_", [{"headers": {"Authorization": "Bearer \u2713"}}, {"headers": {"Authorization": 7}}]
)
async def test_a_token_that_fits_into_no_header_is_never_sent(request_: dict[str, Any]) -> None:
    async def fine(request: web.Request) -> web.Response:
        return web.Response()

    async with asking(fine) as (connections, url), deadline():
        with pytest.raises(NotSent):
            await connections.ask("GET", url, LIMITS, **request_)


@pytest.mark.parametrize("location", ["http://[", "https://[::1", "ftp://elsewhere/a.png", "//elsewhere/a.png"])
async def test_a_picture_that_moved_to_no_address_is_none(location: str) -> None:
    async def moved(request: web.Request) -> web.Response:
        return web.Response(status=302, headers={"Location": location})

    async with asking(moved) as (connections, url), deadline():
        with pytest.raises(NoPicture):
            await fetched(connections, f"{url}/a.png", Limits(seconds=2, most_bytes=1000), plain=True)


async def test_a_picture_at_no_address_is_none() -> None:
    connections = Connections(kept=True)
    for url in ("https://[", "http://127.0.0.1/a.png", "file:///etc/passwd", ""):
        with pytest.raises(NoPicture):
            await fetched(connections, url, LIMITS)


@pytest.mark.parametrize("name", ["base_url", "upload_url"])
async def test_a_picture_to_start_from_is_brought_into_no_network_of_the_hub(name: str) -> None:
    """Where fal itself is asked by https, it may name no address with http."""
    asked: list[str] = []

    async def told(_: str, url: str, *__: object, **___: object) -> Reply:
        asked.append(url)
        return Reply(200, {}, f'{{"{name}": "http://10.0.0.1/"}}'.encode())

    async with FakeFal() as fal:
        connections = Connections(kept=True)
        connections.ask = told  # type: ignore[method-assign, assignment]  # answers in the provider's place
        storage = FalStorage(lightning_config(fal, rest_url="https://rest.fal.ai"), connections)
        with pytest.raises(Unavailable, match="told no"):
            await storage.address_of(png((1, 2, 3)))
    assert {url.partition("/storage")[0] for url in asked} == {"https://rest.fal.ai"}


@pytest.mark.parametrize("count", [10**400, -5, True, 1.5, "9", None])
def test_tokens_that_are_no_count_tell_no_price(count: object) -> None:
    told = {"output_tokens": count}
    assert cost_of(told, TokenPrices(text_input=0, image_input=0, output=40)) in {None, 0.00004}


def test_half_a_surrogate_pair_in_an_answer_becomes_a_sign_that_can_be_written() -> None:
    told = parsed(b'\xef\xbb\xbf{"text": "a \\ud83d\\ude00 \\ud83d \xed\xa0\xbd \\\\ud83d"}')
    assert told["text"].encode().decode() == told["text"]
    assert told["text"].startswith("a 😀 ? ")
    assert told["text"].endswith(" \\ud83d")
