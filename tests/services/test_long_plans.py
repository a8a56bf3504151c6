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


@pytest.mark.parametrize(
    ("seconds", "rested"),
    [
        ([0.2] * 10, 9 * 0.2),
        ([0.001] * 10, 0.0),
        ([0.001, 0.3, 0.2, 0.001, 0.2, 0.001, 0.3, 0.001, 0.2, 0.2], 0.0),  # the machine is busy with something else
    ],
)
async def test_long_plans_are_followed_by_as_long_a_rest_and_short_ones_by_none(
    seconds: list[float], rested: float
) -> None:
    clock, changed = NotedClock(), asyncio.Event()
    board = SimpleNamespace(changed=changed, paused_since=None, unstored=0, ledger=None)
    plans: list[float] = []

    def plan() -> Plan:
        plans.append(seconds[len(plans)])
        clock.advance(plans[-1])
        changed.set()  # as in a fleet where always something happens
        if len(plans) == 10:
            raise asyncio.CancelledError
        return Plan((), NOTHING_SERVED)

    supervisor = SimpleNamespace(try_one_of_all=lambda: None)
    made = cast("Any", Dispatcher)(board, SimpleNamespace(plan=plan), None, None, supervisor, clock)
    with pytest.raises(asyncio.CancelledError):
        await made.run()
    assert clock.rested == pytest.approx(rested)
