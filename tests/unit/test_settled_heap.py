"""A long queue is left out of full garbage collections, which become rare; a short queue changes nothing."""

import gc

from tests.fakes import FakeClock
from vibes.services.runtime.settled_heap import GROWTH, SELDOM, SettledHeap


def test_a_queue_that_grows_is_settled_and_one_that_is_short_again_is_let_go() -> None:
    queued = 0
    usual = gc.get_threshold()
    heap = SettledHeap(lambda: queued, FakeClock())
    try:
        heap.look()
        assert (gc.get_freeze_count(), gc.get_threshold()) == (0, usual), "a short queue is the collector's business"
        queued = GROWTH
        heap.look()
        settled = gc.get_freeze_count()
        assert settled > 0
        assert gc.get_threshold() == (*usual[:2], SELDOM)
        more = [[index] for index in range(1000)]
        heap.look()
        assert gc.get_freeze_count() <= settled + 10, "nothing has grown since"
        queued = 2 * GROWTH
        heap.look()
        assert gc.get_freeze_count() >= settled + len(more)
        queued = GROWTH - 1
        heap.look()
    finally:
        heap.let_go()
    assert (gc.get_freeze_count(), gc.get_threshold()) == (0, usual)
