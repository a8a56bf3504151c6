"""'Did you mean …?': the known names nearest to one that is not known."""

from collections.abc import Iterable
from difflib import get_close_matches

_LONGEST_NAME = 200
"""Characters. The search takes time in proportion to both lengths, and longer names are no typing mistakes."""


def near_names(name: str, known: Iterable[str], limit: int = 3, *, cutoff: float = 0.5) -> list[str]:
    """The ``known`` names most like ``name``, best first; letter case does not matter.

    ``cutoff``: difflib's ratio that a name must reach, 0 for any, 1 for equal.
    """
    by_folded = {candidate.casefold(): candidate for candidate in known}
    if len(name) > _LONGEST_NAME:
        return []
    matches = get_close_matches(name.casefold(), by_folded, n=limit, cutoff=cutoff)
    return [by_folded[match] for match in matches]


def near_name_hint(name: str, known: Iterable[str], *, cutoff: float = 0.5) -> str:
    """The end of an error message: ``"; did you mean steps?"`` or nothing."""
    matches = near_names(name, known, cutoff=cutoff)
    return f"; did you mean {' or '.join(matches)}?" if matches else ""
