"""A restart with a long queue: the hub answers when the head of it is read, and the rest comes in behind."""

from collections import Counter
from pathlib import Path

import pytest

from tests.fakes import FakeFleet
from tests.hub import open_hub, settings_for
from tests.services.asking import request
from tests.waiting import eventually
from vibes.app.hub import Hub, running_hub
from vibes.domain.attempt import AttemptState
from vibes.domain.errors import Conflict
from vibes.domain.generation import GenerationStatus
from vibes.domain.ids import GenerationId
from vibes.environment.settings import Settings
from vibes.services.generations.queue_service import QueueEnd
from vibes.services.maintenance.queue_reader import HEAD
from vibes.services.queue.forecast import QUEUE_UNREAD

COUNT = 2 * HEAD


@pytest.fixture
async def stopped(tmp_path: Path) -> tuple[Settings, list[GenerationId]]:
    """The settings of a hub that was stopped with a paused queue, and what waits in it; the last one was moved up."""
    settings = settings_for(tmp_path)
    async with open_hub(settings, FakeFleet()) as hub:
        await hub.queue.pause()
        submission = await hub.generations.submit(request(count=COUNT))
        ids = [each.id for each in submission.generations]
        await hub.queue.move(ids[-1:], QueueEnd.FRONT)
    return settings, ids


async def all_read(hub: Hub) -> None:
    await eventually(lambda: not hub.board.unread, what="the queue is read")


async def test_the_head_is_there_at_once_and_the_rest_soon(stopped: tuple[Settings, list[GenerationId]]) -> None:
    settings, ids = stopped
    async with running_hub(settings, FakeFleet()) as hub:
        assert (hub.board.waiting, hub.board.unread) == (HEAD, COUNT - HEAD)
        assert hub.board.work_of(ids[-1]) is not None, "what was moved to the front is of the head"
        assert hub.forecast.waiting_for(ids[HEAD + 1]) == QUEUE_UNREAD
        await all_read(hub)
        page = await hub.board.waiting_in_order(0, COUNT)
        assert [generation.id for generation, _ in page] == [ids[-1], *ids[:-1]]


async def test_what_is_not_read_yet_can_be_cancelled_and_is_told_apart_from_what_is_over(
    stopped: tuple[Settings, list[GenerationId]],
) -> None:
    settings, ids = stopped
    async with running_hub(settings, FakeFleet()) as hub:
        with pytest.raises(Conflict, match="still reads its queue"):
            await hub.queue.move([ids[-2]], QueueEnd.FRONT)
        assert (await hub.generations.cancel(ids[-2])).status is GenerationStatus.CANCELLED
        await all_read(hub)
        assert hub.board.waiting == COUNT - 1


async def test_everything_that_was_queued_is_drawn_once(stopped: tuple[Settings, list[GenerationId]]) -> None:
    settings, ids = stopped
    fleet = FakeFleet()
    async with running_hub(settings, fleet) as hub:
        await hub.queue.resume()
        submission = await hub.generations.submit(request(count=1))
        await eventually(
            lambda: not (hub.board.waiting or hub.board.unread or hub.board.active), within=60, what="done"
        )
        assert (await hub.generations.get(submission.generations[0].id)).status is GenerationStatus.COMPLETE
        batch_id = (await hub.generations.get(ids[0])).batch_id
        _, drawn = await hub.generations.get_batch(batch_id)
        assert {each.status for each in drawn} == {GenerationStatus.COMPLETE}
        attempts = await hub.storage.attempts.of_batch(batch_id)
        won = Counter(each.generation_id for each in attempts if each.state is AttemptState.WON)
        assert won == dict.fromkeys(ids, 1)
        assert all(each.state is AttemptState.SUPERSEDED for each in attempts if each.state is not AttemptState.WON), (
            "a slow machine may see second attempts, and nothing else"
        )
