"""Somebody uses a node's own page: the hub sees it as soon as the node says that its queue grew."""

from pathlib import Path

from tests.fakes import FakeFleet
from tests.hub import open_hub, settings_for
from tests.services.asking import finished, request
from tests.waiting import eventually
from vibes.domain.ids import AttemptId, NodeId
from vibes.domain.nodes.events import QueueLength
from vibes.domain.nodes.outcome import Pending, Running, Succeeded
from vibes.environment.settings import Settings

FAST = NodeId("fast")
THEIRS, MORE = AttemptId("theirs"), AttemptId("more of theirs")


def unasked(folder: Path) -> Settings:
    """The node is asked of its own accord only once in a test."""
    return settings_for(folder, health_interval=600)


async def test_a_prompt_of_somebody_else_is_seen_when_it_comes_and_when_it_goes(tmp_path: Path) -> None:
    fleet = FakeFleet()
    async with open_hub(unasked(tmp_path), fleet) as hub:
        watch = hub.supervisor.get(FAST)
        await eventually(lambda: fleet["fast"].heard and watch.foreign_queue_length == 0)
        fleet["fast"].states[THEIRS] = Running()
        fleet["fast"].states[MORE] = Pending(1)
        fleet["fast"].tell(QueueLength(2))
        await eventually(lambda: watch.foreign_queue_length == 2)
        assert watch.state == "busy"
        fleet["fast"].states[THEIRS] = Succeeded(())
        fleet["fast"].tell(QueueLength(1))
        await eventually(lambda: watch.foreign_queue_length == 1)
        fleet["fast"].states[MORE] = Succeeded(())
        fleet["fast"].tell(QueueLength(0))
        await eventually(lambda: watch.foreign_queue_length == 0)


async def test_our_own_prompts_give_no_rise_to_questions(tmp_path: Path) -> None:
    fleet = FakeFleet(instant=False)
    async with open_hub(unasked(tmp_path), fleet) as hub:
        await eventually(lambda: fleet["fast"].heard)
        submission = await hub.generations.submit(request(preferred_node=FAST))
        [attempt_id] = await eventually(lambda: fleet["fast"].running)
        before = fleet["fast"].checks
        for length in (1, 1, 0):
            fleet["fast"].tell(QueueLength(length))
        await eventually(lambda: fleet["fast"].heard)
        fleet["fast"].finish(attempt_id)
        await finished(hub, submission.batch.id)
        assert fleet["fast"].checks == before


async def test_a_node_that_talks_of_its_queue_without_end_is_asked_at_a_pace(tmp_path: Path) -> None:
    fleet = FakeFleet()
    async with open_hub(settings_for(tmp_path, health_interval=600, recheck_interval=0.5), fleet) as hub:
        watch = hub.supervisor.get(FAST)
        await eventually(lambda: fleet["fast"].heard and watch.foreign_queue_length == 0)
        before = fleet["fast"].checks
        for length in range(1, 200):
            fleet["fast"].tell(QueueLength(length))
        await eventually(lambda: fleet["fast"].checks > before)
        assert fleet["fast"].checks <= before + 2
