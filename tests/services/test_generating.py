"""From a request to pictures: what the hub promises about each generation, with nodes that a test holds in its hand."""

import asyncio
import io
import re
from pathlib import Path

import pytest
from PIL import Image

from tests.fakes import FakeFleet, SameMachines, png
from tests.hub import open_hub, settings_for
from tests.services.asking import finished, request
from tests.waiting import eventually
from vibes.domain.attempt import AttemptState
from vibes.domain.errors import Conflict, InvalidRequest, NoCapableNode, NotFound, PromptRejected
from vibes.domain.generation import GenerationStatus
from vibes.domain.ids import NodeId, SessionId
from vibes.domain.pictures.spec import LoraSpec, TaskType
from vibes.services.execution import attempt_runner
from vibes.services.execution.settlement import MAX_LOSSES
from vibes.services.generations.idempotency import IdempotencyKey


async def test_a_batch_becomes_pictures_on_disk_with_seeds_that_count_on(tmp_path: Path) -> None:
    fleet = FakeFleet()
    async with open_hub(settings_for(tmp_path), fleet) as hub:
        submission = await hub.generations.submit(request(count=5))
        generations = await finished(hub, submission.batch.id)

    assert [each.status for each in generations] == [GenerationStatus.COMPLETE] * 5
    assert [each.spec.seed for each in generations] == [7, 8, 9, 10, 11]
    assert {each.node_id for each in generations} == {"fast", "slow"}
    for each in generations:
        assert each.image is not None
        path = tmp_path / "data" / "images" / each.image.image_path
        with Image.open(path) as picture:
            picture.load()
            assert picture.info["parameters"].startswith("a cat\nSteps: 10, Sampler: Euler")
        assert path.with_name(f"{each.id}_thumb.jpg").is_file()
    assert not list((tmp_path / "data").rglob("*.part"))


async def test_a_node_never_holds_more_than_one_prompt_of_ours(tmp_path: Path) -> None:
    fleet = FakeFleet(instant=False)
    async with open_hub(settings_for(tmp_path), fleet) as hub:
        submission = await hub.generations.submit(request(count=4))
        await eventually(lambda: fleet["fast"].running and fleet["slow"].running)
        assert len(fleet["fast"].graphs) == len(fleet["slow"].graphs) == 1
        fleet["fast"].finish(fleet["fast"].running[0])
        await eventually(lambda: len(fleet["fast"].graphs) == 2, what="the node that is done gets the next")
        assert len(fleet["slow"].graphs) == 1
        fleet["fast"].instant = fleet["slow"].instant = True
        fleet["fast"].finish(fleet["fast"].running[0])
        fleet["slow"].finish(fleet["slow"].running[0])
        await finished(hub, submission.batch.id)


async def test_a_picture_that_is_drawn_at_once_is_asked_for_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(attempt_runner, "FIRST_LOOK_SECONDS", 1000.0)  # "at once" is before that
    fleet = FakeFleet(instant=False)
    async with open_hub(settings_for(tmp_path, reconcile_interval=1000.0), fleet) as hub:
        submission = await hub.generations.submit(request(preferred_node=NodeId("fast")))
        [attempt_id] = await eventually(lambda: fleet["fast"].running)
        fleet["fast"].finish(attempt_id)
        await finished(hub, submission.batch.id)
    assert fleet["fast"].asked == 1


async def test_a_node_that_dies_loses_nothing(tmp_path: Path) -> None:
    fleet = FakeFleet(instant=False)
    async with open_hub(settings_for(tmp_path), fleet) as hub:
        submission = await hub.generations.submit(request(count=2))
        await eventually(lambda: fleet["fast"].running and fleet["slow"].running)
        fleet["slow"].unplug()
        fleet["fast"].instant = True
        fleet["fast"].finish(fleet["fast"].running[0])
        generations = await finished(hub, submission.batch.id)
        attempts = [await hub.storage.attempts.of_generation(each.id) for each in generations]

    assert [each.status for each in generations] == [GenerationStatus.COMPLETE] * 2
    assert {each.node_id for each in generations} == {"fast"}
    assert sorted(attempt.state for history in attempts for attempt in history) == [
        AttemptState.LOST,
        AttemptState.WON,
        AttemptState.WON,
    ]


async def test_a_node_that_forgot_a_prompt_gets_it_again(tmp_path: Path) -> None:
    fleet = FakeFleet(instant=False)
    async with open_hub(settings_for(tmp_path), fleet) as hub:
        submission = await hub.generations.submit(request(preferred_node=NodeId("slow")))
        await eventually(lambda: fleet["slow"].running)
        fleet["slow"].instant = True
        fleet["slow"].forget_everything()
        [generation] = await finished(hub, submission.batch.id)

    assert generation.status is GenerationStatus.COMPLETE
    assert len(fleet["slow"].graphs) == 2


async def test_an_error_on_one_node_is_tried_on_another_and_both_failing_gives_the_nodes_own_words(
    tmp_path: Path,
) -> None:
    fleet = FakeFleet()
    async with open_hub(settings_for(tmp_path), fleet) as hub:
        fleet["fast"].error = "Error while deserializing header"
        generations = await finished(hub, (await hub.generations.submit(request(count=2))).batch.id)
        assert {each.status for each in generations} == {GenerationStatus.COMPLETE}

        fleet["slow"].error = "Allocation on device failed"
        [failed] = await finished(hub, (await hub.generations.submit(request())).batch.id)

    assert failed.status is GenerationStatus.FAILED
    assert failed.error_message in {"Error while deserializing header", "Allocation on device failed"}


@pytest.mark.parametrize("error", [None, "Allocation on device failed"])
async def test_a_retry_ends_as_it_does_although_the_cancelled_attempt_is_still_being_stopped(
    tmp_path: Path, error: str | None
) -> None:
    """On a frozen node, which may take half a minute to hear of it."""
    fleet = FakeFleet(instant=False)
    async with open_hub(settings_for(tmp_path), fleet) as hub:
        submission = await hub.generations.submit(request(preferred_node=NodeId("fast")))
        await eventually(lambda: fleet["fast"].running)
        fleet["fast"].hold_orders = held = asyncio.Event()
        hub.supervisor.drain(NodeId("fast"))
        [generation] = await hub.storage.generations.of_batch(submission.batch.id)
        await hub.generations.cancel(generation.id)
        await hub.generations.retry(generation.id)
        [first] = await eventually(lambda: fleet["slow"].running)
        if error is None:  # lost, and drawn again
            fleet["slow"].forget_everything()
            [again] = await eventually(lambda: [each for each in fleet["slow"].running if each != first])
            fleet["slow"].finish(again)
        else:
            fleet["slow"].break_down(first, error)
        [ended] = await finished(hub, submission.batch.id)
        held.set()
    assert ended.status is (GenerationStatus.COMPLETE if error is None else GenerationStatus.FAILED)
    assert ended.error_message == error


async def test_a_prompt_that_the_node_refuses_fails_with_its_reason(tmp_path: Path) -> None:
    fleet = FakeFleet()
    async with open_hub(settings_for(tmp_path), fleet) as hub:
        for node in fleet.nodes.values():
            node.refusal = PromptRejected("KSampler (3): sampler_name: 'nope' not in list")
        [failed] = await finished(hub, (await hub.generations.submit(request())).batch.id)

    assert failed.status is GenerationStatus.FAILED
    assert failed.error_message == "KSampler (3): sampler_name: 'nope' not in list"


@pytest.mark.parametrize("damage", ["truncated", "flipped bit", "not an image"])
async def test_a_broken_image_is_fetched_again_and_then_made_elsewhere(tmp_path: Path, damage: str) -> None:
    whole = png()
    broken = {
        "truncated": whole[:-20],
        "flipped bit": whole[:60] + bytes([whole[60] ^ 1]) + whole[61:],
        "not an image": b"<html>",
    }
    fleet = FakeFleet()
    async with open_hub(settings_for(tmp_path, breaker_pause=0.01), fleet) as hub:
        fleet["slow"].image = broken[damage]
        [generation] = await finished(hub, (await hub.generations.submit(request())).batch.id)
        fleet["fast"].image = broken[damage]
        [failed] = await finished(hub, (await hub.generations.submit(request())).batch.id)

    assert (generation.status, generation.node_id) == (GenerationStatus.COMPLETE, "fast")
    assert failed.status is GenerationStatus.FAILED
    assert str(failed.error_message).startswith(f"lost {MAX_LOSSES} times, last: ")
    assert failed.image is None


async def test_a_whole_picture_of_another_format_is_the_jobs_fault_and_not_the_nodes(tmp_path: Path) -> None:
    bitmap = io.BytesIO()
    Image.new("RGB", (8, 8)).save(bitmap, "BMP")
    fleet = FakeFleet()
    async with open_hub(settings_for(tmp_path), fleet) as hub:
        for node in fleet.nodes.values():
            node.image = bitmap.getvalue()
        failed = await finished(hub, (await hub.generations.submit(request(count=4))).batch.id)
        assert all(watch.breaker.closed for watch in hub.supervisor.nodes.values())
    assert {each.error_message for each in failed} == {
        "the workflow saves BMP files; the hub keeps PNG, JPEG, WebP, GIF, MP4 and WebM: give it a SaveImage"
    }


async def test_cancel_takes_a_queued_one_out_and_stops_a_running_one_by_its_id(tmp_path: Path) -> None:
    fleet = FakeFleet(instant=False)
    async with open_hub(settings_for(tmp_path), fleet) as hub:
        submission = await hub.generations.submit(request(count=3))
        await eventually(lambda: fleet["fast"].running and fleet["slow"].running)
        running = fleet["fast"].running[0]
        await hub.generations.cancel_batch(submission.batch.id)
        await eventually(lambda: fleet["fast"].cancelled == [running])
        generations = await finished(hub, submission.batch.id)
        await eventually(lambda: not hub.board.active)
        attempt = await hub.storage.attempts.get(running)

    assert {each.status for each in generations} == {GenerationStatus.CANCELLED}
    assert attempt is not None
    assert attempt.state is AttemptState.CANCELLED
    assert sum(len(node.graphs) for node in fleet.nodes.values()) == 2, "the third never reached a node"


async def test_a_cancelled_one_can_be_retried_with_the_same_seed(tmp_path: Path) -> None:
    fleet = FakeFleet(instant=False)
    async with open_hub(settings_for(tmp_path), fleet) as hub:
        submission = await hub.generations.submit(request())
        generation_id = submission.generations[0].id
        await hub.generations.cancel(generation_id)
        for node in fleet.nodes.values():
            node.instant = True
        await hub.generations.retry(generation_id)
        [generation] = await finished(hub, submission.batch.id)
        with pytest.raises(Conflict, match="only a failed or cancelled"):
            await hub.generations.retry(generation_id)

    assert (generation.status, generation.spec.seed) == (GenerationStatus.COMPLETE, 7)


async def test_a_new_hub_adopts_what_still_runs_and_sends_nothing_twice(tmp_path: Path) -> None:
    fleet = FakeFleet(instant=False)
    async with open_hub(settings_for(tmp_path), fleet) as hub:
        submission = await hub.generations.submit(request(count=3))
        await eventually(lambda: fleet["fast"].running and fleet["slow"].running)
    machines = SameMachines(fleet.nodes)
    async with open_hub(settings_for(tmp_path), machines) as hub:
        for node in machines.nodes.values():
            for attempt_id in node.running:
                node.finish(attempt_id)
        generations = await finished(hub, submission.batch.id)

    assert {each.status for each in generations} == {GenerationStatus.COMPLETE}
    assert sum(len(node.graphs) for node in machines.nodes.values()) == 3


async def test_a_single_draft_goes_to_the_lowest_tier_and_quality_to_the_highest(tmp_path: Path) -> None:
    fleet = FakeFleet()
    async with open_hub(settings_for(tmp_path), fleet) as hub:
        warm_up = await finished(hub, (await hub.generations.submit(request(count=2))).batch.id)
        assert {each.node_id for each in warm_up} == {"fast", "slow"}, "a preference does not pay for a load"
        [draft] = await finished(hub, (await hub.generations.submit(request())).batch.id)
        quality = request(task_type=TaskType.QUALITY)
        [good] = await finished(hub, (await hub.generations.submit(quality)).batch.id)

    assert (draft.node_id, good.node_id) == ("slow", "fast")


async def test_a_preferred_node_is_waited_for_while_it_is_healthy(tmp_path: Path) -> None:
    fleet = FakeFleet(instant=False)
    async with open_hub(settings_for(tmp_path), fleet) as hub:
        first = await hub.generations.submit(request(preferred_node=NodeId("fast")))
        await eventually(lambda: fleet["fast"].running)
        second = await hub.generations.submit(request(preferred_node=NodeId("fast")))
        fleet["fast"].instant = True
        fleet["fast"].finish(fleet["fast"].running[0])
        [one] = await finished(hub, first.batch.id)
        [two] = await finished(hub, second.batch.id)

    assert (one.node_id, two.node_id) == ("fast", "fast")
    assert not fleet["slow"].graphs


async def test_a_drained_node_gets_nothing_until_it_is_resumed(tmp_path: Path) -> None:
    fleet = FakeFleet()
    async with open_hub(settings_for(tmp_path), fleet) as hub:
        hub.supervisor.drain(NodeId("slow"))
        generations = await finished(hub, (await hub.generations.submit(request(count=4))).batch.id)
        assert {each.node_id for each in generations} == {"fast"}
        hub.supervisor.resume(NodeId("slow"))
        hub.supervisor.drain(NodeId("fast"))
        [generation] = await finished(hub, (await hub.generations.submit(request())).batch.id)
        assert generation.node_id == "slow"


async def test_an_upscale_starts_from_the_picture_of_its_parent_uploaded_once(tmp_path: Path) -> None:
    fleet = FakeFleet()
    async with open_hub(settings_for(tmp_path), fleet) as hub:
        [parent] = await finished(hub, (await hub.generations.submit(request())).batch.id)
        upscale = request(model_family=None, task_type=TaskType.UPSCALE, parents=(parent.id,), values={}, count=2)
        children = await finished(hub, (await hub.generations.submit(upscale)).batch.id)

    assert {child.parent_id for child in children} == {parent.id}
    assert {child.node_id for child in children} == {"fast"}, "the other one has no capability upscale"
    assert len(fleet["fast"].uploads) == 1
    assert all(f"vibes/{fleet['fast'].uploads[0]}" in str(graph) for graph in list(fleet["fast"].graphs.values())[-2:])


async def test_the_same_idempotency_key_answers_with_the_same_batch(tmp_path: Path) -> None:
    async with open_hub(settings_for(tmp_path), FakeFleet()) as hub:
        key = IdempotencyKey("order-1", "body-hash")
        first = await hub.generations.submit(request(count=2), key)
        again = await hub.generations.submit(request(count=2), key)
        with pytest.raises(InvalidRequest, match="another body"):
            await hub.generations.submit(request(count=3), IdempotencyKey("order-1", "other-hash"))

    assert [each.id for each in again.generations] == [each.id for each in first.generations]
    assert (first.replayed, again.replayed) == (False, True)


@pytest.mark.parametrize(
    ("given", "error", "sentence"),
    [
        ({"count": 0}, InvalidRequest, "count must be between 1 and 1000, not 0"),
        ({"count": 10_000}, InvalidRequest, "count must be between 1 and 1000, not 10000"),
        ({"session_id": SessionId("nobody")}, NotFound, "there is no session nobody"),
        ({"model_family": "sd16"}, InvalidRequest, "unknown model family 'sd16'; did you mean sd15"),
        ({"workflow": "sd15_text2img"}, NotFound, "sd15_txt2img"),
        ({"loras": (LoraSpec("sd15-ink-sketc.safetensors"),)}, InvalidRequest, "there is sd15-ink-sketch.safetensors"),
        (
            {"values": {"prompt": "x", "width": 1024, "height": 2048}, "model_family": "sdxl"},
            NoCapableNode,
            "fast goes up",
        ),
        ({"preferred_node": NodeId("gpu-x")}, NotFound, "there is no node 'gpu-x'"),
        ({"stage": 4}, InvalidRequest, "stage must be between 0 and 3, not 4"),
    ],
)
async def test_a_request_that_cannot_be_done_says_why_and_stores_nothing(
    tmp_path: Path, given: dict[str, object], error: type[Exception], sentence: str
) -> None:
    async with open_hub(settings_for(tmp_path), FakeFleet()) as hub:
        with pytest.raises(error, match=sentence):
            await hub.generations.submit(request(**given))
        assert await hub.storage.generations.count_by_status() in ({}, dict.fromkeys(GenerationStatus, 0))
        assert await hub.sessions.list(limit=10, offset=0) == []


async def test_work_that_no_node_can_take_at_present_waits_with_the_reason(tmp_path: Path) -> None:
    fleet = FakeFleet()
    async with open_hub(settings_for(tmp_path), fleet) as hub:
        fleet["fast"].unplug()
        await eventually(lambda: hub.supervisor.get(NodeId("fast")).state == "offline")
        submission = await hub.generations.submit(request(model_family="sdxl"))
        reason = hub.forecast.waiting_for(submission.generations[0].id)
        assert reason is not None
        assert re.fullmatch(
            r"needs sdxl: fast is offline since \d\d:\d\d UTC: cannot connect; slow has no capability sdxl", str(reason)
        )
        fleet["fast"].reachable = True
        hub.supervisor.get(NodeId("fast")).check_soon()
        [generation] = await finished(hub, submission.batch.id)

    assert generation.node_id == "fast"


async def test_the_same_key_sent_twice_at_once_makes_one_batch(tmp_path: Path) -> None:
    async with open_hub(settings_for(tmp_path), FakeFleet()) as hub:
        key = IdempotencyKey("order-2", "body-hash")
        submissions = await asyncio.gather(*(hub.generations.submit(request(count=2), key) for _ in range(5)))

        assert len(await hub.sessions.list(limit=10, offset=0)) == 1, "no empty session is left behind"
    assert len({submission.batch.id for submission in submissions}) == 1
    assert [submission.replayed for submission in submissions].count(False) == 1
