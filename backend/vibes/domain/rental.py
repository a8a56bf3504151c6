"""A machine that is rented for a while, as people see it, and what it costs beyond the pictures that it draws."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from vibes.domain.ids import NodeId
from vibes.domain.money import MicroUsd
from vibes.domain.spending import SpendingTotal, day_of


class RentalState(StrEnum):
    RENTING = "renting"
    """Ordered, and not ready yet."""
    READY = "ready"
    """Its ComfyUI works."""
    ENDING = "ending"
    """It is given back, until that is proven; it may still cost money."""
    ENDED = "ended"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rental:
    """Of any provider. What one keeps of it, to decide by, is its kind's own affair."""

    id: str
    node_id: NodeId
    """For which entry of ``gpus.yaml``."""
    provider: str
    label: str
    """Under which it stands in the provider's own list."""
    contract: str | None
    """The provider's number; None while none is known."""
    machine: str
    """What kind of card it is."""
    state: RentalState
    reason: str
    """How far it is, or why it ends; empty where there is nothing to say."""
    per_hour: MicroUsd
    cost: MicroUsd
    """So far, by the hub's own count."""
    since: datetime
    ended_at: datetime | None

    @property
    def open(self) -> bool:
        return self.state is not RentalState.ENDED


@dataclass(frozen=True, slots=True, kw_only=True)
class MachineCost:
    """Rent of a node's machines on one day of UTC that is no picture's: starting, idling, and traffic."""

    day: str
    node_id: NodeId
    amount: MicroUsd


def machine_costs(
    rentals: Iterable[Rental], pictures: Iterable[SpendingTotal], now: datetime
) -> tuple[MachineCost, ...]:
    """By node and day what the rent is more than the pictures hold there. ``pictures``: of all days of these rentals
    that are of interest; a day without any is rent alone."""
    rent: Counter[tuple[NodeId, str]] = Counter()
    for rental in rentals:
        for day, amount in _rent_by_day(rental, now):
            rent[rental.node_id, day] += amount
    for total in pictures:
        rent[total.node_id, total.day] -= total.amount
    return tuple(
        MachineCost(day=day, node_id=node_id, amount=MicroUsd(amount))
        for (node_id, day), amount in sorted(rent.items())
        if amount > 0
    )


def _rent_by_day(rental: Rental, now: datetime) -> Iterable[tuple[str, int]]:
    """Its cost spread evenly over its time; the sum is exact."""
    begin = rental.since.astimezone(UTC)
    end = max(rental.ended_at or now, begin)
    whole, given, at = (end - begin).total_seconds(), 0, begin
    while whole > 0:
        midnight = at.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
        if midnight >= end:
            break
        upto = int(rental.cost * (midnight - begin).total_seconds() / whole)
        yield day_of(at), upto - given
        given, at = upto, midnight
    yield day_of(at), rental.cost - given
