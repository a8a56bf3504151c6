"""Seeds of 64 bits for programs that count in floats, such as browsers."""

from vibes.domain.pictures.spec import MAX_SEED

MAX_EXACT = 2**53 - 1
"""Largest whole number that a double holds exactly: ECMAScript's Number.MAX_SAFE_INTEGER."""

MAX_DIGITS = len(str(MAX_SEED))


def told_seed(seed: int) -> int | str:
    """The number, or its decimal digits where a browser would round it; `seed_of` reads both."""
    return seed if seed <= MAX_EXACT else str(seed)


def seed_of(value: object) -> int | None:
    """The seed in a number or its decimal digits; None for anything else, and beyond ComfyUI's limit."""
    if isinstance(value, str) and value.isascii() and value.isdecimal() and len(value) <= MAX_DIGITS:
        value = int(value)
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= MAX_SEED:
        return value
    return None
