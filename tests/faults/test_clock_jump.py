"""The machine's clock is set forward and back while work is under way."""

from datetime import timedelta
from pathlib import Path

import pytest

from tests.fakes.dates import DateOfTheStory
from tests.faults.world import World, world
from tests.hub import settings_for
from tests.services.asking import finished, request
from tests.waiting import eventually
from vibes.app.hub import Hub, running_hub
from vibes.domain.generation import GenerationStatus
from vibes.domain.ids import BatchId

pytestmark = pytest.mark.processes


async def test_a_clock_that_jumps_a_day_either_way_loses_nothing_and_sends_nothing_twice(tmp_path: Path) -> None:
    clock = DateOfTheStory()
    async with world(tmp_path, hub=False) as broken:
        settings = settings_for(tmp_path)
        async with running_hub(settings, clock=clock) as hub:
            await eventually(lambda: all(watch.reachable for watch in hub.supervisor.nodes.values()))
            first = await hub.generations.submit(request(count=8))
            await after_jump(broken, hub, clock, timedelta(days=1))
            second = await hub.generations.submit(request(count=4))
            await after_jump(broken, hub, clock, timedelta(days=-2))
            for batch in (first.batch.id, second.batch.id):
                assert await statuses(hub, batch) == {GenerationStatus.COMPLETE}
        drawn = await broken.drawn()
    assert len(drawn) == 12


async def after_jump(broken: World, hub: Hub, clock: DateOfTheStory, jump: timedelta) -> None:
    """While both nodes draw; the hub then looks for leases that are over."""
    for machine_id in broken.machines:
        await broken.works(machine_id)
    clock.offset += jump
    await hub.sweep()


async def statuses(hub: Hub, batch_id: BatchId) -> set[GenerationStatus]:
    return {each.status for each in await finished(hub, batch_id)}
