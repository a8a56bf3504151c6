"""Whole hubs over PostgreSQL: the same stories as over a file, and those of a server that restarts, breaks connections
or is away for a while. Nothing is lost, nothing is drawn twice, and work goes on."""

import asyncio
import signal
from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path

import pytest

from tests.backing import PostgresqlServer, postgresql
from tests.fakes import FakeFleet
from tests.hub import ON_POSTGRESQL, http_client, open_hub, settings_for
from tests.services import test_generating, test_kept_promises, test_nothing_is_lost
from tests.services.asking import request
from tests.waiting import eventually
from vibes.app.hub import Hub
from vibes.domain.attempt import AttemptState
from vibes.domain.errors import StorageUnavailable
from vibes.domain.generation import GenerationStatus
from vibes.domain.ids import BatchId

Story = Callable[[Path], Awaitable[None]]
STORIES: tuple[Story, ...] = (
    test_generating.test_a_batch_becomes_pictures_on_disk_with_seeds_that_count_on,
    test_generating.test_a_new_hub_adopts_what_still_runs_and_sends_nothing_twice,
    test_generating.test_the_same_key_sent_twice_at_once_makes_one_batch,
    test_generating.test_an_upscale_starts_from_the_picture_of_its_parent_uploaded_once,
    test_kept_promises.test_a_picture_of_an_ended_job_that_a_person_retried_is_drawn_by_the_next_hub,
    test_nothing_is_lost.test_the_result_of_a_lost_attempt_is_taken_when_its_node_comes_back_in_time,
    test_nothing_is_lost.test_a_cancel_that_was_not_heard_is_said_again_by_the_next_hub,
)
PICTURES = 40


@pytest.fixture(autouse=True)
def on_postgresql(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(ON_POSTGRESQL, "1")


@pytest.fixture
def server() -> PostgresqlServer:
    started = postgresql()
    if started.folder is None:
        pytest.skip("the server of TEST_DATABASE_URL is somebody else's: it is not stopped")
    return started


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.__name__)
async def test_a_story_of_whole_hubs_holds(story: Story, tmp_path: Path) -> None:
    await story(tmp_path)
    assert not (tmp_path / "data" / "vibes.db").exists(), "it is told of no file"


async def completed(hub: Hub, batch_id: BatchId) -> int:
    generations = await hub.storage.generations.of_batch(batch_id)
    return sum(each.status is GenerationStatus.COMPLETE for each in generations)


async def restarted(server: PostgresqlServer, _hub: Hub, _url: str) -> None:
    await asyncio.to_thread(server.restart)


async def crashed(server: PostgresqlServer, _hub: Hub, _url: str) -> None:
    await asyncio.to_thread(server.restart, signal.SIGQUIT)


async def cut(server: PostgresqlServer, _hub: Hub, url: str) -> None:
    for _ in range(5):
        await asyncio.to_thread(server.terminate, url)


async def away(server: PostgresqlServer, hub: Hub, _url: str) -> None:
    """For as long as a hub takes to notice it ten times."""
    await asyncio.to_thread(server.stop)
    for _ in range(10):
        await eventually(lambda: _unanswered(hub), what="it is noticed")
    await asyncio.to_thread(server.start)


async def _unanswered(hub: Hub) -> bool:
    try:
        await hub.storage.ping()
    except StorageUnavailable:
        return True
    return False


MISHAPS = {"restarted": restarted, "crashed": crashed, "cut": cut, "away": away}


@pytest.mark.parametrize("mishap", MISHAPS)
async def test_every_picture_is_drawn_once_whatever_the_server_does_meanwhile(
    server: PostgresqlServer, tmp_path: Path, mishap: str
) -> None:
    fleet, settings = FakeFleet(), settings_for(tmp_path)
    async with open_hub(settings, fleet) as hub, http_client(hub, settings) as http:
        batch = (await hub.generations.submit(request(count=PICTURES))).batch
        for some in (1, PICTURES // 2):
            await eventually(partial(_has, hub, batch.id, some), what=f"{some} are drawn")
            trouble = asyncio.create_task(MISHAPS[mishap](server, hub, settings.storage_url))
            body = {"prompt": "a late cat", "model_family": "sd15", "count": 2}
            answer = await http.post("/api/generate/batch", json=body)
            await trouble
            assert answer.status_code == 202, "whoever asks meanwhile waits"
        await eventually(lambda: _has(hub, batch.id, PICTURES), what="all are drawn")
        await eventually(lambda: _is_done(hub, PICTURES + 4), what="and the late ones")

        for generation in await hub.storage.generations.of_batch(batch.id):
            states = [each.state for each in await hub.storage.attempts.of_generation(generation.id)]
            assert states.count(AttemptState.WON) == 1
            assert {*states} <= {AttemptState.WON, AttemptState.SUPERSEDED}, "a second attempt at most"
        posts = [each for node in fleet.nodes.values() for each in node.posts]
        assert len(posts) == len(set(posts)) >= PICTURES + 4


async def _has(hub: Hub, batch_id: BatchId, number: int) -> bool:
    return await completed(hub, batch_id) >= number


async def _is_done(hub: Hub, number: int) -> bool:
    return (await hub.storage.generations.count_by_status())[GenerationStatus.COMPLETE] == number
