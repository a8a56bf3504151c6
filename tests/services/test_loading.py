"""A node that reads a model file: people are told which one."""

import time
from dataclasses import replace
from pathlib import Path

from tests.fakes import FakeFleet
from tests.hub import open_hub, settings_for
from tests.services.asking import finished, request
from tests.waiting import eventually
from vibes.api.schemas.generations import GenerationOut
from vibes.api.schemas.live_messages import event_message
from vibes.app.hub import Hub
from vibes.domain.events import GenerationProgressed
from vibes.domain.ids import AttemptId, NodeId
from vibes.domain.nodes.events import AttemptEnded, GraphNodeStarted, NodeDisconnected
from vibes.services.events.live_events import NumberedEvent
from vibes.simulator import NodeOptions, SimulatedNode

SLOW = NodeId("slow")
CHECKPOINT = "v1-5-pruned-emaonly.safetensors"


def graph_node(fleet: FakeFleet, attempt_id: AttemptId, class_type: str) -> str:
    graph = fleet["slow"].graphs[attempt_id]
    return next(name for name, each in graph.items() if each["class_type"] == class_type)


async def test_a_picture_whose_model_is_being_read_says_which_until_the_first_step(tmp_path: Path) -> None:
    fleet = FakeFleet(instant=False)
    async with open_hub(settings_for(tmp_path), fleet) as hub:
        submission = await hub.generations.submit(request(preferred_node=SLOW))
        [generation] = submission.generations
        listener, _ = hub.live.subscribe(generation.session_id, None)
        [attempt_id] = await eventually(lambda: fleet["slow"].running)
        fleet["slow"].tell(GraphNodeStarted(attempt_id, graph_node(fleet, attempt_id, "CheckpointLoaderSimple")))
        await eventually(lambda: hub.forecast.loading(generation.id) == CHECKPOINT)
        generation = await hub.generations.get(generation.id)
        shown = GenerationOut.of(generation, hub.views.prospect(generation))
        fleet["slow"].progress(attempt_id, graph_node(fleet, attempt_id, "KSampler"), 3, 10)
        await eventually(lambda: hub.forecast.loading(generation.id) is None)
        fleet["slow"].finish(attempt_id)
        await finished(hub, submission.batch.id)
        told = [await listener.next() for _ in range(5)]
    assert shown.loading == CHECKPOINT
    progress = [each.event for each in told if isinstance(each, NumberedEvent)]
    assert [
        event_message(event, 1).get("loading") for event in progress if isinstance(event, GenerationProgressed)
    ] == [
        CHECKPOINT,
        None,
    ]


async def test_a_node_that_speaks_of_the_work_of_another_is_not_listened_to(tmp_path: Path) -> None:
    """Whoever listens on one node's socket may learn the ids of prompts that run elsewhere."""
    fleet = FakeFleet(instant=False)
    async with open_hub(settings_for(tmp_path), fleet) as hub:
        submission = await hub.generations.submit(request(preferred_node=SLOW))
        [generation] = submission.generations
        [attempt_id] = await eventually(lambda: fleet["slow"].running)
        active = hub.board.active[attempt_id]
        fleet["fast"].tell(GraphNodeStarted(attempt_id, graph_node(fleet, attempt_id, "CheckpointLoaderSimple")))
        fleet["fast"].progress(attempt_id, graph_node(fleet, attempt_id, "KSampler"), 9, 10)
        fleet["fast"].tell(AttemptEnded(attempt_id))
        fleet["fast"].tell(NodeDisconnected("that was all"))
        await eventually(lambda: fleet["fast"].heard, what="all of it was taken in")
        assert (active.measured.ended_at, hub.forecast.loading(generation.id)) == (None, None)
        fleet["slow"].finish(attempt_id)
        await finished(hub, submission.batch.id)


async def is_given_up(hub: Hub, fleet: FakeFleet, attempt_id: AttemptId, silent_for: float) -> bool:
    """Whether the node is held to be wedged when nothing was heard of the attempt for so many seconds."""
    active = hub.board.active[attempt_id]
    active.measured = replace(
        active.measured,
        heard_at=float("-inf"),
        assigned_at=float("-inf"),
        running_since=time.monotonic() - silent_for,
    )
    active.wake()
    asked = fleet["slow"].asked
    await eventually(lambda: fleet["slow"].asked > asked + 1 or attempt_id not in hub.board.active)
    return attempt_id not in hub.board.active


async def test_a_silent_load_from_a_slow_disk_is_no_wedge_and_a_silent_sampler_is_one(tmp_path: Path) -> None:
    """170 s for 2 GB of SD 1.5: measured on a real disk, and more than twenty times what it takes from an SSD."""
    fleet = FakeFleet(instant=False)
    async with open_hub(settings_for(tmp_path, silent_limit=120), fleet) as hub:
        await hub.generations.submit(request(preferred_node=SLOW))
        [attempt_id] = await eventually(lambda: fleet["slow"].running)
        assert not await is_given_up(hub, fleet, attempt_id, 170), "nobody knew what was loaded"
        fleet["slow"].tell(GraphNodeStarted(attempt_id, graph_node(fleet, attempt_id, "CheckpointLoaderSimple")))
        await eventually(lambda: hub.board.active[attempt_id].evidence.loading == CHECKPOINT)
        assert not await is_given_up(hub, fleet, attempt_id, 170)
        fleet["slow"].progress(attempt_id, graph_node(fleet, attempt_id, "KSampler"), 3, 10)
        await eventually(lambda: hub.board.active[attempt_id].evidence.loading is None)
        assert await is_given_up(hub, fleet, attempt_id, 170)
        assert str(hub.supervisor.get(SLOW).reason) == "its prompt has not moved for 170 s: restart ComfyUI there"


async def test_a_load_that_takes_longer_than_any_disk_is_a_wedge_with_the_file_in_its_reason(tmp_path: Path) -> None:
    fleet = FakeFleet(instant=False)
    async with open_hub(settings_for(tmp_path, silent_limit=120), fleet) as hub:
        await hub.generations.submit(request(preferred_node=SLOW))
        [attempt_id] = await eventually(lambda: fleet["slow"].running)
        fleet["slow"].tell(GraphNodeStarted(attempt_id, graph_node(fleet, attempt_id, "CheckpointLoaderSimple")))
        await eventually(lambda: hub.board.active[attempt_id].evidence.loading == CHECKPOINT)
        assert await is_given_up(hub, fleet, attempt_id, 3 * 120 + 10)
        assert "it has been reading v1-5-pruned-emaonly.safetensors for 370 s" in str(hub.supervisor.get(SLOW).reason)


async def test_what_a_load_took_before_decides_how_long_the_next_one_is_waited_for(tmp_path: Path) -> None:
    fleet = FakeFleet(instant=False)
    async with open_hub(settings_for(tmp_path, silent_limit=120), fleet) as hub:
        submission = await hub.generations.submit(request(preferred_node=SLOW))
        [attempt_id] = await eventually(lambda: fleet["slow"].running)
        [work] = await hub.materials.works_for(submission.batch, submission.generations)
        hub.estimator.observe(SLOW, work, 170.0, warm=False)
        assert not await is_given_up(hub, fleet, attempt_id, 1500)
        assert await is_given_up(hub, fleet, attempt_id, 3700), "but no longer than an hour"


async def test_over_the_wire_a_node_that_reads_its_model_says_so_until_its_first_step(tmp_path: Path) -> None:
    async with SimulatedNode(NodeOptions(profile="rtx-3060", time_scale=0.01)) as machine:
        machine.faults.set(slow_disk_seconds=600.0)
        fleet = f"""nodes:
  - {{id: slow, name: RTX 3060, vram_gb: 12, tier: standard, host: 127.0.0.1, port: {machine.port},
     capabilities: [sd15], max_resolution: 1024, max_batch: 1}}
"""
        async with open_hub(settings_for(tmp_path, fleet=fleet)) as hub:
            submission = await hub.generations.submit(request())
            [generation] = submission.generations
            await eventually(lambda: hub.forecast.loading(generation.id) == CHECKPOINT)
            await hub.generations.cancel(generation.id)
