"""Amounts of money in bodies: dollars outside, whole micro-dollars inside."""

from typing import Annotated

from pydantic import BeforeValidator, Field, PlainSerializer, WithJsonSchema

from vibes.domain.money import MOST, MicroUsd, parse_usd, told_usd

_AMOUNT = {
    "anyOf": [
        {"type": "number", "minimum": 0, "maximum": told_usd(MOST)},
        {"type": "string", "pattern": r"^\$?[0-9]{1,6}(\.[0-9]{1,6})?$"},
    ]
}

Usd = Annotated[MicroUsd, BeforeValidator(parse_usd), WithJsonSchema(_AMOUNT)]
"""A request's amount: 0.08, "0.08" or "$0.08", six decimals at most."""

ToldUsd = Annotated[MicroUsd, PlainSerializer(told_usd, return_type=float)]
"""An answer's amount, as a number of dollars."""

MAX_COST = Field(
    description="Most that all pictures of it may cost together, in dollars; nodes that cost money are left out where "
    "it is 0. Committed before it is spent, so that the limit holds whatever happens. Of a rented machine it bounds "
    "the seconds in which pictures are drawn, and decides whether anything is rented at all; starting and idling are "
    "paid by the budget of its entry in gpus.yaml alone, and told as `machine_usd` by /api/costs.",
    examples=[0.08],
)
