"""Finds a term in a text, whatever form its words have there: a hat in "hats", fog in "foggy"."""

import re
import unicodedata
from dataclasses import dataclass

ENGLISH, GERMAN, FRENCH = "en", "de", "fr"

_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)?")
_ARTICLES = frozenset(
    [
        "a",
        "an",
        "the",
        "some",
        "any",
        "his",
        "her",
        "its",
        "their",
        "der",
        "die",
        "das",
        "den",
        "dem",
        "des",
        "ein",
        "eine",
        "einen",
        "einem",
        "einer",
        "eines",
        "le",
        "la",
        "les",
        "l",
        "un",
        "une",
        "du",
        "de",
    ]
)
_IRREGULAR = dict(
    pair.split(":")
    for pair in [
        "men:man",
        "women:woman",
        "people:person",
        "children:child",
        "feet:foot",
        "teeth:tooth",
        "leaves:leaf",
        "wolves:wolf",
        "knives:knife",
        "geese:goose",
        "mice:mouse",
        "shelves:shelf",
        "lives:life",
        "hooves:hoof",
        "scarves:scarf",
        "rainy:rain",
        "raining:rain",
        "cloudy:cloud",
        "snowy:snow",
        "snowing:snow",
        "misty:mist",
        "windy:wind",
        "smoky:smoke",
        "smoking:smoke",
        "dusty:dust",
        "stormy:storm",
        "hazy:haze",
        "grainy:grain",
        "noisy:noise",
        "shiny:shine",
        "icy:ice",
        "watery:water",
        "hairy:hair",
        "leafy:leaf",
        "grassy:grass",
        "rocky:rock",
        "bloody:blood",
        "dirty:dirt",
        "messy:mess",
        "curly:curl",
        "sandy:sand",
        "wavy:wave",
        "starry:star",
        "glowing:glow",
        "burning:burn",
        "smiling:smile",
        "smiles:smile",
        "smiled:smile",
        "fiery:fire",
        "flowery:flower",
        "colourful:colorful",
        "colour:color",
        "colours:color",
        "grey:gray",
        "centre:center",
        "closeup:closeup",
    ]
)
_STEM, _WITH_ENDING, _COMPOUND = 3, 4, 5
"""Letters: a stem has at least, a word with an ending of two more than, one that is written in two parts more than."""
_HISS = ("ches", "shes", "xes", "sses", "zes")
_KEPT_S = ("ss", "us", "is")


@dataclass(frozen=True, slots=True)
class Word:
    start: int
    end: int
    key: str


def words_of(text: str, language: str = ENGLISH) -> list[Word]:
    return [Word(each.start(), each.end(), key_of(each.group(), language)) for each in _WORD.finditer(text)]


def key_of(word: str, language: str = ENGLISH) -> str:
    """What all forms of a word have in common."""
    plain = folded(word)
    for mark in ("'s", "’s"):
        plain = plain.removesuffix(mark)
    if language == GERMAN:
        return _without_ending(plain, ("ern", "en", "em", "er", "es", "e", "n", "s"))
    if language == FRENCH:
        return _without_ending(plain.split("'")[-1], ("es", "s", "x", "e"))
    return _english_key(plain)


def folded(word: str) -> str:
    """Small letters without accents."""
    spread = unicodedata.normalize("NFKD", word.casefold().replace("’", "'"))
    return "".join(sign for sign in spread if not unicodedata.combining(sign))


def _english_key(word: str) -> str:
    if word in _IRREGULAR:
        return _IRREGULAR[word]
    if len(word) > _WITH_ENDING and word.endswith("ies"):
        return f"{word[:-3]}y"
    if len(word) > _WITH_ENDING and word.endswith(_HISS):
        return word[:-2]
    if len(word) > _STEM and word.endswith("s") and not word.endswith(_KEPT_S):
        return _IRREGULAR.get(word[:-1], word[:-1])
    if len(word) > _WITH_ENDING and word.endswith("y") and word[-2] == word[-3] and word[-2] not in "aeiouls":
        return word[:-2]
    return word


def _without_ending(word: str, endings: tuple[str, ...]) -> str:
    """As often as one is found: a comparative has its own before that of its case."""
    while True:
        ending = next((each for each in endings if word.endswith(each) and len(word) - len(each) >= _STEM), "")
        if not ending or (ending == "s" and word.endswith("ss")):
            return word
        word = word.removesuffix(ending)


_SUFFIXES = ("ing", "ness", "ish", "en", "ed", "ful", "ly", "y", "e")


def stem_of(key: str) -> str:
    """Of an English key: what "wood" and "wooden", "sleep" and "sleeping" have in common; at least four letters."""
    ending = next((each for each in _SUFFIXES if key.endswith(each) and len(key) - len(each) >= _WITH_ENDING), "")
    return key.removesuffix(ending)


_PLURAL = {"man": "men", "woman": "women", "child": "children", "person": "people", "foot": "feet", "mouse": "mice"}
_PLURAL |= {
    "sheep": "sheep",
    "samurai": "samurai",
    "ninja": "ninja",
    "moose": "moose",
    "fish": "fish",
    "deer": "deer",
    "wolf": "wolves",
    "knife": "knives",
    "leaf": "leaves",
}


def plural_of(word: str) -> str:
    """Of an English noun in the singular; what looks like a plural stays."""
    lower = word.lower()
    if lower in _PLURAL:
        return _PLURAL[lower]
    if lower in _PLURAL.values() or (lower.endswith("s") and not lower.endswith(_KEPT_S)):
        return word
    if lower.endswith(("s", "x", "ch", "sh", "z")):
        return f"{word}es"
    if lower.endswith("y") and lower[-2:-1] not in "aeiou":
        return f"{word[:-1]}ies"
    return f"{word}s"


_SINGULAR = {plural: word for word, plural in _PLURAL.items()}


def singular_of(word: str) -> str:
    """Of an English noun in the plural; any other word stays."""
    lower = word.lower()
    if lower in _SINGULAR:
        return _SINGULAR[lower]
    if len(lower) > _WITH_ENDING and lower.endswith("ies"):
        return f"{word[:-3]}y"
    if len(lower) > _WITH_ENDING and lower.endswith(_HISS):
        return word[:-2]
    return word[:-1] if len(lower) > _STEM and lower.endswith("s") and not lower.endswith(_KEPT_S) else word


def term_keys(term: str, language: str = ENGLISH) -> tuple[str, ...]:
    """The words of a term that have to be found, without articles at its beginning."""
    words = [(folded(term[each.start : each.end]), each.key) for each in words_of(term, language)]
    while len(words) > 1 and words[0][0] in _ARTICLES:
        words.pop(0)
    return tuple(key for _, key in words)


def places(term: str, text: str, language: str = ENGLISH) -> list[tuple[int, int]]:
    """Where the term stands in the text, as ranges of characters that do not overlap; "close-up" is "closeup"."""
    wanted = term_keys(term, language)
    if not wanted:
        return []
    words = words_of(text, language)
    keys = [word.key for word in words]
    found: list[tuple[int, int]] = []
    at = 0
    while at < len(words):
        length = _length_here(wanted, keys, at)
        if length:
            found.append((words[at].start, words[at + length - 1].end))
        at += max(length, 1)
    return found


def _length_here(wanted: tuple[str, ...], keys: list[str], at: int) -> int:
    """How many words the term takes here; 0 where it does not stand."""
    if tuple(keys[at : at + len(wanted)]) == wanted:
        return len(wanted)
    whole = "".join(wanted)
    if len(wanted) > 1 and keys[at] == whole:
        return 1
    if len(wanted) == 1 and at + 1 < len(keys) and len(whole) > _COMPOUND and keys[at] + keys[at + 1] == whole:
        return 2
    return 0


def holds(term: str, text: str, language: str = ENGLISH) -> bool:
    return bool(places(term, text, language))


def contains_term(outer: str, inner: str, language: str = ENGLISH) -> bool:
    """One term within another one, or the same."""
    return holds(inner, outer, language)
