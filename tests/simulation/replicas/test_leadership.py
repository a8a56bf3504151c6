"""Two replicas over one lease, in virtual time: one leads, never two, and never nobody for long."""

import asyncio
import logging
import random
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import pytest
from starlette.types import ASGIApp, Receive, Scope, Send

from tests.replicas.fake_leases import FakeLeases, LeaseTable
from tests.simulation.virtual_time import Agenda, VirtualClock, VirtualLoop
from tests.waiting import eventually
from vibes.commands.hub.serving import GRACEFUL_SECONDS
from vibes.domain.errors import StorageUnavailable
from vibes.domain.replicas.replica import Replica, ReplicaId
from vibes.ports.clock import Clock
from vibes.replicas.guide import Guide
from vibes.replicas.leadership import Leadership, LeaseTimes
from vibes.replicas.own_replica import SILENT_SECONDS, OwnReplica
from vibes.replicas.process import LEAVE_SECONDS, RunningReplica
from vibes.replicas.standing import Following
from vibes.replicas.terms import Terms


async def _hub(scope: Scope, receive: Receive, send: Send) -> None:
    """Answers nothing."""


@dataclass
class One:
    """A replica with a hub that takes its time to start and to end."""

    me: Replica
    leases: FakeLeases
    clock: Clock
    gave_up: Callable[[], None]
    starts_in: float = 1.0
    ends_in: float = 1.0
    broken: bool = False
    epoch: int | None = None
    """Of the hub that runs."""
    suspended: float = 0.0
    """Seconds for which its machine has stood still, with all timers."""

    def __post_init__(self) -> None:
        self.leadership = Leadership(
            self.leases, self.me, LeaseTimes(), lambda: self.clock.monotonic() + self.suspended
        )
        self.terms = Terms(self.leadership, self.open, self.gave_up)
        self.guide = Guide(self.leadership, self.terms, self.me.id)

    async def end(self) -> float:
        """As its process does at SIGTERM; seconds that it took."""
        own = OwnReplica(self.me, self.leadership, self.leases)
        running = RunningReplica(_hub, self, self.terms, self.guide, own)
        began = self.clock.monotonic()
        await running.end(25.0, 3.0)
        return self.clock.monotonic() - began

    def stop_claiming(self) -> None:
        """It has nothing to claim."""

    @property
    def may_act(self) -> bool:
        return self.epoch is not None and self.leadership.holds(self.epoch)

    @asynccontextmanager
    async def open(self, epoch: int) -> AsyncIterator[ASGIApp]:
        await asyncio.sleep(self.starts_in)
        if self.broken:
            raise StorageUnavailable("the data folder is not there")
        assert self.epoch is None, "one hub at a time"
        self.epoch = epoch
        try:
            yield _hub
        finally:
            await asyncio.sleep(self.ends_in)
            self.epoch = None


@dataclass
class Pair:
    table: LeaseTable
    a: One
    """The first one that leads."""
    b: One

    async def until(self, condition: Callable[[], bool]) -> float:
        """Seconds that it took; at no moment do two act."""
        began = self.table.clock.monotonic()

        def look() -> bool:
            assert not (self.a.may_act and self.b.may_act)
            return condition()

        await eventually(look, within=300, every=0.05)
        return self.table.clock.monotonic() - began


Story = Callable[[Pair], Coroutine[Any, Any, None]]


def told(story: Story, gave_up: Callable[[], None] = lambda: None) -> None:
    """In a second, however long it takes there."""
    agenda = Agenda()
    loop = VirtualLoop(agenda, random.Random(1))  # noqa: S311 - no secret
    table = LeaseTable(VirtualClock(agenda))
    try:
        loop.run_until_complete(_with_two(story, table, gave_up))
    finally:
        loop.close()


async def _with_two(story: Story, table: LeaseTable, gave_up: Callable[[], None]) -> None:
    tasks = []
    both = []
    for name in ("a", "b"):
        leases = FakeLeases(table)
        me = Replica(id=ReplicaId(name), address=f"http://{name}", version="1")
        one = One(me, leases, table.clock, gave_up)
        tasks += [asyncio.create_task(each) for each in (one.leadership.run(), one.terms.run())]
        both.append(one)
        await eventually(lambda: table.lease is not None, what="the first one leads")
    pair = Pair(table, *both)
    await pair.until(lambda: pair.a.may_act or pair.a.broken)
    try:
        await story(pair)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def test_who_is_cut_off_from_the_database_stops_acting_before_another_begins() -> None:
    async def story(pair: Pair) -> None:
        pair.a.leases.cut = True
        assert 9 < await pair.until(lambda: pair.b.may_act) < 20
        assert (pair.a.epoch, pair.b.epoch) == (None, 2)
        pair.a.leases.cut, pair.b.leases.cut = False, True
        assert await pair.until(lambda: pair.a.may_act) < 20

    told(story)


def test_who_ends_in_order_is_followed_within_seconds() -> None:
    async def story(pair: Pair) -> None:
        pair.a.leadership.end()
        took = await pair.until(lambda: pair.b.may_act)
        assert took < pair.a.ends_in + 1.0 + pair.b.starts_in + 0.5, "its hub ends, a look is due, the next one starts"

    told(story)


def test_both_end_at_once_and_neither_waits_for_the_other_to_lead() -> None:
    async def story(pair: Pair) -> None:
        took = await asyncio.gather(pair.a.end(), pair.b.end())
        assert max(took) < 3.0 + pair.a.ends_in + 2.0

    told(story)


def test_who_ends_after_the_other_was_killed_waits_only_until_that_is_plain() -> None:
    async def story(pair: Pair) -> None:
        pair.b.leases.cut = True
        assert await pair.a.end() < pair.a.ends_in + SILENT_SECONDS + 2.0

    told(story)


def test_however_slow_all_of_it_is_a_minute_is_enough() -> None:
    async def story(pair: Pair) -> None:
        pair.a.ends_in = 29.0
        pair.table.barred = {"b"}
        assert await pair.a.end() + GRACEFUL_SECONDS + LEAVE_SECONDS < 60

    told(story)


def test_a_leader_whose_machine_was_suspended_does_nothing_more_before_it_has_asked() -> None:
    async def story(pair: Pair) -> None:
        pair.a.suspended = LeaseTimes().lease
        assert not pair.a.may_act
        assert await pair.until(lambda: pair.a.may_act) < LeaseTimes().renewal + 1

    told(story)


def test_a_database_that_is_away_is_told_once_then_each_minute_and_once_when_it_is_back(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.INFO)

    async def story(pair: Pair) -> None:
        pair.a.leases.cut = pair.b.leases.cut = True
        await asyncio.sleep(150)
        pair.a.leases.cut = pair.b.leases.cut = False
        await asyncio.sleep(10)

    told(story)
    lines = [each for each in caplog.messages if "who leads" in each]
    assert len([each for each in lines if "cannot be told:" in each]) == 2, "each of both, once"
    assert len([each for each in lines if "cannot be told for" in each]) == 4
    assert len([each for each in lines if "tells again" in each]) == 2


def test_a_refused_write_ends_the_hub_without_waiting_for_the_next_look() -> None:
    async def story(pair: Pair) -> None:
        """Somebody has meddled with the table, and the other one leads too early."""
        pair.table.run_out()
        pair.table.take(Replica(id=ReplicaId("b"), address="http://b", version="1"), 15)
        pair.a.leadership.refused(1)
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        assert not pair.a.may_act

    told(story)


def test_a_replica_whose_hub_does_not_start_leaves_the_lead_to_the_other() -> None:
    async def story(pair: Pair) -> None:
        pair.a.broken = True
        pair.a.leases.cut = True
        await pair.until(lambda: pair.b.may_act)
        pair.a.leases.cut, pair.b.leases.cut = False, True
        await pair.until(lambda: pair.a.leadership.standing.value != Following())
        pair.b.leases.cut = False
        assert await pair.until(lambda: pair.b.may_act) < 20

    told(story)


def test_a_hub_that_does_not_end_is_ended_with_its_process() -> None:
    given_up: list[float] = []

    async def story(pair: Pair) -> None:
        pair.a.ends_in = 1000
        pair.a.leases.cut = True
        await pair.until(lambda: bool(given_up))
        assert pair.b.may_act

    told(story, lambda: given_up.append(0.0))


@pytest.mark.parametrize("seed", range(20))
def test_whatever_lines_are_cut_never_two_act_and_somebody_does_where_somebody_can(seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311 - no secret

    async def story(pair: Pair) -> None:
        replicas, since = (pair.a, pair.b), pair.table.clock.monotonic()
        for _ in range(60):
            chance.choice(replicas).leases.cut ^= True
            for each in replicas:
                each.starts_in, each.ends_in = chance.uniform(0, 5), chance.uniform(0, 5)
            end = pair.table.clock.monotonic() + chance.expovariate(1 / 10)
            await pair.until(lambda: pair.table.clock.monotonic() > end)  # noqa: B023 - it is over by then
        for each in replicas:
            each.leases.cut = False
        assert await pair.until(lambda: pair.a.may_act or pair.b.may_act) < 25
        assert pair.table.clock.monotonic() - since > 100

    told(story)
