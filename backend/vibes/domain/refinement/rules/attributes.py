"""Adjectives and numbers of what the prompt has: another one of its sort makes room for a new one."""

import re
from collections.abc import Sequence

from vibes.domain.refinement.changes import Changes, Swap
from vibes.domain.refinement.rules.counting import counted
from vibes.domain.refinement.rules.known import Known
from vibes.domain.refinement.rules.lexicon.qualities import COMPARED_COLORS, COUNTS, MOODS, SORTS
from vibes.domain.refinement.rules.vocabulary import vocabulary
from vibes.domain.refinement.words import ENGLISH, FRENCH

_IN_A_COLOR = re.compile(r"(?P<thing>\S+) in (?P<color>\S+)", re.IGNORECASE)


def attributed_instead(new: str, old: str, known: Known) -> Changes | None:
    """ "warm tones instead of blue" takes the blue away."""
    colored = _IN_A_COLOR.fullmatch(new)
    if colored and known.holds(colored["thing"]) and known.holds(old):
        return Changes(modify=(Swap(f"{old} {colored['thing']}", f"{colored['color']} {colored['thing']}"),))
    attributes, head = parsed(new, known)
    before = known.attributes_before(head) if head and known.holds(head) else []
    named = [each for each in old.split() if each in before]
    if not attributes or not named or known.language == FRENCH:
        return None
    run = before[before.index(named[0]) :]
    there = known.as_it_stands(head)
    rest = [each for each in run if each not in named]
    new_words = [*(base_in(each, known) for each in attributes), *rest, there]
    return Changes(modify=(Swap(" ".join([*run, there]), " ".join(new_words)),))


def are_attributes(term: str, known: Known) -> bool:
    return bool(term) and all(map(known.attribute, term.split()))


_COMPARING = frozenset({"plus", "encore"})
"""What stands before an adjective in French, and is no part of a prompt."""


_COMPARED = re.compile(
    r"(?!soldier|chandelier|terrier|cavalier|glacier|frontier|barrier|courier|brazier|rapier)\w{3,}ier"
)
"""Ends as the comparative of an adjective does, and is none of the nouns that do."""


def base_in(attribute: str, known: Known) -> str:
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


def with_attributes(term: str, known: Known) -> Changes | None:
    """An adjective of something that is there: another one of its sort makes room for it."""
    attributes, head = parsed(term, known)
    if attributes and not known.holds(head):
        head = known.alike(head)
    if not attributes or not known.holds(head):
        return None
    if known.holds(term):
        return Changes(emphasis_up=(term,))
    counts = [each for each in attributes if known.attribute(each) in COUNTS]
    if counts:
        others = [base_in(each, known) for each in attributes if each not in counts]
        return counted(" ".join(counts), head, known, *others)
    return attributed([base_in(each, known) for each in attributes], head, known)


def counted_with_more(term: str, known: Known) -> Changes | None:
    """ "two astronauts side by side", where there is one."""
    count, noun, *more = (*term.split(), "", "")
    if count.lower() not in COUNTS or not any(more) or not known.holds(noun) or known.attribute(noun):
        return None
    swap = counted(count, noun, known).modify[0]
    return Changes(modify=(Swap(swap.old, " ".join([swap.new, *filter(None, more)])),))


def parsed(term: str, known: Known) -> tuple[list[str], str]:
    """Its adjectives and its noun; no adjectives where it is made otherwise."""
    said = [each for each in term.split() if each.lower() not in _COMPARING]
    nouns = [each for each in said if not known.attribute(each)]
    in_order = known.language == FRENCH or (said and not known.attribute(said[-1]))
    if len(nouns) != 1 or not in_order:
        return [], ""
    return [each for each in said if each is not nouns[0]], nouns[0]


def attributed(bases: Sequence[str], head: str, known: Known) -> Changes:
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
