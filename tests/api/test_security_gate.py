"""The gate: who may call, from where, with what."""

import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.fakes import FakeFleet
from tests.hub import http_client, open_hub, settings_for
from vibes.api.http.bodies import MAX_BODY_BYTES

KEY = "a-long-enough-secret-key"


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("localhost", 200),
        ("127.0.0.1:8001", 200),
        ("[::1]:8001", 200),
        ("192.168.0.5:8001", 200),
        ("studio.example", 200),
        ("evil.example", 421),
        ("localhost.evil.example", 421),
        ("", 421),
    ],
)
async def test_only_known_names_are_answered(tmp_path: Path, host: str, status: int) -> None:
    settings = settings_for(tmp_path, allowed_hosts=("studio.example",))
    async with open_hub(settings, FakeFleet()) as hub, http_client(hub, settings) as http:
        response = await http.get("/healthz", headers={"Host": host})
        assert response.status_code == status


@pytest.mark.parametrize(
    ("origin", "status"),
    [
        (None, 201),
        ("http://localhost", 201),
        ("http://app.example", 201),
        ("http://evil.example", 403),
        ("http://localhost:9999", 403),
        ("null", 403),
    ],
)
async def test_a_foreign_page_may_not_use_the_hub(tmp_path: Path, origin: str | None, status: int) -> None:
    settings = settings_for(tmp_path, allowed_origins=("http://app.example",))
    async with open_hub(settings, FakeFleet()) as hub, http_client(hub, settings) as http:
        headers = {"Origin": origin} if origin else {}
        assert (await http.post("/api/sessions", json={}, headers=headers)).status_code == status


async def test_bodies_must_be_json_and_small(tmp_path: Path) -> None:
    settings = settings_for(tmp_path)
    async with open_hub(settings, FakeFleet()) as hub, http_client(hub, settings) as http:
        form = await http.post("/api/sessions", content=b"{}", headers={"Content-Type": "text/plain"})
        assert (form.status_code, form.json()["code"]) == (415, "json_required")
        large = await http.post("/api/sessions", json={"config": {"x": "y" * MAX_BODY_BYTES}})
        assert (large.status_code, large.json()["code"]) == (413, "body_too_large")


async def test_the_key_opens_every_route_and_is_never_answered_back(tmp_path: Path) -> None:
    settings = settings_for(tmp_path, api_key=KEY)
    async with open_hub(settings, FakeFleet()) as hub, http_client(hub, settings) as http:
        paths = [path for path in (await http.get("/openapi.json")).json()["paths"] if "{" not in path]
        for path in paths:
            if path not in {"/healthz", "/readyz"}:
                refused = await http.get(path)
                assert (refused.status_code, refused.json()["code"]) == (401, "api_key_required"), path
        assert (await http.get("/healthz")).status_code == 200
        assert (await http.get("/api/gpus", headers={"Authorization": f"Bearer {KEY}"})).status_code == 200
        assert (await http.get("/api/gpus", headers={"X-API-Key": KEY})).status_code == 200
        assert (await http.get("/api/gpus", headers={"X-API-Key": KEY[:-1]})).status_code == 401
        assert (await http.get(f"/api/gpus?ticket={KEY}")).status_code == 401
        assert "RTX" not in (await http.get("/")).text

        ticket = (await http.post("/api/ticket", headers={"X-API-Key": KEY})).json()["ticket"]
        assert (await http.get(f"/api/images/s/g?ticket={ticket}")).status_code == 404, "a picture, if there were one"
        assert (await http.get(f"/api/gpus?ticket={ticket}")).status_code == 401, "a ticket is no key"
        assert (await http.post(f"/api/ticket?ticket={ticket}")).status_code == 401, "and makes no other"


async def test_every_answer_carries_the_safe_headers(tmp_path: Path) -> None:
    settings = settings_for(tmp_path)
    async with open_hub(settings, FakeFleet()) as hub, http_client(hub, settings) as http:
        for path in ("/", "/healthz", "/api/gpus", "/api/nothing"):
            headers = (await http.get(path)).headers
            assert headers["x-content-type-options"] == "nosniff"
            assert "default-src 'self'" in headers["content-security-policy"]


async def test_an_allowed_page_gets_its_preflight_and_its_answer(tmp_path: Path) -> None:
    settings = settings_for(tmp_path, allowed_origins=("http://app.example",), api_key=KEY)
    async with open_hub(settings, FakeFleet()) as hub, http_client(hub, settings) as http:
        ask = {"Origin": "http://app.example", "Access-Control-Request-Method": "POST"}
        preflight = await http.options("/api/generate", headers=ask)
        assert preflight.status_code == 200
        assert preflight.headers["access-control-allow-origin"] == "http://app.example"
        answer = await http.get("/api/gpus", headers={"Origin": "http://app.example", "X-API-Key": KEY})
        assert answer.headers["access-control-allow-origin"] == "http://app.example"


async def test_a_body_that_only_turns_out_large_is_refused_all_the_same(tmp_path: Path) -> None:
    async def endless() -> AsyncIterator[bytes]:
        for _ in range(100):
            yield b"x" * 100_000

    settings = settings_for(tmp_path)
    async with open_hub(settings, FakeFleet()) as hub, http_client(hub, settings) as http:
        headers = {"Content-Type": "application/json"}
        response = await http.post("/api/sessions", content=endless(), headers=headers)
        assert (response.status_code, response.json()["code"]) == (413, "body_too_large")


async def test_what_makes_no_sense_is_refused_and_never_an_error_of_ours(tmp_path: Path) -> None:
    settings = settings_for(tmp_path)
    async with open_hub(settings, FakeFleet()) as hub, http_client(hub, settings) as http:
        assert (await http.get("/healthz", headers={"Origin": "http://["})).status_code == 403
        early = await http.get("/api/generations?created_from=0001-01-01T00:00:00%2B14:00")
        assert early.status_code == 422
        for config in ({"x": "\ud800"}, {"x": [[[[[[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]]]]]]}, {"x": "y" * 600_000}):
            content = json.dumps({"config": config}).encode()
            response = await http.post("/api/sessions", content=content, headers={"Content-Type": "application/json"})
            assert response.status_code == 422, response.text
        assert (await http.get("/api/sessions")).json()["sessions"] == []


async def test_head_answers_like_get_without_the_body(tmp_path: Path) -> None:
    settings = settings_for(tmp_path)
    async with open_hub(settings, FakeFleet()) as hub, http_client(hub, settings) as http:
        head = await http.head("/healthz")
        assert (head.status_code, head.content) == (200, b"")
        assert head.headers["content-length"] == str(len((await http.get("/healthz")).content))


@pytest.mark.parametrize(
    ("referrer", "policy"),
    [
        ("http://app.example/page", "cross-origin"),
        ("http://app.example", "cross-origin"),
        ("http://app.example.evil/", "same-origin"),
        ("http://evil.example/", "same-origin"),
        ("http://[", "same-origin"),
        (None, "same-origin"),
    ],
)
async def test_no_foreign_page_can_show_a_picture(tmp_path: Path, referrer: str | None, policy: str) -> None:
    settings = settings_for(tmp_path, allowed_origins=("http://app.example",))
    async with open_hub(settings, FakeFleet()) as hub, http_client(hub, settings) as http:
        headers = {"Referer": referrer} if referrer else {}
        answer = await http.get("/api/images/s/g", headers=headers)
        assert answer.headers["cross-origin-resource-policy"] == policy
