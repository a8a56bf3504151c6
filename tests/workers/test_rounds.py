"""How often a worker looks for orders of which nobody tells it."""

import math

from vibes.worker.rounds import LOOK_SECONDS, SOON_FOR_SECONDS, SOON_SECONDS, pause_after


def test_a_worker_that_has_just_drawn_looks_sooner_for_the_next_order() -> None:
    assert [pause_after(each) for each in (0.0, SOON_FOR_SECONDS - 0.1)] == [SOON_SECONDS] * 2
    assert [pause_after(each) for each in (SOON_FOR_SECONDS, math.inf)] == [LOOK_SECONDS] * 2
