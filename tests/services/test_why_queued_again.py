"""Whoever watches a session learns by a cause, and not by a sentence, why a picture is queued again."""

from pathlib import Path

from tests.fakes import FakeFleet
from tests.hub import open_hub, settings_for
from tests.services.asking import request
from tests.waiting import deadline, eventually
from vibes.app.hub import Hub
from vibes.domain.events import GenerationQueued, QueuedCause
from vibes.domain.ids import NodeId
from vibes.services.events.live_events import Listener, NumberedEvent

FAST = NodeId("fast")


async def queued_again(listener: Listener) -> GenerationQueued:
    async with deadline():
        while True:
            told = await listener.next()
            if isinstance(told, NumberedEvent) and isinstance(told.event, GenerationQueued):
                return told.event


async def watched(hub: Hub, fleet: FakeFleet) -> Listener:
    """A listener to the session of one picture, which runs on the fast node."""
    submission = await hub.generations.submit(request(preferred_node=FAST))
    await eventually(lambda: fleet["fast"].running)
    listener, _ = hub.live.subscribe(submission.batch.session_id, None)
    return listener


async def test_its_node_was_lost(tmp_path: Path) -> None:
    fleet = FakeFleet(instant=False)
    async with open_hub(settings_for(tmp_path), fleet) as hub:
        listener = await watched(hub, fleet)
        fleet["fast"].unplug()
        told = await queued_again(listener)
    assert told.cause is QueuedCause.LOST
    assert "fast" in (told.reason or "")


async def test_its_node_could_not_do_it_and_another_one_tries(tmp_path: Path) -> None:
    fleet = FakeFleet(instant=False)
    async with open_hub(settings_for(tmp_path), fleet) as hub:
        listener = await watched(hub, fleet)
        fleet["fast"].break_down(fleet["fast"].running[0], "retry")  # a sentence that might be taken for a cause
        told = await queued_again(listener)
    assert (told.cause, "retry" in (told.reason or "")) == (QueuedCause.ERRORED, True)


async def test_a_person_asked_again(tmp_path: Path) -> None:
    fleet = FakeFleet(instant=False)
    async with open_hub(settings_for(tmp_path), fleet) as hub:
        submission = await hub.generations.submit(request(preferred_node=FAST))
        [generation] = submission.generations
        await hub.generations.cancel(generation.id)
        listener, _ = hub.live.subscribe(generation.session_id, None)
        await hub.generations.retry(generation.id)
        assert (await queued_again(listener)).cause is QueuedCause.RETRY
