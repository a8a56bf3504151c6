"""What is to be in the picture, as an operation: in the place of what it excludes, at what it is said of, or new."""

from collections.abc import Sequence
from dataclasses import dataclass

from vibes.domain.refinement.changes import Changes, Swap
from vibes.domain.refinement.rules.qualities import COUNTS, DERIVED, NEAR
from vibes.domain.refinement.rules.vocabulary import Quality, vocabulary
from vibes.domain.refinement.words import ENGLISH, holds, places, words_of


@dataclass(frozen=True, slots=True)
class Known:
    """The prompt that feedback is about."""

    phrases: Sequence[str]
    language: str = ENGLISH

    def holds(self, term: str) -> bool:
        return any(holds(term, each, self.language) for each in self.phrases)

    def as_it_stands(self, term: str) -> str:
        """How the prompt says it."""
        for phrase in self.phrases:
            for start, end in places(term, phrase, self.language):
                return phrase[start:end]
        return term

    def neighbours(self, term: str) -> tuple[str, str]:
        """The words before and after its first place; empty at the ends of a phrase."""
        for phrase in self.phrases:
            for start, end in places(term, phrase, self.language):
                words = words_of(phrase, self.language)
                before = [phrase[each.start : each.end] for each in words if each.end <= start]
                after = [phrase[each.start : each.end] for each in words if each.start >= end]
                return (before[-1] if before else "", after[0] if after else "")
        return "", ""


def wanted(term: str, known: Known) -> Changes:
    """Something that shall be seen."""
    if not term:
        return Changes()
    return _in_a_group(term, known) or _with_attributes(term, known) or _quality(term, known) or _new(term, known)


def as_prompted(term: str, known: Known) -> str:
    """As the prompt says it, where it says it by another word."""
    if not term or known.holds(term):
        return term
    near = (other for group in NEAR if term.lower() in group for other in sorted(group))
    return next((other for other in near if known.holds(other)), term)


def more(term: str, known: Known) -> Changes:
    for each in (term, DERIVED.get(term.lower(), "")):
        if each and known.holds(each):
            return Changes(emphasis_up=(each,))
    return _quality(term, known) or wanted(term, known)


def being(thing: str, attribute: str, known: Known) -> Changes:
    """A thing shall be so: "the hat red". "her" and the like: whoever is in the picture."""
    if not attribute:
        return Changes()
    base = base_of(attribute)
    if thing.lower() in _SOMEBODY or not thing:
        return wanted(attribute, known)
    term = f"{base} {thing}"
    if known.holds(thing) and not known.holds(term) and len(thing.split()) == 1:
        return _attributed([base], thing, known)
    return wanted(term, known)


def too(thing: str, attribute: str, known: Known) -> Changes:
    """A thing is so too much: its opposite, or less of it where it has none."""
    quality = vocabulary().qualities.get(attribute.lower())
    if quality is None:
        both = f"{attribute} {thing}".strip()
        return Changes(emphasis_down=(both if known.holds(both) else attribute,))
    if not thing or thing.lower() in _SOMEBODY:
        return _quality(quality.opposite, known) or Changes(add=(quality.opposite,))
    return wanted(f"{quality.opposite} {thing}", known)


def swapped(old: str, new: str, known: Known) -> Changes:
    """ "blue" for "red sky" is "blue sky" where the prompt says so."""
    if not old or not new:
        return wanted(new, known)
    words = vocabulary()
    if words.is_attribute(new.lower()) and not words.is_attribute(old.rsplit(maxsplit=1)[-1].lower()):
        return being(old, new, known)
    head = new.rsplit(maxsplit=1)[-1]
    if known.holds(old) and known.neighbours(old)[1].lower() == head.lower() and len(new.split()) > 1:
        old = f"{old} {head}"
    return Changes(modify=(Swap(old, new),))


_SOMEBODY = {"it", "her", "him", "she", "he", "them", "this", "that", "everything", "picture", "image", "the picture"}


def base_of(attribute: str) -> str:
    """Of a comparative: "darker" is "dark"."""
    quality = vocabulary().qualities.get(attribute.lower())
    return quality.word if quality else attribute


def _in_a_group(term: str, known: Known) -> Changes | None:
    """Times of day, seasons and techniques exclude one another."""
    words = vocabulary()
    name = term.lower().removesuffix(" style").removesuffix(" time")
    group = words.exclusive.get(term.lower(), words.exclusive.get(name))
    if group is None:
        return None
    new = words.canonical.get(term.lower(), words.canonical.get(name, name))
    members = sorted(words.group_members(group), key=len, reverse=True)
    there = next((each for each in members if known.holds(each) and words.canonical[each] != new), None)
    if known.holds(new):
        return Changes(emphasis_up=(new,))
    return Changes(modify=(Swap(known.as_it_stands(there), new),)) if there else Changes(add=(new,))


def _with_attributes(term: str, known: Known) -> Changes | None:
    """An adjective of something that is there: another one of its sort makes room for it."""
    *attributes, head = term.split()
    words = vocabulary()
    if not attributes or not all(words.is_attribute(each.lower()) for each in attributes) or not known.holds(head):
        return None
    if known.holds(term):
        return Changes(emphasis_up=(term,))
    if any(each.lower() in COUNTS for each in attributes):
        return Changes(modify=(Swap(known.as_it_stands(head), term),))
    return _attributed([base_of(each) for each in attributes], head, known)


def _attributed(bases: Sequence[str], head: str, known: Known) -> Changes:
    there = known.as_it_stands(head)
    before = known.neighbours(head)[0]
    old = f"{before} {there}" if before and any(_same_sort(before.lower(), each) for each in bases) else there
    return Changes(modify=(Swap(old, " ".join([*bases, there])),))


def _same_sort(one: str, other: str) -> bool:
    words = vocabulary()
    if one in words.colors:
        return other in words.colors
    if one in words.materials:
        return other in words.materials
    quality, wished = words.qualities.get(one), words.qualities.get(other)
    if quality is None or wished is None:
        return False
    return wished.word in {quality.word, quality.opposite} or wished.opposite in {quality.word, quality.opposite}


def _quality(term: str, known: Known) -> Changes | None:
    """Said of the whole picture, or of the one thing that is the opposite so far."""
    quality = vocabulary().qualities.get(term.lower())
    if quality is None:
        return None
    if known.holds(quality.word):
        return Changes(emphasis_up=(quality.word,))
    if known.holds(quality.opposite):
        return _opposite(quality, known)
    return Changes(add=(quality.alone,))


def _opposite(quality: Quality, known: Known) -> Changes:
    there = known.as_it_stands(quality.opposite)
    noun = known.neighbours(quality.opposite)[1]
    if noun:
        return Changes(modify=(Swap(f"{there} {noun}", f"{quality.word} {noun}"),))
    return Changes(modify=(Swap(there, quality.word),))


def _new(term: str, known: Known) -> Changes:
    *attributes, head = term.split()
    if attributes and all(vocabulary().is_attribute(each.lower()) for each in attributes):
        term = " ".join([*map(base_of, attributes), head])
    return Changes(emphasis_up=(term,)) if known.holds(term) else Changes(add=(term,))
