"""A hub with nodes that cost money: nothing is spent unasked, nothing beyond a limit, and nothing twice."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.easel import FLEET, Easel, Easels
from tests.factories import NOON
from tests.hub import http_client, open_hub, settings_for
from tests.services.asking import finished, request
from tests.waiting import eventually
from vibes.app.hub import Hub
from vibes.domain.attempt import AttemptState
from vibes.domain.errors import Conflict, NoCapableNode
from vibes.domain.events import GenerationCompleted, GenerationQueued
from vibes.domain.generation import Generation, GenerationStatus
from vibes.domain.ids import NodeId
from vibes.domain.money import MicroUsd, parse_usd
from vibes.domain.nodes.outcome import Errored
from vibes.domain.reason import ReasonCode
from vibes.domain.spending import Finding, PurseId, SpendingState
from vibes.ports.kinds import NodeKinds
from vibes.services.events.live_events import NumberedEvent
from vibes.services.generations import costs

PRICE = parse_usd("0.02")
MONEY = "cost: {per_image_usd: 0.02}"
CLOUD = FLEET + FLEET.replace("\nnodes:\n", "").replace("id: easel", "id: cloud").replace("}}", f"}}, {MONEY}}}")
ONLY_CLOUD = (
    "\nnodes:\n"
    + CLOUD.partition("nodes:\n")[2].partition("\n  - {id: cloud")[1].strip("\n")
    + (CLOUD.partition("\n  - {id: cloud")[2])
)


@asynccontextmanager
async def studio(folder: Path, *before: Easel, fleet: str = CLOUD) -> AsyncIterator[tuple[Hub, dict[str, Easel]]]:
    """A free easel and one in the cloud, which charges."""
    easels = Easels(*before)
    async with open_hub(settings_for(folder, fleet=fleet), kinds=NodeKinds([easels.kind])) as hub:
        for name, each in easels.nodes.items():
            each.charges = name != "easel"
        yield hub, {str(name): each for name, each in easels.nodes.items()}


async def states(hub: Hub) -> dict[SpendingState, int]:
    found: dict[SpendingState, int] = {}
    for each in await hub.storage.spendings.totals(from_day="2000-01-01", to_day="2100-01-01"):
        found[each.state] = found.get(each.state, 0) + each.amount
    return found


async def drawn(hub: Hub, **given: Any) -> list[Generation]:
    submission = await hub.generations.submit(request(**given))
    return await finished(hub, submission.batch.id)


def owners(generations: list[Generation]) -> list[NodeId]:
    return sorted(each.node_id for each in generations if each.node_id)


async def test_a_batch_that_may_spend_nothing_is_drawn_where_it_costs_nothing(tmp_path: Path) -> None:
    async with studio(tmp_path) as (hub, easels):
        generations = await drawn(hub, count=4)
        assert await states(hub) == {}
    assert owners(generations) == ["easel"] * 4
    assert easels["cloud"].submissions == []
    assert {each.cost for each in generations} == {None}


async def test_where_everything_costs_it_says_what_and_draws_nothing(tmp_path: Path) -> None:
    async with studio(tmp_path, fleet=ONLY_CLOUD) as (hub, easels):
        with pytest.raises(NoCapableNode) as refused:
            await drawn(hub)
        [reason] = refused.value.reasons.values()
        with pytest.raises(NoCapableNode, match=r"costs \$0\.02 a picture, and this batch may spend \$0\.01"):
            await drawn(hub, max_cost=parse_usd("0.01"))
        [generation] = await drawn(hub, max_cost=PRICE)
    assert (reason.code, reason.sentence) == (
        ReasonCode.COSTS,
        "costs $0.02 a picture, and this batch may spend nothing",
    )
    assert (generation.status, generation.cost) == (GenerationStatus.COMPLETE, PRICE)
    assert len(easels["cloud"].submissions) == 1


async def test_no_more_is_paid_for_than_the_limit_allows(tmp_path: Path) -> None:
    async with studio(tmp_path) as (hub, easels):
        easels["easel"].at_once = False  # it is busy all the while
        submission = await hub.generations.submit(request(count=6, max_cost=parse_usd("0.05")))
        await eventually(lambda: len(easels["cloud"].submissions) == 2)
        for _ in range(4):
            [attempt] = await eventually(lambda: easels["easel"].running)
            easels["easel"].finish(attempt)
        generations = await finished(hub, submission.batch.id)
        assert await states(hub) == {SpendingState.SPENT: 40_000}
        waiting = hub.board.held().purses
    assert owners(generations) == ["cloud"] * 2 + ["easel"] * 4
    assert waiting == {PurseId(submission.batch.id): 40_000}


async def test_a_budget_of_a_day_holds_over_batches_and_a_restart(tmp_path: Path) -> None:
    fleet = ONLY_CLOUD.replace(MONEY, MONEY + ", budget: {daily_usd: 0.05}")
    async with studio(tmp_path, fleet=fleet) as (hub, easels):
        await drawn(hub, count=2, max_cost=parse_usd("1"))
    async with studio(tmp_path, *easels.values(), fleet=fleet) as (hub, _):
        submission = await hub.generations.submit(request(max_cost=parse_usd("1")))
        generation = submission.generations[0]
        await eventually(lambda: hub.forecast.waiting_for(generation.id))
        reason = hub.forecast.waiting_for(generation.id)
        await hub.generations.cancel(generation.id)
    assert reason is not None
    assert reason.sentence.endswith("cloud costs $0.02 a picture, and its $0.05 of today (UTC) are spent")
    assert len(easels["cloud"].submissions) == 2


async def test_what_the_node_says_that_it_cost_is_what_is_spent(tmp_path: Path) -> None:
    async with studio(tmp_path, fleet=ONLY_CLOUD) as (hub, easels):
        easels["cloud"].cost_usd = 0.0123456
        [generation] = await drawn(hub, max_cost=parse_usd("1"))
        settings = settings_for(tmp_path)
        async with http_client(hub, settings) as http:
            told = (await http.get(f"/api/generations/{generation.id}")).json()
            batch = (await http.get(f"/api/batches/{generation.batch_id}")).json()
            costs = (await http.get("/api/costs")).json()
            [gpu] = (await http.get("/api/gpus")).json()["gpus"]
    assert told["cost_usd"] == 0.012346
    assert (batch["cost_usd"], batch["max_cost_usd"]) == (0.012346, 1.0)
    assert costs["total"] == costs["today"] == costs["this_month"]
    nothing = dict.fromkeys(["committed_usd", "unclear_usd", "machine_usd"], 0.0)
    assert costs["total"] == {"spent_usd": 0.012346, "all_usd": 0.012346, "pictures": 1, **nothing}
    assert [each["gpu_id"] for each in costs["gpus"]] == ["cloud"]
    assert [each["session_id"] for each in costs["sessions"]] == [generation.session_id]
    assert (gpu["use"], gpu["cost"]["per_image_usd"], gpu["cost"]["spent_today_usd"]) == ("when_asked", 0.02, 0.012346)


async def test_the_estimate_tells_both_ways_before_anything_is_spent(tmp_path: Path) -> None:
    async with studio(tmp_path) as (hub, _), http_client(hub, settings_for(tmp_path)) as http:
        body = {"prompt": "a cat", "model_family": "sd15", "count": 8}
        told = (await http.post("/api/generate/estimate", json=body)).json()
        limited = (await http.post("/api/generate/estimate", json={**body, "max_cost_usd": "$0.04"})).json()
    free, paid = told["free"], told["paid"]
    assert (told["eta_seconds"], told["gpus"]) == (free["eta_seconds"], free["gpus"])
    assert (free["cost_usd"], free["paid_pictures"], [each["gpu_id"] for each in free["gpus"]]) == (0, 0, ["easel"])
    assert paid["paid_pictures"] == 4
    assert paid["cost_usd"] == 0.08
    assert paid["eta_seconds"] < free["eta_seconds"]
    assert limited["paid"]["cost_usd"] == 0.04
    assert limited["paid"]["eta_seconds"] == limited["eta_seconds"] < limited["free"]["eta_seconds"]


async def test_an_estimate_tells_what_it_would_cost_where_nothing_is_free(tmp_path: Path) -> None:
    async with studio(tmp_path, fleet=ONLY_CLOUD) as (hub, _), http_client(hub, settings_for(tmp_path)) as http:
        body = {"prompt": "a cat", "model_family": "sd15", "count": 2}
        told = (await http.post("/api/generate/estimate", json=body)).json()
        mistake = (await http.post("/api/generate/estimate", json={**body, "max_cost_usd": "lots"})).json()
    assert told["free"]["eta_seconds"] is None
    assert told["waiting_for"].endswith("cloud costs $0.02 a picture, and this batch may spend nothing")
    assert told["paid"]["cost_usd"] == 0.04
    assert mistake["errors"][0]["field"] == "max_cost_usd"


@pytest.mark.parametrize(
    ("price", "limit", "words"),
    [
        (
            MONEY,
            "0.05",
            "costs $0.02 a picture, and all but $0.01 of the $0.05 that this batch may spend is spent",
        ),
        (
            "cost: {per_hour_usd: 6}",
            "0.09",
            "set aside for this one, and the $0.09 that this batch may spend is less",
        ),
    ],
)
async def test_an_estimate_within_a_limit_that_is_too_small_says_so(
    tmp_path: Path, price: str, limit: str, words: str
) -> None:
    async with studio(tmp_path, fleet=ONLY_CLOUD.replace(MONEY, price)) as (hub, _):
        body = {"prompt": "a cat", "model_family": "sd15", "count": 4, "max_cost_usd": limit}
        async with http_client(hub, settings_for(tmp_path)) as http:
            told = (await http.post("/api/generate/estimate", json=body)).json()
    assert told["eta_seconds"] is None
    assert told["waiting_for"].endswith(words)


async def test_a_stage_that_only_costs_money_says_so(tmp_path: Path) -> None:
    async def first_stages(fleet: str) -> list[dict[str, Any]]:
        async with studio(tmp_path, fleet=fleet) as (hub, _), http_client(hub, settings_for(tmp_path)) as http:
            presets = (await http.get("/api/flows")).json()["presets"]
            return [each["stages"][0] for each in presets.values()]

    for stage in await first_stages(ONLY_CLOUD):
        assert stage["needs_money"]
        assert "only cloud can draw it, for money" in stage["note"]
    (tmp_path / "gpus.yaml").unlink()
    assert not any(stage["needs_money"] for stage in await first_stages(CLOUD))


async def test_a_cancelled_order_that_had_not_begun_costs_nothing(tmp_path: Path) -> None:
    async with studio(tmp_path, fleet=ONLY_CLOUD) as (hub, easels):
        cloud = easels["cloud"]
        cloud.at_once = False
        submission = await hub.generations.submit(request(max_cost=PRICE))
        [attempt] = await eventually(lambda: cloud.running)
        cloud.states[attempt] = cloud.pending()
        await hub.generations.cancel_batch(submission.batch.id)
        await eventually(lambda: not hub.board.active)
        assert await states(hub) == {}
        again = await hub.generations.submit(request(max_cost=PRICE))
        await eventually(lambda: cloud.running)
        await hub.generations.cancel_batch(again.batch.id)
        await eventually(lambda: not hub.board.active)
        assert await states(hub) == {SpendingState.UNCLEAR: PRICE}, "of one that had begun nobody can tell"
        assert await hub.storage.spendings.maybe_paid(limit=9) == [], "and nobody waits for its picture"


@pytest.mark.parametrize(("told", "charged"), [(None, SpendingState.UNCLEAR), (0.01, SpendingState.SPENT)])
async def test_what_failed_where_it_costs_is_tried_elsewhere_only_for_nothing(
    tmp_path: Path, told: float | None, charged: SpendingState
) -> None:
    dear = CLOUD + ONLY_CLOUD.replace("\nnodes:\n", "").replace("id: cloud", "id: another")
    async with studio(tmp_path, fleet=dear) as (hub, easels):
        for each in easels.values():
            each.at_once = False
        submission = await hub.generations.submit(request(max_cost=parse_usd("1"), preferred_node=NodeId("cloud")))
        [attempt] = await eventually(lambda: easels["cloud"].running)
        easels["cloud"].end(attempt, Errored("the colours ran", cost_usd=told))
        [elsewhere] = await eventually(lambda: easels["easel"].running)
        easels["easel"].spill(elsewhere, "spilt")
        [failed] = await finished(hub, submission.batch.id)
        assert set(await states(hub)) == {charged}
    assert (failed.status, failed.error_message) == (GenerationStatus.FAILED, "spilt")
    assert easels["another"].submissions == [], "it would have cost as much again"


async def unclear_attempt(hub: Hub, cloud: Easel) -> Generation:
    """A picture of which nobody can tell whether it was painted."""
    cloud.unclear = True
    submission = await hub.generations.submit(request(max_cost=PRICE))
    [failed] = await finished(hub, submission.batch.id)
    cloud.unclear = False
    return failed


async def test_an_unclear_picture_that_is_there_after_all_is_taken_when_somebody_asks(tmp_path: Path) -> None:
    async with studio(tmp_path, fleet=ONLY_CLOUD) as (hub, easels), http_client(hub, settings_for(tmp_path)) as http:
        cloud = easels["cloud"]
        failed = await unclear_attempt(hub, cloud)
        [waits] = (await http.get("/api/costs/maybe-paid")).json()["attempts"]
        path = f"/api/costs/maybe-paid/{waits['attempt_id']}"
        unknown = (await http.post(path, json={"action": "find_out"})).json()
        cloud.paint(cloud.submissions[0], {"words": "a cat", "seed": 7, "after": {}})
        listener, _ = hub.live.subscribe(failed.session_id, None)
        made = (await http.post(path, json={"action": "find_out"})).json()
        told = [await listener.next() for _ in range(2)]
        once_more = await http.post(path, json={"action": "find_out"})
        assert await states(hub) == {SpendingState.SPENT: PRICE}
        batch = (await http.get(f"/api/batches/{failed.batch_id}")).json()
    assert (waits["gpu_id"], waits["amount_usd"], waits["generation_id"]) == ("cloud", 0.02, failed.id)
    assert (unknown["finding"], unknown["message"]) == (Finding.UNCLEAR, "cloud does not know it")
    assert (made["finding"], made["generation"]["status"]) == (Finding.MADE, "complete")
    assert made["generation"]["cost_usd"] == 0.02
    assert (once_more.status_code, once_more.json()["code"]) == (409, "not_unclear")
    assert (batch["status"], batch["completed"]) == ("complete", 1)
    events = [each.event for each in told if isinstance(each, NumberedEvent)]
    assert [type(each) for each in events] == [GenerationQueued, GenerationCompleted], "a browser opens what had ended"
    assert len(cloud.submissions) == 1


async def test_giving_it_up_counts_as_paid_and_paying_again_has_as_much_once_more(tmp_path: Path) -> None:
    async with studio(tmp_path, fleet=ONLY_CLOUD) as (hub, easels), http_client(hub, settings_for(tmp_path)) as http:
        cloud = easels["cloud"]
        given_up, paid_again = await unclear_attempt(hub, cloud), await unclear_attempt(hub, cloud)
        waiting = (await http.get("/api/costs/maybe-paid")).json()["attempts"]
        answers = [
            (await http.post(f"/api/costs/maybe-paid/{each['attempt_id']}", json={"action": action})).json()
            for each, action in zip(waiting, ["give_up", "pay_again"], strict=True)
        ]
        [painted] = await finished(hub, paid_again.batch_id)
        still = await hub.storage.generations.get(given_up.id)
        assert await hub.storage.spendings.maybe_paid(limit=9) == []
        assert await states(hub) == {SpendingState.UNCLEAR: 2 * PRICE, SpendingState.SPENT: PRICE}
    assert [each["finding"] for each in answers] == [Finding.GIVEN_UP, Finding.QUEUED]
    assert still is not None
    assert still.status is GenerationStatus.FAILED
    assert (painted.status, painted.cost) == (GenerationStatus.COMPLETE, MicroUsd(2 * PRICE))
    assert len(cloud.submissions) == 3


async def test_one_that_no_list_has_room_for_is_paid_again_with_as_much(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(costs, "MOST_LISTED", 1)
    async with studio(tmp_path, fleet=ONLY_CLOUD) as (hub, easels), http_client(hub, settings_for(tmp_path)) as http:
        await unclear_attempt(hub, easels["cloud"])
        late = await unclear_attempt(hub, easels["cloud"])
        [listed] = (await http.get("/api/costs/maybe-paid")).json()["attempts"]
        [attempt] = await hub.storage.attempts.of_generation(late.id)
        answer = await http.post(f"/api/costs/maybe-paid/{attempt.id}", json={"action": "pay_again"})
        [painted] = await finished(hub, late.batch_id)
    assert listed["attempt_id"] != attempt.id
    assert answer.json()["finding"] == Finding.QUEUED
    assert painted.status is GenerationStatus.COMPLETE, painted.error_message


async def test_a_picture_that_comes_late_is_taken_when_its_node_is_back(tmp_path: Path) -> None:
    async with studio(tmp_path, fleet=ONLY_CLOUD) as (hub, easels):
        cloud = easels["cloud"]
        cloud.at_once = False
        submission = await hub.generations.submit(request(max_cost=PRICE))
        [attempt] = await eventually(lambda: cloud.running)
        cloud.reachable = False
        [failed] = await finished(hub, submission.batch.id)
        cloud.finish(attempt)
        cloud.reachable = True

        async def complete() -> bool:
            [generation] = await finished(hub, submission.batch.id)
            return generation.status is GenerationStatus.COMPLETE

        await eventually(complete, what="its picture was taken")
        assert await states(hub) == {SpendingState.SPENT: PRICE}
        assert await hub.storage.spendings.maybe_paid(limit=9) == []
    assert failed.status is GenerationStatus.FAILED
    assert len(cloud.submissions) == 1


async def test_work_of_a_node_that_has_left_gpus_yaml_meanwhile_is_left_to_a_person(tmp_path: Path) -> None:
    async with studio(tmp_path) as (hub, easels):
        easels["cloud"].at_once = easels["easel"].at_once = False
        submission = await hub.generations.submit(request(max_cost=PRICE, preferred_node=NodeId("cloud")))
        [attempt_id] = await eventually(lambda: easels["cloud"].running)
    settings_for(tmp_path).config.write_text(FLEET, encoding="utf-8")
    async with studio(tmp_path, *easels.values()) as (hub, _):
        [failed] = await finished(hub, submission.batch.id)
        [waits] = await hub.storage.spendings.maybe_paid(limit=9)
        with pytest.raises(Conflict, match=r"cloud cannot be asked: it left gpus\.yaml"):
            await hub.costs.resolve(attempt_id, "find_out")
        assert await states(hub) == {SpendingState.UNCLEAR: PRICE}
    assert failed.status is GenerationStatus.FAILED
    assert waits.attempt_id == attempt_id
    assert easels["easel"].submissions == []


async def test_after_a_restart_what_was_paid_for_is_not_paid_for_again_by_itself(tmp_path: Path) -> None:
    """It failed where it costs, waits for a node that costs nothing, and the hub is restarted meanwhile."""
    async with studio(tmp_path) as (hub, easels):
        easels["cloud"].at_once = easels["easel"].at_once = False
        submission = await hub.generations.submit(request(max_cost=parse_usd("1"), preferred_node=NodeId("cloud")))
        [attempt] = await eventually(lambda: easels["cloud"].running)
        easels["easel"].reachable = False
        await eventually(lambda: hub.supervisor.get(NodeId("easel")).state == "offline")
        await hub.queue.pause()
        await hub.storage.attempts.give_up(attempt, AttemptState.ERRORED, "the colours ran", at=NOON)
    async with studio(tmp_path, *easels.values()) as (hub, _):
        await hub.queue.resume()
        generation = submission.generations[0]
        reason = await eventually(lambda: hub.forecast.waiting_for(generation.id))
    assert "cloud costs $0.02 a picture, and this one was paid for already" in str(reason)
    assert len(easels["cloud"].submissions) == 1
