"""Which of the waiting works a plan breaks on, found by planning without them."""

from collections.abc import Callable, Sequence

from vibes.domain.ids import GenerationId
from vibes.scheduling.snapshot import Work

ROUNDS = 8
"""Works, or kinds of them, that are found one after another before the search is given up."""

ALIKE = 2
"""So many works of one kind that break a plan stand for all of their kind."""

Breaks = Callable[[Sequence[Work]], bool]


def culprits(works: Sequence[Work], breaks: Breaks) -> list[Work] | None:
    """Works without which the others can be planned; None when leaving some out does not help.

    ``breaks`` says whether a plan of these works raises; it is asked for at most ``ROUNDS`` times the logarithm of
    their number. Works of one kind that break it one after another are left out together.
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
    """As few of these works as still break a plan, tried in an obvious order: the found ones, those beside one of each
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
    """Of these, which break a plan: the one with which they begin to."""
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
