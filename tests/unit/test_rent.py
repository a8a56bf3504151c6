"""What rented machines cost beyond the pictures that they draw."""

from datetime import UTC, datetime, timedelta

import pytest

from vibes.domain.ids import NodeId, SessionId
from vibes.domain.money import MicroUsd
from vibes.domain.rental import MachineCost, Rental, RentalState, machine_costs
from vibes.domain.spending import SpendingState, SpendingTotal

CLOUD = NodeId("cloud")
EVENING = datetime(2026, 3, 14, 23, 0, tzinfo=UTC)


def rental(cost: int, hours: float | None, since: datetime = EVENING) -> Rental:
    """One that lasts so long, or is open."""
    return Rental(
        id="r1",
        node_id=CLOUD,
        provider="Vast.ai",
        label="vibes-1",
        contract="501",
        machine="RTX 4090",
        state=RentalState.READY if hours is None else RentalState.ENDED,
        reason="",
        per_hour=MicroUsd(300_000),
        cost=MicroUsd(cost),
        since=since,
        ended_at=None if hours is None else since + timedelta(hours=hours),
    )


def pictures(day: str, amount: int, state: SpendingState = SpendingState.SPENT) -> SpendingTotal:
    return SpendingTotal(
        day=day, node_id=CLOUD, session_id=SessionId("s"), state=state, amount=MicroUsd(amount), pictures=1
    )


def on(day: str, amount: int) -> MachineCost:
    return MachineCost(day=day, node_id=CLOUD, amount=MicroUsd(amount))


NEXT_DAY = EVENING + timedelta(hours=2)


def test_it_is_the_rent_without_what_pictures_hold() -> None:
    held = [pictures("2026-03-14", 30_000), pictures("2026-03-14", 10_000, SpendingState.COMMITTED)]
    assert machine_costs([rental(100_000, 0.5)], held, NEXT_DAY) == (on("2026-03-14", 60_000),)
    assert machine_costs([rental(100_000, 0.5)], [], NEXT_DAY) == (on("2026-03-14", 100_000),)


def test_it_is_never_less_than_nothing_where_more_is_set_aside_than_the_rent_so_far() -> None:
    held = [pictures("2026-03-14", 50_000, SpendingState.COMMITTED)]
    assert machine_costs([rental(20_000, 0.1)], held, NEXT_DAY) == ()


def test_rent_over_midnight_belongs_to_both_days_by_its_hours() -> None:
    assert machine_costs([rental(100_001, 4.0)], [], NEXT_DAY) == (on("2026-03-14", 25_000), on("2026-03-15", 75_001))
    assert machine_costs([rental(90_000, None)], [], NEXT_DAY) == (on("2026-03-14", 45_000), on("2026-03-15", 45_000))


@pytest.mark.parametrize("hours", [0.0, 0.4, 1.0, 7.3, 24.0, 25.0, 70.1])
@pytest.mark.parametrize("cost", [0, 1, 99_999, 1_234_567])
def test_no_part_of_it_is_lost_between_the_days(hours: float, cost: int) -> None:
    parts = machine_costs([rental(cost, hours), rental(cost, hours)], [], NEXT_DAY)
    assert sum(each.amount for each in parts) == 2 * cost


def test_each_node_has_its_own() -> None:
    elsewhere = SpendingTotal(
        day="2026-03-14",
        node_id=NodeId("fal"),
        session_id=SessionId("s"),
        state=SpendingState.SPENT,
        amount=MicroUsd(5),
        pictures=1,
    )
    assert machine_costs([rental(7, 0.5)], [elsewhere], NEXT_DAY) == (on("2026-03-14", 7),)
