"""Machines that are rented while there is work: what their kind asks of the hub, and what the hub asks of it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from vibes.domain.ids import NodeId
from vibes.domain.money import NOTHING, MicroUsd
from vibes.domain.nodes.inventory import NodeInventory
from vibes.domain.rental import Rental


@dataclass(frozen=True, slots=True)
class Demand:
    """What there is to do for one node."""

    waiting: int = 0
    """Pictures that wait, that it could draw once it is there, and that may cost money."""
    allowed: MicroUsd = NOTHING
    """What may still be spent on them, by the limits of their batches."""
    active: int = 0
    """Pictures that it draws."""


NO_DEMAND = Demand()

DemandSource = Callable[[NodeId, NodeInventory | None], Demand]
"""By node, and what it will have once it is there, which counts until it has told that itself; None: unknown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RentalRecord:
    """One rental as it is kept: in the words of its kind."""

    id: str
    node_id: NodeId
    ended_at: datetime | None
    """None: something may be rented under it."""
    content: Mapping[str, Any]
    """JSON."""


class RentalRepository(Protocol):
    """What was rented, and what was about to be; nothing is ordered before its record is written."""

    async def since(self, moment: datetime) -> Sequence[RentalRecord]:
        """All that are open, and those that ended after ``moment``."""

    async def put(self, record: RentalRecord) -> None:
        """Write it, in place of the one with this id if there is one."""


class Rentals(Protocol):
    """All that one kind of nodes rents."""

    def work_from(self, source: DemandSource) -> None:
        """Where to ask what there is to do; before, there is nothing."""

    def listed(self) -> Sequence[Rental]:
        """Open ones first, then those of the last thirty days; each group with the latest first."""

    async def since(self, moment: datetime) -> Sequence[Rental]:
        """All that are open or ended after ``moment``, however long ago."""

    async def end(self, rental_id: str) -> bool:
        """Have it given back, and rent nothing in its place for a while; False when there is no such open rental."""

    @property
    def problems(self) -> Sequence[str]:
        """What an operator should know, in sentences."""

    async def run(self) -> None:
        """Rent, watch and give back until cancelled; whatever was rented before this process is given back first."""

    async def close(self) -> None:
        """Give everything back, as far as that can be waited for."""
