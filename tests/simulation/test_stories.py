"""Eighty whole stories of hubs, machines and people in virtual time; the same seed tells the same one."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.simulation.shrinking import shrunk
from tests.simulation.story import Deed, Told, deeds_of, tell

ROOT = Path(__file__).parents[2]
STORIES, PARTS = 80, 4


@pytest.mark.long
@pytest.mark.parametrize("part", range(PARTS))
def test_whatever_happens_all_that_was_accepted_comes_to_a_good_end(part: int) -> None:
    """In a process of its own, which the garbage collector and the hashes of texts leave alone."""
    few = STORIES // PARTS
    arguments = ["--first", str(part * few), "--seeds", str(few), "--processes", "1"]
    command = [sys.executable, "-m", "tests.simulation", *arguments]
    environment = {**os.environ, "PYTHONHASHSEED": "0"}
    told = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)  # noqa: S603 - our own module
    assert told.returncode == 0, told.stdout[-20_000:] + told.stderr[-5_000:]
    assert f"{few} of {few} stories" in told.stdout


@pytest.mark.parametrize("seed", [2, 6])
def test_the_same_seed_tells_the_same_story_word_for_word(seed: int) -> None:
    first, second = tell(seed, deeds_of(seed)), tell(seed, deeds_of(seed))
    assert "\n".join(first.trace) == "\n".join(second.trace)
    assert first == second
    assert first.pictures
    assert first.trace != tell(seed + 1, deeds_of(seed + 1)).trace


def test_a_fleet_put_right_while_the_hub_is_busy_with_the_edit_before_is_in_force_afterwards() -> None:
    """Two parts of the hub follow that folder."""
    assert tell(1988, deeds_of(1988)).problems == ()


def test_a_story_that_goes_wrong_is_told_without_what_does_not_matter() -> None:
    deeds = deeds_of(6)

    def wrong_with_two(left: tuple[Deed, ...]) -> Told:
        names = {deed.at for deed in left}
        bad = {deeds[3].at, deeds[7].at} <= names
        return Told(problems=(f"lost {len(left)} pictures",) if bad else (), trace=(), pictures=0)

    assert shrunk(deeds, wrong_with_two) == (deeds[3], deeds[7])
