"""Lines that break, answers that are lost, hubs that restart: the client gets everything, and everything once."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from functools import partial
from itertools import chain, cycle, repeat
from pathlib import Path

import pytest

from tests.api.test_job_routes import draw_one, stored_pictures
from tests.client.conftest import Served
from tests.cutting_proxy import cutting_proxy
from tests.fakes import FakeFleet, SameMachines
from tests.hub import open_hub, served, settings_for
from tests.loopback import free_port
from tests.waiting import deadline, eventually
from vibes.client import (
    AsyncHubClient,
    BatchRequest,
    ClientError,
    GenerationCompleted,
    HubAway,
    JobChanged,
    JobEvent,
    JobProgressed,
    Preview,
    SessionEvent,
    Snapshot,
    Task,
    TaskChanged,
)
from vibes.domain.job import JobStatus

TASKS = [
    Task("t1", "sd15.text2img", {"prompt": "a cat", "count": 3, "seed": 7}),
    Task("t2", "upscale.esrgan", {"image": "@t1.images[1]"}),
]
BYTES = (700, 950, 1400, 5000)
"""After which the line breaks, in turn: behind the headers, in the middle of an event, behind several."""


async def all_of(events: AsyncGenerator[JobEvent, None]) -> list[JobEvent]:
    return [event async for event in events]


async def test_behind_a_proxy_that_cuts_and_cuts_each_event_of_a_job_is_heard_once(tmp_path: Path) -> None:
    """What a proxy does every five seconds, this one does every few hundred bytes."""
    fleet = FakeFleet(instant=False)
    settings = settings_for(tmp_path)
    cuts = cycle(BYTES)
    async with (
        open_hub(settings, fleet) as opened,
        served(opened, settings) as address,
        cutting_proxy(int(address.rpartition(":")[2]), lambda: next(cuts)) as proxy,
        AsyncHubClient(f"http://{address}") as direct,
        AsyncHubClient(proxy.url) as behind,
        deadline(),
    ):
        job_id = (await direct.jobs.submit(TASKS)).job_id
        whole = asyncio.create_task(all_of(direct.jobs.events(job_id)))
        pieces = asyncio.create_task(all_of(behind.jobs.events(job_id)))
        for number in range(1, 5):
            await draw_one(fleet)
            await eventually(partial(stored_pictures, opened, number))
        heard, put_together = await whole, await pieces
        broken = proxy.cut

    assert put_together == heard
    assert len({event.id for event in heard}) == len(heard)
    steps = [event for event in heard if not isinstance(event, JobProgressed)]
    assert [event.id for event in steps] == [str(number) for number in range(1, len(steps) + 1)]
    assert len(heard) - len(steps) >= 3, "passing hints are among them"
    assert isinstance(heard[-1], JobChanged)
    assert heard[-1].status is JobStatus.COMPLETE
    assert broken > 5


async def test_behind_such_a_proxy_a_session_is_heard_in_order_and_once(served_hub: Served) -> None:
    cuts = cycle((40_000, 1500, 2500))
    async with (
        cutting_proxy(served_hub.port, lambda: next(cuts)) as proxy,
        AsyncHubClient(served_hub.url) as direct,
        AsyncHubClient(proxy.url) as behind,
        deadline(),
    ):
        session = await direct.sessions.create()
        request = BatchRequest(prompt="x", count=12, model_family="sd15", session_id=session.id)
        whole = asyncio.create_task(_heard_until_drawn(direct, session.id, 12))
        pieces = asyncio.create_task(_heard_until_drawn(behind, session.id, 12))
        await direct.batches.submit(request)
        heard, put_together = await whole, await pieces

    seen = [event.seq for event in put_together]
    assert seen == sorted(set(seen))
    known = {event.seq: event for event in heard if not isinstance(event, Snapshot)}
    told = {event.seq: event for event in put_together if not isinstance(event, Snapshot)}
    assert {seq: event for seq, event in known.items() if seq > seen[0]} == {
        seq: event for seq, event in told.items() if seq in known
    }


async def _heard_until_drawn(hub: AsyncHubClient, session_id: str, count: int) -> list[SessionEvent]:
    heard: list[SessionEvent] = []
    async with aclosing(hub.sessions.events(session_id)) as events:
        async for event in events:
            if isinstance(event, Preview):
                continue
            heard.append(event)
            if isinstance(event, GenerationCompleted) and event.completed == count:
                break
    return heard


async def test_a_submission_whose_answer_is_lost_is_sent_again_and_done_once(served_hub: Served) -> None:
    """The hub has it, the client does not know: only the key that goes with it tells."""
    cuts = chain([None, 30, 30, 30], repeat(None))
    tries: list[ClientError] = []
    async with (
        cutting_proxy(served_hub.port, lambda: next(cuts)) as proxy,
        AsyncHubClient(proxy.url, on_away=tries.append) as hub,
        deadline(),
    ):
        await hub.discovery.fleet()
        await proxy.drop_all()
        accepted = await hub.jobs.submit(TASKS)
        assert proxy.cut == 3
        assert (await hub.jobs.list()).total == 1
        assert (await hub.jobs.wait(accepted.job_id)).status is JobStatus.COMPLETE
    assert len(tries) >= 3


async def test_what_might_be_done_twice_is_not_sent_again(served_hub: Served) -> None:
    cuts = chain([None, 30], repeat(None))
    async with cutting_proxy(served_hub.port, lambda: next(cuts)) as proxy, AsyncHubClient(proxy.url) as hub:
        await hub.discovery.fleet()
        await proxy.drop_all()
        with pytest.raises(HubAway):
            await hub.sessions.create()
        assert len((await hub.sessions.list()).sessions) == 1, "it was done, and nobody knows; not done twice"


async def test_a_hub_that_restarts_is_waited_for_and_the_events_go_on(tmp_path: Path) -> None:
    fleet, settings, port = FakeFleet(instant=False), settings_for(tmp_path), free_port()
    away = asyncio.Event()
    heard: list[JobEvent] = []
    begun = asyncio.Event()

    async def listen(hub: AsyncHubClient, job_id: str) -> None:
        async for event in hub.jobs.events(job_id):
            heard.append(event)
            if isinstance(event, TaskChanged) and event.status is JobStatus.RUNNING:
                begun.set()

    async with (
        AsyncHubClient(f"http://127.0.0.1:{port}", on_away=lambda _: away.set()) as client,
        deadline(),
    ):
        async with open_hub(settings, fleet) as hub, served(hub, settings, port):
            job_id = (await client.jobs.submit(TASKS[:1])).job_id
            listening = asyncio.create_task(listen(client, job_id))
            await begun.wait()
            hub.stop_claiming()  # as at a signal: open streams are let go
        other = asyncio.create_task(client.jobs.submit(TASKS[:1], idempotency_key="k"))
        await away.wait()
        machines = SameMachines(fleet.nodes, instant=True)
        async with open_hub(settings, machines) as hub, served(hub, settings, port):
            for node in machines.nodes.values():
                for attempt_id in list(node.running):
                    node.finish(attempt_id)
            assert (await client.jobs.wait((await other).job_id)).status is JobStatus.COMPLETE
            await listening
            assert (await client.jobs.list()).total == 2
    steps = [event.id for event in heard if not isinstance(event, JobProgressed)]
    assert steps == [str(number) for number in range(1, len(steps) + 1)]
    assert isinstance(heard[-1], JobChanged)


async def test_patience_ends(tmp_path: Path) -> None:
    settings, port = settings_for(tmp_path), free_port()
    async with AsyncHubClient(f"http://127.0.0.1:{port}", patience_seconds=0.3) as client, deadline():
        async with open_hub(settings, FakeFleet()) as hub, served(hub, settings, port):
            session = await client.sessions.create()
        with pytest.raises(HubAway):
            await client.discovery.fleet()
        with pytest.raises(HubAway):
            await anext(client.jobs.events("any"))
        with pytest.raises(HubAway):
            await anext(client.sessions.events(session.id))
