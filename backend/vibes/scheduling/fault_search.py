"""Finds the waiting works on which a plan fails, by planning without them."""

from collections.abc import Callable, Sequence

from vibes.domain.ids import GenerationId
from vibes.scheduling.snapshot import Work

ROUNDS = 8
"""Works, or kinds of them, found one after another before the search ends without success."""

ALIKE = 5
"""After so many failing works of one kind, all of that kind are left out, also those that may not fail."""

Breaks = Callable[[Sequence[Work]], bool]


def culprits(works: Sequence[Work], breaks: Breaks) -> list[Work] | None:
    """Works without which the others can be planned; None when leaving some out does not help.

    ``breaks``: whether a plan of these works raises; called at most ``ROUNDS`` times the logarithm of their number.
    Several works of one kind that fail one after another are left out together.
    """
    left, out = list(works), list[Work]()
    for _ in range(ROUNDS):
        if not breaks(left):
            return out
        last = _last_of_smallest_prefix(left, breaks)
        if last is None:
            return None
        alike = sum(each.kind == last.kind for each in out) + 1 >= ALIKE
        gone = {each.generation_id for each in left if each is last or (alike and each.kind == last.kind)}
        out += [each for each in left if each.generation_id in gone]
        left = [each for each in left if each.generation_id not in gone]
    return None if breaks(left) else out


def smallest(works: Sequence[Work], found: Sequence[Work], breaks: Breaks) -> Sequence[Work]:
    """As few works as possible on which a plan still fails, tried in this order: the found ones, those with one of each
    other kind, all."""
    some: dict[str, Work] = {}
    wanted: set[GenerationId] = {each.generation_id for each in found}
    for each in works:
        some.setdefault(each.kind, each)
    one_each = {each.generation_id for each in some.values()} | wanted
    for ids in (wanted, one_each):
        part = [each for each in works if each.generation_id in ids]
        if breaks(part):
            return part
    return works


def _last_of_smallest_prefix(works: Sequence[Work], breaks: Breaks) -> Work | None:
    """The last work of the shortest prefix on which a plan fails."""
    passes, fails = 0, len(works)
    if breaks([]):
        return None
    while fails - passes > 1:
        middle = (passes + fails) // 2
        if breaks(works[:middle]):
            fails = middle
        else:
            passes = middle
    return works[fails - 1] if works else None
