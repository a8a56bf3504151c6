"""The shortest story that still goes wrong in the same way."""

import re
from collections.abc import Callable

from tests.simulation.story import Deed, Told

MOST_TELLINGS = 150

_PARTICULAR = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}|\d+(?:\.\d+)?")

Deeds = tuple[Deed, ...]


def kinds(told: Told) -> frozenset[str]:
    """What went wrong, without ids and numbers: those are other ones in each story."""
    return frozenset(_PARTICULAR.sub("…", problem)[:120] for problem in told.problems)


def shrunk(deeds: Deeds, tell: Callable[[Deeds], Told]) -> Deeds:
    """Without what is not needed for one of the same problems: halves are left out first, then smaller parts."""
    wrong = kinds(tell(deeds))
    left = MOST_TELLINGS
    part = max(len(deeds) // 2, 1)
    while part:
        place = 0
        while place < len(deeds) and left:
            fewer = deeds[:place] + deeds[place + part :]
            left -= 1
            if kinds(tell(fewer)) & wrong:
                deeds = fewer
            else:
                place += part
        part = part // 2 if left else 0
    return deeds
