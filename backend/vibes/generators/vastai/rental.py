"""One rental as a value: the row that is written before the order goes out, and what became of it.

All that decides about it is in it, in the provider's terms and as it is stored. What people are shown of a rental is
made of it by who rents (``vibes.nodes.vast``), whatever the provider, and decides nothing.
"""

from dataclasses import asdict, dataclass, replace
from enum import StrEnum
from typing import Any

from pydantic import TypeAdapter

from vibes.generators.vastai.wire import Offer


class Phase(StrEnum):
    INTENDED = "intended"
    """The order may go out, or has gone out and nobody knows whether it arrived."""
    RENTED = "rented"
    """There is a contract."""
    ENDING = "ending"
    """To be destroyed, until it is proven gone."""
    ENDED = "ended"
    """Proven gone, or never rented."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rental:
    """Times are seconds since 1970, money is US dollars."""

    id: str
    tenant: str
    """Who rents: a node."""
    label: str
    """What the instance is called at Vast.ai; different for every rental."""
    offer: Offer
    intended_at: float
    phase: Phase = Phase.INTENDED
    contract: int | None = None
    hourly_usd: float
    """As told last: a host may raise it under a running contract."""
    billed_since: float | None = None
    ready_at: float | None = None
    """Since when its ComfyUI answers."""
    needed_at: float
    """When there was work for it last."""
    spent_usd: float = 0.0
    """Up to `counted_at`, traffic included as far as it can be foreseen."""
    counted_at: float
    absences: int = 0
    """Complete lists in a row without it, some time apart."""
    absent_at: float | None = None
    """When the latest of them was read."""
    why: str = ""
    """Why it ends, as a sentence without a subject."""
    bad_machine: bool = False
    """It failed by itself, so that its machine is not rented again for a while."""
    refused: bool = False
    """The order was answered by a no: it never was a rental."""
    ended_at: float | None = None

    @property
    def open(self) -> bool:
        """Whether something may still be rented under it."""
        return self.phase is not Phase.ENDED

    def ending(self, why: str, *, bad_machine: bool = False) -> "Rental":
        """It is to be destroyed; the first reason stays."""
        if self.phase not in {Phase.INTENDED, Phase.RENTED}:
            return self
        return replace(self, phase=Phase.ENDING, why=why, bad_machine=bad_machine, absences=0, absent_at=None)

    def ended(self, at: float, why: str = "") -> "Rental":
        return replace(self, phase=Phase.ENDED, ended_at=at, why=self.why or why)

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


_RENTAL = TypeAdapter(Rental)


def rental_from(row: dict[str, Any]) -> Rental:
    """Out of what `Rental.as_json` made."""
    return _RENTAL.validate_python(row)
