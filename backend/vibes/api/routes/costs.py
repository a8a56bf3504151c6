"""``/api/costs``: what pictures and rented machines have cost, and what may have been paid for in vain."""

from datetime import date
from typing import Annotated

from fastapi import Query

from vibes.api.http import given
from vibes.api.http.routers import api_router
from vibes.api.schemas.costs import CostsOut, MaybePaidAnswer, MaybePaidBody, MaybePaidList, MaybePaidOut
from vibes.api.schemas.generations import GenerationOut
from vibes.domain.ids import AttemptId

router = api_router(prefix="/api/costs", tag="costs")

Day = Annotated[date | None, Query(description="A day of UTC, as 2026-03-14.")]


@router.get("")
async def get_costs(report: given.CostReport, costs: given.Costs, from_day: Day = None, to_day: Day = None) -> CostsOut:
    """By day, month, node and session, pictures apart from the rent of machines; of the present month where no days
    are given."""
    first, last = (None if day is None else day.isoformat() for day in (from_day, to_day))
    return CostsOut.of(await report.spent(first, last), await costs.count_maybe_paid())


@router.get("/maybe-paid")
async def list_maybe_paid(costs: given.Costs) -> MaybePaidList:
    """Attempts of which nobody can tell whether they were carried out and charged; none is repeated by itself."""
    return MaybePaidList(attempts=[MaybePaidOut.of(each) for each in await costs.maybe_paid()])


@router.post("/maybe-paid/{attempt_id}")
async def settle_maybe_paid(
    attempt_id: str, body: MaybePaidBody, costs: given.Costs, views: given.Views
) -> MaybePaidAnswer:
    """Find out what became of one, give it up, or pay again."""
    answer, generation = await costs.resolve(AttemptId(attempt_id), body.action)
    return MaybePaidAnswer.of(answer, GenerationOut.of(generation, views.prospect(generation)))
