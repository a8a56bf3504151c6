"""How a seed of 64 bits goes through programs that count in floats, as every browser does."""

from vibes.domain.spec import MAX_SEED

MAX_EXACT = 2**53 - 1
"""The largest whole number that a double holds beyond doubt: ECMAScript's Number.MAX_SAFE_INTEGER."""

MAX_DIGITS = len(str(MAX_SEED))


def told_seed(seed: int) -> int | str:
    """The number, or its decimal digits where a browser would round it: read and sent back, it stays what it was."""
    return seed if seed <= MAX_EXACT else str(seed)


def seed_of(value: object) -> int | None:
    """A number or its decimal digits as a seed; None when it is neither, or beyond what ComfyUI takes."""
    if isinstance(value, str) and value.isascii() and value.isdecimal() and len(value) <= MAX_DIGITS:
        value = int(value)
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= MAX_SEED:
        return value
    return None
