"""How a complaint quotes what is wrong, and what it names instead."""

from collections.abc import Iterable

from vibes.text.near_names import near_name_hint

_LONGEST_SHOWN = 100
_MOST_LISTED = 20


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """The tail of a complaint about an unknown ``name``: the nearest known names, else all, else nothing."""
    names = list(dict.fromkeys(known))
    near = near_name_hint(name, names)
    if near or not names:
        return near
    return f"; known: {', '.join(names[:_MOST_LISTED])}{', …' if len(names) > _MOST_LISTED else ''}"


def shown(value: object) -> str:
    """A value as a complaint quotes it: short, whatever it is."""
    if isinstance(value, int) and value.bit_length() > _LONGEST_SHOWN:
        return "a far larger number"  # thousands of digits cannot even be printed
    text = repr(value[:_LONGEST_SHOWN] if isinstance(value, str) else value)
    return text if len(text) <= _LONGEST_SHOWN else f"{text[: _LONGEST_SHOWN - 1]}…"
