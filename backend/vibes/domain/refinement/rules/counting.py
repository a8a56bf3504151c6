"""How many there shall be of a thing: "three cats" where the prompt has two, one more, one fewer."""

from vibes.domain.refinement.changes import Changes, Swap
from vibes.domain.refinement.rules.known import Known
from vibes.domain.refinement.words import ENGLISH, FRENCH, GERMAN, plural_of, singular_of

_NUMBERS = {
    ENGLISH: ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"],
    GERMAN: ["ein", "zwei", "drei", "vier", "fünf", "sechs", "sieben", "acht", "neun", "zehn"],
    FRENCH: ["un", "deux", "trois", "quatre", "cinq", "six", "sept", "huit", "neuf", "dix"],
}
_ONE = {
    ENGLISH: frozenset({"a", "an", "one", "single"}),
    GERMAN: frozenset({"ein", "eine", "einen", "einem", "einer", "eines"}),
    FRENCH: frozenset({"un", "une"}),
}


def number_of(word: str, language: str) -> int | None:
    """Of "two" or "2"; None of what is no number up to ten."""
    lower = word.lower()
    if lower in _ONE[language]:
        return 1
    if lower.isdecimal() and 0 < int(lower) <= len(_NUMBERS[language]):
        return int(lower)
    return _NUMBERS[language].index(lower) + 1 if lower in _NUMBERS[language] else None


def counted(count: str, thing: str, known: Known, *attributes: str) -> Changes:
    """The thing that is there in this number, and so. ``count``: any word that says how many."""
    there, before = known.as_it_stands(thing), _count_before(thing, known)
    run = known.attributes_before(thing)
    run = run[1:] if run and before and run[0].lower() == before.lower() else run
    old = " ".join([*([before] if before else []), *(run if before or attributes else []), there])
    form = thing
    if known.language == ENGLISH:
        form = singular_of(there) if number_of(count, ENGLISH) == 1 else plural_of(singular_of(there))
    kept = [] if attributes else run if before else []
    return Changes(modify=(Swap(old, " ".join([count, *attributes, *kept, form])),))


def one_more(thing: str, known: Known) -> Changes:
    return _changed(thing, 1, known) or Changes(emphasis_up=(thing,))


def one_fewer(thing: str, known: Known) -> Changes:
    """Less of it where nobody knows how many there are."""
    return _changed(thing, -1, known) or Changes(emphasis_down=(thing,))


def _changed(thing: str, by: int, known: Known) -> Changes | None:
    before = _count_before(thing, known)
    there = known.as_it_stands(thing)
    alone = known.language == ENGLISH and singular_of(there) == there
    now = number_of(before, known.language) if before else 1 if alone else None
    numbers = _NUMBERS[known.language]
    if now is None or not 0 < now + by <= len(numbers):
        return None
    return counted(numbers[now + by - 1], there, known)


def _count_before(thing: str, known: Known) -> str:
    """The number in front of it and of its adjectives, as the prompt has it; an article is none."""
    word = next(iter(known.attributes_before(thing)), "")
    for each in (word, known.neighbours(thing)[0]):
        number = number_of(each, known.language) if each else None
        if number is not None and (number > 1 or each.lower() == "one"):
            return each
    return ""
