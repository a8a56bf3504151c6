"""Money: whole micro-dollars, so that sums are exact and a limit is a limit. One dollar is 1,000,000 of them."""

import re
from decimal import Decimal, InvalidOperation
from math import ceil, isfinite
from typing import Any, NewType

MicroUsd = NewType("MicroUsd", int)

NOTHING = MicroUsd(0)
PER_USD = 1_000_000
DECIMALS = 6
MOST = MicroUsd(1_000_000 * PER_USD)
"""Largest amount that anybody may name: a million dollars is a slip of the keyboard."""

_LONGEST = 40
"""Characters of an amount."""
_AMOUNT = re.compile(r"\s*\$?\s*(\d+(\.\d*)?|\.\d+)\s*", re.ASCII)


def parse_usd(value: Any) -> MicroUsd:
    """An amount that a person or a program names: ``0.08``, ``"0.08"`` or ``"$0.08"``.

    Raises ValueError, in words that follow the name of the field, for anything that is no amount of whole micro-dollars
    from 0 to a million dollars.
    """
    amount = _decimal(value)
    if amount is None:
        raise ValueError(f"must be an amount in dollars such as 0.08 or $0.08, not {str(value)[:_LONGEST]!r}")
    if not 0 <= amount <= MOST // PER_USD:
        raise ValueError(f"must be from $0 to ${MOST // PER_USD:,}, not {str(value)[:_LONGEST]!r}")
    micros = amount * PER_USD
    if micros != int(micros):
        raise ValueError(f"may have {DECIMALS} decimals at most, not {str(value)[:_LONGEST]!r}")
    return MicroUsd(int(micros))


def _decimal(value: Any) -> Decimal | None:
    """Exactly what was written; of a float its shortest form, which is what was written."""
    if isinstance(value, bool):
        return None
    if isinstance(value, str):
        found = _AMOUNT.fullmatch(value)
        return Decimal(found[1]) if found and len(value) <= _LONGEST else None
    if isinstance(value, int):
        return Decimal(max(-MOST, min(value, MOST)))  # far beyond what may be named; larger ones are no number of C's
    if isinstance(value, float | Decimal) and isfinite(value):
        try:
            return Decimal(repr(value) if isinstance(value, float) else value)
        except InvalidOperation:
            return None
    return None


def reported_usd(value: float | None) -> MicroUsd | None:
    """What a provider says that something cost, rounded up; None when it says nothing, or nonsense."""
    if value is None or not 0 <= value <= MOST // PER_USD:  # which no NaN is
        return None
    return MicroUsd(ceil(Decimal(repr(float(value))) * PER_USD))


def told_usd(amount: MicroUsd) -> float:
    """As a number of dollars, for JSON: the shortest decimal that means it."""
    return amount / PER_USD


def shown_usd(amount: MicroUsd) -> str:
    """For people: ``$0.08``, ``$1.50``, ``$0.0025``."""
    dollars, micros = divmod(amount, PER_USD)
    decimals = f"{micros:06}".rstrip("0").ljust(2, "0")
    return f"${dollars}.{decimals}"
