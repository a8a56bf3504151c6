"""Machines that are rented: what people see of them, and their end."""

import asyncio
from collections.abc import Sequence
from datetime import datetime

from vibes.domain.errors import NotFound
from vibes.domain.rental import Rental
from vibes.ports.rentals import DemandSource, Rentals
from vibes.text.near_names import near_name_hint


class RentalService:
    """Over all kinds that rent."""

    def __init__(self, kinds: Sequence[Rentals]) -> None:
        self._kinds = kinds

    def work_from(self, source: DemandSource) -> None:
        for kind in self._kinds:
            kind.work_from(source)

    def listed(self) -> list[Rental]:
        """Open ones first, then those that ended within thirty days; each group with the latest first."""
        rentals = [each for kind in self._kinds for each in kind.listed()]
        return sorted(rentals, key=lambda each: (not each.open, -each.since.timestamp()))

    async def since(self, moment: datetime) -> list[Rental]:
        """All that are open or ended after ``moment``, however long ago."""
        return [each for kind in self._kinds for each in await kind.since(moment)]

    async def end(self, rental_id: str) -> Rental:
        """Have it given back: it is once it is listed as ended. Nothing is rented in its place for a while. Raises
        NotFound when no such rental is open."""
        for kind in self._kinds:
            listed = await kind.end(rental_id) and [each for each in kind.listed() if each.id == rental_id]
            if listed:  # not one whose order was refused at this moment
                return listed[0]
        open_ids = [each.id for each in self.listed() if each.open]
        raise NotFound(
            f"nothing is rented under {rental_id!r}{near_name_hint(rental_id, open_ids)}", code="unknown_rental"
        )

    @property
    def problems(self) -> Sequence[str]:
        return [problem for kind in self._kinds for problem in kind.problems]

    async def run(self) -> None:
        async with asyncio.TaskGroup() as tasks:
            for kind in self._kinds:
                tasks.create_task(kind.run())
            await asyncio.Event().wait()

    async def close(self) -> None:
        for kind in self._kinds:
            await kind.close()
