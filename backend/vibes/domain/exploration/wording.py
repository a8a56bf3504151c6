"""Other wordings of a prompt: what it says exchanged for something else, or something added that it does not say."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, islice, zip_longest

from vibes.domain.exploration.variations import exchanged
from vibes.domain.exploration.words import ADDED, INSTEAD, SAME
from vibes.domain.pictures.variation import ADDED_WORDING, WORDING


@dataclass(frozen=True, slots=True)
class OtherWording:
    parameter: str
    """As in `Varied`: ``wording:cat`` or ``wording``."""
    text: str
    words: str
    """The difference for people; in quotes what is added, which may be any part of speech."""


def other_wordings(prompt: str, start: int, most: int) -> Iterator[OtherWording]:
    """Half of ``most`` are exchanged where so many can be, the rest added, then further exchanges. Where in its lists
    it begins depends on ``start``. None repeats what the prompt says, also in tags, with weights or as another part of
    speech."""
    instead = [list(_instead(prompt, word, _from(group, start))) for group, word in _standing(prompt)]
    added = [[_added(each) for each in _from(phrases, start)] for phrases in _unsaid(prompt)]
    return chain(islice(_in_turn(instead), most // 2), _in_turn(added), islice(_in_turn(instead), most // 2, None))


def _standing(prompt: str) -> list[tuple[Sequence[str], str]]:
    """The words of the lists that stand in the prompt, each with its list; not *painting* where that is part of an *oil
    painting*."""
    known = {word: group for group in INSTEAD for word in group}
    rest, found = prompt, set()
    for word in sorted(known, key=len, reverse=True):
        without = exchanged(rest, word, "\n")
        if without is not None:
            rest = without
            found.add(word)
    return [(group, word) for word, group in known.items() if word in found]


def _instead(prompt: str, word: str, others: Iterable[str]) -> Iterator[OtherWording]:
    said = _words_of(exchanged(prompt, word, "\n") or "")
    for other in others:
        if other != word and not _words_of(other) <= said:
            yield OtherWording(f"{WORDING}{word}", other, f"{other} instead of {word}")


def _unsaid(prompt: str) -> Iterator[Sequence[str]]:
    """Lists of whose kind the prompt says nothing."""
    said = _words_of(prompt)
    for phrases, one_of, all_of in _KINDS:
        if said.isdisjoint(one_of) and not any(each <= said for each in all_of):
            yield phrases


def _added(phrase: str) -> OtherWording:
    return OtherWording(ADDED_WORDING, phrase, f"“{phrase}” added")


_WORD = re.compile(r"[^\W\d_]+")
_NO_CONTENT = frozenset(("a", "an", "the", "in", "of", "on", "at", "under", "through", "and", "from", "with"))
_SHORTEST_PLURAL = 4


def _words_of(text: str) -> frozenset[str]:
    """What it says, whatever the case, the number and the part of speech."""
    words = (_stem(each) for each in _WORD.findall(text.lower()) if each not in _NO_CONTENT)
    return frozenset(_SAME.get(each, each) for each in words)


def _stem(word: str) -> str:
    is_plural = len(word) >= _SHORTEST_PLURAL and word.endswith("s") and not word.endswith("ss")
    return word[:-1] if is_plural else word


_SAME = {_stem(word): words[0] for words in SAME for word in words}

_KINDS = [
    (each.phrases, _words_of(" ".join(each.said_by)), [_words_of(phrase) for phrase in each.phrases]) for each in ADDED
]
"""What may be added, the words of which one says something of the kind, and those that do only together."""


def _from(group: Sequence[str], start: int) -> Sequence[str]:
    first = start % len(group)
    return (*group[first:], *group[:first])


def _in_turn(lists: Iterable[Sequence[OtherWording]]) -> Iterator[OtherWording]:
    return (each for turn in zip_longest(*lists) for each in turn if each is not None)
