"""Rented machines in answers."""

from datetime import datetime

from pydantic import BaseModel

from vibes.api.schemas.money import ToldUsd
from vibes.domain.rental import Rental, RentalState


class RentalOut(BaseModel):
    id: str
    gpu_id: str
    """For which entry of gpus.yaml."""
    provider: str
    label: str
    """Under which it stands in the provider's own list."""
    contract: str | None
    """The provider's number; null while none is known."""
    machine: str
    state: RentalState
    reason: str
    """How far it is, or why it ends; empty where there is nothing to say."""
    per_hour_usd: ToldUsd
    cost_usd: ToldUsd
    """So far, by the hub's own count: time, disk, and the traffic that is expected."""
    since: datetime
    ended_at: datetime | None

    @classmethod
    def of(cls, rental: Rental) -> "RentalOut":
        return cls(
            id=rental.id,
            gpu_id=rental.node_id,
            provider=rental.provider,
            label=rental.label,
            contract=rental.contract,
            machine=rental.machine,
            state=rental.state,
            reason=rental.reason,
            per_hour_usd=rental.per_hour,
            cost_usd=rental.cost,
            since=rental.since,
            ended_at=rental.ended_at,
        )


class RentalList(BaseModel):
    rentals: list[RentalOut]
    """Open ones first, then those that ended within thirty days; each group with the latest first."""
    problems: list[str]
    """What an operator should know, such as a provider that does not answer."""
