"""Two hubs on one database as real processes, behind what balances requests: one is restarted, killed or frozen, and
people see nothing of it."""

import asyncio
import json
import signal
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, InvalidMessage

from tests.backing import postgresql, redis_server
from tests.faults.audience import Audience
from tests.faults.checker import SERVED
from tests.faults.world import HURRY, World, world
from tests.forked import forked_service
from tests.loopback import free_port, loopback_client
from tests.processes import Service
from tests.waiting import eventually
from vibes.client import AsyncHubClient, JobChanged, JobProgressed

pytestmark = pytest.mark.processes

LEASE = {"VIBES_LEASE_SECONDS": "3", "VIBES_LEASE_RENEWAL_SECONDS": "0.5", "VIBES_LEAVE_SECONDS": "0"}
GOES_ON_SECONDS = 40.0


@dataclass
class Pair:
    world: World
    environment: dict[str, str]
    ports: tuple[int, int]
    hubs: dict[int, Service] = field(default_factory=dict)
    """By port."""

    async def start(self, port: int) -> None:
        arguments = ("serve", "--config", "gpus.yaml", "--data", "data", "--port", str(port))
        hub = forked_service(*arguments, cwd=self.world.folder, environment=self.environment)
        self.hubs[port] = await self.world.stack.enter_async_context(hub)

    async def leader(self) -> int | None:
        """The port of the one that leads and answers; None for nobody."""
        for port, hub in self.hubs.items():
            if hub.process.returncode is None:
                with suppress(httpx.HTTPError):
                    async with httpx.AsyncClient(trust_env=False, timeout=2) as http:
                        answer = (await http.get(f"http://127.0.0.1:{port}/api/replicas")).json()
                    lease = answer["leader"]
                    here = {
                        each["id"] for each in answer["replicas"] if each["answers"]
                    }  # one that is about to end is not listed
                    if lease is not None and lease["id"] in here:
                        return port
        return None

    async def led(self) -> int:
        return await eventually(self.leader, what="one leads", every=0.2)

    async def led_by_another_than(self, port: int) -> int:
        async def other() -> int | None:
            leads = await self.leader()
            return leads if leads != port else None

        return await eventually(other, within=GOES_ON_SECONDS, what="another one leads", every=0.2)

    async def restart(self, port: int) -> None:
        hub = self.hubs[port]
        hub.process.send_signal(signal.SIGTERM)
        assert await hub.process.wait() == 0
        await self.start(port)


@asynccontextmanager
async def pair(folder: Path) -> AsyncIterator[Pair]:
    async with AsyncExitStack() as outer:
        url = outer.enter_context(postgresql().database())
        (folder / SERVED).write_text(url, encoding="utf-8")
        made = await outer.enter_async_context(world(folder, hub=False, time_scale=0.3))
        broker = {"VIBES_BROKER_URL": redis_server().url, "VIBES_DATABASE_URL": url}
        two = Pair(made, {**HURRY, **LEASE, **broker}, (free_port(), free_port()))
        await asyncio.gather(*map(two.start, two.ports))
        address = await made.stack.enter_async_context(balanced(two.ports))
        made.hub = Service(two.hubs[two.ports[0]].process, (address,), folder / "none")
        await two.led()
        await eventually(made.all_seen, what="every node is known")
        made.session = str((await made.post("/api/sessions", {}))["id"])
        made.audiences.append(await made.stack.enter_async_context(watching(address, made.session)))
        yield two
        for hub in two.hubs.values():
            if hub.process.returncode is None:
                hub.process.send_signal(signal.SIGCONT)


@asynccontextmanager
async def balanced(ports: tuple[int, int]) -> AsyncIterator[str]:
    """A connection goes to the next hub that takes it; nothing is known of what it carries."""
    turns = count()

    async def open_one(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        turn = next(turns)
        for port in (ports[turn % 2], ports[(turn + 1) % 2]):
            with suppress(OSError):
                there = await asyncio.open_connection("127.0.0.1", port)
                await asyncio.gather(pipe(reader, there[1]), pipe(there[0], writer))
                return
        writer.close()

    async def pipe(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            while piece := await reader.read(65536):
                writer.write(piece)
                await writer.drain()
        writer.close()

    server = await asyncio.start_server(open_one, "127.0.0.1", 0)
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    finally:
        server.close()


@asynccontextmanager
async def watching(url: str, session_id: str) -> AsyncIterator[Audience]:
    """As a browser does: whose stream is closed connects again, and asks for what it has not heard."""
    person, heard = Audience(), asyncio.Event()

    async def listen() -> None:
        while True:
            since = f"?since={person.last_seq}" if person.last_seq else ""
            address = f"ws{url.removeprefix('http')}/ws/session/{session_id}{since}"
            with suppress(ConnectionClosed, InvalidMessage, OSError, EOFError):
                async with connect(address, proxy=None, max_size=None) as socket:
                    async for message in socket:
                        if isinstance(message, str):
                            person.hear(json.loads(message))
                            heard.set()

    listening = asyncio.create_task(listen())
    try:
        await asyncio.wait_for(heard.wait(), GOES_ON_SECONDS)
        yield person
        assert not listening.done(), "it was never refused"
    finally:
        listening.cancel()
        await asyncio.gather(listening, return_exceptions=True)


@asynccontextmanager
async def busy(*work: Callable[[], Awaitable[None]]) -> AsyncIterator[None]:
    """Does all of them again and again meanwhile; whatever is raised fails the story."""
    over = asyncio.Event()

    async def again(each: Callable[[], Awaitable[None]]) -> None:
        while not over.is_set():
            await each()

    async with asyncio.TaskGroup() as group:
        for each in work:
            group.create_task(again(each))
        yield
        over.set()


async def draw(two: Pair) -> None:
    """Submit without a key, poll, and download: none of it may fail."""
    here = two.world
    batch = await here.finished(await here.ask(1))
    [picture] = batch["generations"]
    await download(here, picture["id"])


async def follow_a_job(two: Pair) -> None:
    """Every event of it is heard once and in order, whoever leads when."""
    assert two.world.hub is not None
    async with AsyncHubClient(two.world.hub.url) as client:
        small = {"prompt": "a harbour", "width": 128, "height": 128, "steps": 10, "count": 6}
        tasks = [{"id": "draw", "type": "sd15.text2img", "inputs": small}]
        job = await client.jobs.submit_body({"kind": "workflow", "payload": {"tasks": tasks, "return": "@draw.images"}})
        heard = [event async for event in client.jobs.events(job.job_id)]
    stored = [int(each.id) for each in heard if not isinstance(each, JobProgressed)]
    assert stored == [*range(1, len(stored) + 1)], "none is missing"
    assert isinstance(heard[-1], JobChanged)
    assert heard[-1].last


async def download(here: World, generation_id: str) -> None:
    assert here.hub is not None
    async with loopback_client(here.hub.url) as http:
        answer = await http.get(f"/api/images/{here.session}/{generation_id}")
    assert answer.status_code == 200, answer.text
    assert len(answer.content) == int(answer.headers["content-length"])


async def draw_patiently(two: Pair) -> None:
    """As the client does: a request that failed is sent again, under the same key."""
    here, key = two.world, str(uuid4())
    assert here.hub is not None
    body = {"prompt": "a harbour", "model_family": "sd15", "count": 1, "session_id": here.session}

    async def accepted() -> str | None:
        with suppress(httpx.HTTPError):
            async with loopback_client(url) as http:
                answer = await http.post("/api/generate/batch", json=body, headers={"Idempotency-Key": key})
            if answer.status_code == 202:
                return str(answer.json()["batch_id"])
            assert answer.status_code == 503, answer.text
        return None

    async def complete() -> bool:
        with suppress(httpx.HTTPError, KeyError):
            batch: dict[str, Any] = await here.batch(batch_id)
            return bool(batch["completed"] == batch["total"])
        return False

    url = here.hub.url
    batch_id = await eventually(accepted, every=0.2)
    here.batches.append(batch_id)
    await eventually(complete, every=0.1)


async def test_a_rolling_restart_fails_nothing(tmp_path: Path) -> None:
    async with pair(tmp_path) as two:
        async with busy(*([lambda: draw(two)] * 2), lambda: follow_a_job(two)):
            first = await two.led()
            await two.restart(first)
            second = await two.led_by_another_than(first)
            await two.restart(second)
            assert await two.led_by_another_than(second) == first
        assert len(two.world.batches) > 1


async def test_whoever_is_killed_frozen_or_away_nothing_is_lost_and_nothing_drawn_twice(tmp_path: Path) -> None:
    async with pair(tmp_path) as two, busy(*([lambda: draw_patiently(two)] * 2)):
        redis_server().flush()
        frozen = await two.led()
        two.hubs[frozen].process.send_signal(signal.SIGSTOP)
        killed = await two.led_by_another_than(frozen)
        two.hubs[frozen].process.send_signal(signal.SIGCONT)
        await draw_patiently(two)
        assert await two.led() == killed, "who was frozen leads no more"
        postgresql().terminate((tmp_path / SERVED).read_text())
        await draw_patiently(two)
        await two.led()
        await asyncio.to_thread(postgresql().restart)
        await draw_patiently(two)
        redis_server().stop()
        await draw_patiently(two)
        killed = await two.led()
        await two.hubs[killed].kill()
        await two.led_by_another_than(killed)
        redis_server().start()
        await draw_patiently(two)
