"""What is to be in the picture, as an operation: in the place of what it excludes, at what it is said of, or new."""

import re
from collections.abc import Sequence

from vibes.domain.refinement.changes import Changes, Swap
from vibes.domain.refinement.rules.counting import counted, number_of
from vibes.domain.refinement.rules.kinds import in_place_of_its_kind
from vibes.domain.refinement.rules.known import Known
from vibes.domain.refinement.rules.qualities import COMPARED_COLORS, COUNTS, DERIVED, HAIR, MOODS, NEAR, SORTS
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
        or _with_attributes(term, known)
        or _counted_with_more(term, known)
        or _quality(term, known)
        or _new(term, known)
    )


def instead(term: str, known: Known) -> Changes:
    """Something that takes the place of what is like it, which is not named."""
    term = _LED.sub("", term)
    there = (
        _in_a_group(term, known)
        or _hair(term, known)
        or _with_attributes(term, known)
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
    for form, rest in ((_OWNED, ""), (_FILLED, ""), (_MANNERED, ""), (_PLACED, "")):
        bare = form.sub(rest, term)
        if bare != term and (known.holds(bare) or known.related(bare)):
            return as_prompted(bare, known)
    related = known.related(term)
    if related:
        return related
    near = [other for group in NEAR if term.lower() in group for other in sorted(group)]
    near += sorted(vocabulary().alike.get(term.lower(), ()))
    return next((other for other in near if known.holds(other)), term)


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
    head = term.rsplit(maxsplit=1)[-1] if term else ""
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
    base = " ".join(_base(each, known) for each in attribute.split())
    term = f"{thing} {base}" if known.language == FRENCH else f"{base} {thing}"
    if known.holds(thing) and not known.holds(term) and len(thing.split()) == 1:
        return _attributed(base.split(), thing, known)
    return wanted(term, known)


def _told_of(thing: str, attribute: str, known: Known) -> Changes | None:
    """What is more than an adjective: "stronger", "facing left", "blue with white dots"."""
    more = _WITH.search(attribute)
    if more and _are_attributes(attribute[: more.start()], known):
        return _further(being(thing, attribute[: more.start()], known), more["with"])
    if attribute.split(maxsplit=1)[0].endswith("ing"):
        return with_further(thing, attribute, known)
    if attribute.lower() in _STRONGER:
        return Changes(emphasis_up=(thing,))
    return Changes(emphasis_down=(thing,)) if attribute.lower() in _WEAKER else None


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
    if number_of(old, known.language) is not None or (_are_attributes(old, known) and not _are_attributes(new, known)):
        return _attributed_instead(new, old, known) or wanted(new, known)
    if not known.holds(old):
        grouped = _in_a_group(new, known)
        if grouped:
            return grouped
    noun = old.rsplit(maxsplit=1)[-1]
    if _are_attributes(new, known) and not _are_attributes(noun, known):
        return being(noun, new, known)
    head = new.rsplit(maxsplit=1)[-1]
    old = known.as_it_stands(old)
    if known.holds(old) and known.neighbours(old)[1].lower() == head.lower() and len(new.split()) > 1:
        old = f"{old} {head}"
    return Changes(modify=(Swap(old, new),))


_IN_A_COLOR = re.compile(r"(?P<thing>\S+) in (?P<color>\S+)", re.IGNORECASE)


def _attributed_instead(new: str, old: str, known: Known) -> Changes | None:
    """ "warm tones instead of blue" takes the blue away."""
    colored = _IN_A_COLOR.fullmatch(new)
    if colored and known.holds(colored["thing"]) and known.holds(old):
        return Changes(modify=(Swap(f"{old} {colored['thing']}", f"{colored['color']} {colored['thing']}"),))
    attributes, head = _parsed(new, known)
    before = known.attributes_before(head) if head and known.holds(head) else []
    named = [each for each in old.split() if each in before]
    if not attributes or not named or known.language == FRENCH:
        return None
    run = before[before.index(named[0]) :]
    there = known.as_it_stands(head)
    rest = [each for each in run if each not in named]
    new_words = [*(_base(each, known) for each in attributes), *rest, there]
    return Changes(modify=(Swap(" ".join([*run, there]), " ".join(new_words)),))


def _are_attributes(term: str, known: Known) -> bool:
    return bool(term) and all(map(known.attribute, term.split()))


_PLACED = re.compile(
    r" (?:in|on|at|under|over|behind|beside|next to|from|near|around|by|with|dans|sur|sous|derrière|devant|avec|"
    r"auf|im|am|mit|unter|hinter|vor|neben|über|\S+ing) ?.*$",
    re.IGNORECASE,
)
"""Where a thing is or what it does, which nobody has to say of the one that is there."""
_OWNED = re.compile(r"^\S+'s? (?=\S)")
_FILLED = re.compile(
    r" (?:thing|things|stuff|look|effect|part|bit|vibe|vibes|feel|style|business|mess|element|elements)$", re.IGNORECASE
)
"""What is said behind a word of the prompt: "the cinematic thing"."""
_MANNER = re.compile(r" (?:style|time|look|feeling|feel|vibe|vibes|mood|version)$")
_MANNERED = re.compile(r"^(?:style|mood|effect|atmosphere) (?=\S)")
"""As the French say it: "style vintage"."""
_SINGLE = re.compile(r"^(?:just )?(?:single|one|an?) (?=\S)", re.IGNORECASE)
_LED = re.compile(r"^(?:(?:her|him|it|them) )?(?:in|on|at|into|onto) (?:an? |the )?", re.IGNORECASE)
"""What leads to the place of a thing, and stays as it is where another thing takes its place."""
_STRONGER_WORDS = "stronger intenser heavier denser visible prominent pronounced intense dominant"
_STRONGER = frozenset(_STRONGER_WORDS.split())
_WEAKER_WORDS = "weaker fainter subtler subtle subdued"
_WEAKER = frozenset(_WEAKER_WORDS.split())
_COMPARING = frozenset({"plus", "encore"})
"""What stands before an adjective in French, and is no part of a prompt."""
_PERSONS = frozenset({"she", "he", "they", "her", "him", "them"})
SOMEBODY = {"it", "her", "him", "she", "he", "them", "this", "that", "everything", "picture", "image", "the picture"}


_COMPARED = re.compile(
    r"(?!soldier|chandelier|terrier|cavalier|glacier|frontier|barrier|courier|brazier|rapier)\w{3,}ier"
)
"""Ends as the comparative of an adjective does, and is none of the nouns that do."""


def _base(attribute: str, known: Known) -> str:
    """In other languages than English a comparative stays."""
    return base_of(attribute) if known.language == ENGLISH else attribute


def base_of(attribute: str) -> str:
    """Of a comparative: "darker" is "dark"."""
    quality = vocabulary().qualities.get(attribute.lower())
    if attribute.lower() in COMPARED_COLORS:
        return COMPARED_COLORS[attribute.lower()]
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
    if known.language != ENGLISH:
        return _in_a_group_of_another_language(term, known)
    words = vocabulary()
    name = _MANNER.sub("", term.lower())
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


def _with_attributes(term: str, known: Known) -> Changes | None:
    """An adjective of something that is there: another one of its sort makes room for it."""
    attributes, head = _parsed(term, known)
    if not attributes or not known.holds(head):
        return None
    if known.holds(term):
        return Changes(emphasis_up=(term,))
    counts = [each for each in attributes if known.attribute(each) in COUNTS]
    if counts:
        others = [_base(each, known) for each in attributes if each not in counts]
        return counted(" ".join(counts), head, known, *others)
    return _attributed([_base(each, known) for each in attributes], head, known)


def _counted_with_more(term: str, known: Known) -> Changes | None:
    """ "two astronauts side by side", where there is one."""
    count, noun, *more = (*term.split(), "", "")
    if count.lower() not in COUNTS or not any(more) or not known.holds(noun) or known.attribute(noun):
        return None
    swap = counted(count, noun, known).modify[0]
    return Changes(modify=(Swap(swap.old, " ".join([swap.new, *filter(None, more)])),))


def _parsed(term: str, known: Known) -> tuple[list[str], str]:
    """Its adjectives and its noun; no adjectives where it is made otherwise."""
    said = [each for each in term.split() if each.lower() not in _COMPARING]
    nouns = [each for each in said if not known.attribute(each)]
    in_order = known.language == FRENCH or (said and not known.attribute(said[-1]))
    if len(nouns) != 1 or not in_order:
        return [], ""
    return [each for each in said if each is not nouns[0]], nouns[0]


def _attributed(bases: Sequence[str], head: str, known: Known) -> Changes:
    there = known.as_it_stands(head)
    bases = [known.inflected(each, there) for each in bases]
    run = known.attributes_before(head)
    behind = known.attributes_after(head) if known.language == FRENCH else []
    if known.language == FRENCH:
        kept = [each for each in [*run, *behind] if not any(_same_sort(each, base, head, known) for base in bases)]
        before, after = ([each for each in side if each in kept] for side in (run, behind))
        return Changes(modify=(Swap(" ".join([*run, there, *behind]), " ".join([*before, there, *after, *bases])),))
    rest = [each for each in run if not any(_same_sort(each, base, head, known) for base in bases)]
    if len(rest) == len(run) and not any(_goes_first(base, each.lower()) for base in bases for each in run):
        return Changes(modify=(Swap(there, " ".join([*bases, there])),))
    if len(rest) < len(run):
        first = next(at for at, each in enumerate(run) if any(_same_sort(each, base, head, known) for base in bases))
        new = [*run[:first], *bases, *(each for each in run[first:] if each in rest)]
        return Changes(modify=(Swap(" ".join([*run[first:], there]), " ".join([*new[first:], there])),))
    return Changes(modify=(Swap(" ".join([*run, there]), " ".join([*bases, *run, there])),))


def _goes_first(one: str, other: str) -> bool:
    """A quality stands before a colour or a material: "bright blue sky"."""
    words = vocabulary()
    return one in words.qualities and (other in words.colors or other in words.materials)


def _same_sort(said: str, wished_for: str, thing: str, known: Known) -> bool:
    words = vocabulary()
    one, other = known.attribute(said), known.attribute(wished_for)
    if one in words.colors:
        return other in words.colors
    if one in words.materials:
        return other in words.materials
    if any(one in sort and other in sort for sort in SORTS):
        return True
    quality, wished = words.qualities.get(one), words.qualities.get(other)
    if quality is None or wished is None:
        return False
    if known.english(thing) in MOODS:
        return True
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


_HAVING_MORE = re.compile(
    r"(?P<thing>\S+) (?P<more>(?:with|wearing|holding|riding|carrying|made of|full of|mit|avec|en|aus) .+)"
)


def _new(term: str, known: Known) -> Changes:
    further = _HAVING_MORE.fullmatch(term)
    if further and known.holds(further["thing"]) and not known.holds(term):
        return with_further(further["thing"], further["more"], known)
    *attributes, head = term.split()
    if attributes and all(vocabulary().is_attribute(each.lower()) for each in attributes):
        term = " ".join([*(_base(each, known) for each in attributes), head])
    return Changes(emphasis_up=(term,)) if known.holds(term) else Changes(add=(term,))
