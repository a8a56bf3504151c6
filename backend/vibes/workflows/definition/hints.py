"""Parts of error messages: how a wrong value is quoted, and which names are suggested instead."""

from collections.abc import Iterable

from vibes.text.near_names import near_name_hint

_LONGEST_SHOWN = 100
_MOST_LISTED = 20


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """The end of a message about an unknown ``name``: the nearest known names, else all known names, else nothing."""
    names = list(dict.fromkeys(known))
    near = near_name_hint(name, names)
    if near or not names:
        return near
    return f"; known: {', '.join(names[:_MOST_LISTED])}{', …' if len(names) > _MOST_LISTED else ''}"


def shown(value: object) -> str:
    """A value as an error message quotes it, always short."""
    if isinstance(value, int) and value.bit_length() > _LONGEST_SHOWN:
        return "a far larger number"  # Python refuses to print a number of thousands of digits
    text = repr(value[:_LONGEST_SHOWN] if isinstance(value, str) else value)
    return text if len(text) <= _LONGEST_SHOWN else f"{text[: _LONGEST_SHOWN - 1]}…"
