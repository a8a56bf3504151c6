"""A request that names a new file is not refused because another request caused the nodes to be asked just before."""

import asyncio
from typing import Any

from tests.fakes import FakeClock
from tests.waiting import eventually
from vibes.services.generations.fresh_lists import FreshLists


class SlowToTell:
    """A node's watch: it tells its lists when the test lets it."""

    reachable = True

    def __init__(self) -> None:
        self.inventory: object = object()
        self.asked = 0

    def doubt_lists(self) -> None:
        self.asked += 1

    def tell(self) -> None:
        self.inventory = object()


async def test_all_who_ask_while_the_lists_are_read_get_the_new_ones_of_one_reading() -> None:
    watch: Any = SlowToTell()
    lists = FreshLists(lambda: [watch], FakeClock())
    asking = [asyncio.create_task(lists.read()) for _ in range(3)]
    await eventually(lambda: watch.asked)
    watch.tell()
    assert await asyncio.gather(*asking) == [True] * 3
    assert watch.asked == 1
    assert not await lists.read(), "a moment ago"


async def test_who_waited_for_somebody_that_went_away_is_not_told_of_lists_that_were_not_read() -> None:
    watch: Any = SlowToTell()
    lists = FreshLists(lambda: [watch], FakeClock())
    first, second = asyncio.create_task(lists.read()), asyncio.create_task(lists.read())
    await eventually(lambda: watch.asked)
    first.cancel()
    assert not await second
