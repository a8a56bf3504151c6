"""No fleet and no queue, however odd, makes the planning raise: not plan, outlook, bounds, nor the words about it."""

from dataclasses import replace
from math import isfinite
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.fleet import CHECKPOINT, INVENTORY, node, sd15, work
from vibes.domain.ids import GenerationId, NodeId, SessionId
from vibes.domain.nodes.node import NodeState, Tier
from vibes.domain.pictures.spec import TaskType
from vibes.domain.priority import Priority
from vibes.scheduling.bounds import batch_lower_bound_seconds
from vibes.scheduling.eligibility import not_stranded, refusals, waiting_reason
from vibes.scheduling.estimator import Estimator
from vibes.scheduling.planner import outlook, plan
from vibes.scheduling.snapshot import NodeView, Prefetched, Run, Snapshot, Work

SECONDS = st.sampled_from([0.0, 5e-324, 1e-9, 0.1, 1.0, 1.0, 3600.0, 1e12])
"""Equal ones, none, hardly any and absurdly many."""
NODES = [NodeId(f"n{index}") for index in range(4)]
GONE = NodeId("gone")
"""A node that left gpus.yaml a moment ago."""


@st.composite
def works(draw: st.DrawFn, name: str) -> Work:
    family = draw(st.sampled_from(["sd15", "flux", "sdxl", "nobody-has-it"]))
    spec = sd15(
        model_family=family,
        checkpoint=draw(st.sampled_from([CHECKPOINT, "other.safetensors", None])),
        task_type=draw(st.sampled_from(list(TaskType))),
        preferred_node=draw(st.sampled_from([None, None, NODES[0], GONE])),
        width=draw(st.sampled_from([None, 512, 4096])),
        steps=draw(st.sampled_from([None, 0, 10])),
    )
    return work(
        name,
        spec=spec,
        step_megapixels=draw(SECONDS),
        batch_total=draw(st.sampled_from([1, 2, 50])),
        priority=draw(st.sampled_from(list(Priority))),
        session_id=SessionId(draw(st.sampled_from(["a", "b"]))),
        place=draw(st.sampled_from([0, 0, 0, -1, 2])),
        deaths=draw(st.integers(0, 3)),
        excluded_nodes=frozenset(draw(st.sets(st.sampled_from([*NODES, GONE]), max_size=2))),
        submitted_at=draw(SECONDS),
    )


@st.composite
def views(draw: st.DrawFn, node_id: NodeId, mine: list[Work]) -> NodeView:
    working = draw(st.lists(st.sampled_from(mine), max_size=3, unique_by=lambda each: each.generation_id))
    names = [each.generation_id for each in working]
    prefetched = draw(st.sets(st.sampled_from(names))) if names else set()
    return replace(
        node(
            node_id,
            draw(st.sampled_from(list(Tier))),
            enabled=draw(st.sampled_from([True, True, False])),
            max_resolution=draw(st.sampled_from([0, 512, 4096])),
            capabilities=frozenset(draw(st.sets(st.sampled_from(["sd15", "sdxl", "flux", "upscale"])))),
        ),
        state=draw(st.sampled_from(list(NodeState))),
        inventory=draw(st.sampled_from([INVENTORY, INVENTORY, None])),
        active={name: draw(SECONDS) for name in names},
        prefetched=frozenset(prefetched),
        fetching=frozenset(draw(st.sets(st.sampled_from([each.generation_id for each in mine]), max_size=3))),
        foreign_queue_length=draw(st.integers(0, 4)),
        resident_checkpoint=draw(st.sampled_from([CHECKPOINT, None])),
        paused_for=draw(SECONDS),
        on_trial=draw(st.booleans()),
        runs_suspect=draw(st.booleans()),
    )


@st.composite
def snapshots(draw: st.DrawFn) -> Snapshot:
    ready = [draw(works(f"g{index}")) for index in range(draw(st.integers(0, 12)))]
    mine = [draw(works(f"x{index}")) for index in range(4)]
    fleet = [draw(views(node_id, mine)) for node_id in NODES[: draw(st.integers(0, 4))]]
    places = st.tuples(st.sampled_from(mine), st.sampled_from([*NODES, GONE]))
    runs = [
        Run(
            work=item,
            node_id=node_id,
            age=draw(SECONDS),
            expected=draw(SECONDS),
            silent=draw(SECONDS),
            proven=draw(st.booleans()),
            begun_twice=draw(st.booleans()),
            costs=draw(st.booleans()),
        )
        for item, node_id in draw(st.lists(places, max_size=4))
    ]
    prefetched = [Prefetched(work=item, node_id=node_id) for item, node_id in draw(st.lists(places, max_size=4))]
    return Snapshot(
        nodes=tuple(fleet), ready=tuple(ready), runs=tuple(runs), prefetched=tuple(prefetched), now=draw(SECONDS)
    )


@given(snapshots(), st.lists(st.tuples(st.sampled_from(NODES), SECONDS, st.sampled_from([True, False, None]))))
@settings(max_examples=400, deadline=None)
def test_no_snapshot_breaks_a_plan_or_a_forecast(
    snapshot: Snapshot, learnt: list[tuple[NodeId, float, bool | None]]
) -> None:
    estimator = Estimator()
    for node_id, seconds, warm in learnt:
        for item in snapshot.ready or [work("x")]:
            estimator.observe(node_id, item, seconds, warm=warm)
        estimator.observe_overhead(node_id, seconds)
    planned = plan(snapshot, estimator)
    assert planned.again_in is None or planned.again_in > 0
    plan(replace(snapshot, ledger=planned.ledger), estimator)
    ahead = outlook(snapshot, estimator)
    times = [*ahead.generations.values(), *ahead.nodes.values(), *ahead.spreads.values()]
    assert all(isfinite(each) and each >= 0 for each in times)
    for item in snapshot.ready:
        bound = batch_lower_bound_seconds(snapshot.nodes, [item], 5, estimator)
        assert bound is None or (isfinite(bound) and bound >= 0)
        waiting_reason(snapshot.nodes, item)
        refusals(snapshot.nodes, item)
        not_stranded(snapshot.nodes, item)


AWAY: dict[str, dict[str, Any]] = {
    "switched off": {"state": NodeState.OFFLINE},
    "drained": {"state": NodeState.DRAINING},
    "wedged": {"state": NodeState.WEDGED},
    "never seen": {"state": NodeState.STARTING, "inventory": None},
    "disabled": {"state": NodeState.DISABLED},
}


@pytest.mark.parametrize("away", list(AWAY))
@pytest.mark.parametrize(
    ("asked_first", "flux", "others"), [("flux", 2, 3), ("flux", 1, 3), ("flux", 2, 1), ("sd15", 3, 3)]
)
def test_work_whose_only_node_is_away_waits_and_the_rest_goes_on(
    away: str, asked_first: str, flux: int, others: int
) -> None:
    fleet = (
        node("big", Tier.PREMIUM, capabilities=frozenset({"sd15", "flux"}), **AWAY[away]),
        node("small", Tier.DRAFT, capabilities=frozenset({"sd15"})),
    )
    heavy = [work(f"f{index}", batch_total=flux, spec=sd15(model_family="flux")) for index in range(flux)]
    light = [work(f"s{index}", batch_total=others) for index in range(others)]
    waiting = tuple(heavy + light if asked_first == "flux" else light + heavy)
    snapshot = Snapshot(nodes=fleet, ready=waiting)
    [decision] = plan(snapshot, Estimator()).decisions
    assert (decision.generation_id, decision.node_id) == ("s0", "small")
    assert set(outlook(snapshot, Estimator()).generations) == {each.generation_id for each in light}
    assert "big is " in str(waiting_reason(fleet, heavy[0])) or away == "disabled"


def test_what_waits_on_a_node_that_is_gone_or_done_with_it_is_left_alone() -> None:
    """It was found done before anybody saw it run: it is being fetched, and the node's view has it no more."""
    item, urgent = work("a", priority=Priority.NORMAL), work("u", priority=Priority.INTERACTIVE)
    busy = node("n0", active={GenerationId("r"): 5.0}, fetching=frozenset({item.generation_id}))
    prefetched = (Prefetched(work=item, node_id=NodeId("n0")), Prefetched(work=item, node_id=GONE))
    for ready in ((), (urgent,)):
        decisions = plan(Snapshot(nodes=(busy, node("n1")), ready=ready, prefetched=prefetched), Estimator()).decisions
        assert [each.generation_id for each in decisions] == [each.generation_id for each in ready]
