"""Every request says who asks, and what is made in somebody's name is theirs."""

import base64
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest
from starlette.responses import PlainTextResponse
from starlette.types import Receive, Scope, Send

from tests.fakes import FakeClock, FakeFleet, png
from tests.hub import http_client, open_hub, settings_for
from tests.services.jobbing import submitted
from vibes.api.http.authentication import PRINCIPAL, Authentication, SharedKey
from vibes.api.http.security import SecurityGate
from vibes.api.http.tickets import TICKET_SECONDS, Tickets
from vibes.app.hub import Hub
from vibes.domain.ids import BatchId, GenerationId, JobId, OwnerId, SessionId
from vibes.domain.principal import ANYBODY, LOCAL, SHARED_KEY, Principal, Role
from vibes.ports.criteria import GenerationFilter

KEY = "a-long-enough-secret-key"
ANNA, BEN = Principal("anna", Role.ARTIST, OwnerId("key-1")), Principal("ben", Role.VIEWER, OwnerId("key-2"))


class PeoplesKeys:
    """A key for each of two people."""

    async def principal_of(self, key: str) -> Principal | None:
        return {"annas-key": ANNA, "bens-key": BEN}.get(key)


class Gate:
    """The security gate, and of each request that passes it what the application sees."""

    def __init__(self, authentication: Authentication) -> None:
        self.seen: list[Principal] = []
        self.authentication = authentication
        self._gate = SecurityGate(
            self._application, authentication=authentication, allowed_hosts=(), allowed_origins=()
        )

    async def get(self, path: str, **headers: str) -> int:
        transport = httpx.ASGITransport(self._gate)
        async with httpx.AsyncClient(transport=transport, base_url="http://localhost", headers=headers) as http:
            return (await http.get(path)).status_code

    async def connect(self, query: str) -> None:
        """As a browser opens the WebSocket, whose refusal is an answer of its own."""
        scope = {"type": "websocket", "path": "/ws/session/s", "headers": [(b"host", b"localhost")]}
        await self._gate({**scope, "query_string": query.encode()}, _nothing_received, _nothing_sent)

    async def _application(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.seen.append(scope[PRINCIPAL])
        if scope["type"] == "http":
            await PlainTextResponse("")(scope, receive, send)


async def _nothing_received() -> Any:
    return {}


async def _nothing_sent(_: Any) -> None: ...


async def test_without_a_key_everybody_is_local() -> None:
    gate = Gate(Authentication(None, FakeClock()))
    assert await gate.get("/api/gpus") == 200
    await gate.connect("")
    assert gate.seen == [LOCAL, LOCAL]


async def test_who_has_the_one_key_is_its_administrator_and_who_has_none_is_anybody() -> None:
    gate = Gate(Authentication(SharedKey(KEY), FakeClock()))
    assert await gate.get("/api/gpus", Authorization=f"Bearer {KEY}") == 200
    assert await gate.get("/healthz") == 200
    assert await gate.get("/api/gpus") == 401
    assert gate.seen == [SHARED_KEY, ANYBODY]
    assert SHARED_KEY.role is Role.ADMIN
    assert (SHARED_KEY.owner, LOCAL.owner) == (None, None), "what they make is everybody's"


async def test_each_key_is_its_owner_and_a_ticket_stands_for_whoever_had_it_issued() -> None:
    gate = Gate(Authentication(PeoplesKeys(), FakeClock()))
    assert await gate.get("/api/gpus", **{"X-API-Key": "annas-key"}) == 200
    assert await gate.get("/api/gpus", **{"X-API-Key": "bens-key"}) == 200
    assert await gate.get("/api/gpus", **{"X-API-Key": "nobodys-key"}) == 401
    ticket = gate.authentication.tickets.issue(BEN)
    assert await gate.get(f"/api/images/s/g?ticket={ticket}") == 200
    await gate.connect(f"ticket={ticket}")
    await gate.connect("ticket=another")
    assert gate.seen == [ANNA, BEN, BEN, BEN]


def test_a_ticket_expires() -> None:
    clock = FakeClock()
    tickets = Tickets(clock)
    first = tickets.issue(ANNA)
    clock.advance(TICKET_SECONDS - 1)
    second = tickets.issue(BEN)
    assert (tickets.principal_of(first), tickets.principal_of(second)) == (ANNA, BEN)
    clock.advance(1)
    assert (tickets.principal_of(first), tickets.principal_of(second)) == (None, BEN)


@asynccontextmanager
async def hub_with_keys(folder: Path) -> AsyncIterator[tuple[Hub, httpx.AsyncClient]]:
    settings = settings_for(folder)
    async with open_hub(settings, FakeFleet()) as opened:
        hub = replace(opened, authentication=Authentication(PeoplesKeys(), FakeClock()))
        async with http_client(hub, settings) as http:
            yield hub, http


@pytest.mark.parametrize(("key", "owner"), [("annas-key", ANNA.owner), ("bens-key", BEN.owner)])
async def test_what_is_made_is_whose_key_it_was_made_with(tmp_path: Path, key: str, owner: OwnerId) -> None:
    async with hub_with_keys(tmp_path) as (hub, http):
        http.headers["X-API-Key"] = key
        session = (await http.post("/api/sessions", json={})).json()
        batch = (
            await http.post("/api/generate/batch", json={"prompt": "a cat", "model_family": "sd15", "count": 2})
        ).json()
        uri = "data:image/png;base64," + base64.b64encode(png()).decode()
        enlarged = await http.post("/api/generate", json={"workflow": "upscale_esrgan", "parameters": {"image": uri}})
        upload = (await http.post("/api/artifacts", files={"file": ("a.png", png((1, 2, 3)), "image/png")})).json()
        task = {"id": "t1", "type": "sd15.text2img", "inputs": {"prompt": "a dog"}}
        job = (await http.post("/api/jobs", json={"kind": "workflow", "payload": {"tasks": [task]}})).json()
        polled = (await http.post("/generate", json={"workflow_id": "sd15_txt2img", "params": {"prompt": "x"}})).json()
        assert enlarged.status_code == 202, enlarged.text

        async def owner_of_batch(batch_id: str) -> OwnerId | None:
            return (await hub.generations.batch(BatchId(batch_id))).owner

        stored_job = (await hub.jobs.get(JobId(job["job_id"]))).job
        await submitted(hub, stored_job, "t1")
        [generation] = await hub.generations.search(GenerationFilter(session_id=stored_job.session_id))
        polled_batch = (await hub.generations.get(GenerationId(polled["task_id"]))).batch_id
        [source] = enlarged.json()["generations"]
        assert (await hub.sessions.get(SessionId(session["id"]))).owner == owner
        assert (await hub.sessions.get(SessionId(batch["session_id"]))).owner == owner
        assert await owner_of_batch(batch["batch_id"]) == owner
        assert await owner_of_batch(polled_batch) == owner
        assert await hub.storage.artifacts.owner_of(upload["artifact_id"]) == owner
        assert await hub.storage.artifacts.owner_of(source["parameters"]["image"].partition(":")[2]) == owner
        assert stored_job.owner == owner
        assert (await hub.sessions.get(stored_job.session_id)).owner == owner
        assert await owner_of_batch(generation.batch_id) == owner


@pytest.mark.parametrize("key", [None, KEY])
async def test_without_keys_of_ones_own_everything_is_everybodys(tmp_path: Path, key: str | None) -> None:
    settings = settings_for(tmp_path, api_key=key)
    async with open_hub(settings, FakeFleet()) as hub, http_client(hub, settings) as http:
        http.headers["X-API-Key"] = key or ""
        batch = (await http.post("/api/generate", json={"prompt": "a cat", "model_family": "sd15"})).json()
        assert (await hub.generations.batch(BatchId(batch["batch_id"]))).owner is None
        assert (await hub.sessions.get(SessionId(batch["session_id"]))).owner is None
