"""How a plan grows with fleet and queue, up to 10,000 nodes and 1,000,000 works: the planner alone, on snapshots.

Processor time, so that what else the machine does is not counted. Takes a gigabyte and two minutes.
"""

import gc
import random
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from statistics import median
from typing import Any

from rich.console import Console
from rich.table import Table

from tests.benchmarks.figures import Figure
from tests.benchmarks.simulated import busy_but
from tests.unit.fleet import node, sd15, work
from vibes.domain.ids import SessionId
from vibes.domain.nodes.node import Tier
from vibes.domain.priority import Priority
from vibes.scheduling.estimator import Estimator
from vibes.scheduling.planner import plan
from vibes.scheduling.ready_queue import DueOrder, ReadyQueue
from vibes.scheduling.snapshot import NodeView, Snapshot, Work
from vibes.scheduling.timing_book import TimingBook

NODES = (10, 100, 300, 1_000, 3_000, 10_000)
QUEUED = (1_000, 10_000, 100_000, 1_000_000)
KINDS, SESSIONS, PLANS = 5, 50, 9
"""Of the table; beside it each is varied for a fleet of 300 and a queue of 10,000."""
MANY_KINDS, MANY_SESSIONS, ODD_FLEET = (5, 50, 500), (50, 1_000, 10_000), 300


async def measure(*, quick: bool) -> tuple[list[Figure], dict[str, Any]]:
    queued = QUEUED[:3] if quick else QUEUED
    rows: list[dict[str, Any]] = []
    for waiting in queued:
        queue, works = filled(waiting, KINDS, SESSIONS)
        rows += [{"nodes": nodes, "queued": waiting, **_measured(nodes, queue, works)} for nodes in NODES]
        del queue, works
    kinds = [{"kinds": each, **_measured(ODD_FLEET, *filled(10_000, each, SESSIONS), free=10)} for each in MANY_KINDS]
    sessions = [{"sessions": each, **_measured(ODD_FLEET, *filled(10_000, KINDS, each))} for each in MANY_SESSIONS]
    _show(rows, queued)
    took = {(row["nodes"], row["queued"]): row["milliseconds"] for row in rows}
    largest, longest = NODES[-1], queued[-1]
    figures = [
        Figure("plan: ten times the nodes", took[largest, longest] / took[largest // 10, longest], "x", 15),
        Figure(f"plan: {longest // 1000:,} times the queue", took[largest, longest] / took[largest, 1_000], "x", 2),
        Figure("plan of 300 nodes, 10 of them free, and 500 kinds of work", kinds[-1]["milliseconds"], "ms", 250),
        Figure("plan of 300 nodes and 10,000 sessions", sessions[-1]["milliseconds"], "ms", 100),
    ]
    return figures, {"growth": {"plans": rows, "kinds": kinds, "sessions": sessions}}


def filled(count: int, kinds: int, sessions: int) -> tuple[ReadyQueue, Sequence[Work]]:
    """A queue of so many works, and the first of them."""
    specs = [sd15(steps=10 + kind % 40, width=512 + 64 * (kind // 40)) for kind in range(kinds)]
    queue, submitted = ReadyQueue(), datetime(2026, 1, 1, tzinfo=UTC)
    first: list[Work] = []
    for index in range(count):
        each = work(
            f"g{index}",
            batch_total=20,
            spec=specs[index % kinds],
            step_megapixels=2.62 + index % kinds,
            session_id=SessionId(f"s{index % sessions}"),
            priority=list(Priority)[index % 3],
        )
        queue.add(each, DueOrder(submitted, "b", index))
        if index < kinds:
            first.append(each)
    return queue, first


def _measured(nodes: int, queue: ReadyQueue, works: Sequence[Work], free: int = 1) -> dict[str, float]:
    """A node or some are free, the others are busy, as at any moment of a long day."""
    chance = random.Random(1)  # noqa: S311 - a repeatable fleet
    fleet, estimator = _taught(nodes, works, chance)
    book = TimingBook(estimator)
    gc.collect()
    gc.freeze()
    took: list[float] = []
    for _ in range(PLANS):
        snapshot = Snapshot(nodes=busy_but(free, fleet, works, chance), ready=queue)
        began = time.process_time()
        plan(snapshot, estimator, book)
        took.append(1000 * (time.process_time() - began))
    gc.unfreeze()
    return {"first_milliseconds": took[0], "milliseconds": median(took[1:])}


def _taught(nodes: int, works: Sequence[Work], chance: random.Random) -> tuple[list[NodeView], Estimator]:
    estimator = Estimator()
    fleet = [node(f"n{index}", list(Tier)[index % 4]) for index in range(nodes)]
    for each in fleet:
        for item in works[:5]:
            for _ in range(3):
                estimator.observe(each.id, item, chance.uniform(0.5, 1.5) * (4 - each.config.tier.rank), warm=True)
    return fleet, estimator


def _show(rows: Sequence[dict[str, Any]], queued: Sequence[int]) -> None:
    table = Table(title="milliseconds of one plan, one node of the fleet free")
    table.add_column("nodes", justify="right")
    for waiting in queued:
        table.add_column(f"{waiting:,} queued", justify="right")
    for nodes in NODES:
        of_fleet = [f"{row['milliseconds']:.1f}" for row in rows if row["nodes"] == nodes]
        table.add_row(f"{nodes:,}", *of_fleet)
    Console().print(table)
