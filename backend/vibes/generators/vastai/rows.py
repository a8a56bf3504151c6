"""The rows of all rentals: a change is on the disk before anybody acts upon it, and of two changes none is lost."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Protocol

from vibes.generators.vastai.rental import Rental

UNWRITTEN_SECONDS = 60.0
"""What only counts on is written once in so long: the time in between is paid for by any later reader."""


class RentalStore(Protocol):
    """Rows that outlast the process."""

    async def since(self, moment: float) -> Sequence[Rental]:
        """All that are open, and those that ended after ``moment`` (seconds since 1970)."""

    async def put(self, rental: Rental) -> None:
        """Return once it is on the disk."""


class RentalRows:
    def __init__(self, store: RentalStore) -> None:
        self._store = store
        self._rows: dict[str, Rental] = {}
        self._written: dict[str, Rental] = {}
        self._changing = asyncio.Lock()
        self.loaded = False

    async def load(self, since: float) -> None:
        """What earlier processes wrote; once."""
        if not self.loaded:
            self._rows = {each.id: each for each in await self._store.since(since)}
            self._written = dict(self._rows)
            self.loaded = True

    @property
    def all(self) -> tuple[Rental, ...]:
        return tuple(self._rows.values())

    @property
    def open(self) -> tuple[Rental, ...]:
        return tuple(each for each in self._rows.values() if each.open)

    def open_of(self, tenant: str) -> Rental | None:
        """There is one at most: nothing is ordered while there is one."""
        return next((each for each in self.open if each.tenant == tenant), None)

    async def add(self, rental: Rental) -> None:
        async with self._changing:
            await self._put(rental)

    async def change(self, rental_id: str, change: Callable[[Rental], Rental]) -> bool:
        """Whether it became another. ``change`` gets the row as it is when nobody else changes it."""
        async with self._changing:
            before = self._rows.get(rental_id)
            after = before and change(before)
            if after is None or after == before:
                return False
            if _tells_news(self._written[rental_id], after):
                await self._put(after)
            self._rows[rental_id] = after
            return True

    async def _put(self, rental: Rental) -> None:
        await self._store.put(rental)
        self._rows[rental.id] = self._written[rental.id] = rental

    async def exchange(self, before: Rental, after: Rental) -> bool:
        """Unless it has become another than ``before`` meanwhile."""
        return await self.change(before.id, lambda row: after if row == before else row)


def _tells_news(written: Rental, now: Rental) -> bool:
    """Whether more has changed than what counts on by itself."""
    counted_on = replace(
        written, spent_usd=now.spent_usd, counted_at=now.counted_at, needed_at=now.needed_at, absent_at=now.absent_at
    )
    return counted_on != now or now.counted_at - written.counted_at >= UNWRITTEN_SECONDS
