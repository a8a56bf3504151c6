"""The large compose file, carried out as plain processes: two hubs behind its proxy, its Redis, a worker."""

import asyncio
import os
import re
import shutil
import signal
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import redis
from sqlalchemy import make_url

from deploy.release import ROOT
from tests.backing import postgresql
from tests.deploy.compose_files import as_in_the_container, checked, composed, mounted, secrets, stages, with_paths
from tests.forked import forked_service
from tests.loopback import free_port
from tests.processes import Service
from tests.server_programs import program
from tests.waiting import eventually
from vibes.client import AsyncHubClient, BatchRequest
from vibes.simulator import NodeOptions, SimulatedNode


@dataclass
class Stack:
    """What the file starts, with the ports and folders of this machine."""

    folder: Path
    made: Path
    services: Mapping[str, Any]
    exits: AsyncExitStack

    def places(self, name: str, **further: str) -> dict[str, str]:
        """Where the paths of a service's container lie here; the hubs' and the worker's /data is one volume."""
        handed = mounted(self.services[name], self.made, self.folder / f"{name}-secrets-{free_port()}")
        volume = "data" if name in {"hub", "worker"} else name
        (self.folder / volume).mkdir(exist_ok=True)
        return {
            "/run/secrets": str(handed),
            "/data": f"{self.folder}/{volume}",
            "/config": f"{self.folder}/config",
            "/tmp": str(self.folder),  # noqa: S108 - of a container
            **further,
        }

    async def program(self, command: list[str]) -> None:
        """Until the end of the story."""
        await self.exits.enter_async_context(running(command, self.folder))

    async def redis(self) -> int:
        """By the command of the file, at a port of its own."""
        port = free_port()
        own = {
            "requirepass %s": f"port {port}\\nbind 127.0.0.1\\nrequirepass %s",
            "redis-server": program("redis-server"),
        }
        await self.program(with_paths(self.services["redis"]["command"], self.places("redis", **own)))
        check = {**self.places("redis"), "redis-cli": f"redis-cli -p {port}"}
        health = self.services["redis"]["healthcheck"]["test"]
        await eventually(lambda: checked(health, check) == 0, every=0.1, what="its health check is content")
        return port

    async def hub(self) -> tuple[Service, int]:
        environment = as_in_the_container("hub", self.services["hub"], self.places("hub"))
        started = forked_service(*stages()["hub"].command, cwd=self.folder, environment=environment)
        return await self.exits.enter_async_context(started), int(environment["VIBES_PORT"])

    async def worker(self, comfyui: str) -> None:
        """It drives a ComfyUI that runs already, in place of the one of its image."""
        environment = as_in_the_container("worker", self.services["worker"], self.places("worker"))
        environment["VIBES_WORKER_COMFYUI"] = comfyui
        del environment["VIBES_WORKER_COMFYUI_FOLDER"]
        started = forked_service(*stages()["worker"].command, cwd=self.folder, environment=environment)
        await self.exits.enter_async_context(started)

    async def proxy(self, hubs: list[int]) -> str:
        """Before hubs at ports of one machine, which no name leads to."""
        port, admin = free_port(), free_port()
        text = (ROOT / "docker" / "Caddyfile").read_text(encoding="utf-8")
        text, found = re.subn(
            r"dynamic a hub 8001 \{[^}]*\}", f"to {' '.join(f'127.0.0.1:{each}' for each in hubs)}", text
        )
        assert found == 1
        file = self.folder / "Caddyfile"
        options = f"{{\n\tadmin 127.0.0.1:{admin}\n\tauto_https off\n}}\n"
        file.write_text(options + text.replace("{$SITE:localhost}", f"http://localhost:{port}"), encoding="utf-8")
        service = self.services["proxy"]
        command = with_paths(service["command"], {"/etc/caddy/Caddyfile": str(file)})
        await self.program([program(command[0]), *command[1:]])
        health, check = service["healthcheck"]["test"], {":2019": f":{admin}"}
        await eventually(lambda: checked(health, check) == 0, every=0.1, what="its health check is content")
        return f"http://localhost:{port}"


@asynccontextmanager
async def running(command: list[str], folder: Path) -> AsyncIterator[None]:
    environment = {**os.environ, "HOME": str(folder), "XDG_DATA_HOME": str(folder), "XDG_CONFIG_HOME": str(folder)}
    with (folder / f"{Path(command[0]).name}.log").open("ab") as said:
        process = await asyncio.create_subprocess_exec(*command, cwd=folder, env=environment, stdout=said, stderr=said)
    try:
        yield
    finally:
        if process.returncode is None:
            process.send_signal(signal.SIGTERM)
        await process.wait()


@pytest.mark.processes
async def test_a_picture_is_drawn_by_the_worker_for_who_comes_through_the_proxy(tmp_path: Path) -> None:
    for tool in ("pg_isready", "wget"):
        if shutil.which(tool) is None:
            pytest.skip(f"{tool} is not installed, which a health check calls")
    file = composed("compose.full.yaml")
    made = secrets(tmp_path / "made")
    (tmp_path / "config").mkdir()
    (tmp_path / "config" / "gpus.yaml").write_text("nodes: []\n", encoding="utf-8")
    with postgresql().database(migrated=False) as database:
        async with AsyncExitStack() as exits, SimulatedNode(NodeOptions(profile="instant")) as machine:
            stack = Stack(tmp_path, made, file["services"], exits)
            is_healthy(file["services"]["postgresql"], database)
            broker = await stack.redis()
            point(made, database, broker)
            hubs = [await stack.hub(), await stack.hub()]
            await stack.worker(machine.url)
            url = await stack.proxy([port for _, port in hubs])
            await draws(url, (made / "vibes_api_key").read_text().strip())
            loses_nothing(broker, (made / "redis_password").read_text().strip())
            for hub, _ in hubs:
                hub.process.send_signal(signal.SIGTERM)  # the second one, at the end, does not wait for another leader


def is_healthy(service: Mapping[str, Any], database: str) -> None:
    port = make_url(database).port
    assert checked(service["healthcheck"]["test"], {"--dbname=vibes": f"--port={port}"}) == 0


def point(made: Path, database: str, broker: int) -> None:
    """The secrets that name servers name those of this machine."""
    for path in made.iterdir():
        path.chmod(0o600)
    (made / "vibes_database_url").write_text(database)
    url = (made / "vibes_broker_url").read_text()
    (made / "vibes_broker_url").write_text(url.replace("@redis/", f"@127.0.0.1:{broker}/"))


async def draws(url: str, key: str) -> None:
    async with AsyncHubClient(url, api_key=key) as hub:

        async def joined() -> bool:
            return [gpu.state for gpu in (await hub.discovery.fleet()).gpus if gpu.id == "gpu"] == ["ready"]

        await eventually(joined, every=0.2, what="the worker is a node")
        batch = await hub.batches.submit(BatchRequest(prompt="a lighthouse", model_family="sd15", count=2))
        done = await hub.batches.wait(batch.batch_id)
        assert {picture.gpu_id for picture in done.generations} == {"gpu"}
        assert (await hub.generations.image(done.generations[0])).startswith(b"\x89PNG")


def loses_nothing(port: int, password: str) -> None:
    """A queue that is full refuses, and one that is restarted is read again."""
    with redis.Redis(port=port, password=password, decode_responses=True) as client:
        assert client.config_get("maxmemory-policy") == {"maxmemory-policy": "noeviction"}
        assert client.config_get("appendonly") == {"appendonly": "yes"}
    with redis.Redis(port=port) as stranger, pytest.raises(redis.AuthenticationError):
        stranger.ping()
