"""Whole lives of a hub, in which people and machines do anything at any time, restarts and edits included."""

from pathlib import Path

import pytest

from tests.services.random_life import problems_of_a_life


@pytest.mark.parametrize("seed", [21, 22, 23])
async def test_nothing_is_stuck_or_miscounted_and_no_fault_is_ours_in_a_random_life(tmp_path: Path, seed: int) -> None:
    assert await problems_of_a_life(tmp_path, seed, steps=120) == []
