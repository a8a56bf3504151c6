"""'Did you mean …?': the known names nearest to one that is not known."""

from collections.abc import Iterable
from difflib import get_close_matches


def near_names(name: str, known: Iterable[str], limit: int = 3) -> list[str]:
    """The ``known`` names most alike ``name``, best first; letter case does not count."""
    by_folded = {candidate.casefold(): candidate for candidate in known}
    matches = get_close_matches(name.casefold(), by_folded, n=limit, cutoff=0.5)
    return [by_folded[match] for match in matches]


def near_name_hint(name: str, known: Iterable[str]) -> str:
    """A tail for an error message: ``"; did you mean steps?"`` or nothing."""
    matches = near_names(name, known)
    return f"; did you mean {' or '.join(matches)}?" if matches else ""
