"""What a plan decides about work that is on nodes already: prefetch, take back, second attempts. By plain calls."""

from dataclasses import replace

import pytest

from tests.unit.fleet import node, sd15, work
from vibes.domain.ids import NodeId
from vibes.domain.priority import Priority
from vibes.scheduling.decisions import Assign, Decision, Prefetch, SecondAttempt, TakeBack
from vibes.scheduling.estimator import Estimator, reference_seconds
from vibes.scheduling.fair_share import Accounts, Ledger
from vibes.scheduling.planner import Plan, plan
from vibes.scheduling.second_attempt_budget import MOST, WINDOW, SecondAttemptBudget
from vibes.scheduling.second_attempts import straggles_in
from vibes.scheduling.snapshot import NodeView, Prefetched, Run, Snapshot, Work

FAST, SLOW = NodeId("fast"), NodeId("slow")
RUNNING = work("running", batch_total=20)
PREFETCHED = work("behind", batch_total=20)
NEXT = work("next", batch_total=20)


def taught(**seconds_each: float) -> Estimator:
    estimator = Estimator()
    for name, seconds in seconds_each.items():
        for _ in range(3):
            estimator.observe(NodeId(name), RUNNING, seconds, warm=True)
    return estimator


ESTIMATOR = taught(fast=1.0, slow=4.0)


def running(node_id: NodeId, left: float, behind: Work | None = None, seconds: float = 1.0) -> NodeView:
    active = {RUNNING.generation_id: left} | ({behind.generation_id: seconds} if behind else {})
    prefetched = frozenset({behind.generation_id} if behind else ())
    return replace(node(node_id), active=active, prefetched=prefetched)


def run(age: float, expected: float = 1.0, node_id: NodeId = FAST, **given: object) -> Run:
    return Run(work=RUNNING, node_id=node_id, age=age, expected=expected, **{"silent": 0.0, **given})  # type: ignore[arg-type]  # the fields' own types, by name


def planned(*nodes: NodeView, **given: object) -> Plan:
    return plan(Snapshot(nodes=nodes, **{"ready": (), **given}), ESTIMATOR)  # type: ignore[arg-type]  # as above


def decided(*nodes: NodeView, **given: object) -> tuple[Decision, ...]:
    return planned(*nodes, **given).decisions


def test_the_next_prompt_waits_on_the_node_when_the_running_one_is_about_to_end() -> None:
    assert decided(running(FAST, left=0.5), ready=(NEXT,)) == (
        Prefetch(NEXT.generation_id, FAST, pytest.approx(1.0)),  # type: ignore[arg-type]  # approx has no type
    )
    assert decided(running(FAST, left=3.0), ready=(NEXT,)) == (), "later is early enough, and leaves the choice open"
    assert decided(running(FAST, left=0.5, behind=PREFETCHED), ready=(NEXT,)) == (), "never more than one"


@pytest.mark.parametrize(
    "waiting",
    [
        work("g", priority=Priority.INTERACTIVE),
        work("g", batch_total=20, spec=sd15(checkpoint="another.safetensors")),
        work("g", batch_total=20, spec=sd15(width=768)),
    ],
    ids=["interactive", "has to be loaded", "a second attempt of nothing that it did"],
)
def test_what_would_lose_by_waiting_on_a_node_waits_in_the_hub(waiting: Work) -> None:
    estimator = Estimator() if waiting.spec.width == 768 else ESTIMATOR
    snapshot = Snapshot(nodes=(running(FAST, left=0.5),), ready=(waiting,))
    assert plan(snapshot, estimator).decisions == ()


def test_nothing_is_prefetched_to_a_node_that_a_person_uses_or_that_is_not_trusted() -> None:
    used = replace(running(FAST, left=0.5), foreign_queue_length=1)
    resting = replace(running(FAST, left=0.5), paused_for=5.0)
    assert decided(used, ready=(NEXT,)) == decided(resting, ready=(NEXT,)) == ()


def test_an_idle_node_takes_over_what_waits_behind_a_run_that_takes_longer() -> None:
    prefetched = (Prefetched(work=PREFETCHED, node_id=SLOW),)
    assert decided(running(SLOW, left=3.0, behind=PREFETCHED, seconds=4.0), node(FAST), prefetched=prefetched) == (
        TakeBack(PREFETCHED.generation_id, SLOW),
    )
    assert (
        decided(
            running(FAST, left=0.2, behind=PREFETCHED),
            node(SLOW),
            prefetched=(Prefetched(work=PREFETCHED, node_id=FAST),),
        )
        == ()
    ), "it would be later there"


def test_an_idle_node_does_what_is_due_before_it_takes_anything_over() -> None:
    prefetched = (Prefetched(work=PREFETCHED, node_id=SLOW),)
    slow = running(SLOW, left=3.0, behind=PREFETCHED, seconds=4.0)
    assert decided(slow, node(FAST), prefetched=prefetched, ready=(NEXT,)) == (
        Assign(NEXT.generation_id, FAST, pytest.approx(1.0)),  # type: ignore[arg-type]  # approx has no type
    )


def test_what_waits_on_a_node_makes_way_for_a_picture_that_somebody_looks_at() -> None:
    urgent = work("urgent", priority=Priority.INTERACTIVE)
    fast, slow = running(FAST, 0.5, PREFETCHED), running(SLOW, 3.0)
    prefetched = (Prefetched(work=PREFETCHED, node_id=FAST),)
    assert decided(fast, slow, prefetched=prefetched, ready=(urgent,)) == (TakeBack(PREFETCHED.generation_id, FAST),)
    also_urgent = (Prefetched(work=replace(PREFETCHED, priority=Priority.INTERACTIVE), node_id=FAST),)
    assert decided(fast, slow, prefetched=also_urgent, ready=(urgent,)) == ()


def test_what_is_taken_back_is_not_charged_to_its_session() -> None:
    prefetched = (Prefetched(work=PREFETCHED, node_id=SLOW),)
    before = Ledger(sessions={Priority.NORMAL: Accounts({PREFETCHED.session_id: 3.0})})
    slow = running(SLOW, left=3.0, behind=PREFETCHED, seconds=4.0)
    after = planned(slow, node(FAST), prefetched=prefetched, ledger=before).ledger
    left = after.sessions_of(Priority.NORMAL).of(PREFETCHED.session_id)
    assert left == pytest.approx(3.0 - reference_seconds(PREFETCHED))


def test_a_second_attempt_is_made_of_a_run_that_takes_twice_its_time() -> None:
    late = planned(running(SLOW, 4.0), node(FAST), runs=(run(age=8.1, expected=4.0, node_id=SLOW),))
    [second] = late.decisions
    assert isinstance(second, SecondAttempt)
    assert (second.generation_id, second.node_id) == (RUNNING.generation_id, FAST)
    assert second.seconds == pytest.approx(1.0)
    early = planned(running(SLOW, 1.0), node(FAST), runs=(run(age=5.0, expected=4.0, node_id=SLOW),))
    assert early.decisions == ()
    assert early.again_in == pytest.approx(3.0), "and it is looked at again in time"


def test_a_second_attempt_is_not_made_where_it_makes_no_sense() -> None:
    stuck = run(age=2.5)
    assert decided(running(FAST, 1.5), node(SLOW), runs=(stuck,)) == (), "4 s there: too slow to help after 2.5 s"
    assert decided(running(FAST, 1.5), node(SLOW), runs=(run(age=4.5),)) != ()
    assert decided(running(SLOW, 1.5), node(FAST), runs=(run(age=9, node_id=SLOW, begun_twice=True),)) == ()
    assert decided(running(SLOW, 1.5), node(FAST), runs=(run(age=9, node_id=SLOW, costs=True),)) == (), "it costs"
    assert decided(running(FAST, 1.5), runs=(run(age=9),)) == (), "nobody is idle"


def test_a_node_that_waiting_work_could_use_makes_no_second_attempts() -> None:
    waiting = tuple(work(f"g{index}", batch_total=2) for index in range(2))
    decisions = decided(running(SLOW, 4.0), node(FAST), runs=(run(age=9, node_id=SLOW),), ready=waiting)
    assert [type(each) for each in decisions] == [Assign]


def test_silence_makes_a_straggler_only_of_what_is_overdue() -> None:
    assert straggles_in(run(age=40.0, expected=30.0, silent=25.0)) == 0
    assert straggles_in(run(age=25.0, expected=30.0, silent=25.0)) == pytest.approx(5.0), "a long load is silent too"
    assert straggles_in(run(age=9.0, expected=1.0, silent=9.0, proven=False)) == pytest.approx(11.0), (
        "a guess is no reason to call anything late"
    )


def test_the_budget_of_second_attempts_is_five_in_a_hundred_jobs() -> None:
    budget = SecondAttemptBudget()
    for _ in range(MOST):
        assert budget.open
        budget = budget.after(1, 1)
    assert not budget.open
    assert not budget.after(WINDOW - MOST, 0).open
    assert budget.after(WINDOW, 0).open
