"""The hub itself and a long queue are left out of full garbage collections; with the queue they become rare."""

import asyncio
import gc
from collections.abc import Iterator

import pytest

from tests.fakes import FakeClock
from tests.waiting import eventually
from vibes.services.runtime.settled_heap import GROWTH, SELDOM, SettledHeap

pytestmark = pytest.mark.usefixtures("a_heap_that_nobody_froze")


@pytest.fixture
def a_heap_that_nobody_froze() -> Iterator[None]:
    """As a hub finds it that has a process of its own."""
    gc.unfreeze()
    yield
    gc.freeze()


async def test_what_a_hub_is_made_of_is_left_out_until_it_ends() -> None:
    usual = gc.get_threshold()
    following = asyncio.create_task(SettledHeap(lambda: 0, FakeClock()).follow())
    await eventually(lambda: gc.get_freeze_count() > 0, what="the heap is settled")
    following.cancel()
    await asyncio.gather(following, return_exceptions=True)
    assert (gc.get_freeze_count(), gc.get_threshold()) == (0, usual)


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
