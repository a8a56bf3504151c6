"""Rented machines, as the hub reports them. Amounts are dollars."""

from dataclasses import dataclass
from datetime import datetime

from vibes.domain.rental import RentalState


@dataclass(frozen=True, slots=True, kw_only=True)
class Rental:
    id: str
    gpu_id: str
    provider: str
    label: str
    contract: str | None
    machine: str
    state: RentalState
    reason: str
    per_hour_usd: float
    cost_usd: float
    since: datetime
    ended_at: datetime | None

    @property
    def open(self) -> bool:
        """Whether it may still cost money."""
        return self.state is not RentalState.ENDED


@dataclass(frozen=True, slots=True, kw_only=True)
class RentalPage:
    rentals: tuple[Rental, ...]
    problems: tuple[str, ...]
