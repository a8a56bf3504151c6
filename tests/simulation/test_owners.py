"""Machines that belong to somebody, in virtual time: handed back and lent, by hours and by hand, with games on them."""

import os
import subprocess
import sys
from pathlib import Path
from unittest.mock import patch

import pytest

from tests.simulation.life import WITH_OWNERS
from tests.simulation.story import deeds_of, tell
from vibes.services.fleet.ownership import Ownership

ROOT = Path(__file__).parents[2]
STORIES = 3


def test_a_hub_that_does_not_care_whose_a_machine_is_is_found_out() -> None:
    nobodys = property(lambda _: None), property(lambda _: ())
    with patch.object(Ownership, "held", nobodys[0]), patch.object(Ownership, "away", nobodys[1]):
        told = tell(WITH_OWNERS + 2, deeds_of(WITH_OWNERS + 2))
    assert any("which was its owner's then" in problem for problem in told.problems)


@pytest.mark.long
def test_whoever_has_the_machines_all_that_was_accepted_comes_to_a_good_end() -> None:
    arguments = ["--first", str(WITH_OWNERS), "--seeds", str(STORIES), "--processes", "1"]
    command = [sys.executable, "-m", "tests.simulation", *arguments]
    environment = {**os.environ, "PYTHONHASHSEED": "0"}
    told = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)  # noqa: S603 - our own module
    assert told.returncode == 0, told.stdout[-20_000:] + told.stderr[-5_000:]
    assert f"{STORIES} of {STORIES} stories" in told.stdout
