"""A fault of ours in the planning costs the works that it is about, and never the hub."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.fakes import FakeFleet
from tests.hub import http_client, open_hub, settings_for
from tests.services.asking import finished, request
from tests.waiting import eventually
from vibes.domain.generation import GenerationStatus
from vibes.domain.ids import NodeId
from vibes.scheduling import planner
from vibes.scheduling.snapshot import Snapshot
from vibes.services.execution import safe_planning
from vibes.services.queue import board, forecast


def breaks_on(prompt: str, ready_for: Callable[..., Any]) -> Callable[..., Any]:
    def breaking(snapshot: Snapshot, *rest: Any) -> Any:
        if any(each.spec.prompt == prompt for each in snapshot.ready):
            raise ZeroDivisionError(f"a plan of {prompt}")
        return ready_for(snapshot, *rest)

    return breaking


@pytest.fixture
def poisonous(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing can be planned or predicted in which this prompt is."""
    monkeypatch.setattr(safe_planning, "plan", breaks_on("poison", planner.plan))
    monkeypatch.setattr(forecast, "outlook", breaks_on("poison", planner.outlook))


@pytest.mark.usefixtures("poisonous")
async def test_what_a_plan_breaks_on_is_set_aside_with_a_reason_and_the_rest_is_drawn(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    settings = settings_for(tmp_path)
    for _ in range(2):  # and the same again after a restart
        async with open_hub(settings, FakeFleet()) as hub, http_client(hub, settings) as http:
            bad = await hub.generations.submit(request(values={"prompt": "poison"}, count=2))
            good = await hub.generations.submit(request(count=3))
            await finished(hub, good.batch.id)
            waiting = (await http.get("/api/queue")).json()["waiting"]
            assert {each["generation_id"] for each in waiting} >= {each.id for each in bad.generations}
            assert all("set aside: the hub cannot plan it" in each["waiting_for"] for each in waiting)
            estimate = await http.post("/api/generate/estimate", json={"prompt": "x", "model_family": "sd15"})
            assert estimate.status_code == 200
    assert len(list((tmp_path / "data" / "broken-plans").iterdir())) >= 1
    tracebacks = [record for record in caplog.records if record.exc_info and "plan" in record.getMessage()]
    assert len(tracebacks) <= 2 * 2, "each fault once a process: the plan's and the forecast's"


@pytest.mark.usefixtures("poisonous")
async def test_what_was_set_aside_can_be_cancelled_and_is_drawn_once_it_can_be_planned(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(safe_planning, "FIRST_RETRY_SECONDS", 0.2)
    async with open_hub(settings_for(tmp_path), FakeFleet()) as hub:
        bad = await hub.generations.submit(request(values={"prompt": "poison"}, count=2))
        await eventually(lambda: len(hub.board.withheld) == 2)
        first, second = bad.generations
        assert (await hub.generations.cancel(first.id)).status is GenerationStatus.CANCELLED
        monkeypatch.setattr(safe_planning, "plan", planner.plan)
        drawn = {each.id: each.status for each in await finished(hub, bad.batch.id)}
        assert drawn[second.id] is GenerationStatus.COMPLETE
        assert not hub.board.withheld


async def test_with_no_plan_at_all_each_free_node_takes_the_next_work(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> object:
        raise KeyError("n0")

    monkeypatch.setattr(safe_planning, "plan", broken)
    monkeypatch.setattr(forecast, "outlook", broken)
    monkeypatch.setattr(forecast, "waiting_reason", broken)
    monkeypatch.setattr(board, "batch_lower_bound_seconds", broken)
    monkeypatch.setattr(board, "FairOrder", broken)
    settings = settings_for(tmp_path)
    fleet = FakeFleet(instant=False)
    async with open_hub(settings, fleet) as hub, http_client(hub, settings) as http:
        submission = await hub.generations.submit(request(count=4))
        await eventually(lambda: fleet["fast"].running and fleet["slow"].running)
        answer = (await http.get("/api/queue")).json()
        assert len(answer["waiting"]) == 2
        for node in fleet.nodes.values():
            node.instant = True
            for attempt_id in node.running:
                node.finish(attempt_id)
        generations = await finished(hub, submission.batch.id)
    assert [each.status for each in generations] == [GenerationStatus.COMPLETE] * 4


@pytest.mark.parametrize("how", ["switched off", "drained", "wedged"])
async def test_a_hub_lives_on_while_the_only_able_node_is_away_also_over_a_restart(tmp_path: Path, how: str) -> None:
    settings = settings_for(tmp_path, wedged_after=0.1)
    fast = NodeId("fast")
    for start in range(2):
        fleet = FakeFleet()
        async with open_hub(settings, fleet) as hub:
            if how == "drained":
                hub.supervisor.drain(fast)
            elif how == "switched off":
                fleet["fast"].unplug()
            else:
                fleet["fast"].states = {}
                fleet["fast"].wedged = True
            large = await hub.generations.submit(request(model_family="sdxl", count=3))
            if how == "wedged":
                await eventually(lambda: hub.supervisor.get(fast).state == "wedged")
            elif how == "switched off":
                await eventually(lambda: hub.supervisor.get(fast).state == "offline")
            light = await hub.generations.submit(request(count=3))
            drawn = await finished(hub, light.batch.id)
            assert {each.node_id for each in drawn} == {"slow"}
            reason = hub.forecast.waiting_for(large.generations[-1].id)
            assert "fast is " in str(reason), start
