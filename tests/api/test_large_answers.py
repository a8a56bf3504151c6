"""Answers about thousands of generations are made in slices, between which other requests are answered."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable
from pathlib import Path
from typing import Any, TypeVar

import httpx
import pytest
import websockets

from tests.api.conftest import Studio
from tests.fakes import FakeFleet
from tests.hub import http_client, open_hub, served, settings_for
from vibes.api.http.slices import A_SLICE
from vibes.api.routes import generations
from vibes.api.schemas.generations import GenerationOut
from vibes.client.http.decoding import decode
from vibes.client.values.pictures import SessionDetail
from vibes.services.generations.cancellation import CANCELLED_AT_ONCE
from vibes.services.queue.announcer import Announcer

T = TypeVar("T")

COUNT = 1000
BODY = {"prompt": "a lighthouse", "model_family": "sd15", "count": COUNT}


class Turns:
    """Counts how much of some work is done in one go, until somebody else gets a turn."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, owner: type, name: str) -> None:
        """The work is what the method ``name`` of ``owner`` does."""
        self._in_a_row = 0
        self.done = self.most = 0
        method = getattr(owner, name)

        def counted(*args: Any) -> Any:
            self._in_a_row += 1
            self.done += 1
            self.most = max(self.most, self._in_a_row)
            return method(*args)

        monkeypatch.setattr(owner, name, counted)

    async def during(self, work: Awaitable[T]) -> T:
        ticking = asyncio.create_task(self._tick())
        try:
            return await work
        finally:
            ticking.cancel()

    async def _tick(self) -> None:
        while True:
            self._in_a_row = 0
            await asyncio.sleep(0)


@pytest.fixture
async def large(tmp_path: Path) -> AsyncIterator[tuple[httpx.AsyncClient, str, str]]:
    """A hub with a paused queue of a thousand: its client, its address, the session."""
    settings = settings_for(tmp_path)
    async with (
        open_hub(settings, FakeFleet()) as hub,
        http_client(hub, settings) as http,
        served(hub, settings) as address,
    ):
        (await http.patch("/api/queue", json={"action": "pause"})).raise_for_status()
        batch = (await http.post("/api/generate/batch", json=BODY)).json()
        yield http, address, batch["session_id"]


async def test_a_session_of_many_is_told_whole_and_in_slices(
    large: tuple[httpx.AsyncClient, str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    http, address, session_id = large
    turns = Turns(monkeypatch, GenerationOut, "of")
    answer = await turns.during(http.get(f"/api/sessions/{session_id}"))
    assert turns.done == COUNT
    assert turns.most <= A_SLICE
    assert answer.headers["content-type"] == "application/json"
    assert len(decode(SessionDetail, answer.json()).generations) == COUNT
    async with websockets.connect(f"ws://{address}/ws/session/{session_id}", max_size=None) as stream:
        snapshot = json.loads(await turns.during(stream.recv()))
    assert turns.most <= A_SLICE
    assert snapshot["session"] == answer.json()


async def test_a_far_page_of_the_queue_is_the_same_as_the_places_say(large: tuple[httpx.AsyncClient, str, str]) -> None:
    http, _, session_id = large
    more = (await http.post("/api/generate/batch", json={**BODY, "session_id": session_id})).json()
    page = (await http.get("/api/queue", params={"offset": COUNT + 500, "limit": 3})).json()
    assert page["queued"] == 2 * COUNT
    assert [each["position"] for each in page["waiting"]] == [1500, 1501, 1502]
    wanted = [each["id"] for each in more["generations"][500:503]]
    assert [each["generation_id"] for each in page["waiting"]] == wanted


async def test_a_session_of_many_is_deleted_in_slices_and_nothing_of_it_stays(
    large: tuple[httpx.AsyncClient, str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    http, _, session_id = large
    turns = Turns(monkeypatch, Announcer, "cancelled")
    assert (await turns.during(http.delete(f"/api/sessions/{session_id}?for_good=true"))).status_code == 204
    assert turns.done == COUNT
    assert turns.most <= CANCELLED_AT_ONCE
    assert (await http.get(f"/api/sessions/{session_id}")).status_code == 404
    assert (await http.get("/api/queue")).json()["queued"] == 0


async def test_a_page_of_very_long_prompts_ends_early_and_goes_on_where_it_ended(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(generations, "MAX_PAGE_BYTES", 25_000)
    body = {"prompt": "p" * 10_000, "model_family": "sd15", "count": 5}
    batch = (await studio.http.post("/api/generate/batch", json=body)).json()
    seen: list[str] = []
    pages = []
    while len(seen) < 5:
        page = (await studio.http.get("/api/generations", params={"offset": len(seen), "limit": 100})).json()
        pages.append(len(page["generations"]))
        seen += [each["id"] for each in page["generations"]]
        assert page["total"] == 5
    assert pages == [2, 2, 1]
    assert sorted(seen) == sorted(each["id"] for each in batch["generations"])
