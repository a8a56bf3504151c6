"""What is to be in the picture, as an operation: in the place of what it excludes, at what it is said of, or new."""

import re

from vibes.domain.refinement.changes import Changes, Swap
from vibes.domain.refinement.rules.attributes import (
    are_attributes,
    attributed,
    attributed_instead,
    base_in,
    counted_with_more,
    parsed,
    with_attributes,
)
from vibes.domain.refinement.rules.counting import number_of
from vibes.domain.refinement.rules.kinds import in_place_of_its_kind
from vibes.domain.refinement.rules.known import Known
from vibes.domain.refinement.rules.lexicon.qualities import DERIVED, HAIR
from vibes.domain.refinement.rules.vocabulary import Quality, vocabulary
from vibes.domain.refinement.words import ENGLISH, FRENCH


def wanted(term: str, known: Known) -> Changes:
    """Something that shall be seen."""
    if not term:
        return Changes()
    return (
        _counted_tag(term, known)
        or _in_a_group(term, known)
        or _hair(term, known)
        or with_attributes(term, known)
        or counted_with_more(term, known)
        or _quality(term, known)
        or _new(term, known)
    )


def instead(term: str, known: Known) -> Changes:
    """Something that takes the place of what is like it, which is not named."""
    term = _LED.sub("", term)
    there = (
        _in_a_group(term, known)
        or _hair(term, known)
        or with_attributes(term, known)
        or in_place_of_its_kind(term, known)
    )
    return there or wanted(term, known)


def _hair(term: str, known: Known) -> Changes | None:
    """ "a brunette" says what hair she has."""
    color = HAIR.get(term.lower())
    if color is None:
        return None
    return being("hair", color, known) if known.holds("hair") else _new(f"{color} hair", known)


def as_prompted(term: str, known: Known) -> str:
    """As the prompt says it, where it says it by another word."""
    if not term or known.holds(term):
        return term
    for form, rest in ((_ALL, ""), (_OWNED, ""), (_FILLED, ""), (_MANNERED, ""), (_PLACED, "")):
        bare = form.sub(rest, term)
        if bare != term and (known.holds(bare) or known.related(bare)):
            return as_prompted(bare, known)
    related = known.related(term)
    if related:
        return related
    return known.alike(term)


def without_place(term: str) -> str:
    """ "text" of "text at the bottom"."""
    return _PLACED.sub("", term) or term


def more(term: str, known: Known) -> Changes:
    for each in (term, DERIVED.get(term.lower(), "")):
        if each and known.holds(each):
            return Changes(emphasis_up=(each,))
    return _quality(term, known) or wanted(term, known)


def less(term: str, known: Known) -> Changes:
    """Of the thing alone where the prompt has it without the adjective: "less clinical lighting"."""
    quality = vocabulary().qualities.get(term.lower())
    if quality is not None and quality.opposite and not known.holds(term):
        return _quality(quality.opposite, known) or Changes(add=(quality.opposite,))
    *adjectives, head = (term or " ").split(" ")
    there = [each for each in known.attributes_before(head) if each in adjectives] if known.holds(head) else []
    if there and not known.holds(term):
        return Changes(emphasis_down=(there[0],))
    return Changes(emphasis_down=(term if known.holds(term) or not known.holds(head) else known.as_it_stands(head),))


def being(thing: str, attribute: str, known: Known) -> Changes:
    """A thing shall be so: "the hat red". "her" and the like: whoever is in the picture."""
    if not attribute:
        return Changes()
    if vocabulary().exclusive.get(attribute.lower()) is not None:
        return wanted(attribute, known)
    if thing.lower() in SOMEBODY or not thing:
        return wanted(attribute, known)
    told = _told_of(thing, attribute, known) if known.holds(thing) else None
    if told is not None:
        return told
    base = " ".join(base_in(each, known) for each in attribute.split())
    term = f"{thing} {base}" if known.language == FRENCH else f"{base} {thing}"
    if known.holds(thing) and not known.holds(term) and len(thing.split()) == 1:
        return attributed(base.split(), thing, known)
    return wanted(term, known)


def _told_of(thing: str, attribute: str, known: Known) -> Changes | None:
    """What is more than an adjective: "stronger", "facing left", "blue with white dots"."""
    more = _WITH.search(attribute)
    if more and are_attributes(attribute[: more.start()], known):
        return _further(being(thing, attribute[: more.start()], known), more["with"])
    if attribute.split(maxsplit=1)[0].endswith("ing") or attribute.startswith(_STATES):
        return with_further(thing, attribute, known)
    if attribute.lower() in _STRONGER:
        return Changes(emphasis_up=(thing,))
    return Changes(emphasis_down=(thing,)) if attribute.lower() in _WEAKER else None


_STATES = ("covered ", "made ", "full ", "surrounded ", "filled ", "lit ", "dressed ", "wrapped ", "painted ")
_WITH = re.compile(r" (?P<with>(?:with|made|covered|full|like|than) .+)$")


def _further(changes: Changes, words: str) -> Changes:
    """ "blue with white dots", of a thing that is blue by these operations."""
    if len(changes.modify) != 1:
        return changes.joined(Changes(add=(words,)))
    swap = changes.modify[0]
    return Changes(modify=(Swap(swap.old, f"{swap.new} {words}"),))


def with_further(thing: str, said: str, known: Known) -> Changes:
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
    if quality is None or not quality.opposite:
        both = f"{attribute} {thing}".strip()
        return Changes(emphasis_down=(both if known.holds(both) else attribute,))
    if not thing or thing.lower() in SOMEBODY:
        return _quality(quality.opposite, known) or Changes(add=(quality.opposite,))
    return being(thing, quality.opposite, known)


def swapped(old: str, new: str, known: Known) -> Changes:
    """ "blue" for "red sky" is "blue sky" where the prompt says so."""
    if not old or not new:
        return wanted(new, known)
    new = _LED.sub("", new)
    old = old if known.holds(old) else _SINGLE.sub("", _LED.sub("", old))
    if number_of(old, known.language) is not None or (are_attributes(old, known) and not are_attributes(new, known)):
        return attributed_instead(new, old, known) or wanted(new, known)
    if not known.holds(old):
        grouped = _in_a_group(new, known)
        if grouped:
            return grouped
    noun = old.rsplit(maxsplit=1)[-1]
    if are_attributes(new, known) and not are_attributes(noun, known):
        return being(noun, new, known)
    head = new.rsplit(maxsplit=1)[-1]
    old = known.as_it_stands(old)
    if known.holds(old) and known.neighbours(old)[1].lower() == head.lower() and len(new.split()) > 1:
        old = f"{old} {head}"
    return Changes(modify=(Swap(old, new),))


_PLACED = re.compile(
    r" (?:in|on|at|under|over|behind|beside|next to|from|near|around|by|with|dans|sur|sous|derrière|devant|avec|"
    r"auf|im|am|mit|unter|hinter|vor|neben|über|\S+ing) ?.*$",
    re.IGNORECASE,
)
"""Where a thing is or what it does, which nobody has to say of the one that is there."""
_ALL = re.compile(r"^(?:all|every|each|any|both|those|these)(?: of)? (?:the |his |her |their )?(?=\S)", re.IGNORECASE)
_OWNED = re.compile(r"^\S+'s? (?=\S)")
_FILLED = re.compile(
    r" (?:thing|things|stuff|look|effect|part|bit|vibe|vibes|feel|style|business|mess|element|elements)$", re.IGNORECASE
)
"""What is said behind a word of the prompt: "the cinematic thing"."""
_MANNER = re.compile(r" (?:style|time|look|feeling|feel|vibe|vibes|version)$")
_MANNERED = re.compile(r"^(?:style|mood|effect|atmosphere) (?=\S)")
"""As the French say it: "style vintage"."""
_SINGLE = re.compile(r"^(?:just )?(?:single|one|an?) (?=\S)", re.IGNORECASE)
_LED = re.compile(r"^(?:(?:her|him|it|them) )?(?:in|on|at|into|onto) (?:an? |the )?", re.IGNORECASE)
"""What leads to the place of a thing, and stays as it is where another thing takes its place."""
_STRONGER_WORDS = "stronger intenser heavier denser visible prominent pronounced intense dominant"
_STRONGER = frozenset(_STRONGER_WORDS.split())
_WEAKER_WORDS = "weaker fainter subtler subtle subdued"
_WEAKER = frozenset(_WEAKER_WORDS.split())
_PERSONS = frozenset({"she", "he", "they", "her", "him", "them"})
SOMEBODY = {
    "it",
    "her",
    "him",
    "she",
    "he",
    "them",
    "this",
    "that",
    "everything",
    "picture",
    "image",
    "the picture",
    "photo",
    "scene",
    "shot",
    "composition",
    "painting",
    "drawing",
}


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
    if known.language != ENGLISH:
        return _in_a_group_of_another_language(term, known)
    words = vocabulary()
    name = _MANNERED.sub("", _MANNER.sub("", term.lower()))
    group = words.exclusive.get(term.lower(), words.exclusive.get(name))
    if group is None:
        return None
    new = words.canonical.get(term.lower(), words.canonical.get(name, name))
    members = sorted(words.group_members(group), key=len, reverse=True)
    there = next((each for each in members if known.holds(each) and words.canonical[each] != new), None)
    if known.holds(new):
        return Changes(emphasis_up=(new,))
    return Changes(modify=(Swap(known.as_it_stands(there), new),)) if there else Changes(add=(new,))


def _in_a_group_of_another_language(term: str, known: Known) -> Changes | None:
    groups = vocabulary().exclusive
    said = known.english(term)
    group = groups.get(said)
    if group is None or known.holds(term):
        return None
    for there in known.runs():
        english = known.english(there)
        if groups.get(english) == group and english != said:
            return Changes(modify=(Swap(there, term),))
    return None


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
    if noun and not known.attribute(noun):
        return Changes(modify=(Swap(f"{there} {noun}", f"{quality.word} {noun}"),))
    return Changes(modify=(Swap(there, quality.word),))


_HAVING_MORE = re.compile(
    r"(?P<thing>\S+) (?P<more>(?:with|wearing|holding|riding|carrying|made of|full of|mit|avec|en|aus) .+)"
)


def _new(term: str, known: Known) -> Changes:
    further = _HAVING_MORE.fullmatch(term)
    if further and known.holds(further["thing"]) and not known.holds(term):
        return with_further(further["thing"], further["more"], known)
    described = _HAVING_MORE.search(term)
    attributes, head = parsed(term[: described.start("more")], known) if described else ([], "")
    if described and attributes and known.holds(head):
        return _further(attributed([base_in(each, known) for each in attributes], head, known), described["more"])
    *attributes, head = term.split()
    if attributes and all(vocabulary().is_attribute(each.lower()) for each in attributes):
        term = " ".join([*(base_in(each, known) for each in attributes), head])
    return Changes(emphasis_up=(term,)) if known.holds(term) else Changes(add=(term,))
