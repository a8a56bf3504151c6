"""Plans for machines that belong to their owners: nothing begins that would run into the owner's time, and what waits
for such a machine is told an honest end."""

from collections.abc import Sequence
from dataclasses import replace
from math import inf

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.fleet import node, work
from vibes.domain.ids import GenerationId, NodeId
from vibes.domain.nodes.card_memory import GIGABYTE, OthersMemory
from vibes.domain.nodes.node import NodeState
from vibes.domain.priority import Priority
from vibes.domain.reason import ReasonCode
from vibes.scheduling.bounds import batch_lower_bound_seconds, lower_bound_seconds
from vibes.scheduling.decisions import Assign, Prefetch, SecondAttempt
from vibes.scheduling.eligibility import kept_for_its_owner
from vibes.scheduling.estimator import Estimator
from vibes.scheduling.planner import outlook, plan
from vibes.scheduling.pull import pull
from vibes.scheduling.snapshot import Away, NodeView, Snapshot, Work

HOUR = 3600.0


def taught(nodes: Sequence[NodeView], seconds: Sequence[float]) -> Estimator:
    """An estimator that has seen each node draw `works` in so many seconds, whatever is loaded."""
    estimator = Estimator()
    for view, each in zip(nodes, seconds, strict=True):
        for warm in (True, True, True, False):
            estimator.observe(view.id, work("any"), each, warm=warm)
    return estimator


def works(count: int, **given: object) -> tuple[Work, ...]:
    return tuple(replace(work(f"w{index}", **given), batch_total=count) for index in range(count))


def seconds_on(estimator: Estimator, view: NodeView) -> float:
    return estimator.overhead_seconds(view.id) + estimator.seconds(view, work("any"))


def started(nodes: Sequence[NodeView], ready: Sequence[Work], estimator: Estimator) -> dict[GenerationId, NodeId]:
    decisions = plan(Snapshot(nodes=tuple(nodes), ready=tuple(ready)), estimator).decisions
    return {each.generation_id: each.node_id for each in decisions if isinstance(each, Assign | Prefetch)}


def test_work_that_would_run_into_the_owners_time_is_not_begun_and_shorter_work_is() -> None:
    attic = node("attic")
    estimator = taught([attic], [10.0])
    needed = seconds_on(estimator, attic)
    assert started([replace(attic, away=(Away(needed + 1, HOUR),))], works(1), estimator) == {"w0": "attic"}
    leaving = replace(attic, away=(Away(needed - 1, HOUR),))
    assert started([leaving], works(1), estimator) == {}
    short = work("short", step_megapixels=2.62 / 4)
    assert started([leaving], [*works(3), short], estimator) == {"short": "attic"}


def test_work_is_drawn_elsewhere_although_that_takes_longer_and_waits_where_it_can_be_drawn_nowhere_else() -> None:
    attic, cellar = node("attic", away=(Away(5.0, 20.0),)), node("cellar")
    estimator = taught([attic, cellar], [10.0, 40.0])
    assert started([attic, cellar], works(1), estimator) == {"w0": "cellar"}
    ahead = outlook(Snapshot(nodes=(attic,), ready=works(2)), estimator)
    needed = seconds_on(estimator, attic)
    assert ahead.generations == pytest.approx({"w0": 20 + needed, "w1": 20 + 2 * needed})
    assert ahead.nodes[attic.id] == pytest.approx(20 + 2 * needed)
    assert ahead.waits_for == {"w0": "attic", "w1": "attic"}


def test_a_drained_machine_of_which_the_end_is_known_is_waited_for_and_another_is_not() -> None:
    until = node("attic", state=NodeState.DRAINING, away=(Away(0.0, 600.0),))
    estimator = taught([until], [10.0])
    assert started([until], works(1), estimator) == {}
    assert outlook(Snapshot(nodes=(until,), ready=works(1)), estimator).generations[GenerationId("w0")] > 600
    for away in ((), (Away(0.0, None),)):
        drained = replace(until, away=away)
        assert outlook(Snapshot(nodes=(drained,), ready=works(1)), estimator).generations == {}
        assert batch_lower_bound_seconds([drained], works(1), 1, estimator) is None


@pytest.mark.parametrize("state", [NodeState.OFFLINE, NodeState.WEDGED, NodeState.DISABLED, NodeState.STARTING])
def test_a_machine_that_is_not_there_is_not_waited_for_until_its_owner_lends_it(state: NodeState) -> None:
    attic = node("attic", state=state, away=(Away(-60.0, 600.0),))
    assert outlook(Snapshot(nodes=(attic,), ready=works(1)), taught([attic], [10.0])).generations == {}


def test_work_that_never_fits_between_the_owners_times_has_no_end() -> None:
    away = tuple(Away(each * 10.0, each * 10.0 + 5) for each in range(50))
    attic = node("attic", away=(*away, Away(500.0, None)))
    estimator = taught([attic], [8.0])
    assert outlook(Snapshot(nodes=(attic,), ready=works(1)), estimator).generations == {}
    assert batch_lower_bound_seconds([attic], works(1), 1, estimator) is None


def test_a_wish_for_a_machine_does_not_wait_for_its_owner() -> None:
    attic, cellar = node("attic", state=NodeState.DRAINING, away=(Away(-1.0, HOUR),)), node("cellar")
    wished = work("w", spec=replace(work("w").spec, preferred_node=NodeId("attic")))
    assert started([attic, cellar], [wished], taught([attic, cellar], [1.0, 10.0])) == {"w": "cellar"}


def test_urgent_work_makes_no_way_on_a_machine_that_it_would_not_leave_in_time() -> None:
    attic = node("attic", active={GenerationId("runs"): 2.0}, away=(Away(6.0, HOUR),))
    estimator = taught([attic], [10.0])
    urgent = replace(work("urgent"), priority=Priority.INTERACTIVE)
    assert started([attic], [urgent], estimator) == {}


def test_the_simplest_plan_begins_nothing_shortly_before_the_owners_time() -> None:
    soon, later = node("soon", away=(Away(30.0, HOUR),)), node("later", away=(Away(HOUR, 2 * HOUR),))
    decisions = pull(Snapshot(nodes=(soon, later), ready=works(2)))
    assert [each.node_id for each in decisions] == ["later"]


def test_it_is_said_that_a_machine_waits_for_its_owner() -> None:
    attic = node("attic", away=(Away(60.0, HOUR),))
    reason = kept_for_its_owner(attic, 61.0)
    assert reason is not None
    assert reason.code is ReasonCode.OWNER_HOURS
    assert kept_for_its_owner(attic, 59.0) is None


def test_no_schedule_is_better_than_the_bound_of_machines_that_leave() -> None:
    assert lower_bound_seconds(3, [10.0], [0.0], [(Away(15.0, 100.0),)]) == 120.0
    assert lower_bound_seconds(3, [10.0, 10.0], [0.0, 0.0], [(Away(15.0, 100.0),), ()]) == 20.0
    assert lower_bound_seconds(1, [10.0], [0.0], [(Away(5.0, None),)]) is None
    assert lower_bound_seconds(1, [], []) is None


@st.composite
def times_away(draw: st.DrawFn) -> tuple[Away, ...]:
    at, found = draw(st.floats(-20, 30)), []
    for _ in range(draw(st.integers(0, 3))):
        end = at + draw(st.floats(1, 60))
        found.append(Away(at, end))
        at = end + draw(st.floats(1, 60))
    if draw(st.booleans()):
        found.append(Away(at, None))
    return tuple(each for each in found if each.end is None or each.end > 0)


@settings(max_examples=150, deadline=None)
@given(st.lists(st.tuples(st.floats(0.5, 20), times_away()), min_size=1, max_size=5), st.integers(1, 12))
def test_nothing_begins_that_its_owner_would_see_and_every_end_lies_in_a_time_of_ours(
    fleet: list[tuple[float, tuple[Away, ...]]], count: int
) -> None:
    plain = [node(f"n{index}") for index in range(len(fleet))]
    estimator = taught(plain, [seconds for seconds, _ in fleet])
    nodes = [replace(each, away=away) for each, (_, away) in zip(plain, fleet, strict=True)]
    by_id = {each.id: each for each in nodes}
    needed = {each.id: seconds_on(estimator, each) for each in nodes}
    snapshot = Snapshot(nodes=tuple(nodes), ready=works(count))
    for decision in plan(snapshot, estimator).decisions:
        if isinstance(decision, Assign | Prefetch | SecondAttempt):
            away = by_id[decision.node_id].away
            assert not away or needed[decision.node_id] <= away[0].begin + 1e-9
    ahead = outlook(snapshot, estimator)
    for generation_id, finish in ahead.generations.items():
        view = by_id[ahead.places[generation_id]]
        begin = finish - needed[view.id]
        assert 0 <= begin + 1e-9 < inf
        for absent in view.away:
            assert finish <= absent.begin + 1e-6 or begin >= (inf if absent.end is None else absent.end) - 1e-6
    bound = batch_lower_bound_seconds(nodes, works(1), count, estimator)
    if len(ahead.generations) == count:
        assert bound is not None
        assert bound <= max(ahead.generations.values()) + 1e-6


def test_work_goes_where_no_game_holds_the_memory_that_it_needs() -> None:
    playing = OthersMemory(total=16 * GIGABYTE, usual=GIGABYTE, held=13 * GIGABYTE)
    attic, cellar = node("attic", others_memory=playing), node("cellar")
    estimator = taught([attic, cellar], [1.0, 30.0])
    assert started([attic, cellar], works(1), estimator) == {"w0": "cellar"}
    assert started([attic], works(1), estimator) == {}
    assert pull(Snapshot(nodes=(attic,), ready=works(1))) == ()
    assert batch_lower_bound_seconds([attic], works(1), 1, estimator) is None
    small = replace(attic, others_memory=replace(playing, held=12 * GIGABYTE))
    assert started([small, cellar], works(1), estimator) == {"w0": "attic"}
