"""The shipped examples of reverse proxies: the whole product comes through each, below a path, as it happens."""

import asyncio
import io
import os
import signal
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
import yaml
from PIL import Image

from deploy.release import ROOT
from tests.certificates import make_certificate
from tests.fakes import FakeFleet
from tests.hub import open_hub, served, settings_for
from tests.loopback import free_port
from tests.server_programs import program
from tests.waiting import HANG_SECONDS, eventually
from vibes.api.http.bodies import MAX_UPLOAD_BYTES
from vibes.client import AsyncHubClient, BatchRequest

EXAMPLES = ROOT / "deploy" / "proxies"
KEY = "a-long-enough-secret-key"


@dataclass(frozen=True)
class Proxy:
    """A running one: where it answers, and who vouches for it."""

    url: str
    ca: Path

    def http(self) -> httpx.AsyncClient:
        context = ssl.create_default_context(cafile=self.ca)
        headers = {"Authorization": f"Bearer {KEY}"}
        return httpx.AsyncClient(
            base_url=self.url, verify=context, trust_env=False, timeout=HANG_SECONDS, headers=headers
        )


@asynccontextmanager
async def nginx(folder: Path, hub: str) -> AsyncIterator[Proxy]:
    port, own = free_port(), make_certificate(folder, "proxy", hosts=("localhost",))
    example = replaced(
        (EXAMPLES / "nginx.conf").read_text(encoding="utf-8"),
        {
            "listen 443 ssl;": f"listen 127.0.0.1:{port} ssl;",
            "studio.example;": "localhost;",
            "/etc/ssl/vibes/fullchain.pem": str(own.path),
            "/etc/ssl/vibes/key.pem": str(own.key),
            "server 127.0.0.1:8001;": f"server {hub};",
        },
    )
    (folder / "vibes.conf").write_text(example, encoding="utf-8")
    temporary = "".join(f"{each}_temp_path {folder}/{each};\n" for each in ("proxy", "fastcgi", "uwsgi", "scgi"))
    around = (
        f"http {{\nclient_body_temp_path {folder}/bodies;\n{temporary}access_log off;\ninclude {folder}/vibes.conf;\n}}"
    )
    settings = f"daemon off;\nmaster_process off;\npid {folder}/pid;\nevents {{}}\n"
    (folder / "nginx.conf").write_text(settings + around, encoding="utf-8")
    command = [program("nginx"), "-c", str(folder / "nginx.conf"), "-e", "stderr", "-p", str(folder)]
    async with running(command, folder, port):
        yield Proxy(f"https://localhost:{port}", own.path)


@asynccontextmanager
async def caddy(folder: Path, hub: str) -> AsyncIterator[Proxy]:
    port, own = free_port(), make_certificate(folder, "proxy", hosts=("localhost",))
    example = replaced(
        (EXAMPLES / "Caddyfile").read_text(encoding="utf-8"),
        {
            "studio.example {": f"https://localhost:{port} {{\n\ttls {own.path} {own.key}\n",
            "reverse_proxy 127.0.0.1:8001": f"reverse_proxy {hub}",
        },
    )
    (folder / "Caddyfile").write_text("{\n\tadmin off\n\tauto_https off\n}\n" + example, encoding="utf-8")
    command = [program("caddy"), "run", "--config", str(folder / "Caddyfile"), "--adapter", "caddyfile"]
    async with running(command, folder, port):
        yield Proxy(f"https://localhost:{port}", own.path)


def replaced(text: str, values: dict[str, str]) -> str:
    for each, value in values.items():
        assert each in text, f"the example says {each}"
        text = text.replace(each, value)
    return text


@asynccontextmanager
async def running(command: list[str], folder: Path, port: int) -> AsyncIterator[None]:
    environment = {**os.environ, "HOME": str(folder), "XDG_DATA_HOME": str(folder), "XDG_CONFIG_HOME": str(folder)}
    log = folder / "proxy.log"
    with log.open("wb") as said:
        process = await asyncio.create_subprocess_exec(*command, env=environment, stdout=said, stderr=said)
    try:

        async def answers() -> bool:
            assert process.returncode is None, log.read_text()
            with suppress(OSError):
                _, writer = await asyncio.open_connection("127.0.0.1", port)
                writer.close()
                return True
            return False

        await eventually(answers, what="the proxy listens")
        yield
    finally:
        if process.returncode is None:
            process.send_signal(signal.SIGTERM)
        await process.wait()


@pytest.mark.processes
@pytest.mark.parametrize("proxy", [nginx, caddy])
async def test_the_whole_product_comes_through_below_a_path(
    tmp_path: Path, proxy: Callable[[Path, str], AbstractAsyncContextManager[Proxy]]
) -> None:
    settings = settings_for(tmp_path, root_path="/studio", api_key=KEY, event_heartbeat=0.05)
    fleet = FakeFleet(instant=False)
    async with (
        open_hub(settings, fleet) as hub,
        served(hub, settings) as address,
        proxy(tmp_path, address) as before,
        before.http() as http,
        AsyncHubClient(f"{before.url}/studio/", api_key=KEY, ca=before.ca) as client,
    ):
        await pages_are_found(http)
        await a_quiet_stream_is_told_as_it_happens(http)
        for node in fleet.nodes.values():
            node.instant = True
        await pictures_are_drawn_and_told(client, http)
        await as_large_a_picture_as_the_hub_takes_arrives(http)


async def pages_are_found(http: httpx.AsyncClient) -> None:
    moved = await http.get("/studio")
    assert moved.is_redirect
    assert moved.headers["location"].endswith("/studio/")
    assert "Vibes ImGen" in (await http.get("/studio/")).text
    document = (await http.get("/studio/openapi.json")).json()
    assert document["paths"]["/api/gpus"]
    foreign = await http.post("/studio/api/sessions", json={}, headers={"Origin": "https://evil.example"})
    assert foreign.status_code == 403
    own = await http.post("/studio/api/sessions", json={}, headers={"Origin": str(http.base_url).rstrip("/")})
    assert own.status_code == 201, own.text


async def a_quiet_stream_is_told_as_it_happens(http: httpx.AsyncClient) -> None:
    """Nothing ends meanwhile, so that whoever gathers an answer first would tell nothing."""
    task = {"id": "t", "type": "sd15.text2img", "inputs": {"prompt": "a cat"}}
    body = {"kind": "workflow", "payload": {"tasks": [task], "return": "@t.images"}}
    job = (await http.post("/studio/api/jobs", json=body)).json()
    async with asyncio.timeout(HANG_SECONDS):
        async with http.stream("GET", f"/studio/api/jobs/{job['job_id']}/events") as stream:
            async for line in stream.aiter_lines():
                if line.startswith(":"):
                    break
    await http.delete(f"/studio/api/jobs/{job['job_id']}")


async def pictures_are_drawn_and_told(client: AsyncHubClient, http: httpx.AsyncClient) -> None:
    batch = await client.batches.submit(BatchRequest(prompt="a lighthouse", model_family="sd15"))
    await anext(client.sessions.events(batch.session_id))  # by the WebSocket
    done = await client.batches.wait(batch.batch_id)
    picture = done.generations[0]
    assert (await client.generations.image(picture)).startswith(b"\x89PNG")
    ticket = (await http.post("/studio/api/ticket", json={})).json()["ticket"]
    http.headers.pop("Authorization")
    assert (await http.get(f"/studio{picture.image_url}?ticket={ticket}")).status_code == 200
    http.headers["Authorization"] = f"Bearer {KEY}"
    told = (await http.get(f"/studio/tasks/{picture.id}")).json()
    assert told["result"]["download_url"] == f"{http.base_url}".rstrip("/") + f"/studio{picture.image_url}"


async def as_large_a_picture_as_the_hub_takes_arrives(http: httpx.AsyncClient) -> None:
    encoded = io.BytesIO()
    Image.new("RGB", (3300, 3250), "teal").save(encoded, "PNG", compress_level=0)
    assert 30 * 2**20 < len(encoded.getvalue()) < MAX_UPLOAD_BYTES
    answer = await http.post("/studio/api/artifacts", files={"file": ("large.png", encoded.getvalue(), "image/png")})
    assert answer.status_code == 201, answer.text


def test_each_example_takes_as_much_as_the_hub_and_passes_its_name_on() -> None:
    assert MAX_UPLOAD_BYTES == 33 * 2**20
    assert "client_max_body_size    33m;" in (EXAMPLES / "nginx.conf").read_text(encoding="utf-8")
    assert "max_size 33MiB" in (EXAMPLES / "Caddyfile").read_text(encoding="utf-8")
    traefik = yaml.safe_load((EXAMPLES / "traefik.yaml").read_text(encoding="utf-8"))["http"]
    balancer = traefik["services"]["vibes"]["loadBalancer"]
    assert balancer["passHostHeader"] is True
    assert "PathPrefix(`/studio`)" in traefik["routers"]["vibes"]["rule"]
