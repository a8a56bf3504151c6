"""Plans of a fleet so large that they take long: everybody else still gets a turn."""

import asyncio
from types import SimpleNamespace
from typing import Any, cast

import pytest

from tests.fakes import FakeClock
from vibes.scheduling.fair_share import NOTHING_SERVED
from vibes.scheduling.planner import Plan
from vibes.services.execution.dispatcher import Dispatcher


class NotedClock(FakeClock):
    def __init__(self) -> None:
        super().__init__()
        self.rested = 0.0

    async def sleep(self, seconds: float) -> None:
        self.rested += seconds
        self.advance(seconds)
        await asyncio.sleep(0)


@pytest.mark.parametrize(("seconds", "rests"), [(0.2, True), (0.001, False)])
async def test_a_long_plan_is_followed_by_as_long_a_rest_and_a_short_one_by_none(seconds: float, rests: bool) -> None:
    clock, changed = NotedClock(), asyncio.Event()
    board = SimpleNamespace(changed=changed, paused_since=None, unstored=0, ledger=None)
    plans: list[float] = []

    def plan() -> Plan:
        clock.advance(seconds)
        plans.append(seconds)
        changed.set()  # as in a fleet where always something happens
        if len(plans) == 10:
            raise asyncio.CancelledError
        return Plan((), NOTHING_SERVED)

    supervisor = SimpleNamespace(try_one_of_all=lambda: None)
    made = cast("Any", Dispatcher)(board, SimpleNamespace(plan=plan), None, None, supervisor, clock)
    with pytest.raises(asyncio.CancelledError):
        await made.run()
    assert clock.rested == pytest.approx(9 * seconds if rests else 0.0)
