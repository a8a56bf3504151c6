"""Cuts words out of a phrase so that the rest still reads: "a man with a hat in a boat" without its hat."""

import re
from dataclasses import replace

from vibes.domain.refinement.phrases import Phrase

_CONNECTORS = frozenset(
    [
        "with",
        "without",
        "wearing",
        "holding",
        "carrying",
        "and",
        "or",
        "in",
        "on",
        "at",
        "by",
        "near",
        "under",
        "over",
        "above",
        "below",
        "behind",
        "beside",
        "between",
        "of",
        "from",
        "through",
        "to",
        "into",
        "onto",
        "against",
        "around",
        "among",
        "across",
        "along",
        "while",
        "featuring",
        "surrounded",
        "including",
        "has",
        "having",
        "mit",
        "ohne",
        "und",
        "oder",
        "im",
        "am",
        "auf",
        "bei",
        "neben",
        "unter",
        "hinter",
        "vor",
        "aus",
        "trägt",
        "avec",
        "sans",
        "et",
        "ou",
        "dans",
        "sur",
        "sous",
        "près",
        "devant",
        "derrière",
        "portant",
    ]
)
_JOINING = frozenset({"and", "or", "und", "oder", "et", "ou"})
_SMALL = frozenset(
    [
        "a",
        "an",
        "the",
        "his",
        "her",
        "its",
        "their",
        "some",
        "many",
        "two",
        "three",
        "four",
        "of",
        "is",
        "are",
        "der",
        "die",
        "das",
        "den",
        "dem",
        "ein",
        "eine",
        "einen",
        "einem",
        "einer",
        "le",
        "la",
        "les",
        "un",
        "une",
        "des",
        "du",
        "de",
    ]
)
_WORD = re.compile(r"\S+")
_STOPS = {".", "!", "?"}
_SUBJECT = 2
"""Words before the one that a sentence is about: an article and an adjective."""


def cut_out(phrase: Phrase, start: int, end: int) -> Phrase | None:
    """Without these characters and what hangs on them: adjectives and the connector before, up to the last thing that
    stands for itself. None: nothing is left that says anything."""
    text = phrase.text
    words = [(each.start(), each.end()) for each in _WORD.finditer(text)]
    first = next(at for at, (_, stop) in enumerate(words) if stop > start)
    last = max(at for at, (begin, _) in enumerate(words) if begin < end)
    after = _said(text, words, last + 1)
    begins = first
    while begins and _said(text, words, begins - 1) not in _CONNECTORS:
        begins -= 1
    if after and after not in _CONNECTORS:
        is_subject = begins == 0 and first <= _SUBJECT and phrase.ending.strip() in _STOPS
        return None if is_subject else cut_words(phrase, start, end)
    if begins == 0 and first > _SUBJECT:
        return cut_words(phrase, start, end)
    if begins == 0:
        return _from_the_front(phrase, words, last, after)
    begins -= 1
    if after in _JOINING and _said(text, words, begins) not in _JOINING:
        return _tidied(phrase.without(words[begins + 1][0], words[last + 1][1]))
    return _tidied(phrase.without(words[begins][0], words[last][1]))


def cut_words(phrase: Phrase, start: int, end: int) -> Phrase | None:
    """Without these characters alone."""
    return _tidied(phrase.without(start, end))


def _from_the_front(phrase: Phrase, words: list[tuple[int, int]], last: int, after: str) -> Phrase | None:
    """What stands first carries the rest: with it goes the connector that led to the next thing."""
    if not after:
        return None
    rest = phrase.without(0, words[last + 1][1])
    upper = phrase.text[:1].isupper()
    tidy = _tidied(rest)
    if tidy is None or not upper:
        return tidy
    return tidy.replaced(0, 1, tidy.text[0].upper())


def _said(text: str, words: list[tuple[int, int]], at: int) -> str:
    return text[words[at][0] : words[at][1]].lower().strip(",;:") if 0 <= at < len(words) else ""


def _tidied(phrase: Phrase) -> Phrase | None:
    """Without double blanks, and without connectors and articles that lead nowhere."""
    while True:
        text = phrase.text
        words = [(each.start(), each.end()) for each in _WORD.finditer(text)]
        said = [text[start:end].lower() for start, end in words]
        if not said or all(each in _SMALL or each in _CONNECTORS for each in said):
            return None
        if said[-1] in _CONNECTORS or said[-1] in _SMALL:
            phrase = phrase.without(words[-2][1], len(text))
        elif said[0] in _JOINING:
            phrase = phrase.without(0, words[1][0])
        elif (gap := re.search(r"\s{2,}", text)) is not None:
            phrase = phrase.without(gap.start(), gap.end() - 1)
        elif text != text.strip():
            left = len(text) - len(text.lstrip())
            phrase = phrase.without(0, left) if left else phrase.without(len(text.rstrip()), len(text))
        else:
            return replace(phrase)
