"""Which words may go on from what stands before the caret."""

import re
from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum


class CompletionKind(StrEnum):
    WILDCARD = "wildcard"
    EMBEDDING = "embedding"
    LORA = "lora"
    TRIGGER = "trigger"
    """A word that calls up a LoRA."""
    STYLE = "style"
    CHARACTER = "character"
    HISTORY = "history"
    """A phrase of a prompt that was used before."""
    TAG = "tag"


@dataclass(frozen=True, slots=True)
class Entry:
    """Something that can be completed."""

    kind: CompletionKind
    text: str
    """As it is shown."""
    insert: str
    """What stands in the prompt for it; of a style or a LoRA, which are no words, its name."""
    folded: str
    """As it is searched."""
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Fragment:
    """The end of a text that is to be completed."""

    text: str
    kinds: frozenset[CompletionKind]
    wanted: str
    """What entries are searched for, folded by the caller's rule."""


_BEFORE = re.compile(r"[,;\n(){}|<>]")
_LEADS = (
    ("__", frozenset({CompletionKind.WILDCARD})),
    ("embedding:", frozenset({CompletionKind.EMBEDDING})),
    ("lora:", frozenset({CompletionKind.LORA})),
)
_ALL = frozenset(CompletionKind)
_ORDER = (
    CompletionKind.WILDCARD,
    CompletionKind.STYLE,
    CompletionKind.CHARACTER,
    CompletionKind.HISTORY,
    CompletionKind.EMBEDDING,
    CompletionKind.TRIGGER,
    CompletionKind.LORA,
    CompletionKind.TAG,
)
_LEAST = 2
"""Characters before anything is proposed, where no lead says what is wanted."""
_LONGEST = 80


def fragments(text: str) -> Sequence[Fragment]:
    """What may be completed, the longest first: all since the last comma or bracket, or the last word alone."""
    since = _BEFORE.split(text)[-1].lstrip()
    for lead, kinds in _LEADS:
        at = since.lower().rfind(lead)
        if at >= 0 and (rest := since[at:])[len(lead) :].count(" ") == 0:
            if lead == "__" and since.count("__") % 2 == 0:
                continue  # it is finished
            return [Fragment(rest, kinds, rest[len(lead) :].lower())]
    words = since.split()
    if not words or since[-1:].isspace():
        return []
    tails = dict.fromkeys((since, " ".join(words[-2:]), words[-1]))
    return [Fragment(each, _ALL, each.lower()) for each in tails if _LEAST <= len(each) <= _LONGEST]


_WORD = re.compile(r"[ /_-](?=[^ /_-])")
_OFFSET_BITS = 10
LOOKED_AT = 1_000
"""Entries that a search looks at; of more, those first in the alphabet."""


class Index:
    """Entries of one kind, found by how they or one of their words begin, in a time that hardly grows with them."""

    def __init__(self, entries: Sequence[Entry]) -> None:
        self._entries = entries
        self._begins = array("Q", sorted((each << _OFFSET_BITS for each in range(len(entries))), key=self.tail))
        words = (
            place << _OFFSET_BITS | found.end()
            for place, entry in enumerate(entries)
            for found in _WORD.finditer(entry.folded, 0, 1 << _OFFSET_BITS)
        )
        self._words = array("Q", sorted(words, key=self.tail))

    def begin(self, wanted: str, limit: int) -> list[Entry]:
        """Those that begin so and go on, in the order of the entries."""
        return self._found(self._begins, wanted, limit)

    def within(self, wanted: str, limit: int) -> list[Entry]:
        """Those of which another word than the first does."""
        found = self._found(self._words, wanted, limit)
        return [entry for entry in found if not entry.folded.startswith(wanted)]

    def _found(self, places: Sequence[int], wanted: str, limit: int) -> list[Entry]:
        first = bisect_left(places, wanted, key=self.tail)
        after = bisect_right(places, wanted, first, key=lambda place: self.tail(place)[: len(wanted)])
        matching = {place >> _OFFSET_BITS for place in places[first : min(after, first + LOOKED_AT)]}
        found = (self._entries[place] for place in sorted(matching))
        return [entry for entry in found if entry.folded != wanted][:limit]

    def tail(self, place: int) -> str:
        """How an entry goes on from one of its words."""
        return self._entries[place >> _OFFSET_BITS].folded[place & ((1 << _OFFSET_BITS) - 1) :]


def completed(fragment: Fragment, indexes: Callable[[CompletionKind], Sequence[Index]], limit: int) -> list[Entry]:
    """Those that begin so, then those with a word that does, of each kind as many as of the others as far as there
    are; what people have made comes first."""
    asked = [index for kind in _ORDER if kind in fragment.kinds for index in indexes(kind)]
    found = _shared([index.begin(fragment.wanted, limit) for index in asked], limit)
    if len(found) < limit:
        found += _shared([index.within(fragment.wanted, limit) for index in asked], limit - len(found))
    return found


def _shared(lists: Sequence[Sequence[Entry]], limit: int) -> list[Entry]:
    taken = [0] * len(lists)
    left = limit
    while left and (waiting := [place for place, each in enumerate(lists) if taken[place] < len(each)]):
        for place in waiting[:left]:
            taken[place] += 1
        left -= min(left, len(waiting))
    return [entry for place, each in enumerate(lists) for entry in each[: taken[place]]]
