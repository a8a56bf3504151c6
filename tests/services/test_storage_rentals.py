"""What was rented is written down before anything is ordered, and read again by the next process."""

from dataclasses import replace
from datetime import timedelta

from tests.factories import NOON
from vibes.domain.ids import NodeId
from vibes.ports.rentals import RentalRecord
from vibes.ports.storage import Storage

OPEN = RentalRecord(id="r1", node_id=NodeId("cloud"), ended_at=None, content={"label": "vibes-1", "contract": None})


async def test_open_ones_are_read_whenever_they_began_and_ended_ones_by_their_end(storage: Storage) -> None:
    ended = replace(OPEN, id="r2", ended_at=NOON)
    for each in (OPEN, ended):
        await storage.rentals.put(each)
    assert sorted(each.id for each in await storage.rentals.since(NOON - timedelta(seconds=1))) == ["r1", "r2"]
    assert await storage.rentals.since(NOON) == [OPEN]


async def test_a_later_record_stands_in_the_place_of_the_earlier_one(storage: Storage) -> None:
    await storage.rentals.put(OPEN)
    later = replace(OPEN, ended_at=NOON, content={"label": "vibes-1", "contract": 501})
    await storage.rentals.put(later)
    assert await storage.rentals.since(NOON - timedelta(days=1)) == [later]
