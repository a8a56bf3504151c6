"""Bodies of ``/api/costs``."""

from collections.abc import Callable, Iterable
from datetime import date
from typing import Any, Literal, TypeVar

from pydantic import Field

from vibes.api.schemas.common import RequestBody, Timestamp
from vibes.api.schemas.generations import GenerationOut, ResponseBody
from vibes.api.schemas.money import ToldUsd
from vibes.domain.money import NOTHING, MicroUsd
from vibes.domain.rental import MachineCost
from vibes.domain.spending import Answer, Finding, MaybePaidAttempt, SpendingState, SpendingTotal, month_of
from vibes.services.generations.cost_report import Spent

_Entry = SpendingTotal | MachineCost


class CostSum(ResponseBody):
    spent_usd: ToldUsd = Field(description="On pictures; on a rented machine, the seconds in which they are drawn.")
    committed_usd: ToldUsd = Field(description="Set aside for what is under way.")
    unclear_usd: ToldUsd = Field(description="Nobody can tell whether it was charged; it counts as if it was.")
    machine_usd: ToldUsd = Field(
        description="Rent of machines that is no picture's: starting, idling and traffic, by the hub's own count. It "
        "belongs to no session, and no `max_cost_usd` bounds it, but the budget of the machine's entry in gpus.yaml."
    )
    all_usd: ToldUsd = Field(description="The four amounts together.")
    pictures: int = Field(description="Attempts that this was for, machines apart.")


class DayCost(CostSum):
    day: date = Field(description="Of UTC; money counts towards the day on which it was committed.")


class MonthCost(CostSum):
    month: str = Field(description="Of UTC: `2026-03`.")


class GpuCost(CostSum):
    gpu_id: str


class SessionCost(CostSum):
    session_id: str


class CostsOut(ResponseBody):
    """What pictures and rented machines have cost, in dollars. Days and months are those of UTC."""

    from_day: date
    to_day: date
    total: CostSum = Field(description="Of this period.")
    today: CostSum
    this_month: CostSum
    days: list[DayCost] = Field(description="Newest first; days without costs are left out.")
    months: list[MonthCost] = Field(description="Of this period, newest first.")
    gpus: list[GpuCost] = Field(description="Of this period, the dearest first.")
    sessions: list[SessionCost] = Field(description="Of this period, the dearest first; 100 at most.")
    maybe_paid: int = Field(description="Attempts that wait for a person: see /api/costs/maybe-paid.")

    @classmethod
    def of(cls, spent: Spent, maybe_paid: int) -> "CostsOut":
        period = spent.period
        entries: list[_Entry] = [*spent.pictures, *spent.machines]
        within = [each for each in entries if period.from_day <= each.day <= period.to_day]
        days = _grouped(within, lambda each: each.day)
        months = _grouped(within, lambda each: month_of(each.day))
        gpus = _grouped(within, lambda each: each.node_id)
        sessions = _grouped(within, lambda each: each.session_id if isinstance(each, SpendingTotal) else None)
        return cls(
            from_day=date.fromisoformat(period.from_day),
            to_day=date.fromisoformat(period.to_day),
            total=CostSum(**_sums(within)),
            today=CostSum(**_sums(each for each in entries if each.day == period.today)),
            this_month=CostSum(**_sums(each for each in entries if month_of(each.day) == month_of(period.today))),
            days=[DayCost(day=date.fromisoformat(day), **_sums(some)) for day, some in sorted(days, reverse=True)],
            months=[MonthCost(month=month, **_sums(some)) for month, some in sorted(months, reverse=True)],
            gpus=_dearest([GpuCost(gpu_id=node_id, **_sums(some)) for node_id, some in gpus]),
            sessions=_dearest([SessionCost(session_id=each, **_sums(some)) for each, some in sessions if each])[:100],
            maybe_paid=maybe_paid,
        )


class MaybePaidOut(ResponseBody):
    attempt_id: str
    generation_id: str
    batch_id: str
    session_id: str
    gpu_id: str
    prompt: str
    message: str = Field(description="What is known of it, in words.")
    amount_usd: ToldUsd | None = Field(description="What it may have cost; null where its node had no price.")
    created_at: Timestamp

    @classmethod
    def of(cls, attempt: MaybePaidAttempt) -> "MaybePaidOut":
        return cls(
            attempt_id=attempt.attempt_id,
            generation_id=attempt.generation_id,
            batch_id=attempt.batch_id,
            session_id=attempt.session_id,
            gpu_id=attempt.node_id,
            prompt=attempt.prompt,
            message=attempt.message,
            amount_usd=attempt.amount,
            created_at=attempt.created_at,
        )


class MaybePaidList(ResponseBody):
    attempts: list[MaybePaidOut] = Field(description="Oldest first, 1,000 at most.")


class MaybePaidBody(RequestBody):
    action: Literal["find_out", "give_up", "pay_again"] = Field(
        description="find_out: ask the node again, and take the picture if it is there. give_up: it counts as paid "
        "for, and nobody asks any more. pay_again: the same, and the picture is queued once more, with as much again "
        "to spend."
    )


class MaybePaidAnswer(ResponseBody):
    attempt_id: str
    finding: Finding
    message: str = Field(description="In words.")
    generation: GenerationOut

    @classmethod
    def of(cls, answer: Answer, generation: GenerationOut) -> "MaybePaidAnswer":
        return cls(attempt_id=answer.attempt_id, finding=answer.finding, message=answer.message, generation=generation)


_K = TypeVar("_K")


def _grouped(entries: Iterable[_Entry], key: Callable[[_Entry], _K]) -> list[tuple[_K, list[_Entry]]]:
    groups: dict[_K, list[_Entry]] = {}
    for each in entries:
        groups.setdefault(key(each), []).append(each)
    return [*groups.items()]


def _sums(entries: Iterable[_Entry]) -> dict[str, Any]:
    sums = dict.fromkeys(SpendingState, NOTHING)
    machine = pictures = 0
    for each in entries:
        if isinstance(each, MachineCost):
            machine += each.amount
        else:
            sums[each.state] = MicroUsd(sums[each.state] + each.amount)
            pictures += each.pictures
    return {
        "spent_usd": sums[SpendingState.SPENT],
        "committed_usd": sums[SpendingState.COMMITTED],
        "unclear_usd": sums[SpendingState.UNCLEAR],
        "machine_usd": MicroUsd(machine),
        "all_usd": MicroUsd(machine + sum(sums.values())),
        "pictures": pictures,
    }


_S = TypeVar("_S", bound=CostSum)


def _dearest(sums: list[_S]) -> list[_S]:
    return sorted(sums, key=lambda each: -each.all_usd)
