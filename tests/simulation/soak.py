"""``make soak SEEDS=10000``: many stories, and of each that goes wrong the shortest that still does.

``python -m tests.simulation --tell SEED`` tells one story word for word.
"""

import argparse
import os
import sys
import time
from collections.abc import Iterator
from multiprocessing import get_context

from tests.simulation.shrinking import shrunk
from tests.simulation.story import Told, deeds_of, tell

TOLD_EVERY = 200
"""Stories between two lines that say how far it is."""
LAST_WORDS = 40
"""Lines of the trace that are shown of a story that went wrong."""


def main() -> None:
    parser = argparse.ArgumentParser(prog="simulation", description=__doc__)
    parser.add_argument("--seeds", type=int, default=1000, help="how many stories")
    parser.add_argument("--first", type=int, default=0, help="the first seed")
    parser.add_argument("--processes", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--tell", type=int, metavar="SEED", help="tell this one story and no other")
    options = parser.parse_args()
    if options.tell is not None:
        told = tell(options.tell, deeds_of(options.tell))
        say("\n".join([*told.trace, *(f"WRONG: {problem}" for problem in told.problems)]))
        sys.exit(bool(told.problems))
    seeds = range(options.first, options.first + options.seeds)
    sys.exit(bool(all_told(seeds, options.processes)))


def all_told(seeds: range, processes: int) -> list[int]:
    """Those that went wrong."""
    began, wrong, pictures = time.perf_counter(), [], 0
    for number, (seed, told) in enumerate(_told(seeds, processes), start=1):
        pictures += told.pictures
        if told.problems:
            wrong.append(seed)
            say(report(seed, told))
        if number % TOLD_EVERY == 0 or number == len(seeds):
            seconds = time.perf_counter() - began
            rate = f"{number / seconds:.1f} a second, {pictures} pictures"
            say(f"{number} of {len(seeds)} stories in {seconds:.0f} s ({rate}): {len(wrong)} went wrong {wrong[:10]}")
    return wrong


def _told(seeds: range, processes: int) -> Iterator[tuple[int, Told]]:
    if processes == 1:
        yield from map(_tell, seeds)
        return
    with get_context("spawn").Pool(processes) as pool:
        yield from pool.imap_unordered(_tell, seeds, chunksize=4)


def _tell(seed: int) -> tuple[int, Told]:
    return seed, tell(seed, deeds_of(seed))


def report(seed: int, told: Told) -> str:
    """What went wrong, the shortest story in which it does, and how that ended."""
    few = shrunk(deeds_of(seed), lambda deeds: tell(seed, deeds))
    again = tell(seed, few)
    return "\n".join(
        [
            f"story {seed} went wrong:",
            *(f"  {problem}" for problem in told.problems),
            f"its shortest form, of {len(few)} instead of {len(deeds_of(seed))} deeds:",
            *(f"  {deed}" for deed in few),
            *(f"    {line}" for line in again.trace[-LAST_WORDS:]),
        ]
    )


def say(text: str) -> None:
    print(text, flush=True)  # noqa: T201 - what a person who runs it reads
