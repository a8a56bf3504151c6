"""A machine that is rented for a while, as people see it."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from vibes.domain.ids import NodeId
from vibes.domain.money import MicroUsd


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
