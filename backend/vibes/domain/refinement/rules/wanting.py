"""What is to be in the picture, as an operation: in the place of what it excludes, at what it is said of, or new."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from vibes.domain.refinement.changes import Changes, Swap
from vibes.domain.refinement.rules.qualities import COUNTS, DERIVED, NEAR
from vibes.domain.refinement.rules.sentences import doing
from vibes.domain.refinement.rules.vocabulary import Quality, vocabulary
from vibes.domain.refinement.words import ENGLISH, holds, places, plural_of, stem_of, words_of

_LEADS_WORDS = "a an the his her its their two three in on at with of and by near under over behind wearing from to as"
_LEADS = frozenset(_LEADS_WORDS.split())


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

    def related(self, term: str) -> str:
        """Words of the prompt that have the stems of the term's: "wooden" for "wood"; empty where there are none."""
        wanted = [stem_of(word.key) for word in words_of(term, self.language)]
        if not wanted or self.language != ENGLISH:
            return ""
        for phrase in self.phrases:
            words = words_of(phrase)
            stems = [stem_of(word.key) for word in words]
            for at in range(len(words) - len(wanted) + 1):
                if stems[at : at + len(wanted)] == wanted:
                    return phrase[words[at].start : words[at + len(wanted) - 1].end]
        return ""

    def attributes_before(self, term: str) -> list[str]:
        """The adjectives that stand directly before its first place, in order."""
        for phrase in self.phrases:
            for start, _ in places(term, phrase, self.language):
                before = [
                    phrase[each.start : each.end] for each in words_of(phrase, self.language) if each.end <= start
                ]
                led = [at for at, word in enumerate(before) if word.lower() in _LEADS]
                between = before[led[-1] + 1 :] if led else before
                first = next((at for at, word in enumerate(between) if vocabulary().is_attribute(word.lower())), None)
                return [] if first is None else between[first:]
        return []

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
    counted = _counted_tag(term, known)
    if counted is not None:
        return counted
    return _in_a_group(term, known) or _with_attributes(term, known) or _quality(term, known) or _new(term, known)


def as_prompted(term: str, known: Known) -> str:
    """As the prompt says it, where it says it by another word."""
    if not term or known.holds(term):
        return term
    bare = _FILLED.sub("", _OWNED.sub("", term))
    if bare != term and (known.holds(bare) or known.related(bare)):
        return as_prompted(bare, known)
    related = known.related(term)
    if related:
        return related
    near = (other for group in NEAR if term.lower() in group for other in sorted(group))
    return next((other for other in near if known.holds(other)), term)


def more(term: str, known: Known) -> Changes:
    for each in (term, DERIVED.get(term.lower(), "")):
        if each and known.holds(each):
            return Changes(emphasis_up=(each,))
    return _quality(term, known) or wanted(term, known)


def less(term: str, known: Known) -> Changes:
    """Of the thing alone where the prompt has it without the adjective: "less clinical lighting"."""
    quality = vocabulary().qualities.get(term.lower())
    if quality is not None and not known.holds(term):
        return _quality(quality.opposite, known) or Changes(add=(quality.opposite,))
    head = term.rsplit(maxsplit=1)[-1] if term else ""
    return Changes(emphasis_down=(term if known.holds(term) or not known.holds(head) else known.as_it_stands(head),))


def being(thing: str, attribute: str, known: Known) -> Changes:
    """A thing shall be so: "the hat red". "her" and the like: whoever is in the picture."""
    if not attribute:
        return Changes()
    if vocabulary().exclusive.get(attribute.lower()) is not None:
        return wanted(attribute, known)
    base = base_of(attribute)
    if known.holds(thing) and attribute.lower() in _STRONGER:
        return Changes(emphasis_up=(thing,))
    if known.holds(thing) and attribute.lower() in _WEAKER:
        return Changes(emphasis_down=(thing,))
    if thing.lower() in _SOMEBODY or not thing:
        return wanted(attribute, known)
    term = f"{base} {thing}"
    if known.holds(thing) and not known.holds(term) and len(thing.split()) == 1:
        return _attributed([base], thing, known)
    return wanted(term, known)


def acting(thing: str, predicate: str, known: Known) -> Changes:
    """A thing shall do or be something: "hold a sword", "a wolf", "sitting"."""
    if not predicate:
        return Changes()
    first, *rest = predicate.split()
    if first in _HAVING and rest:
        has = _LEADING_ARTICLE.sub("", " ".join(rest))
        return wanted(has, known) if thing.lower() in _SOMEBODY else _doing(thing, f"with {' '.join(rest)}", known)
    somebody = not thing or thing.lower() in _SOMEBODY
    if first.lower() in _ARTICLES and rest:
        return wanted(" ".join(rest), known) if somebody else swapped(thing, " ".join(rest), known)
    one = vocabulary().exclusive.get(predicate.lower())
    if somebody or (one is not None and known.holds(thing)):
        return wanted(predicate if one is not None or first in _NO_VERBS else doing(predicate), known)
    if not rest and vocabulary().is_attribute(first.lower()):
        return being(thing, predicate, known)
    said = predicate if first in _NO_VERBS or first in vocabulary().english else doing(predicate)
    return _doing(thing, said, known)


def _doing(thing: str, said: str, known: Known) -> Changes:
    if not known.holds(thing):
        return _new(f"{thing} {said}", known)
    there = known.as_it_stands(thing)
    return Changes(modify=(Swap(there, f"{there} {said}"),))


def too(thing: str, attribute: str, known: Known) -> Changes:
    """A thing is so too much: its opposite, or less of it where it has none."""
    quality = vocabulary().qualities.get(attribute.lower())
    if thing.lower() in _PERSONS:
        there = as_prompted(attribute, known)
        if known.holds(there):
            return Changes(emphasis_down=(there,))
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
    new = _LED.sub("", new)
    words = vocabulary()
    if words.is_attribute(new.lower()) and not words.is_attribute(old.rsplit(maxsplit=1)[-1].lower()):
        return being(old, new, known)
    head = new.rsplit(maxsplit=1)[-1]
    old = known.as_it_stands(old)
    if known.holds(old) and known.neighbours(old)[1].lower() == head.lower() and len(new.split()) > 1:
        old = f"{old} {head}"
    return Changes(modify=(Swap(old, new),))


_OWNED = re.compile(r"^\S+'s? (?=\S)")
_FILLED = re.compile(
    r" (?:thing|things|stuff|look|effect|part|bit|vibe|vibes|feel|style|business|mess|element|elements)$", re.IGNORECASE
)
"""What is said behind a word of the prompt: "the cinematic thing"."""
_LED = re.compile(r"^(?:(?:her|him|it|them) )?(?:in|on|at|into|onto) (?:an? |the )?", re.IGNORECASE)
"""What leads to the place of a thing, and stays as it is where another thing takes its place."""
_STRONGER_WORDS = "stronger intenser heavier denser visible prominent pronounced intense dominant"
_STRONGER = frozenset(_STRONGER_WORDS.split())
_WEAKER_WORDS = "weaker fainter subtler subtle subdued"
_WEAKER = frozenset(_WEAKER_WORDS.split())
_ARTICLES = frozenset({"a", "an", "the"})
_LEADING_ARTICLE = re.compile(r"^(?:an?|the) ", re.IGNORECASE)
_HAVING = frozenset({"have", "has", "get", "show", "include"})
_NO_VERBS_WORDS = "in on at with under over behind beside near by like from of more less made"
_NO_VERBS = frozenset(_NO_VERBS_WORDS.split())
_PERSONS = frozenset({"she", "he", "they", "her", "him", "them"})
_SOMEBODY = {"it", "her", "him", "she", "he", "them", "this", "that", "everything", "picture", "image", "the picture"}


_COMPARED = re.compile(
    r"(?!soldier|chandelier|terrier|cavalier|glacier|frontier|barrier|courier|brazier|rapier)\w{3,}ier"
)
"""Ends as the comparative of an adjective does, and is none of the nouns that do."""


def base_of(attribute: str) -> str:
    """Of a comparative: "darker" is "dark"."""
    quality = vocabulary().qualities.get(attribute.lower())
    if quality is None and _COMPARED.fullmatch(attribute):
        return f"{attribute[:-3]}y"
    return quality.word if quality else attribute


_COUNTED = re.compile(r"(\d+)\+?([a-z]+?)s?", re.IGNORECASE)


def _counted_tag(term: str, known: Known) -> Changes | None:
    """Of a tag such as "1girl" there is one number."""
    wished = _COUNTED.fullmatch(term)
    if wished is None:
        return None
    for phrase in known.phrases:
        there = _COUNTED.fullmatch(phrase)
        if there is not None and there[2].lower() == wished[2].lower() and there[1] != wished[1]:
            return Changes(modify=(Swap(phrase, term),))
    return None


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
        count = " ".join(attributes)
        many = head if count.lower() == "one" else plural_of(head)
        return Changes(modify=(Swap(known.as_it_stands(head), f"{count} {many}"),))
    return _attributed([base_of(each) for each in attributes], head, known)


def _attributed(bases: Sequence[str], head: str, known: Known) -> Changes:
    there = known.as_it_stands(head)
    run = known.attributes_before(head)
    rest = [each for each in run if not any(_same_sort(each.lower(), base) for base in bases)]
    if len(rest) == len(run) and not any(_goes_first(base, each.lower()) for base in bases for each in run):
        return Changes(modify=(Swap(there, " ".join([*bases, there])),))
    if len(rest) < len(run):
        first = next(at for at, each in enumerate(run) if any(_same_sort(each.lower(), base) for base in bases))
        new = [*run[:first], *bases, *(each for each in run[first:] if each in rest)]
        return Changes(modify=(Swap(" ".join([*run[first:], there]), " ".join([*new[first:], there])),))
    return Changes(modify=(Swap(" ".join([*run, there]), " ".join([*bases, *run, there])),))


def _goes_first(one: str, other: str) -> bool:
    """A quality stands before a colour or a material: "bright blue sky"."""
    words = vocabulary()
    return one in words.qualities and (other in words.colors or other in words.materials)


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
