"""Machines that belong to somebody: handed back and lent again, by a person or by the hours in gpus.yaml, and nothing
of what they had is lost."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.fakes import FakeFleet, FakeNode
from tests.hub import FLEET, http_client, open_hub, settings_for
from tests.services.asking import finished, request
from tests.waiting import eventually
from vibes.app.hub import Hub
from vibes.domain.attempt import AttemptState
from vibes.domain.generation import Generation, GenerationStatus
from vibes.domain.ids import NodeId
from vibes.domain.nodes.card_memory import GIGABYTE, CardMemory
from vibes.services.queue.attempt_state import Wish
from vibes.services.runtime.clock import SystemClock

FAST, SLOW = NodeId("fast"), NodeId("slow")
MONDAY = datetime(2026, 12, 7, 12, 0, tzinfo=UTC)


class ShiftedClock(SystemClock):
    """The wall shows what the test wants; durations are as ever."""

    def __init__(self, now: datetime) -> None:
        super().__init__()
        self.show(now)

    def show(self, now: datetime) -> None:
        self._ahead = now - super().now()

    def now(self) -> datetime:
        return super().now() + self._ahead


def fleet_with(**of_fast: Any) -> str:
    """The usual fleet, with more said of the fast machine."""
    said = "".join(f"\n     {key}: {value}," for key, value in of_fast.items())
    return FLEET.replace("{id: fast,", f"{{id: fast,{said}")


async def drawing_on_fast(hub: Hub, fleet: FakeFleet, count: int = 1) -> Any:
    submission = await hub.generations.submit(request(preferred_node=FAST, count=count))
    await eventually(lambda: fleet["fast"].running, what="it is drawn on the fast one")
    return submission.batch.id


async def a_while(node: FakeNode) -> None:
    """The hub has looked at the node several times, so that something wrong would have happened."""
    before = node.checks
    await eventually(lambda: node.checks >= before + 2)


async def cancel_under_way(hub: Hub) -> None:
    await eventually(lambda: any(each.wish is Wish.MOVE and each.being_asked for each in hub.board.active.values()))


async def ends_of_attempts(hub: Hub, generation: Generation) -> list[tuple[str, AttemptState]]:
    return [(each.node_id, each.state) for each in await hub.storage.attempts.of_generation(generation.id)]


def reason_of(hub: Hub, node_id: NodeId) -> str:
    return str(hub.fleet.node(node_id).reason)


async def test_a_drain_with_an_end_ends_by_itself_also_after_a_restart_of_the_hub(tmp_path: Path) -> None:
    settings, clock = settings_for(tmp_path), ShiftedClock(MONDAY)
    async with open_hub(settings, FakeFleet(), clock=clock) as hub, http_client(hub, settings) as http:
        body = {"until": "2026-12-07T18:30:00+02:00", "running": "move"}
        told = (await http.post("/api/gpus/fast/drain", json=body)).json()
        assert (told["state"], told["reason_code"]) == ("draining", "drained")
        assert told["lent_from"] == "2026-12-07T16:30:00.000Z"
        assert (await http.post("/api/gpus/fast/drain", json={"until": "2026-12-07T17:00Z"})).json()[
            "state_since"
        ] == told["state_since"], "since a person said so first"
    async with open_hub(settings, FakeFleet(), clock=clock) as hub:
        assert hub.fleet.node(FAST).state == "draining"
        assert hub.fleet.node(FAST).lent_from == datetime(2026, 12, 7, 17, tzinfo=UTC)
        clock.show(datetime(2026, 12, 7, 17, 0, 1, tzinfo=UTC))
        await eventually(lambda: hub.fleet.node(FAST).state == "ready", what="it is lent again")
        await eventually(lambda: _no_drains(hub), what="the drain is forgotten")
        assert hub.fleet.node(FAST).lent_from is None


async def _no_drains(hub: Hub) -> bool:
    return not await hub.storage.drains.all()


async def test_a_drain_that_ended_while_no_hub_ran_holds_no_longer(tmp_path: Path) -> None:
    settings, clock = settings_for(tmp_path), ShiftedClock(MONDAY)
    async with open_hub(settings, FakeFleet(), clock=clock) as hub:
        await hub.fleet.drain(FAST, until=MONDAY + timedelta(minutes=30))
    clock.show(MONDAY + timedelta(hours=1))
    async with open_hub(settings, FakeFleet(), clock=clock) as hub:
        assert hub.fleet.node(FAST).state == "ready"


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"until": "2026-12-07T11:59:00Z"}, "until"),
        ({"until": "2027-12-09T12:00:00Z"}, "until"),
        ({"until": "2026-12-07T18:30:00"}, "until"),
        ({"running": "kill"}, "running"),
        ({"untli": None}, "untli"),
    ],
)
async def test_a_drain_that_makes_no_sense_is_refused(tmp_path: Path, body: dict[str, Any], field: str) -> None:
    settings = settings_for(tmp_path)
    async with open_hub(settings, FakeFleet(), clock=ShiftedClock(MONDAY)) as hub, http_client(hub, settings) as http:
        answer = await http.post("/api/gpus/fast/drain", json=body)
        assert answer.status_code == 422
        assert field in answer.text
        assert hub.fleet.node(FAST).state == "ready"


@pytest.mark.parametrize("running", ["finish", "move", "now"])
async def test_what_runs_when_a_machine_is_handed_back_is_finished_or_moved_as_its_owner_chose(
    tmp_path: Path, running: str
) -> None:
    """With a grace in which it does not end."""
    settings = settings_for(tmp_path, fleet=fleet_with(grace_seconds=0))
    fleet = FakeFleet(instant=False)
    async with open_hub(settings, fleet) as hub, http_client(hub, settings) as http:
        batch_id = await drawing_on_fast(hub, fleet)
        fleet["slow"].instant = True
        await http.post("/api/gpus/fast/drain", json={"running": running})
        if running == "finish":
            await a_while(fleet["fast"])
            fleet["fast"].finish(fleet["fast"].running[0])
        [generation] = await finished(hub, batch_id)
        ends = await ends_of_attempts(hub, generation)
    assert generation.status is GenerationStatus.COMPLETE
    if running == "finish":
        assert ends == [(FAST, AttemptState.WON)]
    else:
        assert ends == [(FAST, AttemptState.TAKEN_BACK), (SLOW, AttemptState.WON)]
        assert fleet["fast"].cancelled
        assert not fleet["fast"].running


async def test_what_ends_within_the_grace_is_finished_where_it_is(tmp_path: Path) -> None:
    settings = settings_for(tmp_path, fleet=fleet_with(when_needed="move", grace_seconds=3600))
    fleet = FakeFleet(instant=False)
    async with open_hub(settings, fleet) as hub:
        batch_id = await drawing_on_fast(hub, fleet)
        await hub.fleet.drain(FAST)
        await a_while(fleet["fast"])
        fleet["fast"].finish(fleet["fast"].running[0])
        [generation] = await finished(hub, batch_id)
    assert generation.node_id == FAST
    assert fleet["fast"].cancelled == []


async def test_a_picture_that_ends_just_when_it_is_moved_is_taken(tmp_path: Path) -> None:
    fleet = FakeFleet(instant=False)
    async with open_hub(settings_for(tmp_path), fleet) as hub:
        batch_id = await drawing_on_fast(hub, fleet)
        node = fleet["fast"]
        node.hold_orders = asyncio.Event()
        async with http_client(hub, settings_for(tmp_path)) as http:
            await http.post("/api/gpus/fast/drain", json={"running": "now"})
        await cancel_under_way(hub)
        node.finish(node.running[0])
        node.hold_orders.set()
        [generation] = await finished(hub, batch_id)
    assert (generation.status, generation.node_id) == (GenerationStatus.COMPLETE, FAST)
    assert len(fleet["slow"].posts) == 0


async def test_a_moved_picture_that_is_cancelled_meanwhile_is_drawn_nowhere(tmp_path: Path) -> None:
    fleet = FakeFleet(instant=False)
    async with open_hub(settings_for(tmp_path), fleet) as hub:
        batch_id = await drawing_on_fast(hub, fleet)
        fleet["fast"].hold_orders = asyncio.Event()
        async with http_client(hub, settings_for(tmp_path)) as http:
            await http.post("/api/gpus/fast/drain", json={"running": "now"})
            await cancel_under_way(hub)
            await http.delete(f"/api/batches/{batch_id}")
        fleet["fast"].hold_orders.set()
        [generation] = await finished(hub, batch_id)
        await eventually(lambda: not hub.board.active, what="nothing is under way")
    assert generation.status is GenerationStatus.CANCELLED
    assert fleet["slow"].posts == []


async def test_its_models_are_unloaded_once_it_is_idle_where_that_was_asked_for(tmp_path: Path) -> None:
    settings, fleet = settings_for(tmp_path), FakeFleet(instant=False)
    async with open_hub(settings, fleet) as hub, http_client(hub, settings) as http:
        batch_id = await drawing_on_fast(hub, fleet)
        await http.post("/api/gpus/fast/drain", json={"free": True})
        await http.post("/api/gpus/slow/drain")
        await a_while(fleet["fast"])
        assert fleet["fast"].freed == 0, "while it draws"
        fleet["fast"].finish(fleet["fast"].running[0])
        await finished(hub, batch_id)
        await eventually(lambda: fleet["fast"].freed == 1, what="its models are unloaded")
        await hub.fleet.drain(FAST, free=True)
        await a_while(fleet["fast"])
    assert (fleet["fast"].freed, fleet["slow"].freed) == (1, 0)


@pytest.mark.parametrize("when_needed", ["finish", "now"])
async def test_when_its_owners_hours_begin_nothing_new_begins_and_it_is_lent_again_when_they_end(
    tmp_path: Path, when_needed: str
) -> None:
    text = fleet_with(owner_hours='["Mon-Fri 18:00-23:00", "Sat-Sun"]', timezone="UTC", when_needed=when_needed)
    settings, clock, fleet = settings_for(tmp_path, fleet=text), ShiftedClock(MONDAY), FakeFleet(instant=False)
    async with open_hub(settings, fleet, clock=clock) as hub:
        assert hub.fleet.node(FAST).owned_from == datetime(2026, 12, 7, 18, tzinfo=UTC)
        batch_id = await drawing_on_fast(hub, fleet)
        fleet["slow"].instant = True
        clock.show(datetime(2026, 12, 7, 18, 0, 0, tzinfo=UTC))
        await eventually(lambda: hub.fleet.node(FAST).state == "draining", what="it is its owner's")
        assert reason_of(hub, FAST) == "belongs to its owner until 23:00 UTC"
        if when_needed == "finish":
            fleet["fast"].finish(fleet["fast"].running[0])
        [generation] = await finished(hub, batch_id)
        assert generation.node_id == (FAST if when_needed == "finish" else SLOW)
        await eventually(lambda: fleet["fast"].freed == 1, what="its memory is its owner's")
        only_there = await hub.generations.submit(request(model_family="sdxl"))
        [waiting] = await hub.storage.generations.of_batch(only_there.batch.id)
        reason = hub.forecast.waiting_for(waiting.id)
        assert reason is not None
        assert (reason.code, "fast belongs to its owner until 23:00 UTC" in reason.sentence) == ("no_node_now", True)
        eta = hub.forecast.eta_seconds(waiting.id)
        assert eta is not None
        assert 5 * 3600 < eta < 5.1 * 3600
        clock.show(datetime(2026, 12, 7, 23, 0, 0, tzinfo=UTC))
        await eventually(lambda: fleet["fast"].running, what="it draws again")
        fleet["fast"].finish(fleet["fast"].running[0])
        [generation] = await finished(hub, only_there.batch.id)
    assert generation.node_id == FAST


async def test_who_resumes_a_machine_in_its_owners_hours_lends_it_for_the_rest_of_them_also_over_a_restart(
    tmp_path: Path,
) -> None:
    text = fleet_with(owner_hours='["18:00-23:00"]', timezone="UTC")
    clock = ShiftedClock(datetime(2026, 12, 7, 19, tzinfo=UTC))
    settings = settings_for(tmp_path, fleet=text)
    async with open_hub(settings, FakeFleet(), clock=clock) as hub, http_client(hub, settings) as http:
        told = (await http.get("/api/gpus/fast")).json()
        assert (told["state"], told["reason_code"]) == ("draining", "owner_hours")
        assert (told["lent_from"], told["owned_from"]) == ("2026-12-07T23:00:00.000Z", None)
        assert (told["owner_hours"], told["timezone"]) == (["18:00-23:00"], "UTC")
        lent = (await http.post("/api/gpus/fast/resume")).json()
        assert (lent["state"], lent["owned_from"]) == ("ready", "2026-12-08T18:00:00.000Z")
    async with open_hub(settings, FakeFleet(), clock=clock) as hub:
        assert hub.fleet.node(FAST).state == "ready"
        clock.show(datetime(2026, 12, 8, 18, tzinfo=UTC))
        await eventually(lambda: hub.fleet.node(FAST).state == "draining", what="it is its owner's the next evening")
        await eventually(lambda: _no_drains(hub), what="the loan is forgotten")


async def test_a_drain_into_its_owners_hours_lasts_until_these_end(tmp_path: Path) -> None:
    text = fleet_with(owner_hours='["18:00-23:00"]', timezone="UTC")
    clock = ShiftedClock(MONDAY)
    async with open_hub(settings_for(tmp_path, fleet=text), FakeFleet(), clock=clock) as hub:
        status = await hub.fleet.drain(FAST, until=datetime(2026, 12, 7, 20, tzinfo=UTC))
        assert str(status.reason) == "drained until 23:00 UTC, then it is lent again"
        clock.show(datetime(2026, 12, 7, 20, 0, 1, tzinfo=UTC))
        await eventually(lambda: reason_of(hub, FAST) == "belongs to its owner until 23:00 UTC")


def card(game_gigabytes: float) -> CardMemory:
    total, others = 16 * GIGABYTE, round((0.5 + game_gigabytes) * GIGABYTE)
    return CardMemory(total=total, free=total - others, torch_total=0, torch_free=0, all_told=True)


async def test_work_for_which_a_game_leaves_too_little_memory_waits_and_says_so_until_the_game_is_over(
    tmp_path: Path,
) -> None:
    settings, fleet = settings_for(tmp_path), FakeFleet()
    async with open_hub(settings, fleet) as hub, http_client(hub, settings) as http:
        fleet["fast"].memory = card(0)
        await a_while(fleet["fast"])
        fleet["fast"].memory = card(12)
        await eventually(lambda: hub.fleet.node(FAST).others_memory_bytes, what="the game is seen")
        told = (await http.get("/api/gpus/fast")).json()
        assert (told["others_vram_gb"], told["state"], told["healthy"]) == (12, "ready", True), "it can still enlarge"
        sdxl = await hub.generations.submit(request(model_family="sdxl"))
        [waiting] = await hub.storage.generations.of_batch(sdxl.batch.id)
        reason = hub.forecast.waiting_for(waiting.id)
        assert "fast has 12.0 GB of its memory held by another program" in str(reason)
        assert hub.forecast.eta_seconds(waiting.id) is None, "nobody knows how long a game takes"
        [small] = await finished(hub, (await hub.generations.submit(request(preferred_node=FAST))).batch.id)
        assert small.node_id == FAST, "SD 1.5 still fits"
        fleet["fast"].memory = card(15)
        await eventually(lambda: hub.fleet.node(FAST).pause, what="nothing fits any more")
        assert (await http.get("/api/gpus/fast")).json()["reason_code"] == "memory_taken"
        fleet["fast"].memory = card(0)
        [generation] = await finished(hub, sdxl.batch.id)
    assert generation.node_id == FAST


async def test_hours_are_edited_while_the_hub_runs(tmp_path: Path) -> None:
    settings, clock = settings_for(tmp_path), ShiftedClock(MONDAY)
    async with open_hub(settings, FakeFleet(), clock=clock) as hub:
        settings.config.write_text(fleet_with(owner_hours='["Mon"]', timezone="UTC"), encoding="utf-8")
        await eventually(lambda: hub.fleet.node(FAST).state == "draining", what="it is its owner's")
        assert reason_of(hub, FAST) == "belongs to its owner until Tue 00:00 UTC"
        settings.config.write_text(fleet_with(owner_hours='["Tue"]', timezone="UTC"), encoding="utf-8")
        await eventually(lambda: hub.fleet.node(FAST).state == "ready", what="it is lent")


@pytest.mark.parametrize(
    ("said", "lines"),
    [
        ({"owner_hours": '["Mon-Fri 18-23"]'}, ["names no hours"]),
        ({"owner_hours": '["Sat"]', "timezone": "Mars/Olympus"}, ["no time zone"]),
        ({"when_needed": "later"}, ["when_needed"]),
        ({"grace_seconds": -1}, ["grace_seconds"]),
    ],
)
async def test_a_mistake_in_what_gpus_yaml_says_of_the_owner_is_told_with_its_line(
    tmp_path: Path, said: dict[str, Any], lines: Sequence[str]
) -> None:
    settings = settings_for(tmp_path)
    async with open_hub(settings, FakeFleet()) as hub:
        settings.config.write_text(fleet_with(**said), encoding="utf-8")
        await eventually(lambda: hub.fleet.config_problems, what="the mistake is told")
        told = " ".join(str(problem) for problem in hub.fleet.config_problems)
    assert all(line in told for line in lines), told
    assert all(problem.line >= 4 for problem in hub.fleet.config_problems)
