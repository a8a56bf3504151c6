"""The words of the lexicon, found by any of their forms."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache

from vibes.domain.refinement.rules.lexicon.deeds import DEEDS
from vibes.domain.refinement.rules.lexicon.qualities import (
    COLORS,
    COMPARED_COLORS,
    COUNTS,
    EXCLUSIVE,
    MATERIALS,
    OTHERS,
    QUALITIES,
)
from vibes.domain.refinement.rules.lexicon.rarer_qualities import RARER_QUALITIES
from vibes.domain.refinement.rules.lexicon.rarer_things import RARER_THINGS
from vibes.domain.refinement.rules.lexicon.things import THINGS
from vibes.domain.refinement.words import ENGLISH, FRENCH, GERMAN, folded, key_of, words_of

LONGEST = 4
"""Words of the longest entry."""


@dataclass(frozen=True, slots=True)
class Quality:
    word: str
    opposite: str
    alone: str
    """What to add where it is said of the whole picture."""


@dataclass(frozen=True, slots=True)
class Vocabulary:
    translations: Mapping[str, Mapping[tuple[str, ...], str]]
    """By language and the keys of an entry's words: the English word."""
    exact: Mapping[str, Mapping[str, str]]
    """By language and an entry as it is written: a plural that differs by an umlaut alone is another entry."""
    qualities: Mapping[str, Quality]
    """By any English form."""
    colors: frozenset[str]
    materials: frozenset[str]
    exclusive: Mapping[str, int]
    """By English name or synonym: the number of its group, of which a picture has one."""
    canonical: Mapping[str, str]
    """By English synonym: the name."""
    alike: Mapping[str, frozenset[str]]
    """By English word: the others that one German or French word may mean too, as "meadow" and "grass"."""
    english: frozenset[str]
    """All single English words that are known, by their keys."""

    def group_members(self, group: int) -> Iterator[str]:
        yield from (name for name, number in self.exclusive.items() if number == group)

    def is_attribute(self, word: str) -> bool:
        return word in self.colors or word in self.materials or word in self.qualities or word in _FURTHER

    def is_of_things(self, word: str) -> bool:
        """A colour, a material or a size: nobody says it of a whole picture by "it"."""
        quality = self.qualities.get(word)
        return word in self.colors or word in self.materials or (quality is not None and quality.word in _SIZES)


_FURTHER = COUNTS | frozenset(COMPARED_COLORS)
_SIZES_WORDS = "big small tall short long thin thick old young new wide narrow round curly straight"
_SIZES = frozenset(_SIZES_WORDS.split())


@cache
def vocabulary() -> Vocabulary:
    translations = _Translations()
    exclusive, canonical = _groups(translations)
    qualities: dict[str, Quality] = {}
    for english, forms, german, french, opposite, *alone in _rows(
        [*QUALITIES.splitlines(), *RARER_QUALITIES.splitlines()]
    ):
        quality = Quality(english, opposite, alone[0] if alone else english)
        for form in [english, *_split(forms)]:
            qualities.setdefault(form, quality)
        translations.add(english, german, french)
    tables = {name: _rows(_entries(table)) for name, table in _TABLES.items()}
    for rows in tables.values():
        for english, german, french in rows:
            translations.add(english, german, french)
    names = [row[0] for rows in tables.values() for row in rows]
    known = {key_of(each) for name in [*names, *qualities, *exclusive] for each in name.split()}
    return Vocabulary(
        translations=translations.by_keys,
        exact=translations.exact,
        qualities=qualities,
        colors=frozenset(row[0] for row in tables["colors"]),
        materials=frozenset(row[0] for row in tables["materials"]),
        exclusive=exclusive,
        canonical=canonical,
        alike=translations.alike(),
        english=frozenset(known),
    )


_TABLES = {
    "deeds": DEEDS,
    "colors": COLORS,
    "materials": MATERIALS,
    "things": THINGS,
    "rarer things": RARER_THINGS,
    "others": OTHERS,
}


class _Translations:
    def __init__(self) -> None:
        self.by_keys: dict[str, dict[tuple[str, ...], str]] = {GERMAN: {}, FRENCH: {}}
        self.exact: dict[str, dict[str, str]] = {GERMAN: {}, FRENCH: {}}
        self._meanings: dict[tuple[str, str], set[str]] = {}

    def add(self, english: str, german: str, french: str) -> None:
        """What was there first stays: the plural of a German word is often its singular too."""
        for language, cell in ((GERMAN, german), (FRENCH, french)):
            for form in _split(cell):
                self.by_keys[language].setdefault(keys_of(form, language), english)
                self.exact[language].setdefault(form.lower(), english)
                self._meanings.setdefault((language, form.lower()), set()).add(english)

    def alike(self) -> dict[str, frozenset[str]]:
        found: dict[str, frozenset[str]] = {}
        for meanings in self._meanings.values():
            if len(meanings) > 1:
                found |= {each: found.get(each, frozenset()) | meanings - {each} for each in meanings}
        return found


def _groups(translations: _Translations) -> tuple[dict[str, int], dict[str, str]]:
    exclusive: dict[str, int] = {}
    canonical: dict[str, str] = {}
    for number, group in enumerate(EXCLUSIVE):
        for english, synonyms, german, french in _rows(_entries(group)):
            for name in [english, *_split(synonyms)]:
                exclusive[name] = number
                canonical[name] = english
            translations.add(english, german, french)
    return exclusive, canonical


def _entries(table: str) -> list[str]:
    return [entry for line in table.splitlines() for entry in line.split(";")]


def _rows(entries: Iterable[str]) -> list[list[str]]:
    return [[cell.strip() for cell in entry.split(":")] for entry in entries if entry.strip()]


def _split(cell: str) -> list[str]:
    return [each.strip() for each in cell.split(",") if each.strip()]


def keys_of(text: str, language: str) -> tuple[str, ...]:
    """Without apostrophes' first halves, as in ``l'eau``."""
    return tuple(word.key for word in words_of(text, language))


@cache
def known_words() -> dict[str, frozenset[str]]:
    """By language: the single words of the lexicon, as they are written without accents."""
    tables = vocabulary().translations
    german, french = (
        frozenset(keys[0] for keys in tables[language] if len(keys) == 1) for language in (GERMAN, FRENCH)
    )
    return {ENGLISH: vocabulary().english, GERMAN: german, FRENCH: french}


@cache
def parts_of_entries(language: str) -> frozenset[str]:
    """The words of entries of several words, as `written_words`."""
    entries = vocabulary().exact[language] if language != ENGLISH else ()
    return frozenset(folded(word) for form in entries if " " in form for word in form.split())


@cache
def written_words(language: str) -> frozenset[str]:
    """Single words of the lexicon as they are written, in small letters without accents."""
    return frozenset(folded(form) for form in vocabulary().exact[language] if " " not in form)


def is_known(word: str, language: str) -> bool:
    return key_of(word, language) in known_words()[language] or folded(word) in known_words()[language]
