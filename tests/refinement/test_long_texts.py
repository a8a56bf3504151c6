"""Nobody keeps the hub busy with a long text: time grows as the text does."""

import time

import pytest

from vibes.domain.refinement.changes import Changes
from vibes.domain.refinement.refining import Starting, refine
from vibes.domain.refinement.rules.interpreter import understand

SECONDS = 10.0
"""Of the thread itself, for what takes one; where time grows with the square of the length it is minutes."""
LONG = 40_000


@pytest.mark.parametrize("part", ["a,", "(a),", "(", ". ", "...", " ", "{", "<a:", "__a", "hat ", "(hat:1.2) "])
def test_a_prompt_of_any_form_is_changed_in_time(part: str) -> None:
    began = time.thread_time()
    refine(Starting(prompt=part * (LONG // len(part)), family="sdxl"), Changes(remove=("hat",), add=("dog",)))
    assert time.thread_time() - began < SECONDS


@pytest.mark.parametrize("part", ["a ", "instead of ", "too ", "more ", "a is ", "not a but ", "mörh ", " ", "ist zu "])
def test_feedback_of_any_form_is_read_in_time(part: str) -> None:
    began = time.thread_time()
    understand(part * (4_000 // len(part)), ["a man with a hat", "blue sky"])
    assert time.thread_time() - began < SECONDS / 2
