"""One thing in the place of another stands where English wants it to."""

import pytest

from vibes.domain.refinement.changes import Changes, Swap
from vibes.domain.refinement.refining import Starting, refine


@pytest.mark.parametrize(
    ("prompt", "swap", "expected"),
    [
        ("a man in a boat on a lake", Swap("boat", "bridge"), "a man on a bridge on a lake"),
        ("a fox on the beach", Swap("beach", "forest"), "a fox in the forest"),
        ("a house on a lake", Swap("lake", "old village"), "a house in an old village"),
        ("On a bridge a man waits", Swap("bridge", "boat"), "In a boat a man waits"),
        ("a bird on a boat", Swap("boat", "car"), "a bird on a car"),
        ("a man in a red boat", Swap("red boat", "bridge at night"), "a man on a bridge at night"),
        ("a dog near a boat", Swap("boat", "bridge"), "a dog near a bridge"),
        ("boats", Swap("boats", "bridges"), "bridges"),
    ],
)
def test_in_becomes_on_where_it_belonged_to_the_old_thing(prompt: str, swap: Swap, expected: str) -> None:
    assert refine(Starting(prompt=prompt, family="flux"), Changes(modify=(swap,))).prompt == expected
