"""The browser studio as the hub serves it."""

from pathlib import Path

import httpx
import pytest
from starlette.types import ASGIApp

from vibes.api.http.authentication import Authentication, SharedKey
from vibes.api.http_app import create_http_app
from vibes.services.runtime.clock import SystemClock


def application(studio: Path | None) -> ASGIApp:
    return create_http_app(
        lifespan=None,
        version="test",
        authentication=Authentication(SharedKey("secret"), SystemClock()),
        allowed_hosts=(),
        allowed_origins=(),
        studio=studio,
    )


@pytest.fixture
def built(tmp_path: Path) -> Path:
    (tmp_path / "assets").mkdir()
    (tmp_path / "index.html").write_text("<title>studio</title>")
    (tmp_path / "docs.html").write_text("<title>docs</title>")
    (tmp_path / "favicon.svg").write_text("<svg/>")
    (tmp_path / "assets" / "index-abc.js").write_text("go()")
    return tmp_path


def client(studio: Path | None) -> httpx.AsyncClient:
    return httpx.AsyncClient(transport=httpx.ASGITransport(application(studio)), base_url="http://localhost")


async def test_the_page_is_asked_for_anew_and_its_assets_are_kept_for_ever(built: Path) -> None:
    async with client(built) as http:
        page = await http.get("/")
        script = await http.get("/assets/index-abc.js")
        icon = await http.get("/favicon.svg")
    assert (page.text, page.headers["cache-control"]) == ("<title>studio</title>", "no-cache")
    assert "immutable" in script.headers["cache-control"]
    assert script.headers["content-type"].startswith("text/javascript")
    assert icon.headers["content-type"] == "image/svg+xml"
    assert "default-src 'self'" in page.headers["content-security-policy"]


async def test_the_studio_itself_needs_no_key_for_it_must_be_able_to_ask_for_one(built: Path) -> None:
    async with client(built) as http:
        answers = {path: (await http.get(path)).status_code for path in ("/", "/assets/index-abc.js", "/api/gpus")}
    assert answers == {"/": 200, "/assets/index-abc.js": 200, "/api/gpus": 401}


@pytest.mark.parametrize("path", ["/assets/../index.html", "/assets/%2e%2e/secret.txt", "/assets/", "/assets/none.js"])
async def test_nothing_beside_the_assets_is_handed_out(built: Path, path: str) -> None:
    (built / "secret.txt").write_text("nobody may read this")
    async with client(built) as http:
        answer = await http.get(path)
    assert "nobody may read this" not in answer.text
    assert answer.status_code in {401, 404}
    assert "immutable" not in answer.headers.get("cache-control", "")


async def test_a_missing_asset_is_a_problem_like_any_other(built: Path) -> None:
    async with client(built) as http:
        answer = await http.get("/assets/none.js")
    assert (answer.status_code, answer.headers["content-type"]) == (404, "application/problem+json")


async def test_the_page_of_the_api_needs_nothing_from_elsewhere(built: Path) -> None:
    async with client(built) as http:
        page = await http.get("/docs")
        assert page.text == "<title>docs</title>"
        assert page.headers["content-security-policy"] == (await http.get("/")).headers["content-security-policy"]
        assert "http" not in page.headers["content-security-policy"], "no other server is named"
    async with client(None) as http:
        plain = await http.get("/docs")
    assert plain.status_code == 200
    assert "POST /api/generate/batch" in plain.text
    assert "//" not in plain.text.replace("</", "")
