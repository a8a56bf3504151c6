"""A hub with a key, and whoever has none, a wrong one, or writes it in odd ways on any route: refused with a sentence
that says what to do, never an error of the hub, and nothing of anybody's work is told."""

import base64
import logging
import re
from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import dataclass
from itertools import count, cycle
from pathlib import Path
from urllib.parse import quote

import httpx
import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from tests.fakes import FakeFleet
from tests.hub import http_application, open_hub, served, settings_for
from tests.waiting import deadline
from vibes.app.hub import Hub
from vibes.domain.principal import LOCAL
from vibes.domain.session import FlowType

KEY = "a-long-enough-secret-key"
PRIVATE = "the plan of the vault"
HEADERS: Mapping[str, Mapping[str, str | bytes]] = {
    "none": {},
    "wrong": {"X-API-Key": "wrong-wrong-wrong-wrong"},
    "wrong bearer": {"Authorization": "Bearer wrong-wrong-wrong-wrong"},
    "almost": {"X-API-Key": KEY[:-1]},
    "longer": {"X-API-Key": f"{KEY}x"},
    "other case": {"X-API-Key": KEY.upper()},
    "empty": {"Authorization": "Bearer", "X-API-Key": ""},
    "twice": {"Authorization": f"Bearer Bearer {KEY}"},
    "basic": {"Authorization": "Basic " + base64.b64encode(f":{KEY}".encode()).decode()},
    "cookie": {"Cookie": f"api_key={KEY}; X-API-Key={KEY}; ticket={KEY}"},
    "percent": {"X-API-Key": "".join(f"%{ord(each):02x}" for each in KEY)},
    "UTF-8": {"X-API-Key": "schlüssel-😀".encode()},
    "no text": {"X-API-Key": b"\xff\xfe\x80"},
    "huge": {"X-API-Key": "k" * 8000},
    "an address": {"X-Forwarded-For": "127.0.0.1", "X-HTTP-Method-Override": "OPTIONS"},
}
QUERIES = (
    *("", f"api_key={KEY}", f"key={KEY}", f"access_token={KEY}", f"ticket={KEY}", "ticket=", "ticket=%ff%00&ticket="),
    *("ticket=" + "t" * 3000, "&".join(f"a={each}" for each in range(1200)), "ticket=%F0%9F%98%80;=&&"),
)
OTHER_PATHS = (
    *("/api/nothing", "//api/gpus", "/api/gpus/", "/API/GPUS", "/healthz/../api/gpus", "/healthz%2f..%2fapi/gpus"),
    *("/openapi.json/", "/docs/x", "/assets", "/%61pi/gpus"),
)


@dataclass
class Locked:
    hub: Hub
    address: str
    asking: Iterator[httpx.AsyncClient]
    """Clients of other networks each, so that none waits for the wrong keys of another."""


@pytest.fixture
async def locked(tmp_path: Path) -> AsyncIterator[Locked]:
    settings = settings_for(tmp_path, api_key=KEY)
    async with open_hub(settings, FakeFleet()) as hub, served(hub, settings) as address:
        await hub.sessions.create(FlowType.DRAFT_GRID, {"prompt": PRIVATE})
        app = http_application(hub, settings)
        networks = (f"10.{each // 250}.{each % 250}.1" for each in count())
        transports = (httpx.ASGITransport(app, client=(network, 1)) for network in networks)
        yield Locked(
            hub, address, (httpx.AsyncClient(transport=each, base_url="http://localhost") for each in transports)
        )


def _refused(answer: httpx.Response, what: object) -> None:
    assert answer.status_code == 401, what
    assert answer.headers["www-authenticate"] == "Bearer"
    if answer.request.method != "HEAD":
        assert answer.json()["detail"].startswith("send the hub's key as 'Authorization: Bearer"), what
    for secret in (KEY, PRIVATE, "Traceback", "RTX"):
        assert secret not in answer.text, what


async def test_no_route_is_opened_by_what_is_not_the_key(locked: Locked) -> None:
    odd = zip(cycle(HEADERS), cycle(QUERIES), strict=False)
    paths = (await next(locked.asking).get("/openapi.json")).json()["paths"]
    routes = [
        (method.upper(), re.sub(r"\{[^}]*\}", "0", path)) for path, methods in paths.items() for method in methods
    ]
    routes = [route for route in routes if route[1] not in {"/healthz", "/readyz"}]
    routes += [("GET", path) for path in OTHER_PATHS] + [("HEAD", "/api/gpus"), ("TRACE", "/api/gpus")]
    asked = [(route, name, query) for route in routes for name, query in [("none", ""), next(odd)]]
    asked += [(("GET", "/api/gpus"), name, "") for name in HEADERS] + [
        (("GET", "/api/gpus"), "none", q) for q in QUERIES
    ]
    asked += [(("GET", "/api/images/s/g"), "none", query) for query in QUERIES]
    assert len(asked) > 100
    for (method, path), name, query in asked:
        body = b"{}" if method in {"POST", "PUT", "PATCH"} else None
        url = f"{path}?{query}" if query else path
        headers = [(b"Content-Type", b"application/json"), *_encoded(HEADERS[name])]
        _refused(
            await next(locked.asking).request(method, url, headers=headers, content=body), (method, url[:60], name)
        )
    assert (await next(locked.asking).get("/api/sessions", headers={"X-API-Key": KEY})).status_code == 200


def _encoded(headers: Mapping[str, str | bytes]) -> list[tuple[bytes, bytes]]:
    return [(name.encode(), value.encode() if isinstance(value, str) else value) for name, value in headers.items()]


async def test_a_socket_without_the_key_is_refused_and_no_error_of_the_hub(
    locked: Locked, caplog: pytest.LogCaptureFixture
) -> None:
    url = f"ws://{locked.address}/ws/session/nobody"
    headers = {name: value for name, value in HEADERS.items() if name in {"none", "empty", "cookie", "basic"}}
    for query in ("", f"?api_key={KEY}", f"?ticket={KEY}", "?ticket=%ff", "?since=%00"):
        for given in headers.values():
            with pytest.raises(InvalidStatus) as refused:
                await connect(url + query, additional_headers=given, proxy=None)  # type: ignore[arg-type]  # all are texts
            assert refused.value.response.status_code == 401
            assert b"send the hub's key as" in refused.value.response.body
            assert KEY.encode() not in refused.value.response.body
    assert [each for each in caplog.records if each.levelno >= logging.ERROR] == []


@pytest.mark.parametrize("session", ["😀" * 60, "ü" * 100, "a" * 5000], ids=["emoji", "umlauts", "long"])
async def test_a_socket_of_a_session_of_any_name_is_told_that_there_is_none(
    locked: Locked, session: str, caplog: pytest.LogCaptureFixture
) -> None:
    ticket = locked.hub.authentication.tickets.issue(LOCAL)
    url = f"ws://{locked.address}/ws/session/{quote(session)}?ticket={ticket}"
    async with deadline(), connect(url, proxy=None) as socket:
        await socket.wait_closed()
    assert socket.close_code == 4404
    assert (socket.close_reason or "").startswith("there is no session ")
    async with connect(url, proxy=None) as leaving:
        leaving.transport.abort()
    assert [each for each in caplog.records if each.levelno >= logging.ERROR] == []


async def test_a_socket_of_no_possible_name_is_refused_before_it_opens(locked: Locked) -> None:
    ticket = locked.hub.authentication.tickets.issue(LOCAL)
    with pytest.raises(InvalidStatus) as refused:
        await connect(f"ws://{locked.address}/ws/session/%00?ticket={ticket}", proxy=None)
    assert refused.value.response.status_code == 422
