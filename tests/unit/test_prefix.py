"""An application below a path, whatever a proxy before it does with that path."""

from pathlib import Path

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Mount, Route, WebSocketRoute
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Message, Scope
from starlette.websockets import WebSocket

from vibes.api.http.authentication import Authentication
from vibes.api.http_app import create_http_app
from vibes.environment.settings import Settings
from vibes.environment.web_settings import OWN_PATHS
from vibes.server.prefix import below
from vibes.services.runtime.clock import SystemClock


async def told(request: Request) -> JSONResponse:
    return JSONResponse([request.url.path, request.scope["raw_path"].decode(), str(request.base_url)])


async def live(socket: WebSocket) -> None:
    await socket.accept()
    await socket.send_text(socket.url.path)


@pytest.fixture
def app(tmp_path_factory: pytest.TempPathFactory) -> ASGIApp:
    folder = tmp_path_factory.mktemp("assets")
    (folder / "a.js").write_text("go()")
    routes = [
        Route("/api/{each:path}", told),
        Route("/", told),
        WebSocketRoute("/ws/live", live),
        Mount("/assets", StaticFiles(directory=folder)),
    ]
    return below("/studio", Starlette(routes=routes))


def client(app: ASGIApp) -> httpx.AsyncClient:
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://host")


@pytest.mark.parametrize("address", ["/studio/api/a%20b", "/api/a%20b", "/studio/studio/api/a%20b"])
async def test_a_proxy_may_pass_the_prefix_on_or_take_it_away(app: ASGIApp, address: str) -> None:
    async with client(app) as http:
        assert (await http.get(address)).json() == ["/api/a b", "/api/a%20b", "http://host/studio/"]


async def test_pages_and_their_files_are_found(app: ASGIApp) -> None:
    async with client(app) as http:
        assert (await http.get("/studio/")).json()[0] == "/"
        assert (await http.get("/studio/assets/a.js")).text == "go()"
        assert (await http.get("/assets/a.js")).text == "go()"


async def test_the_prefix_without_a_slash_leads_to_it(app: ASGIApp) -> None:
    async with client(app) as http:
        answer = await http.get("/studio?page=1")
        assert (answer.status_code, answer.headers["location"]) == (308, "/studio/?page=1")
        assert (await http.get("/studious")).status_code == 404, "another path that begins alike"


@pytest.mark.parametrize("address", ["/studio/ws/live", "/ws/live"])
async def test_sockets_are_found(app: ASGIApp, address: str) -> None:
    scope: Scope = {"type": "websocket", "path": address, "headers": [], "query_string": b"", "server": ("host", 80)}
    sent: list[Message] = []

    async def receive() -> Message:
        return {"type": "websocket.connect"}

    async def send(message: Message) -> None:
        sent.append(message)

    await app(scope, receive, send)
    assert sent[1]["text"] == "/ws/live"


@pytest.mark.parametrize(
    ("given", "path"),
    [
        ("", ""),
        ("/", ""),
        ("studio", "/studio"),
        ("/studio/", "/studio"),
        (" /a/b.c ", "/a/b.c"),
        ("/api-v2", "/api-v2"),
    ],
)
def test_the_setting_is_understood_with_and_without_slashes(given: str, path: str) -> None:
    assert Settings.model_validate({"root_path": given}).root_path == path


@pytest.mark.parametrize("given", ["/api", "ws/x", "/a//b", "/../x", "/a b", "http://host/x", "/ü", "/a?b"])
def test_what_is_no_path_or_one_of_the_hub_itself_is_refused(given: str) -> None:
    with pytest.raises(ValueError, match=r"such as /studio|address of the hub itself"):
        Settings.model_validate({"root_path": given})


def test_no_address_of_the_hub_is_forgotten_there(tmp_path: Path) -> None:
    (tmp_path / "assets").mkdir()
    key = Authentication(None, SystemClock())
    made = create_http_app(
        lifespan=None, version="test", authentication=key, allowed_hosts=(), allowed_origins=(), studio=tmp_path
    )
    firsts = {getattr(route, "path", "/").split("/")[1] for route in made.routes} - {""}
    assert firsts == OWN_PATHS


@pytest.mark.parametrize("given", ["nginx", "10.0.0.0/33", "*", "10.1.2.3:80"])
def test_proxies_are_addresses_or_networks(given: str) -> None:
    with pytest.raises(ValueError, match="neither an address nor a network"):
        Settings.model_validate({"proxies": given})


def test_a_network_of_proxies_is_read_as_uvicorn_reads_it() -> None:
    assert Settings.model_validate({"proxies": "192.168.1.7, 172.18.0.5/12"}).proxies == (
        "192.168.1.7",
        "172.16.0.0/12",
    )
