"""A plan weighs time against money only within what was allowed, and what it decides depends on the snapshot alone."""

from collections.abc import Sequence
from dataclasses import replace
from random import Random
from typing import Any

import pytest

from tests.unit.fleet import node, work
from vibes.domain.cost import NodeBudget, NodeCost, Use
from vibes.domain.ids import NodeId
from vibes.domain.money import MicroUsd, parse_usd
from vibes.domain.nodes.node import NodeState, Tier
from vibes.domain.reason import Reason, ReasonCode
from vibes.domain.spending import PurseId
from vibes.scheduling.decisions import Assign, Prefetch, SecondAttempt
from vibes.scheduling.eligibility import never_reason, waiting_reason
from vibes.scheduling.estimator import Estimator
from vibes.scheduling.planner import outlook, plan
from vibes.scheduling.pull import pull
from vibes.scheduling.snapshot import Held, NodeView, Run, Snapshot, Work
from vibes.scheduling.spending.allowance import Allowance

PRICE = parse_usd("0.02")
PURSE = PurseId("batch")


def cloud(name: str = "cloud", tier: Tier = Tier.PREMIUM, **given: Any) -> NodeView:
    of_money = {key: given.pop(key) for key in ("cost", "budget", "use", "overflow_after_seconds") if key in given}
    view = node(name, tier, charges=True, **given)
    return replace(view, config=replace(view.config, **{"cost": NodeCost(per_image=PRICE), **of_money}))


def works(count: int, max_cost: str = "0", **given: Any) -> list[Work]:
    limit = parse_usd(max_cost)
    return [work(f"w{index}", batch_total=20, max_cost=limit, purse=PURSE, **given) for index in range(count)]


def placed(nodes: Sequence[NodeView], ready: Sequence[Work], held: Held | None = None) -> dict[str, int]:
    """How many of them each node gets in the end."""
    ahead = outlook(Snapshot(nodes=tuple(nodes), ready=ready, held=held or Held()), Estimator())
    counts: dict[str, int] = {}
    for node_id in ahead.places.values():
        counts[node_id] = counts.get(node_id, 0) + 1
    return counts


def started(nodes: Sequence[NodeView], ready: Sequence[Work], **given: Any) -> dict[str, MicroUsd]:
    """What starts now where, with what is set aside for it."""
    decided = plan(Snapshot(nodes=tuple(nodes), ready=ready, **given), Estimator()).decisions
    return {each.node_id: each.cost for each in decided if isinstance(each, Assign)}


def test_what_may_spend_nothing_never_goes_where_it_costs() -> None:
    assert placed([node("own"), cloud()], works(8)) == {"own": 8}
    assert placed([cloud()], works(3)) == {}
    reason = never_reason(cloud(), works(1)[0])
    assert reason == Reason(ReasonCode.COSTS, "costs $0.02 a picture, and this batch may spend nothing")


def test_only_as_many_are_paid_for_as_the_limit_allows_and_they_end_earlier() -> None:
    nodes = [node("own", Tier.DRAFT), cloud()]
    assert placed(nodes, works(10, "0.07")) == {"own": 7, "cloud": 3}
    free = outlook(Snapshot(nodes=tuple(nodes), ready=works(10)), Estimator())
    paid = outlook(Snapshot(nodes=tuple(nodes), ready=works(10, "0.07")), Estimator())
    assert max(paid.generations.values()) < max(free.generations.values())
    assert sum(paid.costs.values()) == 3 * PRICE


def test_what_is_held_already_counts() -> None:
    held = Held(purses={PURSE: parse_usd("0.05")}, on_nodes={NodeId("cloud"): {PURSE: parse_usd("0.05")}})
    assert placed([node("own", Tier.DRAFT), cloud()], works(10, "0.08"), held) == {"own": 9, "cloud": 1}


@pytest.mark.parametrize(
    ("budget", "held", "words"),
    [
        ({"per_batch": "0.03"}, Held(on_nodes={NodeId("cloud"): {PURSE: PRICE}}), "a batch may spend $0.03 there"),
        ({"daily": "0.03"}, Held(today={NodeId("cloud"): PRICE}), "its $0.03 of today (UTC) are spent"),
        ({"monthly": "0.03"}, Held(this_month={NodeId("cloud"): PRICE}), "its $0.03 of this month (UTC) are spent"),
    ],
)
def test_a_nodes_budget_is_kept_and_told(budget: dict[str, str], held: Held, words: str) -> None:
    limited = cloud(budget=NodeBudget(**{name: parse_usd(amount) for name, amount in budget.items()}))
    own = node("own", Tier.DRAFT, active={})
    assert placed([own, limited], works(6, "1"), held) == {"own": 6}
    assert placed([own, limited], works(6, "1"))["cloud"] == 1
    reason = waiting_reason([limited], works(1, "1")[0], Allowance(held).next_refusal)
    assert reason is not None
    assert reason.sentence.endswith(words)


def test_of_two_that_end_at_the_same_time_the_cheaper_one_gets_it() -> None:
    dear, cheap = cloud("dear", cost=NodeCost(per_image=parse_usd("0.05"))), cloud("cheap")
    assert started([dear, cheap], works(1, "1")) == {"cheap": PRICE}
    assert started([dear, node("own", Tier.PREMIUM), cheap], works(1, "1")) == {"own": 0}


def test_a_single_picture_prefers_no_tier_that_costs() -> None:
    picture = [replace(works(1, "1")[0], batch_total=1)]
    assert started([node("own", Tier.QUALITY), cloud()], picture) == {"own": 0}


def test_what_was_paid_for_is_not_paid_for_again() -> None:
    once = [replace(each, paid=True) for each in works(2, "1")]
    assert placed([node("own", Tier.DRAFT), cloud()], once) == {"own": 2}
    assert str(never_reason(cloud(), once[0])) == "costs $0.02 a picture, and this one was paid for already"


def test_a_node_whose_price_nobody_knows_is_not_used() -> None:
    assert placed([cloud(cost=None)], works(1, "1")) == {}
    reason = never_reason(cloud(cost=None), works(1, "1")[0])
    assert str(reason) == "charges, and nobody has said how much: give it a cost in gpus.yaml"


def test_the_price_that_a_node_tells_itself_counts_until_gpus_yaml_says_another() -> None:
    own_price = cloud(cost=None)
    assert own_price.inventory is not None
    tells = replace(own_price, inventory=replace(own_price.inventory, cost=NodeCost(per_image=PRICE)))
    assert placed([tells], works(3, "0.04")) == {"cloud": 2}
    said = replace(tells, config=replace(tells.config, cost=NodeCost(per_image=parse_usd("0.04"))))
    assert placed([said], works(3, "0.04")) == {"cloud": 1}


def test_a_node_that_is_never_used_is_not_used_even_by_name() -> None:
    wish = [replace(each, spec=replace(each.spec, preferred_node=NodeId("cloud"))) for each in works(2, "1")]
    assert placed([node("own"), cloud(use=Use.NEVER)], wish) == {"own": 2}
    assert never_reason(cloud(use=Use.NEVER), wish[0]) == Reason(
        ReasonCode.NOT_USED, "is not to be used, says gpus.yaml"
    )


def test_who_wishes_for_a_node_that_may_not_be_paid_gets_another() -> None:
    wish = [replace(each, spec=replace(each.spec, preferred_node=NodeId("cloud"))) for each in works(3, "0.03")]
    assert started([node("own"), cloud()], wish[:1]) == {"cloud": PRICE}
    spent = Held(purses={PURSE: parse_usd("0.02")})
    assert started([node("own"), cloud()], wish, held=spent) == {"own": 0}


def overflow(after_seconds: float) -> NodeView:
    return cloud(use=Use.OVERFLOW, overflow_after_seconds=after_seconds)


def test_an_overflow_takes_only_what_the_others_would_finish_too_late() -> None:
    own = node("own", Tier.DRAFT)
    each = outlook(Snapshot(nodes=(own,), ready=works(1)), Estimator()).generations
    [seconds] = each.values()
    assert placed([own, overflow(10 * seconds)], works(5, "1")) == {"own": 5}
    few = placed([own, overflow(3.5 * seconds)], works(5, "1"))
    assert few == {"own": 3, "cloud": 2}
    assert placed([own, overflow(0)], works(5, "1"))["cloud"] > 2, "at once"
    assert placed([overflow(1000)], works(1, "1")) == {"cloud": 1}, "nobody else will ever do it"


def test_an_overflow_waits_for_nodes_that_were_not_asked_yet() -> None:
    starting = node("own", state=NodeState.STARTING, inventory=None)
    assert placed([starting, overflow(1)], works(2, "1")) == {}
    away = node("own", state=NodeState.OFFLINE)
    assert placed([away, overflow(1)], works(2, "1")) == {"cloud": 2}


def test_an_overflow_that_costs_nothing_is_kept_back_as_well() -> None:
    spare = replace(node("spare"), config=replace(node("spare").config, use=Use.OVERFLOW, overflow_after_seconds=1e6))
    assert placed([node("own"), spare], works(4)) == {"own": 4}


def test_nothing_is_prefetched_or_begun_twice_where_it_costs() -> None:
    one, *rest = works(4, "1")
    busy = cloud(active={one.generation_id: 0.1})
    decided = plan(Snapshot(nodes=(busy,), ready=rest), Estimator()).decisions
    assert not [each for each in decided if isinstance(each, Prefetch)]
    late = Run(work=one, node_id=NodeId("own"), age=500.0, expected=1.0, silent=500.0)
    own = node("own", active={one.generation_id: 500.0})
    decided = plan(Snapshot(nodes=(own, cloud()), ready=(), runs=(late,)), Estimator()).decisions
    assert not [each for each in decided if isinstance(each, SecondAttempt)]


def test_the_plan_that_stands_in_for_a_broken_one_spends_nothing() -> None:
    assert [each.node_id for each in pull(Snapshot(nodes=(cloud(), node("own")), ready=works(2, "1")))] == ["own"]


def test_an_hour_is_set_aside_with_headroom() -> None:
    rented = cloud("rented", cost=NodeCost(per_hour=parse_usd("3.6")))  # a tenth of a cent a second
    ahead = outlook(Snapshot(nodes=(rented,), ready=works(1, "1")), Estimator())
    [finish] = ahead.generations.values()
    [aside] = ahead.costs.values()
    assert 1000 * (2 * finish + 60) <= aside <= 1000 * (2 * finish + 70), "with time to load, whatever is loaded"
    assert placed([rented], works(1, "0.01")) == {}, "less than the minute of headroom"


@pytest.mark.parametrize("seed", range(40))
def test_whatever_the_snapshot_no_plan_exceeds_a_limit_and_the_same_one_decides_the_same(seed: int) -> None:
    chance = Random(seed)  # noqa: S311 - chooses examples
    nodes = [node(f"own{index}", chance.choice(list(Tier))) for index in range(chance.randrange(3))]
    for index in range(chance.randrange(1, 4)):
        cost = NodeCost(
            per_image=MicroUsd(chance.choice([0, 5_000, 20_000])), per_hour=MicroUsd(chance.choice([0, 360_000]))
        )
        limits = [None, MicroUsd(chance.randrange(100_000))]
        budget = NodeBudget(per_batch=chance.choice(limits), daily=chance.choice(limits), monthly=chance.choice(limits))
        use = chance.choice([None, Use.OVERFLOW, Use.NEVER])
        nodes.append(cloud(f"cloud{index}", chance.choice(list(Tier)), cost=cost, budget=budget, use=use))
    ready = [
        work(f"{purse}-{index}", batch_total=9, max_cost=MicroUsd(limit), purse=PurseId(purse))
        for purse in "abc"
        for limit in [chance.choice([0, 10_000, 90_000])]
        for index in range(chance.randrange(9))
    ]
    chance.shuffle(ready)
    held = Held(
        purses={PurseId("a"): MicroUsd(chance.randrange(50_000))},
        today={nodes[-1].id: MicroUsd(chance.randrange(60_000))},
    )
    snapshot = Snapshot(nodes=tuple(nodes), ready=ready, held=held)
    ahead = outlook(snapshot, Estimator())
    by_id = {each.generation_id: each for each in ready}
    configs = {each.id: each for each in nodes}
    sums: dict[object, int] = dict(held.purses.items())
    sums |= {("today", node_id): amount for node_id, amount in held.today.items()}
    for generation_id, cost_ in ahead.costs.items():
        node_id, purse = ahead.places[generation_id], by_id[generation_id].purse
        assert configs[node_id].use is not Use.NEVER
        for key in (purse, ("today", node_id), ("both", node_id, purse)):
            sums[key] = sums.get(key, 0) + cost_
        budget = configs[node_id].config.budget
        assert cost_ == 0 or sums[purse] <= by_id[generation_id].max_cost
        assert cost_ == 0 or budget.daily is None or sums["today", node_id] <= budget.daily
        assert cost_ == 0 or budget.per_batch is None or sums["both", node_id, purse] <= budget.per_batch
    assert plan(snapshot, Estimator()) == plan(snapshot, Estimator())
