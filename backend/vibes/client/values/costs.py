"""What pictures and rented machines have cost, as the hub reports it: dollars, by days and months of UTC."""

from dataclasses import dataclass
from datetime import date, datetime

from vibes.client.values.pictures import Generation
from vibes.domain.spending import Finding


@dataclass(frozen=True, slots=True, kw_only=True)
class CostSum:
    spent_usd: float
    committed_usd: float
    """Set aside for what is under way."""
    unclear_usd: float
    """Nobody can tell whether it was charged; it counts as if it was."""
    pictures: int
    machine_usd: float
    """Rent of machines that is no picture's: starting, idling and traffic."""
    all_usd: float
    """The four amounts together."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DayCost(CostSum):
    day: date


@dataclass(frozen=True, slots=True, kw_only=True)
class MonthCost(CostSum):
    month: str


@dataclass(frozen=True, slots=True, kw_only=True)
class GpuCostSum(CostSum):
    gpu_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionCost(CostSum):
    session_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Costs:
    from_day: date
    to_day: date
    total: CostSum
    """Of this period, as all below but today and this month."""
    today: CostSum
    this_month: CostSum
    days: tuple[DayCost, ...]
    months: tuple[MonthCost, ...]
    gpus: tuple[GpuCostSum, ...]
    sessions: tuple[SessionCost, ...]
    maybe_paid: int
    """Attempts that wait for a person to settle them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MaybePaid:
    """An attempt of which nobody can tell whether it was carried out and charged."""

    attempt_id: str
    generation_id: str
    batch_id: str
    session_id: str
    gpu_id: str
    prompt: str
    message: str
    amount_usd: float | None
    created_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class MaybePaidPage:
    attempts: tuple[MaybePaid, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class MaybePaidAnswer:
    """What came of one."""

    attempt_id: str
    finding: Finding
    message: str
    generation: Generation
