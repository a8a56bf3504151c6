"""Feedback to operations by rules: English, German and French, several wishes at once, and slips of the keyboard."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from vibes.domain.refinement.changes import Changes
from vibes.domain.refinement.rules.clauses import Clause, clauses_of
from vibes.domain.refinement.rules.intentions import Intention
from vibes.domain.refinement.rules.languages import clause_language, language_of, speaks_for
from vibes.domain.refinement.rules.patterns import PATTERNS
from vibes.domain.refinement.rules.qualities import BODY
from vibes.domain.refinement.rules.sentences import is_sentence
from vibes.domain.refinement.rules.shorthand import plainly, without_signs, written_out
from vibes.domain.refinement.rules.terms import bared, term_of
from vibes.domain.refinement.rules.typos import mended
from vibes.domain.refinement.rules.vocabulary import is_known, known_words, vocabulary
from vibes.domain.refinement.rules.wanting import Known, acting, as_prompted, being, less, more, swapped, too, wanted
from vibes.domain.refinement.words import ENGLISH, FRENCH, GERMAN, words_of

MAX_FEEDBACK = 1_500
"""Characters of feedback that are read."""
_GUESSED = {Intention.WANT, Intention.DO, Intention.HAVE}
"""Without a word that says what is to be done; a model may know better."""
_ASK_NOTHING = {Intention.NOTHING, Intention.MENTION}
_GOES_ON = {Intention.KEEP, Intention.REMOVE, Intention.MORE, Intention.LESS, Intention.WANT, Intention.SWAP}
NOT_UNDERSTOOD = "What should change? For example “no hat”, “more fog” or “a bridge instead of the boat”."
MAX_CLAUSE = 300
"""Characters of one wish that are read."""
_SCENE_WORDS = (
    "background foreground sky light lighting colors colours mood atmosphere style composition picture image scene "
    "pose perspective face"
)
_SCENE = frozenset(_SCENE_WORDS.split())
"""What every picture has: who finds it boring does not want it gone."""
_IT_WORDS = "it them that this those these they es das sie ihn den die davon ça les cela"
_STATED = re.compile(r"^(?:it's|it is|es ist|c'est)(?: an?| the)? ", re.IGNORECASE)
_IT = frozenset(_IT_WORDS.split())
_ONE = re.compile(r"(?:an?|one|ein|eine|einen|une?) ", re.IGNORECASE)
"""Nobody says "no hat, a dog" of two things that shall go."""
_EMPTY_WORDS = frozenset(
    [
        "it",
        "this",
        "that",
        "them",
        "they",
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
    unclear: tuple[str, ...] = ()
    """Wishes that could not be understood, word for word; the prompt has nothing of them."""

    @property
    def notes(self) -> tuple[str, ...]:
        """What was not understood, for people."""
        return tuple(f"“{each}” was not understood, so the prompt has nothing of it" for each in self.unclear)


def interpret(feedback: str, phrases: Sequence[str]) -> Changes:
    """What it asks for, of a prompt with these phrases; empty with a question where nothing is understood."""
    return understand(feedback, phrases).changes


def understand(feedback: str, phrases: Sequence[str]) -> Understood:
    known = Known(tuple(phrases), language_of(" ".join(phrases), known_words()))
    text = without_signs(feedback[:MAX_FEEDBACK].replace("’", "'").strip())
    words = [phrase[each.start : each.end] for phrase in phrases for each in words_of(phrase)]
    text, language = _mended(text, words)
    reading = _Reading(known)
    for clause in _halved(clauses_of(text, language)):
        reading.hear(clause, clause_language(clause.text, language, known_words()))
    return reading.understood(any(sign.isalpha() for sign in text))


class _Reading:
    """Clause by clause: one may go on with the wish before it, or speak of what that was about."""

    def __init__(self, known: Known) -> None:
        self._known = known
        self._before = _Wish(Intention.NOTHING)
        self._about = ""
        self._changes = Changes()
        self._sure = Changes()
        self._unclear: list[str] = []

    def hear(self, clause: Clause, language: str) -> None:
        text = plainly(written_out(clause.text, language), language)
        rest = _STATED.sub("", text)
        clause = replace(clause, text=rest if _is_group(rest) else text)
        wish = _continued(_wish(clause.text, language), self._before, clause, language)
        wish = self._speaking_of(_within(wish, language))
        if self._is_unclear(wish, language):
            self._unclear.append(clause.text)
            self._before = _Wish(Intention.NOTHING)
            return
        operations = _operations(wish, self._known, language)
        self._changes = self._changes.joined(operations)
        if wish.intention not in _GUESSED:
            self._sure = self._sure.joined(operations)
        self._before = wish

    def understood(self, said_something: bool) -> Understood:
        swapped_away = {swap.old.lower() for swap in self._changes.modify}
        changes = replace(
            self._changes,
            remove=tuple(each for each in self._changes.remove if each.lower() not in swapped_away),
            emphasis_down=tuple(each for each in self._changes.emphasis_down if each.lower() not in swapped_away),
        )
        if not changes.empty:
            return Understood(changes, self._sure, tuple(self._unclear))
        praised = said_something and not self._unclear and self._before.intention is Intention.NOTHING
        return Understood(Changes(question="" if praised else NOT_UNDERSTOOD), Changes(), tuple(self._unclear))

    def _speaking_of(self, wish: _Wish) -> _Wish:
        """With what "it" stands for, where the clause before said so."""
        of_picture = wish.a and not vocabulary().is_of_things(wish.a.lower())
        if wish.x.lower() in _IT and self._about and not of_picture:
            wish = replace(wish, x=self._about)
        if wish.y.lower() in _IT and self._about:
            wish = replace(wish, y=self._about)
        if wish.x and wish.intention is not Intention.WANT:
            self._about = wish.y if wish.intention is Intention.SWAP and not wish.x else wish.x
        return wish

    def _is_unclear(self, wish: _Wish, language: str) -> bool:
        if wish.intention is Intention.UNCLEAR:
            return True
        if wish.intention in {Intention.DO, Intention.HAVE}:
            _, _, rest = wish.a.partition(" ")
            said = rest if rest and wish.intention is Intention.DO else wish.a
            return is_sentence(bared(said, language), language)
        if wish.intention is Intention.SWAP:
            return is_sentence(bared(wish.x, language), language)
        if wish.intention is Intention.BAD:
            return bared(wish.x, language).lower() in _SCENE | _IT
        if wish.intention is Intention.REMOVE_IF_THERE:
            return not self._known.holds(as_prompted(term_of(wish.x, language, self._known.language), self._known))
        if wish.intention is not Intention.WANT:
            return False
        term = bared(wish.x, language)
        return bool(term) and term.lower() not in _EMPTY_WORDS and is_sentence(term, language)


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
            if intention is Intention.BE_IF_KNOWN and not _known_thing(parts["x"], parts["a"], language):
                continue
            wish = _Wish(
                intention,
                parts.get("x") or "",
                parts.get("y") or "",
                parts.get("a") or "",
            )
            if intention is Intention.WANT and text is bare and wish.x == text:
                break  # the last pattern fits everything: try without fillers first
            return wish
    return _Wish(Intention.WANT, bared(bare, language))


def _within(wish: _Wish, language: str) -> _Wish:
    """A swap whose first half is a wish of its own: "make it night" instead of evening, "the hat should be red" and not
    blue."""
    if wish.intention is not Intention.SWAP:
        return wish
    inner = _wish(wish.x, language)
    if inner.intention in {Intention.BE, Intention.BE_IF_ATTRIBUTE, Intention.BE_IF_KNOWN}:
        return inner
    return replace(wish, x=inner.x) if inner.intention is Intention.WANT and inner.x else wish


def _attribute(text: str, language: str) -> bool:
    return vocabulary().is_attribute(term_of(text, language, ENGLISH).lower())


def _known_thing(thing: str, attribute: str, language: str) -> bool:
    """ "background darker", but not "older man"."""
    head = bared(thing, language).rsplit(maxsplit=1)[-1:]
    return _attribute(attribute, language) and not any(
        _attribute(each, language) or not is_known(each, language) for each in head
    )


def _continued(wish: _Wish, before: _Wish, clause: Clause, language: str) -> _Wish:
    """With the intention of the clause before it where it has none of its own."""
    bare = bared(clause.text, language)
    if _attribute(bare, language) or (before.intention is Intention.REMOVE and _ONE.match(clause.text)):
        return wish
    if is_sentence(bare, language) or _is_group(bare):
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
    if wish.intention in _ASK_NOTHING or (not x and not a) or (x.lower() in _EMPTY_WORDS and not a):
        return Changes() if wish.intention is not Intention.TOO or not a else too("", a, known)
    carried_out: Mapping[Intention, Callable[[], Changes]] = {
        Intention.KEEP: lambda: Changes(keep=(x,)),
        Intention.REMOVE: lambda: Changes(remove=(x,)),
        Intention.REMOVE_IF_THERE: lambda: Changes(remove=(x,)),
        Intention.LESS: lambda: less(x, known),
        Intention.BAD: lambda: Changes(remove=(f"deformed {x}" if x.lower() in BODY else x,)),
        Intention.MORE: lambda: more(x, known),
        Intention.SWAP: lambda: swapped(y, x, known),
        Intention.TOO: lambda: too(x, a, known),
        Intention.BE: lambda: being(x, a, known),
        Intention.BE_IF_ATTRIBUTE: lambda: being(x, a, known),
        Intention.BE_IF_KNOWN: lambda: being(x, a, known),
        Intention.DO: lambda: acting(x, a, known),
        Intention.HAVE: lambda: acting(x, f"have {a}", known),
    }
    return carried_out.get(wish.intention, lambda: wanted(x, known))()
