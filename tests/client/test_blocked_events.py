"""Where no live event comes through, the hub is asked: nobody waits for ever for pictures that are there."""

import asyncio
from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path

import pytest

from tests.api.test_job_routes import draw_one
from tests.blocking_proxy import blocking_proxy
from tests.client.conftest import Served
from tests.client.test_broken_connections import TASKS
from tests.fakes import FakeFleet
from tests.hub import open_hub, served, settings_for
from tests.waiting import deadline, eventually
from vibes.client import AsyncHubClient, BatchRequest, EventsBlocked, HubAddress, HubClient, NotFound
from vibes.commands.jobs.run import RunOptions, run_job
from vibes.commands.pictures.generate import GenerateOptions, run_generate
from vibes.domain.batch import BatchStatus
from vibes.domain.job import JobStatus

ANSWERS = [502, 503, 400, 404, 200, 426, None]
"""To the handshake of a WebSocket; the last one is none at all."""


@pytest.fixture(autouse=True)
def no_long_silences(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("vibes.client.events.silence.QUIET_SECONDS", 0.1)
    monkeypatch.setattr("vibes.client.endpoints.batches.QUIET_SECONDS", 0.1)
    monkeypatch.setattr("vibes.client.events.live_events.CONNECT_SECONDS", 0.5)


@pytest.fixture
async def slow_hub(tmp_path: Path) -> AsyncIterator[Served]:
    """Its nodes draw when the test says so."""
    fleet, settings = FakeFleet(instant=False), settings_for(tmp_path)
    async with open_hub(settings, fleet) as hub, served(hub, settings) as address:
        yield Served(hub, fleet, address)


def wanted(folder: Path, **given: object) -> GenerateOptions:
    options: dict[str, object] = dict.fromkeys(GenerateOptions.__slots__)
    options |= {"prompt": "a cat", "count": 1, "family": "sd15", "task": "draft", "loras": (), "overwrite": False}
    options |= {"styles": (), "wildcards": False, "metadata": True}
    return GenerateOptions(**{**options, "out": folder, **given})  # type: ignore[arg-type]  # as the command line does


def said(capsys: pytest.CaptureFixture[str]) -> str:
    return " ".join(capsys.readouterr().err.split())


@pytest.mark.parametrize("answer", ANSWERS)
async def test_generate_asks_where_sockets_are_blocked_says_so_and_ends(
    slow_hub: Served, tmp_path: Path, capsys: pytest.CaptureFixture[str], answer: int | None
) -> None:
    told: list[str] = []

    def has_said() -> bool:
        told.append(said(capsys))
        return "Live events do not come through" in " ".join(told)

    async with blocking_proxy(slow_hub.url, answer) as url, deadline():
        drawing = asyncio.create_task(run_generate(wanted(tmp_path / "out"), HubAddress(url)))
        await eventually(has_said)
        await draw_one(slow_hub.fleet)
        assert await drawing == 0
    assert len(list((tmp_path / "out").glob("01-*.png"))) == 1
    assert (tmp_path / "out" / "contact-sheet.png").exists()


async def test_coming_back_to_a_batch_asks_as_well(slow_hub: Served, tmp_path: Path) -> None:
    async with blocking_proxy(slow_hub.url, 502) as url, AsyncHubClient(url) as hub, deadline():
        batch = await hub.batches.submit(BatchRequest(prompt="a cat", model_family="sd15"))
        options = wanted(tmp_path / "out", prompt="", resume=batch.batch_id)
        drawing = asyncio.create_task(run_generate(options, HubAddress(url)))
        await draw_one(slow_hub.fleet)
        assert await drawing == 0
    assert len(list((tmp_path / "out").glob("01-*.png"))) == 1


@pytest.mark.parametrize("answer", ANSWERS)
async def test_both_halves_of_the_client_wait_for_a_batch_by_asking(slow_hub: Served, answer: int | None) -> None:
    async with blocking_proxy(slow_hub.url, answer) as url, AsyncHubClient(url) as hub, deadline():
        batch = await hub.batches.submit(BatchRequest(prompt="a cat", model_family="sd15"))

        def wait_without_a_loop() -> BatchStatus:
            with HubClient(url, patience_seconds=0.5) as blocking:  # so that it gives the events up meanwhile
                return blocking.batches.wait(batch.batch_id).status

        waiting = asyncio.gather(hub.batches.wait(batch.batch_id), asyncio.to_thread(wait_without_a_loop))
        await draw_one(slow_hub.fleet)
        with_a_loop, without = await waiting
    assert (with_a_loop.status, without) == (BatchStatus.COMPLETE, BatchStatus.COMPLETE)


async def test_who_wants_the_events_themselves_learns_that_they_are_blocked(served_hub: Served) -> None:
    async with blocking_proxy(served_hub.url, 502) as url, AsyncHubClient(url, patience_seconds=0.3) as hub:
        session = await hub.sessions.create()
        with pytest.raises(EventsBlocked, match="answered 502 to the WebSocket"):
            await anext(hub.sessions.events(session.id))
        with pytest.raises(NotFound):
            await anext(hub.sessions.events("nobody"))


async def test_run_asks_where_a_proxy_holds_events_up_and_says_so(
    slow_hub: Served, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    told: list[str] = []

    def has_said(words: str) -> bool:
        told.append(said(capsys))
        return words in " ".join(told)

    async with blocking_proxy(slow_hub.url, 502) as url, AsyncHubClient(slow_hub.url) as hub, deadline():
        job_id = (await hub.jobs.submit(TASKS[:1])).job_id
        options = RunOptions(file=None, follow=job_id, out=tmp_path / "out", as_json=False)
        running = asyncio.create_task(run_job(options, HubAddress(url)))
        await eventually(partial(has_said, "its events are held up on the way"))
        for _ in range(3):
            await draw_one(slow_hub.fleet)
        assert await running == 0
    assert has_said("t1: complete, 3 pictures")
    assert len(list((tmp_path / "out").glob("t1-0?.png"))) == 3


async def test_both_halves_of_the_client_wait_for_a_job_whose_events_are_held_up(slow_hub: Served) -> None:
    async with blocking_proxy(slow_hub.url, 502) as url, AsyncHubClient(url) as hub, deadline():
        job_id = (await hub.jobs.submit(TASKS[:1])).job_id

        def wait_without_a_loop() -> JobStatus:
            with HubClient(url) as blocking:
                return blocking.jobs.wait(job_id).status

        waiting = asyncio.gather(hub.jobs.wait(job_id), asyncio.to_thread(wait_without_a_loop))
        for _ in range(3):
            await draw_one(slow_hub.fleet)
        with_a_loop, without = await waiting
    assert (with_a_loop.status, without) == (JobStatus.COMPLETE, JobStatus.COMPLETE)
