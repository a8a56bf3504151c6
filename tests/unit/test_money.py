"""Money is counted in whole micro-dollars, from what people write to what they read."""

import math
from random import Random

import pytest

from vibes.domain.cost import NodeCost
from vibes.domain.money import MicroUsd, parse_usd, reported_usd, shown_usd, told_usd


@pytest.mark.parametrize(
    ("written", "micros"),
    [
        ("0.08", 80_000),
        ("$0.08", 80_000),
        (" $ 1.5 ", 1_500_000),
        (".5", 500_000),
        ("3.", 3_000_000),
        (0.08, 80_000),
        (0.1 + 0.2 - 0.3 + 0.0, None),
        (1e-06, 1),
        (2, 2_000_000),
        (0, 0),
        ("0.000001", 1),
        ("0.0000001", None),
        ("-1", None),
        (-1, None),
        (True, None),
        (math.nan, None),
        (math.inf, None),
        ("lots", None),
        ("1e3", None),
        ("٣", None),
        (None, None),
        ([], None),
        (10**9, None),
        (10**400, None),
        (-(10**400), None),
        ("9" * 50, None),
    ],
)
def test_an_amount_is_what_was_written_or_refused(written: object, micros: int | None) -> None:
    if micros is None:
        with pytest.raises(ValueError, match=r"must be|may have"):
            parse_usd(written)
    else:
        assert parse_usd(written) == micros


def test_what_is_told_and_shown_is_read_again_as_the_same_amount() -> None:
    chance = Random(1)  # noqa: S311 - chooses examples
    for _ in range(2000):
        amount = MicroUsd(chance.choice([chance.randrange(100), chance.randrange(10**6), chance.randrange(10**11)]))
        assert parse_usd(told_usd(amount)) == amount
        assert parse_usd(shown_usd(amount)) == amount
    assert [shown_usd(MicroUsd(each)) for each in (0, 80_000, 1_500_000, 2_500)] == [
        *("$0.00", "$0.08", "$1.50", "$0.0025"),
    ]


def test_what_a_provider_reports_is_rounded_up_and_nonsense_is_unknown() -> None:
    assert reported_usd(0.0000001) == 1
    assert reported_usd(0.02) == 20_000
    assert [reported_usd(each) for each in (None, math.nan, math.inf, -0.1, 1e12, 10**400)] == [None] * 6


def test_an_hour_is_shared_by_its_milliseconds_and_never_rounded_down() -> None:
    rented = NodeCost(per_hour=parse_usd("0.36"))
    assert rented.of(3600) == 360_000
    assert rented.of(0.001) == 1
    assert rented.of(-5) == 0
    assert rented.at_most(10) == rented.of(80)
    assert NodeCost(per_image=parse_usd("0.02")).at_most(100) == 20_000
    assert str(rented) == "$0.36 an hour"
    assert str(NodeCost(per_image=parse_usd("0.02"), per_hour=parse_usd("1"))) == "$0.02 a picture and $1.00 an hour"
