"""What somebody or something shall do or be, as an operation: "hold a sword", "lie in the grass", "a wolf"."""

import re

from vibes.domain.refinement.changes import Changes, Swap
from vibes.domain.refinement.rules.known import Known
from vibes.domain.refinement.rules.sentences import doing
from vibes.domain.refinement.rules.vocabulary import vocabulary
from vibes.domain.refinement.rules.wanting import SOMEBODY, being, swapped, wanted, with_further
from vibes.domain.refinement.words import ENGLISH, GERMAN

_ARTICLES = frozenset({"a", "an", "the"})
_LEADING_ARTICLE = re.compile(r"^(?:an?|the) ", re.IGNORECASE)
_HAVING = frozenset({"have", "has", "get", "show", "include"})
_NO_VERBS_WORDS = "from in on at with under over behind beside near by like from of more less made"
_NO_VERBS = frozenset(_NO_VERBS_WORDS.split())


def acting(thing: str, predicate: str, known: Known, *, translated: bool = False) -> Changes:
    """A thing shall do or be something: "hold a sword", "a wolf", "sitting"."""
    if not predicate:
        return Changes()
    predicate = _with_its_verb_first(predicate)
    first, *rest = predicate.split()
    if rest and first in _HAVING:
        return _having(thing, " ".join(rest), known)
    posture = _other_posture(first, known) if rest else ""
    if posture:
        return Changes(modify=(Swap(_with_its_place(posture, known), predicate),))
    if not thing or thing.lower() in SOMEBODY:
        return _somebody(predicate, known)
    if rest and first.lower() in _ARTICLES:
        return swapped(thing, " ".join(rest), known)
    if vocabulary().exclusive.get(predicate.lower()) is not None and known.holds(thing):
        return wanted(predicate, known)
    if not rest and vocabulary().is_attribute(first.lower()):
        return being(thing, predicate, known)
    return _something(thing, predicate if translated else _as_shown(predicate, known), known)


def _with_its_verb_first(predicate: str) -> str:
    """In German it is the last word."""
    *front, last = predicate.split()
    swapped_around = front and last.endswith("ing") and not front[0].endswith("ing")
    return " ".join([last, *front]) if swapped_around else predicate


def _having(thing: str, has: str, known: Known) -> Changes:
    if thing.lower() in SOMEBODY:
        return wanted(_LEADING_ARTICLE.sub("", has), known)
    return with_further(thing, f"with {has}", known)


def _somebody(predicate: str, known: Known) -> Changes:
    """Whoever is in the picture."""
    first, *rest = predicate.split()
    if rest and first.lower() in _ARTICLES:
        return wanted(" ".join(rest), known)
    named = vocabulary().exclusive.get(predicate.lower()) is not None or first in _NO_VERBS
    return wanted(predicate if named else doing(predicate), known)


def _as_shown(predicate: str, known: Known) -> str:
    """As participle; a German infinitive becomes one by its last letter."""
    first, last = predicate.split(maxsplit=1)[0], predicate.rsplit(maxsplit=1)[-1]
    if known.language == GERMAN and last.endswith("en") and last.islower():
        return f"{predicate}d"
    if known.language == ENGLISH and first not in _NO_VERBS and first not in vocabulary().english:
        return doing(predicate)
    return predicate


def _something(thing: str, said: str, known: Known) -> Changes:
    """At another place, or doing the same at another place, instead of where the prompt has it."""
    there, first = known.as_it_stands(thing), said.split(maxsplit=1)[0]
    if first in _NO_VERBS and _with_its_place(there, known) != there:
        return Changes(modify=(Swap(_with_its_place(there, known), f"{there} {said}"),))
    if known.holds(f"{there} {first}") and said != first:
        return Changes(modify=(Swap(_with_its_place(f"{there} {first}", known), f"{there} {said}"),))
    return with_further(thing, said, known)


def _other_posture(doing_so: str, known: Known) -> str:
    """ "sitting" of the prompt for who shall lie; empty where there is none."""
    words = vocabulary()
    group = words.exclusive.get(doing_so)
    if group is None:
        return ""
    there = (each for each in words.group_members(group) if known.holds(each) and words.canonical[each] != doing_so)
    return known.as_it_stands(next(there, ""))


def _with_its_place(doing_so: str, known: Known) -> str:
    """ "samurai standing" with "on a bridge" behind it, where the prompt says so."""
    for phrase in known.phrases:
        found = re.search(rf"{re.escape(doing_so)} (?:in|on|at|under|over|by|near)\b[^,]*", phrase, re.IGNORECASE)
        if found:
            return found.group()
    return doing_so
