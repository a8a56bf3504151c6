"""The planner's figures in simulated time: makespans over many seeds beside those of others, and its own speed."""

import gc
import random
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from statistics import mean, quantiles
from typing import Any

from rich.console import Console
from rich.table import Table

from tests.benchmarks.fleet_simulation import Conditions, Machine, Policy, drafts, fleet_of, makespan, simulate
from tests.benchmarks.peer_policies import EqualSplit, LeastUsed, plain_pull
from tests.unit.fleet import node, sd15, work
from vibes.domain.ids import GenerationId, SessionId
from vibes.domain.nodes.node import Tier
from vibes.domain.priority import Priority
from vibes.scheduling.bounds import lower_bound_seconds
from vibes.scheduling.decisions import Assign
from vibes.scheduling.estimator import Estimator
from vibes.scheduling.offers import PREFETCH_SECONDS
from vibes.scheduling.planner import plan
from vibes.scheduling.snapshot import NodeView, Snapshot, Work
from vibes.scheduling.timing_book import TimingBook

SEEDS = 200
FLEETS: dict[str, tuple[tuple[float, ...], int]] = {
    "20 on 1.5/1/0.8/0.5": ((1.5, 1.0, 0.8, 0.5), 20),
    "8 on 10/8/6": ((10, 8, 6), 8),
    "8 on 10/8/6/12/15": ((10, 8, 6, 12, 15), 8),
    "40 on 4 equal": ((2.0, 2.0, 2.0, 2.0), 40),
}
ROUND_TRIP = 0.05
CONDITIONS = {
    "exact": Conditions(),
    "noise 8 %, 50 ms gap": Conditions(noise=0.08, gap_seconds=ROUND_TRIP),
    "2 % stalls ×8": Conditions(noise=0.08, gap_seconds=ROUND_TRIP, stall_chance=0.02),
    "estimates ±30 %": Conditions(noise=0.08, gap_seconds=ROUND_TRIP, wrong_by=0.3),
}
POLICIES: dict[str, Callable[[], Policy | None]] = {
    "the hub's plan": lambda: None,
    "plain pull": lambda: plain_pull,
    "least used, 2 slots": LeastUsed,
    "equal split": EqualSplit,
}
NODES, QUEUED, SESSIONS, PLANS = 1000, 10_000, 50, 60


def one_stall() -> dict[str, float]:
    """20 pictures on the demo's fleet, one of which stalls to eight times its length."""
    ratios, second_attempts = [], 0
    for seed in range(SEEDS):
        conditions = Conditions(noise=0.08, gap_seconds=ROUND_TRIP, stalled_start=seed % 20)
        simulation = simulate(fleet_of((1.5, 1.0, 0.8, 0.5)), drafts(20), conditions=conditions, seed=seed)
        ratios.append(makespan(simulation) / 4.5)
        second_attempts += simulation.second_attempts
    return {"p99": quantiles(ratios, n=100)[98], "second_attempts_per_job": second_attempts / (20 * SEEDS)}


def makespans() -> list[dict[str, Any]]:
    """One row a fleet, condition and policy: mean and p95 of achieved seconds over T*."""
    rows = []
    for fleet, (seconds_each, count) in FLEETS.items():
        bound = lower_bound_seconds(count, seconds_each, [0.0] * len(seconds_each)) or 0.0
        for condition, conditions in CONDITIONS.items():
            seeds = range(SEEDS if conditions.noise else 1)
            for name, policy in POLICIES.items():
                ratios = [_run(seconds_each, count, conditions, seed, policy()) / bound for seed in seeds]
                high = quantiles(ratios, n=20)[-1] if len(ratios) > 1 else ratios[0]
                rows.append(
                    {"fleet": fleet, "bound": bound, "condition": condition, "policy": name}
                    | {"mean": mean(ratios), "p95": high}
                )
    return rows


def _run(seconds_each: Sequence[float], count: int, conditions: Conditions, seed: int, policy: Policy | None) -> float:
    return makespan(simulate(fleet_of(seconds_each), drafts(count), conditions=conditions, seed=seed, policy=policy))


def loading() -> dict[str, Any]:
    """40 pictures of two checkpoints in turn, 15 s to load one."""
    machines: list[Machine] = fleet_of((10, 8, 6), load_seconds=15, resident=[None] * 3)
    works = drafts(40, checkpoints=("a.safetensors", "b.safetensors"))
    ours, pull = (simulate(machines, works, policy=policy) for policy in (None, plain_pull))
    return {
        "loads": sum(machine.loads for machine in ours.machines),
        "seconds": makespan(ours),
        "most_skips": max(ours.most_skips.values(), default=0),
        "plain_pull_loads": sum(machine.loads for machine in pull.machines),
        "plain_pull_seconds": makespan(pull),
    }


def planning_milliseconds() -> dict[str, float]:
    """What one plan takes with a node just free, and with ten, in a fleet of 1,000 and a queue of 10,000.

    Processor time, so that what else the machine does is not counted; the garbage of the preparation is put aside.
    """
    chance = random.Random(1)  # noqa: S311 - a repeatable fleet
    estimator = Estimator()
    works = _long_queue()
    nodes = [node(f"n{index}", list(Tier)[index % 4]) for index in range(NODES)]
    for each in nodes:
        for item in works[:5]:
            for _ in range(3):
                estimator.observe(each.id, item, chance.uniform(0.5, 1.5) * (4 - each.config.tier.rank), warm=True)
    book = TimingBook(estimator)
    gc.collect()
    gc.freeze()
    figures: dict[str, float] = {}
    for free in (1, 10):
        took = []
        for _ in range(PLANS):
            snapshot = Snapshot(nodes=busy_but(free, nodes, works, chance), ready=tuple(works))
            began = time.process_time()
            planned = plan(snapshot, estimator, book)
            took.append(1000 * (time.process_time() - began))
            assert sum(isinstance(decision, Assign) for decision in planned.decisions) == free
        figures |= {f"{free}_free_p50": quantiles(took, n=2)[0], f"{free}_free_p95": quantiles(took, n=20)[-1]}
    gc.unfreeze()
    return figures


def _long_queue() -> list[Work]:
    specs = [sd15(), sd15(width=768), sd15(checkpoint="b.st"), sd15(steps=20, checkpoint="c.st"), sd15(steps=30)]
    return [
        work(
            f"g{index}",
            batch_total=20,
            spec=specs[index % 5],
            step_megapixels=2.62 + index % 5,
            session_id=SessionId(f"s{index % SESSIONS}"),
            priority=list(Priority)[index % 3],
        )
        for index in range(QUEUED)
    ]


def busy_but(
    free: int, nodes: Sequence[NodeView], works: Sequence[Work], chance: random.Random
) -> tuple[NodeView, ...]:
    """All but so many of them work, each with a checkpoint of the first five works loaded."""
    idle = set(chance.sample(range(len(nodes)), free))
    return tuple(
        replace(
            each,
            **({} if index in idle else _busy(index, chance)),
            resident_checkpoint=works[chance.randrange(min(5, len(works)))].spec.checkpoint,
        )
        for index, each in enumerate(nodes)
    )


def _busy(index: int, chance: random.Random) -> dict[str, Any]:
    """One runs; where it is about to end, the next waits there already."""
    left, behind = chance.uniform(0.1, 4), GenerationId(f"y{index}")
    active = {GenerationId(f"x{index}"): left}
    if left > PREFETCH_SECONDS:
        return {"active": active}
    return {"active": active | {behind: 2.0}, "prefetched": frozenset({behind})}


def report() -> dict[str, Any]:
    """Measure, print and answer everything."""
    console = Console()
    rows = makespans()
    table = Table(title=f"Achieved ÷ T*, simulated time, {SEEDS} seeds: mean (p95)")
    for heading in ("fleet", "T*", "condition", *POLICIES):
        table.add_column(heading, justify="left" if heading in {"fleet", "condition"} else "right")
    for start in range(0, len(rows), len(POLICIES)):
        group = rows[start : start + len(POLICIES)]
        first = group[0]
        ratios = [f"{row['mean']:.3f} ({row['p95']:.3f})" for row in group]
        table.add_row(first["fleet"], f"{first['bound']:.1f}", first["condition"], *ratios)
    console.print(table)
    loads, planning, stall = loading(), planning_milliseconds(), one_stall()
    console.print(f"40 pictures of two checkpoints in turn: {loads}")
    console.print(f"plan of {NODES:,} nodes and {QUEUED:,} queued, milliseconds:", planning)
    return {"makespans": rows, "loading": loads, "planning_milliseconds": planning, "one_stall": stall}
