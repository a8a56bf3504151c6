"""Puts right what was mistyped, where only one known word can be meant."""

import re
from collections.abc import Collection, Iterable

from vibes.domain.refinement.rules.languages import SMALL_WORDS
from vibes.domain.refinement.rules.vocabulary import is_known, parts_of_entries, written_words
from vibes.domain.refinement.rules.wordings.patterns import PATTERNS
from vibes.domain.refinement.words import ENGLISH, FRENCH, GERMAN, folded

_SIGNALS = {
    ENGLISH: "more less without instead remove replace keep should make please delete change everything except "
    "fewer darker brighter warmer colder with want there",
    GERMAN: "mehr weniger ohne statt anstelle entferne entfernen ersetze behalte bitte keine keinen etwas wärmer "
    "heller dunkler lassen alles außer",
    FRENCH: "plus moins sans lieu place remplace garde enlève ajoute supprime trop avec pas",
}
_IN_PATTERNS = frozenset(
    folded(word)
    for patterns in PATTERNS.values()
    for _, pattern in patterns
    for word in re.findall(r"[^\W\d_]{3,}", pattern.pattern)
)
_SMALL = frozenset().union(_IN_PATTERNS, *SMALL_WORDS.values()) | frozenset(
    [
        "the",
        "and",
        "but",
        "not",
        "are",
        "was",
        "has",
        "had",
        "his",
        "her",
        "him",
        "its",
        "their",
        "they",
        "them",
        "this",
        "that",
        "these",
        "those",
        "than",
        "then",
        "there",
        "here",
        "very",
        "just",
        "like",
        "love",
        "nice",
        "good",
        "great",
        "some",
        "any",
        "out",
        "off",
        "away",
        "from",
        "into",
        "onto",
        "over",
        "under",
        "like",
        "would",
        "could",
        "should",
        "can",
        "may",
        "must",
        "will",
        "does",
        "don't",
        "didn't",
        "i'd",
        "i'm",
        "it's",
        "let's",
        "have",
        "having",
        "been",
        "being",
        "what",
        "which",
        "who",
        "when",
        "where",
        "why",
        "how",
        "all",
        "both",
        "each",
        "few",
        "other",
        "own",
        "same",
        "only",
        "about",
        "again",
        "once",
        "make",
        "made",
        "put",
        "get",
        "got",
        "give",
        "take",
        "use",
        "look",
        "looks",
        "seem",
        "feel",
        "rid",
        "lose",
        "der",
        "die",
        "das",
        "den",
        "dem",
        "des",
        "und",
        "aber",
        "nicht",
        "auch",
        "noch",
        "nur",
        "sehr",
        "dann",
        "weg",
        "mit",
        "von",
        "vor",
        "bei",
        "nach",
        "aus",
        "ist",
        "sind",
        "war",
        "hat",
        "wird",
        "les",
        "des",
        "une",
        "est",
        "sont",
        "mais",
        "pour",
        "dans",
        "sur",
        "sous",
        "pas",
        "par",
        "elle",
        "lui",
        "qui",
        "que",
        "trop",
        "très",
        "bien",
        "tout",
        "tous",
        "fait",
    ]
)
_LETTERS = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
_SHORTEST, _LONG = 4, 7
"""Letters of words in which one slip is put right, and two."""


def mended(text: str, language: str, prompt_words: Collection[str]) -> str:
    """Signal words always; words of the prompt and, in other languages than English, of the lexicon, where a letter is
    missing, doubled, or changed places with its neighbour."""
    near = {folded(each) for each in prompt_words if len(each) >= _SHORTEST - 1}

    def mend(found: re.Match[str]) -> str:
        word = folded(found.group())
        if (
            len(word) < _SHORTEST
            or word in _SMALL
            or word in near
            or is_known(word, language)
            or is_known(word, ENGLISH)
            or word in parts_of_entries(language)
            or (language == FRENCH and "'" in word)
        ):
            return found.group()
        if word in _folded_signals(language):
            return found.group()
        near_words = near if language == ENGLISH else near | written_words(language)
        signal = _only(word, _SIGNALS[language].split(), _slip if len(word) < _LONG else _two_slips)
        return signal or _only(word, near_words, _slip) or found.group()

    return _LETTERS.sub(mend, text)


def _folded_signals(language: str) -> frozenset[str]:
    return frozenset(map(folded, _SIGNALS[language].split()))


def _only(word: str, candidates: Iterable[str], slip: object) -> str | None:
    check = slip if callable(slip) else _slip
    found = [each for each in candidates if check(word, folded(each))]
    return found[0] if len(found) == 1 else None


def _slip(word: str, meant: str) -> bool:
    """One letter too many or missing, or two that changed places."""
    if word == meant:
        return False
    if len(word) == len(meant):
        at = next((at for at, pair in enumerate(zip(word, meant, strict=True)) if pair[0] != pair[1]), 0)
        return word[:at] + word[at + 1 : at + 2] + word[at : at + 1] + word[at + 2 :] == meant
    short, long = sorted((word, meant), key=len)
    return len(long) - len(short) == 1 and any(long[:at] + long[at + 1 :] == short for at in range(len(long)))


def _two_slips(word: str, meant: str) -> bool:
    """One letter at another place altogether, too."""
    if _slip(word, meant):
        return True
    if len(word) != len(meant) or word[0] != meant[0]:
        return False
    return any(_slip(word[:at] + word[at + 1 :], meant) for at in range(len(word)))
