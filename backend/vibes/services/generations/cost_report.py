"""What was spent, on pictures and on rented machines, for whoever asks."""

from dataclasses import dataclass
from datetime import UTC, datetime

from vibes.domain.rental import MachineCost, machine_costs
from vibes.domain.spending import Period, SpendingTotal, day_of, month_of
from vibes.ports.clock import Clock
from vibes.ports.ledger import SpendingRepository
from vibes.services.fleet.rentals import RentalService


@dataclass(frozen=True, slots=True, kw_only=True)
class Spent:
    """Of a period, and of the present month, whatever the period is."""

    period: Period
    pictures: tuple[SpendingTotal, ...]
    """Newest day first."""
    machines: tuple[MachineCost, ...]


class CostReport:
    def __init__(self, ledger: SpendingRepository, rentals: RentalService, clock: Clock) -> None:
        self._ledger = ledger
        self._rentals = rentals
        self._clock = clock

    async def spent(self, from_day: str | None, to_day: str | None) -> Spent:
        """Default: the present month."""
        now = self._clock.now()
        today = day_of(now)
        month = f"{month_of(today)}-01"
        period = Period(from_day or month, to_day or max(today, from_day or today), today)
        first, last = min(period.from_day, month), max(period.to_day, today)
        pictures = await self._ledger.totals(from_day=first, to_day=last)
        rentals = await self._rentals.since(datetime.fromisoformat(first).replace(tzinfo=UTC))
        machines = (each for each in machine_costs(rentals, pictures, now) if first <= each.day <= last)
        return Spent(period=period, pictures=tuple(pictures), machines=tuple(machines))
