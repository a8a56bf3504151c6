"""The state of an attempt under way: what may happen in which order, and what is told of one that went wrong."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.factories import make_generation
from tests.fakes import FakeClock
from tests.waiting import deadline
from vibes.domain.ids import NodeId, new_attempt_id
from vibes.services.queue.active_attempt import ActiveAttempt
from vibes.services.queue.attempt_state import Assignment, InvalidTransition, Measurements, Origin, Phase, Wish

ANYBODY: list[Callable[[ActiveAttempt], object]] = [
    ActiveAttempt.start,
    ActiveAttempt.end,
    ActiveAttempt.hear,
    ActiveAttempt.cancel,
    ActiveAttempt.want_back,
    ActiveAttempt.interrupt,
    ActiveAttempt.wake,
]
"""What nodes' events, plans and people do to an attempt at any moment."""


def attempt(origin: Origin = Origin.ASSIGNED) -> ActiveAttempt:
    unused: Any = None
    return ActiveAttempt(
        assignment=Assignment(
            id=new_attempt_id(), generation=make_generation(), node_id=NodeId("gpu-a"), origin=origin
        ),
        work=unused,
        clock=FakeClock(),
        measured=Measurements(assigned_at=0.0),
    )


def test_an_ordinary_life_is_told_by_its_story() -> None:
    active = attempt()
    active.write_down({})
    active.send(boots=0)
    active.arrive()
    active.start()
    active.end()
    active.collect(active.clock.monotonic())
    assert active.phase is Phase.COLLECTING
    assert [step.what for step in active.story] == [
        "assigned to gpu-a",
        "written down",
        "sent",
        "waiting",
        "running",
        "told to be over",
        "collecting",
    ]


@pytest.mark.parametrize("prefetched", [False, True])
def test_a_start_that_is_told_after_the_end_does_not_count_as_the_start(prefetched: bool) -> None:
    """One event may overtake another: a run of many seconds would seem to have taken none."""
    active = attempt()
    clock = cast("FakeClock", active.clock)
    active.measured = Measurements(assigned_at=clock.monotonic(), alone=True)
    active.prefetched = prefetched
    clock.advance(8.0)
    active.end()
    clock.advance(1.0)
    active.start()
    active.end()
    active.collect(clock.monotonic())
    assert (active.prefetched, active.phase) == (False, Phase.COLLECTING)
    measured = active.measured
    assert (measured.start_seen, measured.overhead_seconds) == (None, None)
    assert measured.ended_at is not None
    assert measured.ended_at - measured.began_at == pytest.approx(9.0)


def test_a_node_that_tells_the_same_without_end_makes_no_long_story() -> None:
    active = attempt()
    for _ in range(1000):
        active.start()
        active.end()
        active.hear()
    assert [step.what for step in active.story] == ["assigned to gpu-a", "running", "told to be over"]


def test_what_is_collected_already_is_not_collected_again_and_the_fault_tells_how_it_came() -> None:
    active = attempt()
    active.collect(0.0)
    with pytest.raises(InvalidTransition, match="cannot collect while") as fault:
        active.collect(0.0)
    assert str(active.id) in str(fault.value)
    assert ": assigned to gpu-a\n" in str(fault.value)
    assert str(fault.value).endswith(": collecting")
    assert active.phase is Phase.COLLECTING


@pytest.mark.parametrize("move", [ActiveAttempt.arrive, ActiveAttempt.ask_back])
def test_moves_that_only_a_fault_of_ours_can_ask_for_change_nothing(move: Callable[[ActiveAttempt], None]) -> None:
    active = attempt()
    active.collect(0.0)
    before = active.phase, active.wish, active.story
    with pytest.raises(InvalidTransition):
        move(active)
    assert (active.phase, active.wish, active.story) == before


@given(st.sampled_from(list(Origin)), st.lists(st.sampled_from(ANYBODY), max_size=12), st.integers(0, 3))
def test_nothing_that_comes_from_outside_is_ever_a_fault(
    origin: Origin, moves: list[Callable[[ActiveAttempt], object]], driven: int
) -> None:
    """Events come late, early or twice, and people change their minds: at every point of an attempt's life."""
    active = attempt(origin)
    steps: list[Callable[[], None]] = [active.arrive, active.start, lambda: active.collect(0.0)]
    for step in steps[:driven]:
        step()
    for move in moves:
        was_cancelled = active.cancelled
        move(active)
        assert active.cancelled or not was_cancelled, "what nobody wants any more is never wanted again"
        assert active.phase is not Phase.COLLECTING or driven == 3, "only whoever drives it collects it"


def test_what_was_lost_while_it_was_collected_may_be_collected_when_its_node_is_back() -> None:
    active = attempt()
    active.collect(0.0)
    active.come_back()
    active.collect(0.0)
    assert active.phase is Phase.COLLECTING


def test_what_waits_behind_another_can_be_taken_back_once_and_has_no_place_until_it_runs() -> None:
    active = attempt(Origin.PREFETCHED)
    active.arrive()
    assert (active.runs, active.can_be_taken_back) == (False, True)
    active.want_back()
    assert (active.wish, active.can_be_taken_back) == (Wish.TAKE_BACK, False)
    active.ask_back()
    assert (active.wish, active.can_be_taken_back) == (Wish.NONE, False), "it was asked for once, and stays"
    active.measured = replace(active.measured, assigned_at=float("-inf"))
    active.start()
    assert (active.runs, active.prefetched) == (True, False)
    assert active.measured.assigned_at == active.measured.running_since


def test_the_first_sight_of_its_run_counts_also_when_it_comes_after_the_picture() -> None:
    active = attempt()
    active.collect(0.0)
    active.start()
    first = active.measured.running_since
    active.start()
    assert first is not None
    assert (active.phase, active.measured.running_since) == (Phase.COLLECTING, first)


def test_the_way_to_a_node_is_measured_only_where_nobody_else_was_there() -> None:
    shared, alone = attempt(), attempt()
    alone.prepare(warm=True, alone=True)
    for each in (shared, alone):
        each.measured = replace(each.measured, assigned_at=0.0, running_since=2.0)
        each.collect(each.clock.monotonic())
    assert shared.measured.overhead_seconds is None
    assert alone.measured.overhead_seconds == pytest.approx(2.0, abs=0.5)


async def test_a_wish_ends_the_wait_for_an_answer_that_the_node_owes() -> None:
    active = attempt()
    asked = asyncio.Event()

    async def ask() -> None:
        async with active.question():
            asked.set()
            await asyncio.Event().wait()

    waiting = asyncio.create_task(ask())
    async with deadline():
        await asked.wait()
        assert active.being_asked
        active.cancel()
        with pytest.raises(TimeoutError):
            await waiting
    assert not active.being_asked
