"""Nodes that carry out several works at once: their slots in planned time, and what holds of plans with them."""

from collections import Counter
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.benchmarks.fleet_simulation import Conditions, FleetSimulation, drafts, fleet_of, makespan, simulate, taught
from tests.unit.fleet import INVENTORY, node, work
from vibes.domain.ids import GenerationId, NodeId
from vibes.domain.nodes.node import NodeState
from vibes.domain.priority import Priority
from vibes.domain.reason import ReasonCode
from vibes.scheduling.bounds import batch_lower_bound_seconds, lower_bound_seconds
from vibes.scheduling.decisions import Assign, Prefetch, SecondAttempt, TakeBack
from vibes.scheduling.eligibility import waiting_reason
from vibes.scheduling.estimator import Estimator
from vibes.scheduling.offers import GATE_TOLERANCE
from vibes.scheduling.planner import outlook, plan
from vibes.scheduling.pull import pull
from vibes.scheduling.slots import end_of_prefetched, ends, free_times, gained_without
from vibes.scheduling.snapshot import NodeView, Prefetched, Run, Snapshot

FLEETS = st.lists(st.tuples(st.floats(0.3, 20), st.integers(1, 5)), min_size=1, max_size=4)


def with_slots(slots: int, name: str = "n", **given: Any) -> NodeView:
    return node(name, inventory=replace(INVENTORY, slots=slots), **given)


def running(*seconds: float) -> dict[GenerationId, float]:
    return {GenerationId(f"r{index}"): each for index, each in enumerate(seconds)}


def test_each_run_has_a_slot_for_itself_and_what_waits_takes_the_first_that_is_free() -> None:
    waits = GenerationId("waits")
    cloud = with_slots(3, active={waits: 4.0, **running(5.0, 2.0, 9.0)}, prefetched=frozenset({waits}))
    assert free_times(cloud, 0.0) == [5.0, 6.0, 9.0]
    assert dict(ends(cloud)) == {**running(5.0, 2.0, 9.0), waits: 6.0}
    assert end_of_prefetched(cloud, waits) == 6.0
    assert gained_without(cloud, waits) == 3.0, "then one would be free in 2 s, and is in 5 s"


def test_prompts_of_others_take_slots_and_never_keep_the_first_of_ours_away() -> None:
    assert free_times(with_slots(2, foreign_queue_length=3), 9.0) == [3.0, 6.0]
    assert with_slots(4, foreign_queue_length=3).free_slots == 1
    assert with_slots(4, foreign_queue_length=9).free_slots == 1
    assert with_slots(4, foreign_queue_length=3, active=running(1.0)).free_slots == 0


@pytest.mark.parametrize(
    ("cloud", "free"),
    [
        (with_slots(3), 3),
        (with_slots(3, active=running(1.0)), 2),
        (with_slots(3, active=running(1.0, 1.0, 1.0)), 0),
        (with_slots(3, active=running(1.0), runs_suspect=True), 0),
        (with_slots(3, active=running(1.0), on_trial=True), 0),
        (with_slots(3, on_trial=True), 1),
        (with_slots(3, fetching=frozenset(running(1.0, 1.0, 1.0))), 3),
        (with_slots(3, fetching=frozenset(running(1.0, 1.0, 1.0, 1.0))), 0),
        (with_slots(3, state=NodeState.DRAINING), 0),
        (with_slots(3, paused_for=2.0), 0),
    ],
)
def test_how_many_it_may_get(cloud: NodeView, free: int) -> None:
    assert (cloud.free_slots, cloud.free) == (free, free > 0)


def test_one_plan_fills_all_slots_and_keeps_the_rest_waiting() -> None:
    works = tuple(work(f"g{index}", batch_total=5) for index in range(5))
    snapshot = Snapshot(nodes=(with_slots(3),), ready=works)
    started = [each for each in plan(snapshot, Estimator()).decisions if isinstance(each, Assign)]
    assert [each.generation_id for each in started] == ["g0", "g1", "g2"]
    assert [each.generation_id for each in pull(snapshot)] == ["g0", "g1", "g2"], "the simplest plan too"
    full = with_slots(3, active=running(1.0, 2.0, 3.0))
    reason = waiting_reason([full], works[0])
    assert reason is not None
    assert reason.code is ReasonCode.TURN
    assert waiting_reason([with_slots(3, active=running(1.0, 2.0))], works[0]) is None


@given(FLEETS, st.integers(1, 40))
@settings(max_examples=60, deadline=None)
def test_a_batch_takes_exactly_the_optimum_of_all_slots(fleet: list[tuple[float, int]], count: int) -> None:
    seconds_each = [seconds for seconds, slots in fleet for _ in range(slots)]
    bound = lower_bound_seconds(count, seconds_each, [0.0] * len(seconds_each))
    assert bound is not None
    machines = fleet_of([seconds for seconds, _ in fleet], slots=[slots for _, slots in fleet])
    works = drafts(count)
    assert makespan(simulate(machines, works)) <= bound * (1 + GATE_TOLERANCE) * 1.001
    estimator = taught(machines, works, Conditions(), 0)
    views = [machine.view for machine in machines]
    assert batch_lower_bound_seconds(views, works[:1], count, estimator) == pytest.approx(bound), "as people are told"
    ahead = outlook(Snapshot(nodes=tuple(views), ready=tuple(works)), estimator)
    assert max(ahead.generations.values()) == pytest.approx(bound, rel=GATE_TOLERANCE * 1.5)
    assert max(ahead.nodes.values()) == pytest.approx(max(ahead.generations.values()))


@given(FLEETS, st.integers(1, 30), st.integers(0, 20))
@settings(max_examples=60, deadline=None)
def test_no_node_ever_has_more_than_its_slots_hold_and_everything_is_done_once(
    fleet: list[tuple[float, int]], count: int, seed: int
) -> None:
    """Also with stalls, second attempts and what is taken back; the simulation itself refuses a second one behind."""
    machines = fleet_of([seconds for seconds, _ in fleet], slots=[slots for _, slots in fleet])
    works = drafts(count)
    conditions = Conditions(noise=0.2, stall_chance=0.1, gap_seconds=0.05)
    simulation = FleetSimulation(machines, conditions, seed, estimator=taught(machines, works, conditions, seed))
    simulation.run((0.0, item) for item in works)
    assert simulation.done == {item.generation_id for item in works}
    for machine in machines:
        mine = [start for start in simulation.starts if start.node_id == machine.view.id]
        for start in mine:
            beside = sum(each.at <= start.at < each.end for each in mine)
            assert beside <= machine.view.slots
    twice = Counter(start.work.generation_id for start in simulation.starts if start.second)
    assert all(times == 1 for times in twice.values())


def test_one_late_run_gets_its_second_attempt_on_another_node_although_its_own_has_free_slots() -> None:
    cloud, card = with_slots(4, "cloud", active=running(1.0)), node("card")
    late = Run(work=work("r0"), node_id=NodeId("cloud"), age=30.0, expected=3.0, silent=30.0)
    planned = plan(Snapshot(nodes=(cloud, card), ready=(), runs=(late,)), Estimator())
    assert [(type(each), each.node_id) for each in planned.decisions] == [(SecondAttempt, "card")]
    alone = plan(Snapshot(nodes=(cloud,), ready=(), runs=(late,)), Estimator())
    assert alone.decisions == ()


def test_what_waits_on_a_full_node_goes_to_an_idle_one_and_makes_way_for_a_person() -> None:
    waits = GenerationId("waits")
    active = {**running(20.0, 8.0), waits: 3.0}
    cloud = with_slots(2, "cloud", active=active, prefetched=frozenset({waits}))
    estimator = Estimator()
    for name in ("cloud", "card"):
        for _ in range(3):
            estimator.observe(NodeId(name), work("x"), 3.0, warm=True)
    held = (Prefetched(work=work("waits", batch_total=9), node_id=NodeId("cloud")),)
    to_the_card = plan(Snapshot(nodes=(cloud, node("card")), ready=(), prefetched=held), estimator)
    assert to_the_card.decisions == (TakeBack(waits, NodeId("cloud")),), "11 s there, 3 s on the card"
    urgent = work("urgent", priority=Priority.INTERACTIVE)
    makes_way = plan(Snapshot(nodes=(cloud,), ready=(urgent,), prefetched=held), estimator)
    assert makes_way.decisions == (TakeBack(waits, NodeId("cloud")),)


def test_only_a_full_node_has_something_prefetched_and_only_one() -> None:
    estimator = Estimator()
    for _ in range(3):
        estimator.observe(NodeId("n"), work("x"), 3.0, warm=True)
    ready = tuple(work(f"g{index}", batch_total=9) for index in range(3))
    full = with_slots(2, active=running(0.5, 0.7))
    assert [type(each) for each in plan(Snapshot(nodes=(full,), ready=ready), estimator).decisions] == [Prefetch]
    half = with_slots(2, active=running(0.5))
    assert [type(each) for each in plan(Snapshot(nodes=(half,), ready=ready), estimator).decisions] == [Assign]
