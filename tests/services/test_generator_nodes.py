"""Generators in the fleet: the same hub, queue and studio, with something that draws in the hub's own process."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from tests.hub import open_hub, settings_for
from tests.services.asking import finished, request
from tests.unit.fleet import INVENTORY
from tests.waiting import eventually
from vibes.api.schemas.generations import GenerationOut
from vibes.app.hub import Hub
from vibes.domain.errors import InvalidDocument, NoCapableNode
from vibes.domain.events import GenerationProgressed
from vibes.domain.generation import Generation, GenerationStatus
from vibes.domain.ids import NodeId
from vibes.domain.nodes.node import NodeState
from vibes.domain.pictures.spec import LoraSpec
from vibes.domain.reason import Reason, ReasonCode
from vibes.nodes.generator import failures
from vibes.services.events.live_events import NumberedEvent
from vibes.services.generations.asked_names import UnknownName
from vibes.services.queue.queue_view import NO_PROSPECT

HOUSE_ID = NodeId("house")
CARDS_FILES = INVENTORY
CARD = """
  - {id: card, name: A card that is away, vram_gb: 8, tier: draft, host: 127.0.0.1, port: 9, capabilities: [sdxl],
     max_resolution: 1024, max_batch: 1}
"""
HOUSE = """
nodes:
  - {{id: house, kind: mock, name: A drawing machine, vram_gb: 1, tier: standard, capabilities: [{families}],
     max_resolution: 2048, max_batch: 1, options: {{{options}}}}}
"""


def house(options: str = "", families: str = "sd15, sdxl") -> str:
    return HOUSE.format(families=families, options=options)


@asynccontextmanager
async def studio(folder: Path, fleet: str | None = None) -> AsyncIterator[Hub]:
    async with open_hub(settings_for(folder, fleet=fleet or house())) as hub:
        yield hub


async def drawn(hub: Hub, **given: Any) -> Generation:
    submission = await hub.generations.submit(request(**given))
    [generation] = await finished(hub, submission.batch.id)
    return generation


async def test_a_fleet_of_one_generator_draws_and_refines_what_the_studio_asks_for(tmp_path: Path) -> None:
    async with studio(tmp_path) as hub:
        draft = await drawn(hub)
        refined = await drawn(hub, parents=(draft.id,), model_family="sdxl", values={"prompt": "a cat, refined"})
        flows = await hub.flows.fitted_anew()
    assert (draft.status, refined.status) == (GenerationStatus.COMPLETE, GenerationStatus.COMPLETE), draft.error_message
    assert (draft.spec.checkpoint, draft.node_id) == ("mock", "house")
    assert refined.spec.denoise_strength == 0.6
    assert all(stage.drawable and stage.instead_of is None for stage in flows["classic"])


async def test_its_progress_and_previews_are_told_as_those_of_any_node(tmp_path: Path) -> None:
    async with studio(tmp_path, house("seconds: 0.2, steps: 4, previews: true")) as hub:
        submission = await hub.generations.submit(request())
        listener, _ = hub.live.subscribe(submission.batch.session_id, None)
        told: list[object] = []
        while not (kinds := {type(each).__name__ for each in told}) >= {"Preview", "GenerationCompleted"}:
            event = await listener.next()
            told.append(event.event if isinstance(event, NumberedEvent) else event)
    steps = [each.current for each in told if isinstance(each, GenerationProgressed)]
    assert steps == sorted(steps)
    assert steps, kinds


async def test_it_draws_as_many_at_once_as_it_can_and_no_more(tmp_path: Path) -> None:
    async with studio(tmp_path, house("seconds: 0.3, max_concurrent: 3")) as hub:
        submission = await hub.generations.submit(request(count=5))
        seen: set[int] = set()

        async def over() -> bool:
            seen.add(sum(each.runs for each in hub.board.on_node(HOUSE_ID)))
            return all(each.status.terminal for each in await hub.storage.generations.of_batch(submission.batch.id))

        await eventually(over, what="all are drawn")
        generations = await finished(hub, submission.batch.id)
        slots = hub.supervisor.get(HOUSE_ID).inventory
    assert {each.status for each in generations} == {GenerationStatus.COMPLETE}
    assert slots is not None
    assert (max(seen), slots.slots) == (3, 3)
    assert len({each.image.sha256 for each in generations if each.image}) == 5, "each its own picture"


@pytest.mark.parametrize(
    ("options", "given", "reason"),
    [
        ("capabilities: [seeds]", {"values": {"prompt": "x", "negative_prompt": "y"}}, "takes no negative prompt"),
        ("capabilities: [negative_prompts]", {}, "cannot draw the same picture again from its seed"),
        ("", {"values": {"prompt": "x", "sampler": "heun"}}, "lets nobody choose a sampler"),
        ("models: [{name: m, steps: [4, 8]}]", {"values": {"prompt": "x", "steps": 7}}, "draws in 4 or 8 steps, not 7"),
        ("", {"workflow": "sd15_hires_fix"}, "runs no graphs, and sd15_hires_fix needs LatentUpscaleBy and draws in "
         "one pass, not in 2 and does no hires fix"),
    ],
)  # fmt: skip
async def test_what_it_cannot_do_is_refused_in_words(
    tmp_path: Path, options: str, given: dict[str, Any], reason: str
) -> None:
    async with studio(tmp_path, house(options)) as hub:
        with pytest.raises(NoCapableNode) as refused:
            await hub.generations.submit(request(**given))
    assert {node: each.sentence for node, each in refused.value.reasons.items()} == {"house": reason}


async def test_loras_are_known_by_a_generators_list_and_any_is_taken_where_it_has_none(tmp_path: Path) -> None:
    ink = {"loras": (LoraSpec("ink.safetensors"),), "model_family": "sdxl"}
    for number, (listed, there) in enumerate(
        (("[ink.safetensors]", True), ("[oil.safetensors]", False), ("null", True))
    ):
        place = tmp_path / str(number)
        place.mkdir()
        options = f"capabilities: [lora, seeds], models: [{{name: mock, loras: {listed}}}]"
        async with studio(place, house(options)) as hub:
            if there:
                assert (await drawn(hub, **ink)).status is GenerationStatus.COMPLETE
            else:
                with pytest.raises(UnknownName, match=r"no node has the LoRA 'ink\.safetensors'; there is oil"):
                    await hub.generations.submit(request(**ink))


async def test_what_only_follows_the_workflows_defaults_is_not_asked_of_it(tmp_path: Path) -> None:
    """A seed that nobody chose, steps and sampler that nobody named: a model that knows none of these draws it."""
    options = "models: [{name: mock, steps: [4]}], capabilities: []"
    async with studio(tmp_path, house(options)) as hub:
        generation = await drawn(hub, seed=None)
        [attempt] = await hub.storage.attempts.of_generation(generation.id)
    assert generation.status is GenerationStatus.COMPLETE
    assert attempt.sent is not None
    assert attempt.sent["options"] == {"model": "mock", "width": 512, "height": 512}


async def test_a_picture_that_its_settings_would_not_come_to_again_is_told_to_be_one(tmp_path: Path) -> None:
    folder = tmp_path / "shelf"
    folder.mkdir()
    Image.new("RGB", (64, 64), "teal").save(folder / "one.png")
    for options, again in ((f"images_dir: {folder}", False), ("", True)):
        place = tmp_path / str(again)
        place.mkdir()
        async with studio(place, house(options)) as hub:
            generation = await drawn(hub)
        assert (generation.status, generation.reproducible) == (GenerationStatus.COMPLETE, again)
        assert GenerationOut.of(generation, NO_PROSPECT).reproducible is again


async def test_a_picture_that_is_moderated_fails_in_words_and_is_not_taken_to_the_same_provider(tmp_path: Path) -> None:
    script = "script: [{outcome: moderated, times: null, message: the provider refuses the word}]"
    second = house(script).replace("house", "annex").split("nodes:")[1]
    async with studio(tmp_path, house(script) + second) as hub:
        for _ in range(4):
            failed = await drawn(hub)
        attempts = [await hub.storage.attempts.of_generation(failed.id)]
        watches = [hub.supervisor.get(NodeId(each)) for each in ("house", "annex")]
        states = [(watch.state, watch.breaker.closed, watch.failures) for watch in watches]
    assert (failed.status, failed.error_message) == (GenerationStatus.FAILED, "the provider refuses the word")
    assert len(attempts[0]) == 1, "both ask one provider"
    assert states == [(NodeState.READY, True, 0)] * 2, "and it is no error of a node"


async def test_another_providers_node_may_draw_what_one_refuses(tmp_path: Path) -> None:
    script = "script: [{outcome: moderated, times: null}]"
    other = house("").replace("house", "annex").split("nodes:")[1]
    async with studio(tmp_path, house(script) + other) as hub:
        hub.supervisor.get(HOUSE_ID)
        for name, provider in (("house", "strict"), ("annex", "easy")):
            watch = hub.supervisor.get(NodeId(name))
            assert watch.inventory is not None
            watch.inventory = replace(watch.inventory, provider=provider)
        generations = [await drawn(hub) for _ in range(3)]
    assert {each.node_id for each in generations if each.status is GenerationStatus.COMPLETE} == {"annex"}
    assert {each.status for each in generations} == {GenerationStatus.COMPLETE}


@pytest.mark.parametrize(
    ("outcome", "code"),
    [("rate_limited, retry_after: 1.5", ReasonCode.RATE_LIMITED), ("out_of_credit", ReasonCode.OUT_OF_CREDIT)],
)
async def test_while_it_takes_nothing_more_the_work_waits_unharmed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, outcome: str, code: ReasonCode
) -> None:
    monkeypatch.setattr(failures, "_CLOSING", {**failures._CLOSING, "out_of_credit": (ReasonCode.OUT_OF_CREDIT, 1.5)})
    script = f"retries: 0, script: [{{outcome: {outcome}, message: come back later}}]"
    async with studio(tmp_path, house(script)) as hub:
        submission = await hub.generations.submit(request())
        watch = hub.supervisor.get(HOUSE_ID)
        reason = await eventually(lambda: watch.pause_reason, what="it is spared")
        [waiting] = await hub.storage.generations.of_batch(submission.batch.id)
        state = watch.state
        [generation] = await finished(hub, submission.batch.id)
        failures_of_it = watch.failures
        attempts = await hub.storage.attempts.of_generation(generation.id)
    assert (reason.code, str(reason)) == (code, "come back later")
    assert state.takes_work
    assert not waiting.status.terminal
    assert (generation.status, failures_of_it, len(attempts)) == (GenerationStatus.COMPLETE, 0, 2)


async def test_a_wrong_key_puts_it_offline_with_advice_until_it_is_mended(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(failures, "_CLOSING", {"misconfigured": (ReasonCode.MISCONFIGURED, 0.5)})
    async with studio(tmp_path, house("script: [{outcome: misconfigured, message: the key is refused}]")) as hub:
        submission = await hub.generations.submit(request())
        watch = hub.supervisor.get(HOUSE_ID)
        reason = await eventually(lambda: watch.state is NodeState.OFFLINE and watch.reason, what="it is offline")
        assert isinstance(reason, Reason)
        [generation] = await finished(hub, submission.batch.id)
    assert (reason.code, str(reason)) == (ReasonCode.MISCONFIGURED, "the key is refused")
    assert generation.status is GenerationStatus.COMPLETE, "and nothing is lost"


async def test_what_breaks_down_under_it_is_drawn_again_and_counts_against_the_node(tmp_path: Path) -> None:
    async with studio(tmp_path, house("script: [{outcome: crashed, times: 2}]")) as hub:
        generation = await drawn(hub)
        failures_of_it = hub.supervisor.get(HOUSE_ID).failures
    assert (generation.status, failures_of_it) == (GenerationStatus.COMPLETE, 2)


async def test_it_is_cancelled_while_it_draws_and_taken_out_of_gpus_yaml(tmp_path: Path) -> None:
    settings = settings_for(tmp_path, fleet=house("script: [{outcome: hang, times: 2}]"))
    async with open_hub(settings) as hub:
        stopped = await hub.generations.submit(request())
        await eventually(lambda: hub.board.on_node(HOUSE_ID), what="it draws")
        await hub.generations.cancel_batch(stopped.batch.id)
        [cancelled] = await finished(hub, stopped.batch.id)
        await eventually(lambda: not hub.board.on_node(HOUSE_ID), what="it heard of it")
        moved = await hub.generations.submit(request())
        await eventually(lambda: hub.board.on_node(HOUSE_ID), what="it draws the next")
        settings.config.write_text(house().replace("house", "annex"), encoding="utf-8")
        [generation] = await finished(hub, moved.batch.id)
    assert cancelled.status is GenerationStatus.CANCELLED
    assert (generation.status, generation.node_id) == (GenerationStatus.COMPLETE, "annex")


async def test_what_it_drew_when_the_hub_was_restarted_is_drawn_again_and_harms_nobody(tmp_path: Path) -> None:
    settings = settings_for(tmp_path, fleet=house("max_concurrent: 4, script: [{outcome: hang, times: null}]"))
    async with open_hub(settings) as hub:
        submission = await hub.generations.submit(request(count=4))
        await eventually(lambda: len(hub.board.on_node(HOUSE_ID)) == 4, what="all are drawn")
    settings.config.write_text(house("max_concurrent: 4"), encoding="utf-8")
    async with open_hub(settings) as hub:
        generations = await finished(hub, submission.batch.id)
        watch = hub.supervisor.get(HOUSE_ID)
        harm = watch.failures, watch.breaker.closed
    assert {each.status for each in generations} == {GenerationStatus.COMPLETE}
    assert harm == (0, True)


async def test_a_drained_one_ends_what_it_has_and_gets_nothing_new(tmp_path: Path) -> None:
    async with studio(tmp_path, house("seconds: 0.3, max_concurrent: 2")) as hub:
        submission = await hub.generations.submit(request(count=4))
        await eventually(lambda: len(hub.board.on_node(HOUSE_ID)) == 2, what="two are drawn")
        await hub.fleet.drain(HOUSE_ID)
        await eventually(lambda: not hub.board.on_node(HOUSE_ID), what="they are done")
        done = [each.status for each in await hub.storage.generations.of_batch(submission.batch.id)]
        await hub.fleet.resume(HOUSE_ID)
        generations = await finished(hub, submission.batch.id)
    assert done.count(GenerationStatus.COMPLETE) == 2
    assert {each.status for each in generations} == {GenerationStatus.COMPLETE}


@pytest.mark.parametrize(
    ("options", "mistake"),
    [
        ("secnds: 1", "options of kind mock: secnds: unknown setting; did you mean seconds"),
        ("max_concurrent: 0", "options of kind mock: max_concurrent: Input should be greater than or equal to 1"),
        ("models: [{name: a, stps: [4]}]", "options of kind mock: models.0.stps: unknown setting"),
        ("serves: sd_xl_base_1.0.safetensors", "options of kind mock: serves must be a list of checkpoint names"),
        ("strategy: mock", "options of kind mock: strategy is what kind says: leave it out"),
    ],
)
async def test_a_mistake_in_its_options_is_told_with_its_line(tmp_path: Path, options: str, mistake: str) -> None:
    with pytest.raises(InvalidDocument) as refused:
        async with studio(tmp_path, house(options)):
            pass
    problem, *_ = refused.value.problems
    assert (problem.line, mistake) == (4, str(problem).partition(": ")[2][: len(mistake)])


async def test_a_kind_that_is_mistyped_is_told_with_the_nearest(tmp_path: Path) -> None:
    with pytest.raises(InvalidDocument) as refused:
        async with studio(tmp_path, house().replace("kind: mock", "kind: mok")):
            pass
    assert "unknown kind 'mok'; did you mean mock?" in str(refused.value)


async def test_it_stands_in_for_a_checkpoint_of_other_nodes_where_it_may(tmp_path: Path) -> None:
    async with studio(tmp_path, house("serves: [sd_xl_base_1.0.safetensors]", "sdxl") + CARD) as hub:
        values = {"prompt": "x", "checkpoint": "sd_xl_base_1.0.safetensors"}
        hub.supervisor.get(NodeId("card")).inventory = CARDS_FILES
        generation = await drawn(hub, model_family="sdxl", values=values)
        [attempt] = await hub.storage.attempts.of_generation(generation.id)
    assert (generation.status, generation.node_id) == (GenerationStatus.COMPLETE, "house")
    assert attempt.sent is not None
    assert attempt.sent["options"]["model"] == "mock"


async def test_the_funnel_asks_for_sizes_and_steps_that_it_draws(tmp_path: Path) -> None:
    async with studio(tmp_path, house("models: [{name: mock, steps: [4, 8], multiple_of: 96}]")) as hub:
        drafts = (await hub.flows.fitted_anew())["classic"][0]
        stage = drafts.stage
        values = {"prompt": "x", "width": stage.width, "height": stage.height, "steps": stage.steps}
        generation = await drawn(hub, values=values)
    assert (stage.width, stage.height, stage.steps) == (576, 576, 8)
    assert drafts.note == "drawn at 576×576 in 8 steps, as mock can"
    assert generation.status is GenerationStatus.COMPLETE


async def test_the_funnel_says_in_one_sentence_what_is_missing(tmp_path: Path) -> None:
    async with studio(tmp_path, house("capabilities: [seeds]")) as hub:
        drafts, refined, *_ = (await hub.flows.fitted_anew())["classic"]
    assert (drafts.drawable, drafts.note) == (True, None)
    assert (refined.drawable, refined.note) == (False, "house does no img2img and starts from no picture")
