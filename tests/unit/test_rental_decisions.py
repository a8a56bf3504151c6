"""What is decided about rentals, by calls: rows, list, needs and clock in, rows and deeds out."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vibes.generators.vastai.config import VastConfig
from vibes.generators.vastai.costs import Caps, counted, left
from vibes.generators.vastai.decisions import Listing, Need, Scene, Tenant, Verdict, excluded_machines, judge
from vibes.generators.vastai.rental import Phase, Rental, rental_from
from vibes.generators.vastai.wire import Instance, Offer

NOW = 1_000_000.0
MINUTE, HOUR = 60.0, 3600.0
OFFER = Offer(id=7, machine_id=70, gpu_name="RTX 4090", hourly_usd=0.4, download_usd=0.002, upload_usd=0.01)
CONFIG = VastConfig.model_validate({"image": "vastai/comfy:v1", "max_price": 0.5})
PREFIX = "vibes-a-"


def rental(**given_: Any) -> Rental:
    values: dict[str, Any] = {
        "id": "r1",
        "tenant": "card",
        "label": f"{PREFIX}r1",
        "offer": OFFER,
        "intended_at": NOW - 20 * MINUTE,
        "phase": Phase.RENTED,
        "contract": 5,
        "hourly_usd": 0.4,
        "billed_since": NOW - 20 * MINUTE,
        "ready_at": NOW - 15 * MINUTE,
        "needed_at": NOW - MINUTE,
        "counted_at": NOW - 20 * MINUTE,
    }
    return Rental(**{**values, **given_})


def instance(**given_: Any) -> Instance:
    values: dict[str, Any] = {"id": 5, "label": f"{PREFIX}r1", "status": "running", "intended": "running"}
    return Instance(**{**values, **given_})


def verdict(
    *rentals: Rental,
    listed: tuple[Instance, ...] | None = None,
    need: Need | None = None,
    caps: Caps | None = None,
) -> Verdict:
    tenant = Tenant(config=CONFIG, caps=caps or Caps(), need=need or Need(waiting=1, answered_at=NOW - 10))
    listing = None if listed is None else Listing(at=NOW, instances=listed)
    return judge(Scene(now=NOW, rentals=rentals, tenants={"card": tenant}, prefix=PREFIX, listing=listing))


@pytest.mark.parametrize(
    ("seen", "why"),
    [
        (instance(status="exited", message="OOM killed"), "its machine is exited: OOM killed"),
        (instance(status="unknown"), "its machine is unknown"),
        (instance(status="offline"), "its machine is offline"),
        (instance(status="stopped", intended="stopped"), "its machine is stopped"),
        (instance(intended="stopped"), "Vast.ai has stopped it"),
        (instance(status="loading", message="Error: no space left on device"), "its start failed: Error: no space"),
        (instance(hourly_usd=0.51), "its price has risen to $0.510 an hour"),
    ],
)
def test_what_will_not_come_to_anything_or_costs_too_much_is_destroyed_at_once(seen: Instance, why: str) -> None:
    judged = verdict(rental(), listed=(seen,))
    assert judged.rentals[0].phase is Phase.ENDING
    assert judged.rentals[0].why.startswith(why)
    assert judged.destroy == (5,)
    assert not judged.rent


@pytest.mark.parametrize(
    ("row", "need", "why"),
    [
        (rental(ready_at=None), Need(waiting=1), "its ComfyUI did not answer within 12 minutes"),
        (rental(), Need(waiting=1, answered_at=NOW - 11 * MINUTE), "its ComfyUI has not answered for 10 minutes"),
        (rental(needed_at=NOW - 11 * MINUTE), Need(answered_at=NOW), "there is no work for it"),
        (rental(intended_at=NOW - 241 * MINUTE), Need(active=1, answered_at=NOW), "its lifetime is over"),
    ],
)
def test_its_time_is_up(row: Rental, need: Need, why: str) -> None:
    assert verdict(row, listed=(instance(),), need=need).rentals[0].why == why


def test_while_it_works_it_stays() -> None:
    judged = verdict(rental(), listed=(instance(),), need=Need(active=1, answered_at=NOW))
    assert judged.rentals[0].phase is Phase.RENTED
    assert (judged.destroy, judged.rent) == ((), ())


def test_without_a_list_the_clock_alone_decides_and_what_is_known_to_be_rented_is_destroyed() -> None:
    judged = verdict(rental(intended_at=NOW - 241 * MINUTE))
    assert (judged.rentals[0].phase, judged.destroy) == (Phase.ENDING, (5,))
    assert verdict(rental()).rentals[0].phase is Phase.RENTED


def test_absence_is_proven_by_two_lists_some_time_apart_and_the_account_itself() -> None:
    row = rental(phase=Phase.ENDING)
    once = verdict(row, listed=()).rentals[0]
    too_soon = judge(scene_at(NOW + 5, once, gone=True)).rentals[0]
    not_said = judge(scene_at(NOW + 20, once, gone=False)).rentals[0]
    proven = judge(scene_at(NOW + 20, once, gone=True)).rentals[0]
    assert [each.phase for each in (once, too_soon, not_said, proven)] == [*[Phase.ENDING] * 3, Phase.ENDED]
    listing = Listing(at=NOW + 5, instances=(instance(),))
    back = judge(Scene(now=NOW + 5, rentals=(once,), tenants={}, prefix=PREFIX, listing=listing))
    assert (back.rentals[0].absences, back.destroy) == (0, (5,)), "it is listed again: it counts from the beginning"


def scene_at(now: float, row: Rental, *, gone: bool) -> Scene:
    listing = Listing(at=now, instances=(), gone=frozenset({5} if gone else ()))
    return Scene(now=now, rentals=(row,), tenants={}, prefix=PREFIX, listing=listing)


def test_of_two_instances_under_one_label_one_is_kept_and_of_the_others_only_ours_are_destroyed() -> None:
    unclear = rental(phase=Phase.INTENDED, contract=None, ready_at=None, billed_since=None, intended_at=NOW - 30)
    listed = (instance(id=8), instance(id=9), instance(id=10, label="vibes-b-r1"), instance(id=11, label=""))
    judged = verdict(unclear, listed=listed)
    assert (judged.rentals[0].contract, judged.rentals[0].phase) == (8, Phase.RENTED)
    assert judged.destroy == (9,)


def test_nothing_is_ordered_beside_an_order_that_may_have_arrived() -> None:
    unclear = rental(phase=Phase.INTENDED, contract=None, ready_at=None, billed_since=None)
    assert verdict(unclear, listed=()).rent == ()
    assert verdict(unclear).rent == ()
    assert verdict().rent == ("card",)


@pytest.mark.parametrize(
    ("need", "caps", "history", "why"),
    [
        (Need(waiting=1, allowed_usd=0.1), None, (), "what waits may cost $0.10, a start alone may take $0.12"),
        (Need(waiting=1), Caps(daily_usd=0.1), (), "$0.10 of the rent allowed are left, a start may take $0.12"),
        (Need(waiting=1), Caps(monthly_usd=1), (0.95,), "$0.05 of the rent allowed are left, a start may take $0.12"),
        (Need(waiting=1), None, (0.0,) * 4, "4 orders within the last hour are the most"),
    ],
)
def test_why_nothing_is_ordered(need: Need, caps: Caps | None, history: tuple[float, ...], why: str) -> None:
    rows = [
        rental(id=str(number), phase=Phase.ENDED, ended_at=NOW - 5 * MINUTE, spent_usd=spent)
        for number, spent in enumerate(history)
    ]
    judged = verdict(*rows, need=need, caps=caps)
    assert (judged.rent, dict(judged.refused)) == ((), {"card": why})


def test_an_order_that_was_refused_counts_as_none_and_a_broken_machine_for_a_day() -> None:
    refused = [rental(id=str(n), phase=Phase.ENDED, ended_at=NOW, refused=True) for n in range(9)]
    assert verdict(*refused).rent == ("card",)
    broken = rental(phase=Phase.ENDED, bad_machine=True, ended_at=NOW - 23 * HOUR)
    assert excluded_machines([broken], NOW) == {70}
    assert excluded_machines([broken], NOW + 2 * HOUR) == frozenset()


@given(
    spent=st.floats(0, 5),
    price=st.floats(0.01, 0.5),
    cap=st.floats(0.05, 3),
    tick=st.floats(1, 30),
)
def test_by_any_price_it_ends_before_the_cap_is_reached(spent: float, price: float, cap: float, tick: float) -> None:
    """With time to spare for destroying it; looked at every few seconds."""
    row = rental(spent_usd=spent, hourly_usd=price, counted_at=NOW)
    now = NOW
    for _ in range(400):
        scene = Scene(
            now=now,
            rentals=(row,),
            tenants={"card": Tenant(config=CONFIG, caps=Caps(daily_usd=cap), need=Need(active=1, answered_at=now))},
            prefix=PREFIX,
        )
        row = judge(scene).rentals[0]
        if row.phase is Phase.ENDING:
            break
        now += tick
        rest = left([row], Caps(daily_usd=cap), now)
        assert rest is not None
        assert rest > 0
    if row.phase is Phase.ENDING and spent + price * 0.1 < cap:
        assert row.why == "the rent allowed is used up"


def test_a_clock_that_was_put_back_counts_nothing_twice_and_nothing_off() -> None:
    row = rental(spent_usd=0.5, counted_at=NOW)
    assert counted(row, NOW - HOUR) == row
    assert counted(counted(row, NOW - HOUR), NOW + HOUR).spent_usd == pytest.approx(0.5 + 0.41)


def test_a_row_reads_as_it_was_written() -> None:
    row = replace(rental(), absent_at=3.5, why="there is no work for it")
    assert rental_from(row.as_json()) == row
