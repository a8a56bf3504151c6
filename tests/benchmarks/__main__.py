"""``make bench`` and ``vibes bench``: what the hub promises about speed, measured, in a table and a file."""

import argparse
import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from rich.console import Console

from tests.benchmarks import (
    demo_fleet,
    growth,
    instant_fleet,
    jobs_load,
    large_queue,
    live_edits,
    many_nodes,
    one_picture,
    refinements,
    simulated,
    storage_load,
)
from tests.benchmarks.figures import Figure, show, write

Measured = tuple[list[Figure], dict[str, Any]]


async def simulate(*, quick: bool) -> Measured:
    if quick:
        simulated.SEEDS = 40
    details = simulated.report()
    planning, stall, loading = details["planning_milliseconds"], details["one_stall"], details["loading"]
    figures = [
        Figure("one job stalled x8, p99 of simulated seeds", stall["p99"], "x T*", 2.2),
        Figure("second attempts", 100 * stall["second_attempts_per_job"], "% of jobs", 5),
        Figure("two checkpoints in turn, 40 jobs", loading["loads"], "loads", 6),
        Figure("plan of 1,000 nodes and 10,000 queued, p95", planning["1_free_p95"], "ms", 20),
    ]
    return figures, {"simulated": details}


MEASURES: dict[str, tuple[Callable[..., Awaitable[Measured]], str]] = {
    "simulated": (simulate, "the planner alone, over many seeds, beside the policies of others; about a minute"),
    "growth": (
        growth.measure,
        "the planner alone, up to 10,000 nodes and 1,000,000 queued: how a plan grows; a minute",
    ),
    "demo": (demo_fleet.measure, "the demo's four nodes at real time: drafts, funnel, way to the browser; 3 minutes"),
    "instant": (instant_fleet.measure, "nodes that take no time: throughput, memory; about a minute"),
    "jobs": (jobs_load.measure, "a thousand jobs of three tasks on nodes that take no time; two minutes"),
    "size": (large_queue.measure, "300 nodes and 100,000 queued: restart, memory, stalls; two minutes"),
    "nodes": (many_nodes.measure, "300 nodes that draw and 1,000 queued: plans, lag of the event loop; a minute"),
    "picture": (one_picture.measure, "rows, bytes, messages and processor time of a picture; a minute"),
    "edits": (live_edits.measure, "edits of a workflow, until they are in force; half a minute"),
    "refinement": (refinements.measure, "feedback to a plan, the time of models apart; half a minute"),
    "storage": (storage_load.measure, "sixteen writers on one database; about a minute"),
}


def main() -> None:
    parser = argparse.ArgumentParser(prog="vibes bench", description=__doc__)
    parser.add_argument("--only", action="append", choices=list(MEASURES), help="measure this; repeat for more")
    parser.add_argument("--quick", action="store_true", help="fewer rounds, no funnel: for a look, not for a record")
    parser.add_argument("--list", action="store_true", help="say what can be measured, and end")
    options = parser.parse_args()
    if options.list:
        for name, (_, description) in MEASURES.items():
            Console().print(f"{name:10} {description}")
        return
    asyncio.run(_measure(options.only or list(MEASURES), quick=options.quick))


async def _measure(names: list[str], *, quick: bool) -> None:
    figures: list[Figure] = []
    details: dict[str, Any] = {"quick": quick}
    for name in names:
        found, more = await MEASURES[name][0](quick=quick)
        figures += found
        details |= more
    show(figures)
    write(figures, details)


main()
