"""The stories prove themselves: each fault that the hub once had is put back, and found within a thousand seeds.

The first seed of each is one that found it when this was written. Changes of the hub shift who comes first in a story,
so others follow whose deeds may matter; as a rule none of them is told.
"""

from collections.abc import Iterator

import pytest

from tests.simulation.faults_put_back import FAULTS, put_back
from tests.simulation.life import WITH_MONEY
from tests.simulation.story import deeds_of, tell

SEEDS = 1000
FOUND_BY: dict[str, tuple[int, tuple[str, ...]]] = {
    "pictures_are_believed": (166, ("has_a_bad_line", "has_a_bad_line")),
    "pictures_share_a_name": (2, ()),
    "the_plan_divides_by_zero": (47, ("dies",)),
    "the_plan_loses_a_node": (7, ()),
    "a_job_breaks_the_others": (0, ("asks_for_a_chain",)),
    "tallies_miss_a_sibling": (142, ("changes_their_mind", "changes_their_mind")),
    "drains_are_forgotten": (42, ("drains", "hub_is_killed")),
    "a_loser_deletes_the_winners_file": (276, ("freezes",)),
    "a_job_fails_while_its_node_is_away": (34, ("asks_for_a_chain", "edits_the_fleet")),
    "remains_stay": (499, ("disk_is_full", "changes_their_mind")),
    "what_may_have_been_paid_is_sent_again": (WITH_MONEY + 213, ("settles_what_is_unclear",)),
    "limits_are_not_held": (WITH_MONEY + 1, ("settles_what_is_unclear",)),
    "what_may_not_begin_counts_as_done": (1235, ("crawls", "dies")),
    "attempts_share_a_name": (2, ()),
    "too_few_files_are_a_fault": (246, ("files_run_out", "files_run_out")),
}
"""One seed, and the deeds without which others need not be tried."""


def candidates(fault: str) -> Iterator[int]:
    first, needed = FOUND_BY[fault]
    yield first
    world = WITH_MONEY if first >= WITH_MONEY else 0
    for seed in range(world, world + SEEDS):
        names = [deed.name for deed in deeds_of(seed)]
        if seed != first and all(names.count(name) >= needed.count(name) for name in needed):
            yield seed


@pytest.mark.long
@pytest.mark.parametrize("fault", FOUND_BY)
def test_a_fault_that_is_put_back_is_found(fault: str) -> None:
    for seed in candidates(fault):
        with put_back(fault):
            found = tell(seed, deeds_of(seed)).problems
        if found:
            assert tell(seed, deeds_of(seed)).problems == (), f"story {seed} goes well without it"
            return
    pytest.fail(f"{fault} was not found")


def test_every_fault_has_its_proof() -> None:
    assert set(FOUND_BY) == set(FAULTS)
