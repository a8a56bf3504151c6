"""Feedback to operations by rules: English, German and French, several wishes at once, and slips of the keyboard."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from vibes.domain.refinement.changes import Changes
from vibes.domain.refinement.rules.clauses import Clause, clauses_of
from vibes.domain.refinement.rules.languages import language_of, speaks_for
from vibes.domain.refinement.rules.patterns import PATTERNS, Intention
from vibes.domain.refinement.rules.qualities import BODY
from vibes.domain.refinement.rules.terms import bared, term_of
from vibes.domain.refinement.rules.typos import mended
from vibes.domain.refinement.rules.vocabulary import known_words, vocabulary
from vibes.domain.refinement.rules.wanting import Known, as_prompted, being, more, swapped, too, wanted
from vibes.domain.refinement.words import ENGLISH, FRENCH, GERMAN, words_of

MAX_FEEDBACK = 1_500
"""Characters of feedback that are read."""
_GOES_ON = {Intention.KEEP, Intention.REMOVE, Intention.MORE, Intention.LESS, Intention.WANT, Intention.SWAP}
NOT_UNDERSTOOD = "What should change? For example “no hat”, “more fog” or “a bridge instead of the boat”."
MAX_CLAUSE = 300
"""Characters of one wish that are read."""
_ONE = re.compile(r"(?:an?|one|ein|eine|einen|une?) ", re.IGNORECASE)
"""Nobody says "no hat, a dog" of two things that shall go."""
_EMPTY_WORDS = frozenset(
    [
        "it",
        "this",
        "that",
        "them",
        "they",
        "nicer",
        "better",
        "good",
        "great",
        "nice",
        "perfect",
        "fine",
        "ok",
        "okay",
        "yes",
        "no",
        "hmm",
        "hm",
        "well",
        "cool",
        "wow",
        "thanks",
        "more",
        "less",
        "left",
        "right",
        "one",
        "first",
        "second",
        "last",
        "best",
        "worst",
        "done",
        "nothing",
        "anything",
        "something",
        "good",
        "enough",
    ]
)


@dataclass(frozen=True, slots=True)
class _Wish:
    intention: Intention
    x: str = ""
    y: str = ""
    a: str = ""


@dataclass(frozen=True, slots=True)
class Understood:
    changes: Changes
    """Empty with a question where nothing is understood."""
    sure: Changes
    """The part of it that was said with a word for it: "no", "more", "instead of"."""


def interpret(feedback: str, phrases: Sequence[str]) -> Changes:
    """What it asks for, of a prompt with these phrases; empty with a question where nothing is understood."""
    return understand(feedback, phrases).changes


def understand(feedback: str, phrases: Sequence[str]) -> Understood:
    known = Known(tuple(phrases), language_of(" ".join(phrases), known_words()))
    text = feedback[:MAX_FEEDBACK].replace("’", "'")
    words = [phrase[each.start : each.end] for phrase in phrases for each in words_of(phrase)]
    text, language = _mended(text, words)
    changes, sure = Changes(), Changes()
    before = _Wish(Intention.NOTHING)
    for clause in _halved(clauses_of(text, language)):
        wish = _continued(_wish(clause.text, language), before, clause, language)
        operations = _operations(wish, known, language)
        changes = changes.joined(operations)
        if wish.intention is not Intention.WANT:
            sure = sure.joined(operations)
        before = wish
    swapped_away = {swap.old.lower() for swap in changes.modify}
    changes = replace(changes, remove=tuple(each for each in changes.remove if each.lower() not in swapped_away))
    if changes.empty:
        praised = any(sign.isalpha() for sign in text) and before.intention is Intention.NOTHING
        return Understood(Changes(question="" if praised else NOT_UNDERSTOOD), Changes())
    return Understood(changes, sure)


def _mended(text: str, prompt_words: Sequence[str]) -> tuple[str, str]:
    """With its language, which a slip in its one telling word may hide."""
    language = language_of(text, known_words())
    if language == ENGLISH and not speaks_for(text, ENGLISH):
        for other in (GERMAN, FRENCH):
            candidate = mended(text, other, prompt_words)
            if candidate != text and language_of(candidate, known_words()) == other:
                return candidate, other
    return mended(text, language, prompt_words), language


def _halved(clauses: Sequence[Clause]) -> list[Clause]:
    """ "in winter with snow" wishes for two things."""
    result: list[Clause] = []
    for clause in clauses:
        for preposition in (" with ", " mit ", " avec "):
            head, found, rest = clause.text.partition(preposition)
            if found and _is_group(head):
                result += [Clause(head, clause.follows), Clause(preposition.strip() + " " + rest, False)]
                break
        else:
            result.append(clause)
    return result


def _is_group(text: str) -> bool:
    names = vocabulary().exclusive
    return any(
        term_of(text.split(" ", 1)[-1] if cut else text, language, ENGLISH).lower() in names
        for language in ("en", "de", "fr")
        for cut in (False, True)
    )


def _wish(clause: str, language: str) -> _Wish:
    bare = clause.strip(" ,.;:!?…")[:MAX_CLAUSE]
    for text in (bare, bared(bare, language)):
        for intention, pattern in PATTERNS[language]:
            found = pattern.match(text)
            if found is None:
                continue
            parts = found.groupdict()
            if intention is Intention.BE_IF_ATTRIBUTE and not _attribute(parts["a"], language):
                continue
            wish = _Wish(intention, parts.get("x") or "", parts.get("y") or "", parts.get("a") or "")
            if intention is Intention.WANT and text is bare and wish.x == text:
                break  # the last pattern fits everything: try without fillers first
            return wish
    return _Wish(Intention.WANT, bared(bare, language))


def _attribute(text: str, language: str) -> bool:
    return vocabulary().is_attribute(term_of(text, language, ENGLISH).lower())


def _continued(wish: _Wish, before: _Wish, clause: Clause, language: str) -> _Wish:
    """With the intention of the clause before it where it has none of its own."""
    bare = bared(clause.text, language)
    if _attribute(bare, language) or (before.intention is Intention.REMOVE and _ONE.match(clause.text)):
        return wish
    if not clause.follows or wish.intention is not Intention.WANT or bared(wish.x, language) != bare:
        return wish
    if before.intention is Intention.SWAP:
        for joint in (" with ", " by ", " for ", " durch ", " gegen ", " par ", " avec "):
            old, found, new = bare.partition(joint)
            if found:
                return _Wish(Intention.SWAP, new, old)
        return wish
    return _Wish(before.intention, wish.x) if before.intention in _GOES_ON else wish


def _operations(wish: _Wish, known: Known, language: str) -> Changes:
    x, y, a = (term_of(each, language, known.language) for each in (wish.x, wish.y, wish.a))
    y = as_prompted(y, known)
    x = x if wish.intention in {Intention.WANT, Intention.SWAP} else as_prompted(x, known)
    if wish.intention is Intention.NOTHING or (not x and not a) or x.lower() in _EMPTY_WORDS:
        return Changes() if wish.intention is not Intention.TOO or not a else too("", a, known)
    carried_out: Mapping[Intention, Callable[[], Changes]] = {
        Intention.KEEP: lambda: Changes(keep=(x,)),
        Intention.REMOVE: lambda: Changes(remove=(x,)),
        Intention.LESS: lambda: Changes(emphasis_down=(x,)),
        Intention.BAD: lambda: Changes(remove=(f"deformed {x}" if x.lower() in BODY else x,)),
        Intention.MORE: lambda: more(x, known),
        Intention.SWAP: lambda: swapped(y, x, known),
        Intention.TOO: lambda: too(x, a, known),
        Intention.BE: lambda: being(x, a, known),
        Intention.BE_IF_ATTRIBUTE: lambda: being(x, a, known),
    }
    return carried_out.get(wish.intention, lambda: wanted(x, known))()
