"""A kind of node that is no ComfyUI and knows no graph goes through the whole hub by the ports alone."""

import errno
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.easel import FLEET, STROKES, Easel, Easels, signature
from tests.hub import open_hub, settings_for
from tests.services.asking import finished, request
from tests.waiting import eventually
from vibes.app.hub import Hub
from vibes.domain.attempt import AttemptState
from vibes.domain.errors import InvalidDocument, NoCapableNode, NotFound
from vibes.domain.events import FailedCause, GenerationFailed, GenerationProgressed
from vibes.domain.generation import Generation, GenerationStatus
from vibes.domain.ids import NodeId
from vibes.domain.money import parse_usd
from vibes.domain.nodes.outcome import Absent
from vibes.nodes.comfyui.kind import comfyui_kind
from vibes.ports.kinds import HubTraits, NodeKinds
from vibes.services.events.live_events import NumberedEvent

EASEL = NodeId("easel")
MIXED = (
    FLEET
    + """
  - {id: fast, name: RTX 5060 Ti, vram_gb: 16, tier: premium, host: 127.0.0.1, port: 9, enabled: false,
     capabilities: [sd15, sdxl, upscale], max_resolution: 1536, max_batch: 4}
"""
)


PRICED = FLEET.replace("brush: 3}", "brush: 3}, cost: {per_image_usd: 0.02}")
DIME = parse_usd("0.10")


@asynccontextmanager
async def studio(folder: Path, *before: Easel, fleet: str = FLEET) -> AsyncIterator[tuple[Hub, Easel]]:
    """A hub that may drive both kinds, and its only node at work."""
    easels = Easels(*before)
    kinds = NodeKinds([comfyui_kind(HubTraits()), easels.kind])
    async with open_hub(settings_for(folder, fleet=fleet), kinds=kinds) as hub:
        yield hub, easels.nodes[EASEL]


async def drawn(hub: Hub, **given: Any) -> Generation:
    submission = await hub.generations.submit(request(**given))
    [generation] = await finished(hub, submission.batch.id)
    return generation


async def picture_of(hub: Hub, generation: Generation) -> bytes:
    assert generation.image is not None
    return await hub.images.read(generation.image)


async def test_it_is_drawn_by_what_it_was_ordered_and_the_attempt_keeps_what_was_sent(tmp_path: Path) -> None:
    async with studio(tmp_path, fleet=MIXED) as (hub, easel):
        generation = await drawn(hub)
        [attempt] = await hub.storage.attempts.of_generation(generation.id)
        with pytest.raises(NotFound) as no_graph:
            await hub.gallery.graph(generation.id)
        refined = await drawn(hub, parents=(generation.id,), values={"prompt": "a cat, refined"})
        picture = await picture_of(hub, refined)
    assert (generation.status, generation.node_id) == (GenerationStatus.COMPLETE, "easel")
    assert attempt.sent == {"words": "a cat", "seed": 7, "after": {}}
    assert no_graph.value.code == "no_graph"
    assert signature(picture)["words"] == "a cat, refined"
    assert list(signature(picture)["after"].values()) == list(easel.images), "the parent's picture was brought"


async def test_its_own_reasons_refuse_what_it_cannot_do(tmp_path: Path) -> None:
    async with studio(tmp_path) as (hub, easel):
        parent = await drawn(hub)
        with pytest.raises(NoCapableNode) as refused:
            await drawn(hub, workflow="upscale_esrgan", model_family=None, parents=(parent.id,), values={})
    assert {node: reason.sentence for node, reason in refused.value.reasons.items()} == {"easel": "paints no upscale"}
    assert len(easel.submissions) == 1


async def test_each_of_its_steps_is_told(tmp_path: Path) -> None:
    async with studio(tmp_path) as (hub, easel):
        easel.at_once = False
        submission = await hub.generations.submit(request())
        listener, _ = hub.live.subscribe(submission.batch.session_id, None)
        [attempt_id] = await eventually(lambda: easel.running)
        easel.stroke(attempt_id, 1)
        easel.stroke(attempt_id, 3)
        told: list[tuple[int, int]] = []
        while len(told) < 2:
            event = await listener.next()
            if isinstance(event, NumberedEvent) and isinstance(event.event, GenerationProgressed):
                told.append((event.event.current, event.event.total))
        easel.finish(attempt_id)
        [generation] = await finished(hub, submission.batch.id)
    assert told == [(1, STROKES), (3, STROKES)]
    assert generation.status is GenerationStatus.COMPLETE


async def test_it_is_stopped_by_a_cancel_and_its_error_is_told_in_its_words(tmp_path: Path) -> None:
    async with studio(tmp_path) as (hub, easel):
        easel.at_once = False
        stopped = await hub.generations.submit(request())
        [attempt_id] = await eventually(lambda: easel.running)
        await hub.generations.cancel_batch(stopped.batch.id)
        await eventually(lambda: not easel.running, what="the easel heard of it")
        spilt = await hub.generations.submit(request())
        [attempt_id] = await eventually(lambda: easel.running)
        easel.spill(attempt_id, "the paint is spilt")
        [failed] = await finished(hub, spilt.batch.id)
        [cancelled] = await finished(hub, stopped.batch.id)
    assert cancelled.status is GenerationStatus.CANCELLED
    assert (failed.status, failed.error_message) == (GenerationStatus.FAILED, "the paint is spilt")


async def test_a_restarted_hub_takes_up_what_it_paints_and_orders_it_no_second_time(tmp_path: Path) -> None:
    async with studio(tmp_path) as (hub, easel):
        easel.at_once = False
        submission = await hub.generations.submit(request())
        [attempt_id] = await eventually(lambda: easel.running)
    async with studio(tmp_path, easel) as (hub, _):
        await eventually(lambda: attempt_id in hub.board.active)
        easel.finish(attempt_id)
        [generation] = await finished(hub, submission.batch.id)
        picture = await picture_of(hub, generation)
    assert signature(picture) == {"words": "a cat", "seed": 7, "after": {}}
    assert easel.submissions == [attempt_id]


async def test_a_picture_of_another_order_is_not_taken(tmp_path: Path) -> None:
    async with studio(tmp_path) as (hub, easel):
        easel.at_once = False
        submission = await hub.generations.submit(request())
        [attempt_id] = await eventually(lambda: easel.running)
        asked = easel.orders[attempt_id]
        easel.orders[attempt_id] = {**asked, "words": "a dog"}
        easel.finish(attempt_id)
        [again] = await eventually(lambda: easel.running, what="it is ordered once more")
        easel.finish(again)
        [generation] = await finished(hub, submission.batch.id)
        picture = await picture_of(hub, generation)
    assert signature(picture) == asked


def cause_told(events: list[Any]) -> list[FailedCause]:
    told = [each.event for each in events if isinstance(each, NumberedEvent)]
    return [event.cause for event in told if isinstance(event, GenerationFailed)]


async def test_what_may_have_been_paid_for_ends_for_good_until_a_person_asks_again(tmp_path: Path) -> None:
    async with studio(tmp_path, fleet=PRICED) as (hub, easel):
        easel.charges = easel.unclear = True
        submission = await hub.generations.submit(request(max_cost=DIME))
        listener, _ = hub.live.subscribe(submission.batch.session_id, None)
        [failed] = await finished(hub, submission.batch.id)
        told = [await listener.next() for _ in range(3)]
        await hub.sweep()
        once = list(easel.submissions)
        [attempt] = await hub.storage.attempts.of_generation(failed.id)
        easel.unclear = False
        await hub.generations.retry(failed.id)
        [painted] = await finished(hub, submission.batch.id)
    assert (failed.status, len(once)) == (GenerationStatus.FAILED, 1)
    assert failed.error_message == (
        "easel may have made it and charge for it: nobody can tell whether it was painted. "
        "It is not asked for again by itself: find out, give it up or pay again (vibes costs maybe-paid)"
    )
    assert (attempt.state, attempt.error_message) == (AttemptState.MAYBE_PAID, failed.error_message)
    assert cause_told(told) == [FailedCause.MAYBE_PAID]
    assert painted.status is GenerationStatus.COMPLETE


@pytest.mark.parametrize("hub_restarts", [False, True], ids=["while the hub watches", "while the hub is restarted"])
async def test_a_node_that_charges_and_goes_away_with_an_order_gets_it_no_second_time(
    tmp_path: Path, hub_restarts: bool
) -> None:
    async with studio(tmp_path, fleet=PRICED) as (hub, easel):
        easel.charges, easel.at_once = True, False
        submission = await hub.generations.submit(request(max_cost=DIME))
        await eventually(lambda: easel.running)
        if not hub_restarts:
            easel.reachable = False
            [failed] = await finished(hub, submission.batch.id)
    if hub_restarts:
        easel.reachable = False
        async with studio(tmp_path, easel) as (hub, _):
            [failed] = await finished(hub, submission.batch.id)
    assert failed.status is GenerationStatus.FAILED
    assert str(failed.error_message).startswith("easel may have made it and charge for it: easel ")
    assert len(easel.submissions) == 1


async def knows_nothing(*_: object, **__: object) -> Absent:
    return Absent()


async def finds_no_free_descriptor(*_: object, **__: object) -> Absent:
    raise OSError(errno.EMFILE, "Too many open files")


@pytest.mark.parametrize(
    ("asked", "unclear"),
    [(knows_nothing, True), (finds_no_free_descriptor, False)],
    ids=["the node knows nothing of it", "the hub cannot ask"],
)
async def test_an_order_that_may_have_arrived_where_orders_cost_is_not_sent_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, asked: Callable[..., Any], unclear: bool
) -> None:
    async with studio(tmp_path, fleet=PRICED) as (hub, easel):
        easel.charges, easel.unclear = True, unclear
        monkeypatch.setattr(easel, "find", asked)
        submission = await hub.generations.submit(request(max_cost=DIME))
        [failed] = await finished(hub, submission.batch.id)
    assert failed.status is GenerationStatus.FAILED
    assert str(failed.error_message).startswith("easel may have made it and charge for it: ")
    assert len(easel.submissions) == 1


@pytest.mark.parametrize("charges", [False, True])
async def test_only_what_costs_nothing_may_get_a_second_attempt(tmp_path: Path, charges: bool) -> None:
    async with studio(tmp_path, fleet=PRICED if charges else FLEET) as (hub, easel):
        easel.charges, easel.at_once = charges, False
        submission = await hub.generations.submit(request(max_cost=DIME))
        [attempt_id] = await eventually(lambda: easel.running)
        [run] = hub.board.snapshot().runs
        easel.finish(attempt_id)
        await finished(hub, submission.batch.id)
    assert run.costs is charges


async def test_what_provably_never_reached_a_node_that_charges_is_submitted_again(tmp_path: Path) -> None:
    async with studio(tmp_path, fleet=PRICED) as (hub, easel):
        easel.charges, easel.refusals = True, 1
        generation = await drawn(hub, max_cost=DIME)
    assert generation.status is GenerationStatus.COMPLETE
    assert len(easel.submissions) == 1


async def test_an_option_that_it_does_not_have_keeps_the_file_from_being_applied(tmp_path: Path) -> None:
    with pytest.raises(InvalidDocument) as refused:
        async with studio(tmp_path, fleet=FLEET.replace("brush: 3", "brsh: 3")):
            pass
    [problem] = refused.value.problems
    assert str(problem).endswith("options of kind easel: unknown option 'brsh'; did you mean brush?")
    assert problem.line == 4


async def test_another_kind_or_other_options_are_another_node(tmp_path: Path) -> None:
    settings = settings_for(tmp_path, fleet=FLEET)
    easels = Easels()
    async with open_hub(settings, kinds=NodeKinds([easels.kind])) as hub:
        before = hub.supervisor.get(EASEL)
        settings.config.write_text(FLEET.replace("brush: 3", "brush: 4"), encoding="utf-8")
        await eventually(lambda: hub.supervisor.nodes.get(EASEL) not in {None, before}, what="it is another node")
        after = hub.supervisor.get(EASEL)
    assert (before.config.options, after.config.options) == ({"brush": 3}, {"brush": 4})
