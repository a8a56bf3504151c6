"""A wish to operations on a prompt."""

import re
from collections.abc import Callable, Mapping

from vibes.domain.refinement.changes import Changes
from vibes.domain.refinement.rules.counting import one_fewer, one_more
from vibes.domain.refinement.rules.doing import acting
from vibes.domain.refinement.rules.known import Known
from vibes.domain.refinement.rules.lexicon.qualities import BODY
from vibes.domain.refinement.rules.terms import term_of
from vibes.domain.refinement.rules.wanting import (
    as_prompted,
    being,
    instead,
    less,
    more,
    swapped,
    too,
    wanted,
    without_place,
)
from vibes.domain.refinement.rules.wishes import IT, SOMEBODY, Wish
from vibes.domain.refinement.rules.wordings.intentions import Intention
from vibes.domain.refinement.words import ENGLISH

_NAMES_NEW = {Intention.WANT, Intention.SWAP, Intention.INSTEAD, Intention.ONE_MORE}
_ASK_NOTHING = {Intention.NOTHING, Intention.MENTION}
_EMPTY_TEXT = (
    "it this that them they good great nice perfect fine ok okay yes no hmm hm well cool wow thanks more less "
    "left right "
    "one first second last best worst done nothing enough"
)
EMPTY_WORDS = frozenset(_EMPTY_TEXT.split())


_MOVING = re.compile(r"(?<=\S) (?:kommen|gehen|sein|werden|sehen)$")
"""What a German says at the end of where something is, and no prompt does."""


def operations_of(wish: Wish, known: Known, language: str) -> Changes:
    x, y, a = (term_of(each, language, known.language) for each in (wish.x, wish.y, wish.a))
    y = as_prompted(y, known)
    if wish.x.lower() in SOMEBODY[language] | IT:
        x = "her" if wish.x.lower() in SOMEBODY[language] else "it"
    x = x if wish.intention in _NAMES_NEW else as_prompted(x, known)
    if wish.intention in _ASK_NOTHING or (not x and not a) or (x.lower() in EMPTY_WORDS and not a):
        return _of_the_camera(wish, known) if wish.intention is not Intention.TOO or not a else too("", a, known)
    carried_out: Mapping[Intention, Callable[[], Changes]] = {
        Intention.KEEP: lambda: Changes(keep=(x,)),
        Intention.REMOVE: lambda: Changes(remove=(x if known.holds(x) else without_place(x),)),
        Intention.REMOVE_IF_THERE: lambda: Changes(remove=(x,)),
        Intention.LESS: lambda: less(x, known),
        Intention.BAD: lambda: Changes(remove=(f"deformed {x}" if x.lower() in BODY else x,)),
        Intention.MORE: lambda: more(x, known),
        Intention.SWAP: lambda: swapped("" if wish.y.lower() in IT else y, x, known),
        Intention.TOO: lambda: too(x, a, known),
        Intention.TOO_IF_ATTRIBUTE: lambda: too(x, a, known),
        Intention.INSTEAD: lambda: instead(x, known),
        Intention.ONLY_ONE: lambda: wanted(f"one {x}", known) if known.holds(x) else wanted(x, known),
        Intention.ONE_MORE: lambda: one_more(x, known) if known.holds(x) else wanted(x, known),
        Intention.ONE_FEWER: lambda: one_fewer(x, known),
        Intention.BE: lambda: being(x, a, known),
        Intention.BE_IF_ATTRIBUTE: lambda: being(x, a, known),
        Intention.BE_IF_KNOWN: lambda: being(x, a, known),
        Intention.DO: lambda: acting(
            x, _MOVING.sub("", a), known, translated=language not in {ENGLISH, known.language}
        ),
        Intention.DO_IF_DOING: lambda: acting(
            x, _MOVING.sub("", a), known, translated=language not in {ENGLISH, known.language}
        ),
        Intention.HAVE: lambda: acting(x, f"have {a}", known),
    }
    return carried_out.get(wish.intention, lambda: wanted(x, known))()


def _of_the_camera(wish: Wish, known: Known) -> Changes:
    shots = {Intention.CLOSER: "close-up", Intention.FARTHER: "wide shot"}
    return wanted(shots[wish.intention], known) if wish.intention in shots else Changes()
