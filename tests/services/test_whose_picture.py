"""Every stored picture is the one that was asked for, whatever a node answers."""

import json
from functools import partial
from pathlib import Path
from typing import Any

from tests.fakes import FakeFleet, SameMachines
from tests.hub import FLEET, open_hub, settings_for
from tests.services.asking import finished, request
from tests.waiting import eventually
from vibes.app.hub import Hub
from vibes.domain.attempt import AttemptState
from vibes.domain.generation import Generation, GenerationStatus
from vibes.domain.ids import AttemptId, NodeId
from vibes.nodes.comfyui.orders.origin import graph_in
from vibes.services.execution.settlement import MAX_LOSSES
from vibes.workflows.filling.compile import OUTPUT_PREFIX

FAST, SLOW = NodeId("fast"), NodeId("slow")
ONLY_FAST = FLEET.replace("id: slow", "id: slow, enabled: false")


def signing(*, instant: bool = True) -> FakeFleet:
    """Nodes whose pictures carry their graphs."""

    class Signing(FakeFleet):
        def __call__(self, config: Any) -> Any:
            node = super().__call__(config)
            node.signs = True
            return node

    return Signing(instant=instant)


async def drawn(hub: Hub, **given: Any) -> list[Generation]:
    submission = await hub.generations.submit(request(**given))
    return await finished(hub, submission.batch.id)


async def carried_by(hub: Hub, generation: Generation) -> dict[str, Any]:
    assert generation.image is not None
    graph = graph_in(await hub.images.read(generation.image))
    assert graph is not None
    return graph


def seed_in(graph: dict[str, Any]) -> int:
    return next(int(each["inputs"]["seed"]) for each in graph.values() if "seed" in each["inputs"])


def _is_over(hub: Hub, attempt_id: AttemptId) -> bool:
    return attempt_id not in hub.board.active


async def test_every_attempt_names_its_files_in_a_way_of_its_own(tmp_path: Path) -> None:
    fleet = signing()
    async with open_hub(settings_for(tmp_path), fleet) as hub:
        fleet["fast"].files_gone = fleet["slow"].files_gone = 3
        generations = await drawn(hub, count=4)
    assert {each.status for each in generations} == {GenerationStatus.COMPLETE}
    graphs = [graph for node in fleet.nodes.values() for graph in node.graphs.values()]
    prefixes = [graph["7"]["inputs"]["filename_prefix"] for graph in graphs]
    assert len(prefixes) > 4
    assert len(set(prefixes)) == len(prefixes)


async def test_a_picture_of_another_prompt_is_fetched_again(tmp_path: Path) -> None:
    fleet = signing()
    async with open_hub(settings_for(tmp_path, fleet=ONLY_FAST), fleet) as hub:
        await drawn(hub)
        fleet["fast"].swaps = 1
        [generation] = await drawn(hub, seed=8)
        attempts = await hub.storage.attempts.of_generation(generation.id)
        carried = await carried_by(hub, generation)
    assert [each.state for each in attempts] == [AttemptState.WON]
    assert seed_in(carried) == 8


async def test_a_node_that_only_gives_pictures_of_other_prompts_is_left_alone(tmp_path: Path) -> None:
    fleet = signing()
    async with open_hub(settings_for(tmp_path), fleet) as hub:
        await drawn(hub, preferred_node=SLOW, seed=1)
        fleet["slow"].swaps = -1
        breaker = hub.supervisor.get(SLOW).breaker
        seed = 100
        while breaker.closed:
            [generation] = await drawn(hub, preferred_node=SLOW, seed=seed)
            assert (generation.node_id, seed_in(await carried_by(hub, generation))) == ("fast", seed)
            seed += 1
        fleet["slow"].swaps = 0
        hub.supervisor.get(SLOW).check_soon()
        await eventually(lambda: not hub.board.view(hub.supervisor.get(SLOW)).paused_for)
        [generation] = await drawn(hub, preferred_node=SLOW, seed=seed)
    assert generation.node_id == "slow", "it gives the right ones again"


async def test_where_every_node_gives_the_wrong_picture_the_reason_is_told_in_the_end(tmp_path: Path) -> None:
    fleet = signing()
    async with open_hub(settings_for(tmp_path, breaker_pause=0.01), fleet) as hub:
        for node in (FAST, SLOW):
            await drawn(hub, preferred_node=node, seed=1)
            fleet[node].swaps = -1
        [generation] = await drawn(hub, seed=2)
        assert list((tmp_path / "data" / "images").rglob(f"*{generation.id}*")) == []
    assert generation.status is GenerationStatus.FAILED
    assert generation.error_message is not None
    assert f"lost {MAX_LOSSES} times" in generation.error_message
    assert (
        "the picture is another prompt's: graph node 4 (KSampler) has seed 1 instead of 2" in generation.error_message
    )


async def test_a_finished_file_that_somebody_deleted_is_drawn_again_and_is_not_the_nodes_fault(tmp_path: Path) -> None:
    fleet = signing()
    async with open_hub(settings_for(tmp_path, fleet=ONLY_FAST, breaker_pause=1000.0), fleet) as hub:
        for seed in range(6):
            fleet["fast"].files_gone = 2
            [generation] = await drawn(hub, seed=seed)
            assert generation.status is GenerationStatus.COMPLETE
            assert seed_in(await carried_by(hub, generation)) == seed
        states = [each.state for each in await hub.storage.attempts.of_generation(generation.id)]
        assert hub.supervisor.get(FAST).breaker.failures == "0 errors of late"
    assert states == [AttemptState.LOST, AttemptState.WON]


async def test_a_node_whose_files_are_never_there_is_left_alone(tmp_path: Path) -> None:
    fleet = signing()
    async with open_hub(settings_for(tmp_path), fleet) as hub:
        fleet["slow"].files_gone = -1
        generations = [each for seed in range(4) for each in await drawn(hub, preferred_node=SLOW, seed=seed)]
        assert not hub.supervisor.get(SLOW).breaker.closed
    assert {(each.status, each.node_id) for each in generations} == {(GenerationStatus.COMPLETE, "fast")}


async def test_a_picture_that_somebody_interrupts_on_its_node_is_tried_again(tmp_path: Path) -> None:
    fleet = signing(instant=False)
    async with open_hub(settings_for(tmp_path, fleet=ONLY_FAST, breaker_pause=1000.0), fleet) as hub:
        submission = await hub.generations.submit(request())
        for _ in range(4):
            [running] = await eventually(lambda: fleet["fast"].running, what="it is tried again")
            fleet["fast"].interrupt(running)
            await eventually(partial(_is_over, hub, running))
        [running] = await eventually(lambda: fleet["fast"].running)
        fleet["fast"].finish(running)
        [generation] = await finished(hub, submission.batch.id)
        states = [each.state for each in await hub.storage.attempts.of_generation(generation.id)]
        assert hub.supervisor.get(FAST).breaker.failures == "0 errors of late"
    assert generation.status is GenerationStatus.COMPLETE
    assert states == [*[AttemptState.LOST] * 4, AttemptState.WON]


async def test_an_attempt_of_an_earlier_release_whose_file_name_was_everybodys_is_held_against_its_graph(
    tmp_path: Path,
) -> None:
    fleet = signing(instant=False)
    settings = settings_for(tmp_path, fleet=ONLY_FAST)
    async with open_hub(settings, fleet) as hub:
        submission = await hub.generations.submit(request())
        [running] = await eventually(lambda: fleet["fast"].running)
        await eventually(lambda: hub.board.active[running].measured.running_since)
    as_it_was = json.loads(json.dumps(fleet["fast"].graphs[running]))
    as_it_was["7"]["inputs"]["filename_prefix"] = OUTPUT_PREFIX
    overwritten = json.loads(json.dumps(as_it_was))
    overwritten["4"]["inputs"]["seed"] = 4711
    successor = SameMachines(fleet.nodes)
    async with open_hub(settings, successor) as hub:
        hub.board.active[running].sent = as_it_was
        successor["fast"].signs = True
        successor["fast"].graphs[running] = overwritten
        successor["fast"].finish(running)
        [generation] = await finished(hub, submission.batch.id)
        states = [each.state for each in await hub.storage.attempts.of_generation(generation.id)]
        assert seed_in(await carried_by(hub, generation)) == 7
    assert states == [AttemptState.LOST, AttemptState.WON], "what had overwritten it was not stored"
