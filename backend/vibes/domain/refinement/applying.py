"""Carries out operations on weighted phrases. What is kept is never lost, and what is removed never left."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from vibes.domain.refinement.changes import Changes, Swap
from vibes.domain.refinement.cutting import cut_out, cut_words
from vibes.domain.refinement.phrases import STEP, Phrase, Prompt, Span
from vibes.domain.refinement.prepositions import preposition_for
from vibes.domain.refinement.words import ENGLISH, holds, places, term_keys

MAX_ROUNDS = 20
MANY = 50
"""Places of one term in one phrase: so many are removed in one go, and no more are swapped or weighed."""


@dataclass(slots=True)
class Draft:
    """Both prompts while operations are carried out on them."""

    prompt: Prompt
    negative: Prompt
    language: str = ENGLISH
    keep: tuple[str, ...] = ()
    left_over: list[str] = field(default_factory=list)
    """Terms that could not be removed without losing what is kept."""

    def apply(self, changes: Changes) -> None:
        """Swaps first, since what they name must still be there; then what goes, what comes, and weights."""
        self.keep = changes.keep
        for swap in changes.modify:
            self._swap(swap)
        self._remove_all(changes.remove)
        for term in changes.add:
            self._add(term)
        for term in changes.emphasis_up:
            self._weigh(term, STEP)
        for term in changes.emphasis_down:
            self._weigh(term, -STEP)

    def holds(self, term: str) -> bool:
        return any(self._in(phrase, term) for phrase in self.prompt)

    def remove(self, term: str) -> None:
        """The smallest part of each phrase that makes sense without it; where that would lose what is kept, the words
        alone."""
        self.prompt = tuple(phrase for each in self.prompt if (phrase := self._without(each, term)) is not None)
        self._mend_endings()

    def _remove_all(self, terms: Sequence[str]) -> None:
        """Until none is left: what one of them stood between may be another one."""
        for _ in range(MAX_ROUNDS):
            left = [term for term in terms if self.holds(term)]
            if not left:
                return
            for term in left:
                self.remove(term)
        self.left_over = [term for term in terms if self.holds(term)]

    def avoid(self, term: str) -> None:
        """Into the negative prompt, once."""
        if not any(self._in(phrase, term) for phrase in self.negative):
            self.negative = _appended(self.negative, term)

    def allow(self, term: str) -> None:
        """Out of the negative prompt, where it stands for itself."""
        keys = term_keys(term, self.language)
        self.negative = tuple(each for each in self.negative if term_keys(each.text, self.language) != keys)

    def _without(self, phrase: Phrase, term: str) -> Phrase | None:
        """None: nothing is left of it."""
        for cut in (cut_out, cut_words):
            rest = _until_gone(phrase, term, cut, self.language)
            lost = [each for each in self.keep if self._in(phrase, each) and (rest is None or not self._in(rest, each))]
            if not lost:
                return rest
        return phrase

    def _swap(self, swap: Swap) -> None:
        before = self.prompt
        self.prompt = tuple(self._swapped(each, swap) for each in before)
        self.allow(swap.new)
        if self.prompt == before:
            self._add(swap.new)

    def _swapped(self, phrase: Phrase, swap: Swap) -> Phrase:
        """Wherever that loses nothing that is kept."""
        result = phrase
        for start, end in reversed(self._places(swap.old, phrase)):
            candidate = _replaced(result, start, end, swap.new)
            if all(self._in(candidate, each) for each in self.keep if self._in(phrase, each)):
                result = candidate
        return result

    def _add(self, term: str) -> None:
        self.allow(term)
        if not self.holds(term):
            self.prompt = _appended(self.prompt, term)

    def _weigh(self, term: str, factor: float) -> None:
        """The whole phrase where it is little more than the term, else the words."""
        self.prompt = tuple(self._weighed(each, term, factor) for each in self.prompt)

    def _weighed(self, phrase: Phrase, term: str, factor: float) -> Phrase:
        found = self._places(term, phrase)
        if found and len(phrase.text.split()) <= len(term.split()) + 1:
            return phrase.weighing(factor)
        result = phrase
        for start, end in {self._widened(phrase, *each) for each in found}:
            result = result.weighing_between(start, end, factor)
        return result

    def _places(self, term: str, phrase: Phrase) -> list[tuple[int, int]]:
        return [] if phrase.fixed else places(term, phrase.text, self.language)[:MANY]

    def _widened(self, phrase: Phrase, start: int, end: int) -> tuple[int, int]:
        """Around whatever is kept here, so that no adverb comes between its words."""
        kept = [place for each in self.keep for place in places(each, phrase.text, self.language)]
        for left, right in sorted(kept) + sorted(kept, reverse=True):
            if left < end and right > start:
                start, end = min(start, left), max(end, right)
        return start, end

    def _in(self, phrase: Phrase, term: str) -> bool:
        return not phrase.fixed and holds(term, phrase.text, self.language)

    def _mend_endings(self) -> None:
        """No comma before nothing."""
        if self.prompt and self.prompt[-1].ending.strip() in {",", ";"}:
            self.prompt = (*self.prompt[:-1], replace(self.prompt[-1], ending=""))


def _until_gone(
    phrase: Phrase, term: str, cut: Callable[[Phrase, int, int], Phrase | None], language: str
) -> Phrase | None:
    rest: Phrase | None = phrase
    while rest is not None and not rest.fixed:
        found = places(term, rest.text, language)
        if not found:
            break
        rest = cut(rest, *found[0]) if len(found) < MANY else _without_all(rest, found)
    return rest


def _without_all(phrase: Phrase, found: Sequence[tuple[int, int]]) -> Phrase | None:
    """In one go, with the weight of its heaviest part."""
    ends = [0, *(end for _, end in found)]
    begins = [*(begin for begin, _ in found), len(phrase.text)]
    text = " ".join("".join(phrase.text[end:begin] for end, begin in zip(ends, begins, strict=True)).split())
    return replace(phrase, spans=(Span(text, phrase.weight),)) if text else None


_LEAD = re.compile(r"(?:\b(?P<place>[a-z]+) )?\b(?P<article>an? |the )$", re.IGNORECASE)
"""What leads to a thing: "in a ", "on the "."""


def _replaced(phrase: Phrase, start: int, end: int, new: str) -> Phrase:
    text = phrase.text
    words = f"{new[0].upper()}{new[1:]}" if start == 0 and text[0].isupper() and new else new
    result = phrase.replaced(start, end, words)
    lead = _LEAD.search(text[:start])
    if lead is None:
        return result
    place, article = lead["place"], lead["article"]
    put = article if article.lower() == "the " else _article(article.strip(), new)
    put = f"{preposition_for(new, text[start:end], place)} {put}" if place else put
    return result.replaced(lead.start(), start, put)


def _article(before: str, new: str) -> str:
    """ "a" or "an", as the next word wants it; none before what has its own, or before several."""
    first = new.split(maxsplit=1)[0].lower() if new.split() else ""
    if first in {"a", "an", "the", "some", "two", "three", "many"} or (first.endswith("s") and " " not in new):
        return ""
    article = "an" if first[:1] in "aeiou" else "a"
    return f"{article.capitalize() if before[0].isupper() else article} "


def _appended(prompt: Prompt, term: str) -> Prompt:
    """As a phrase of its own after the last one, before LoRAs at the end; a sentence where those before it are."""
    at = len(prompt)
    while at and prompt[at - 1].fixed:
        at -= 1
    before, after = prompt[:at], prompt[at:]
    if not before:
        return (Phrase((Span(term),), ", " if after else ""), *after)
    last = before[-1]
    if last.ending.strip() in {".", "!", "?"}:
        added = Phrase((Span(f"{term[:1].upper()}{term[1:]}"),), ". " if after else ".")
        return (*before[:-1], replace(last, ending=f"{last.ending.strip()} "), added, *after)
    added = Phrase((Span(term),), last.ending if after else "")
    return (*before[:-1], replace(last, ending=", "), added, *after)
