"""Feedback to operations by rules: English, German and French, several wishes at once, and slips of the keyboard."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from vibes.domain.refinement.changes import Changes
from vibes.domain.refinement.rules.clauses import Clause, clauses_of
from vibes.domain.refinement.rules.counting import one_fewer, one_more
from vibes.domain.refinement.rules.doing import acting
from vibes.domain.refinement.rules.known import Known
from vibes.domain.refinement.rules.languages import clause_language, language_of, speaks_for
from vibes.domain.refinement.rules.qualities import BODY
from vibes.domain.refinement.rules.sentences import is_sentence
from vibes.domain.refinement.rules.shorthand import plainly, without_signs, written_out
from vibes.domain.refinement.rules.terms import bared, term_of
from vibes.domain.refinement.rules.typos import mended
from vibes.domain.refinement.rules.vocabulary import is_known, known_words, vocabulary
from vibes.domain.refinement.rules.wanting import (
    as_prompted,
    being,
    instead,
    less,
    more,
    swapped,
    too,
    wanted,
    without_place,
)
from vibes.domain.refinement.rules.wordings.intentions import Intention
from vibes.domain.refinement.rules.wordings.patterns import PATTERNS
from vibes.domain.refinement.words import ENGLISH, FRENCH, GERMAN, contains_term, words_of

MAX_FEEDBACK = 1_500
"""Characters of feedback that are read."""
_GUESSED = {Intention.WANT, Intention.DO, Intention.DO_IF_DOING, Intention.HAVE}
"""Without a word that says what is to be done; a model may know better."""
_NAMES_NEW = {Intention.WANT, Intention.SWAP, Intention.INSTEAD, Intention.ONE_MORE}
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
_IT_WORDS = "it them that this those these they more some one welche es das sie ihn den die davon ça les cela y en"
_SOMEBODY_WORDS = {
    ENGLISH: "her him them she he they",
    GERMAN: "sie ihn ihm ihr er ihnen",
    FRENCH: "elle lui la le il eux elles ils leur",
}
_SOMEBODY = {language: frozenset(words.split()) for language, words in _SOMEBODY_WORDS.items()}
_WITH_ARTICLE = re.compile(r"\b(der|die|das|den) ([A-ZÄÖÜ]\w+)", re.IGNORECASE)
_ARTICLE = re.compile(
    r"(?:an?|the|eine?[nmrs]?|der|die|das|den|dem|une?|les?|la|in|im|on|at|am|auf|mit|with|of|von|en|au|de|as|als)",
    re.IGNORECASE,
)
_ONLY = re.compile(r"(?:only|just|nur|bloß|juste|seulement|rather|lieber|eher|plutôt) ", re.IGNORECASE)
"""Begins a wish of its own: "no merchants, only pigeons"."""
_LEADING = re.compile(r"^(?:lieber|eher|rather|plutôt|i'd prefer|i want|ich will|ich möchte|je veux) ", re.IGNORECASE)
_ONES = re.compile(r"(?:an?|the|some|eine?[nmrs]?|une?) (?P<a>.+?)|(?P<b>.+?) ones?", re.IGNORECASE)
"""An adjective that stands for a thing: "a green one", "einen grünen"."""
_BEING = {Intention.BE, Intention.BE_IF_ATTRIBUTE, Intention.BE_IF_KNOWN}
_STATED = re.compile(r"^(?:it's|it is|es ist|c'est)(?: an?| the)? ", re.IGNORECASE)
_IT = frozenset(_IT_WORDS.split())
_ONE = re.compile(r"(?:an?|one|ein|eine|einen|une?) ", re.IGNORECASE)
"""Nobody says "no hat, a dog" of two things that shall go."""
_EMPTY_TEXT = (
    "it this that them they good great nice perfect fine ok okay yes no hmm hm well cool wow thanks more less "
    "left right "
    "one first second last best worst done nothing enough"
)
_EMPTY_WORDS = frozenset(_EMPTY_TEXT.split())


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
    genders = {noun.lower(): article.lower() for article, noun in _WITH_ARTICLE.findall(feedback[:MAX_FEEDBACK])}
    known = Known(tuple(phrases), language_of(" ".join(phrases), known_words()), genders)
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
        self._done: list[tuple[Changes, bool]] = []
        """What each clause asks for, and whether with a word for it."""
        self._unclear: list[str] = []

    def hear(self, clause: Clause, language: str) -> None:
        text = written_out(clause.text, language)
        clause = replace(clause, follows=clause.follows and not _ONLY.match(text))
        text = plainly(text, language)
        rest = _STATED.sub("", text)
        clause = replace(clause, text=rest if _is_group(rest) else text)
        wish = _continued(_wish(clause.text, language), self._before, clause, language)
        wish = self._speaking_of(_within(_elliptic(wish, self._about, clause, language), language))
        if self._is_unclear(wish, language):
            self._unclear.append(clause.text)
            self._before = _Wish(Intention.NOTHING)
            return
        both = self._as_before(wish, clause, language)
        if both is not None:
            wish = both
            self._done.pop()
        if self._before.intention is Intention.BAD and wish.intention in _BEING and wish.x == self._before.x:
            self._done.pop()  # it was bad as it is, and shall be otherwise
        self._done.append((_operations(wish, self._known, language), wish.intention not in _GUESSED))
        self._before = wish

    def _as_before(self, wish: _Wish, clause: Clause, language: str) -> _Wish | None:
        """Of a thing that shall be so and so: "his hair longer and blond"."""
        before = self._before
        if before.intention not in _BEING or wish.intention is not Intention.WANT or not clause.follows:
            return None
        thing = as_prompted(term_of(before.x, language, self._known.language), self._known)
        if not _attribute(bared(wish.x, language), language) or not self._known.holds(thing):
            return None
        return replace(before, a=f"{before.a} {bared(wish.x, language)}")

    def understood(self, said_something: bool) -> Understood:
        changes, sure = Changes(), Changes()
        for operations, is_sure in self._done:
            changes = changes.joined(operations)
            sure = sure.joined(operations) if is_sure else sure
        swapped_away = {swap.old.lower() for swap in changes.modify}
        changes = replace(
            changes,
            remove=tuple(each for each in changes.remove if not _is_swapped(each, changes)),
            emphasis_down=tuple(each for each in changes.emphasis_down if each.lower() not in swapped_away),
        )
        if not changes.empty:
            return Understood(changes, sure, tuple(self._unclear))
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
        if wish.intention in {Intention.DO, Intention.DO_IF_DOING, Intention.HAVE}:
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


def _is_swapped(term: str, changes: Changes) -> bool:
    return any(contains_term(swap.old, term) and not contains_term(swap.new, term) for swap in changes.modify)


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
            if intention is Intention.TOO_IF_ATTRIBUTE and not _attribute(parts["a"], language):
                continue
            if intention is Intention.DO_IF_DOING and not _is_doing(parts["a"], language):
                continue
            if intention in _BEING and _ARTICLE.fullmatch(parts["x"]) and parts["x"] not in _SOMEBODY[language]:
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
    if wish.intention not in {Intention.SWAP, Intention.INSTEAD}:
        return wish
    inner = _wish(wish.x, language)
    if inner.intention in {Intention.BE, Intention.BE_IF_ATTRIBUTE, Intention.BE_IF_KNOWN}:
        return inner
    return replace(wish, x=inner.x) if inner.intention is Intention.WANT and inner.x else wish


def _elliptic(wish: _Wish, about: str, clause: Clause, language: str) -> _Wish:
    """With the thing that an adjective stands for: "the sofa is too modern, an old one"."""
    said = wish.x if wish.intention in {Intention.SWAP, Intention.INSTEAD} else clause.text
    if wish.intention not in {Intention.WANT, Intention.INSTEAD, Intention.SWAP}:
        return wish
    found = _ONES.fullmatch(_LEADING.sub("", said))
    adjective = (found["a"] or found["b"]) if found else ""
    adjective = adjective.removesuffix(" one")
    if not adjective or not _attribute(adjective, language):
        return wish
    if wish.intention is Intention.SWAP:
        return replace(wish, x=adjective)
    thing = about.rsplit(maxsplit=1)[-1] if about else ""
    return _Wish(Intention.BE, thing, "", adjective) if thing else wish


def _is_doing(text: str, language: str) -> bool:
    return any(word.endswith("ing") for word in term_of(text, language, ENGLISH).split())


def _attribute(text: str, language: str) -> bool:
    words = vocabulary()
    term = term_of(text, language, ENGLISH).lower()
    return words.is_attribute(term) or (bool(term) and all(map(words.is_attribute, term.split())))


def _known_thing(thing: str, attribute: str, language: str) -> bool:
    """ "background darker", but not "older man"."""
    head = bared(thing, language).rsplit(maxsplit=1)[-1:]
    return _attribute(attribute, language) and not any(
        _attribute(each, language) or not is_known(each, language) for each in head
    )


def _continued(wish: _Wish, before: _Wish, clause: Clause, language: str) -> _Wish:
    """With the intention of the clause before it where it has none of its own."""
    if clause.follows and wish.intention is Intention.KEEP and clause.text.lower().startswith("like "):
        return _Wish(Intention.WANT, clause.text[len("like ") :])
    bare = bared(clause.text, language)
    if _attribute(bare, language) or (before.intention is Intention.REMOVE and _ONE.match(clause.text)):
        return wish
    if is_sentence(bare, language) or _is_group(bare) or _is_compared(bare, language):
        return wish
    if not clause.follows or wish.intention is not Intention.WANT or bared(wish.x, language) != bare:
        return wish
    if before.intention is Intention.SWAP:
        for joint in (" with ", " by ", " for ", " into ", " to ", " durch ", " gegen ", " par ", " avec "):
            old, found, new = bare.partition(joint)
            if found:
                return _Wish(Intention.SWAP, new, old)
        return wish
    return _Wish(before.intention, wish.x) if before.intention in _GOES_ON else wish


_COMPARED = {GERMAN: re.compile(r"\w{2,}er(?:e[nmrs]?)?"), FRENCH: re.compile(r"plus")}


def _is_compared(text: str, language: str) -> bool:
    """It begins with a comparative, which is a wish of its own: "less fire and brighter clouds"."""
    first, _, rest = text.partition(" ")
    if not rest:
        return False
    if language == ENGLISH:
        quality = vocabulary().qualities.get(first.lower())
        return quality is not None and quality.word != first.lower()
    return _COMPARED[language].fullmatch(first) is not None and (language == FRENCH or _attribute(first, language))


def _operations(wish: _Wish, known: Known, language: str) -> Changes:
    x, y, a = (term_of(each, language, known.language) for each in (wish.x, wish.y, wish.a))
    y = as_prompted(y, known)
    if wish.x.lower() in _SOMEBODY[language] | _IT:
        x = "her" if wish.x.lower() in _SOMEBODY[language] else "it"
    x = x if wish.intention in _NAMES_NEW else as_prompted(x, known)
    if wish.intention in _ASK_NOTHING or (not x and not a) or (x.lower() in _EMPTY_WORDS and not a):
        return _of_the_camera(wish, known) if wish.intention is not Intention.TOO or not a else too("", a, known)
    carried_out: Mapping[Intention, Callable[[], Changes]] = {
        Intention.KEEP: lambda: Changes(keep=(x,)),
        Intention.REMOVE: lambda: Changes(remove=(x if known.holds(x) else without_place(x),)),
        Intention.REMOVE_IF_THERE: lambda: Changes(remove=(x,)),
        Intention.LESS: lambda: less(x, known),
        Intention.BAD: lambda: Changes(remove=(f"deformed {x}" if x.lower() in BODY else x,)),
        Intention.MORE: lambda: more(x, known),
        Intention.SWAP: lambda: swapped(y, x, known),
        Intention.TOO: lambda: too(x, a, known),
        Intention.TOO_IF_ATTRIBUTE: lambda: too(x, a, known),
        Intention.INSTEAD: lambda: instead(x, known),
        Intention.ONLY_ONE: lambda: wanted(f"one {x}", known) if known.holds(x) else wanted(x, known),
        Intention.ONE_MORE: lambda: one_more(x, known) if known.holds(x) else wanted(x, known),
        Intention.ONE_FEWER: lambda: one_fewer(x, known),
        Intention.BE: lambda: being(x, a, known),
        Intention.BE_IF_ATTRIBUTE: lambda: being(x, a, known),
        Intention.BE_IF_KNOWN: lambda: being(x, a, known),
        Intention.DO: lambda: acting(x, a, known),
        Intention.DO_IF_DOING: lambda: acting(x, a, known),
        Intention.HAVE: lambda: acting(x, f"have {a}", known),
    }
    return carried_out.get(wish.intention, lambda: wanted(x, known))()


def _of_the_camera(wish: _Wish, known: Known) -> Changes:
    shots = {Intention.CLOSER: "close-up", Intention.FARTHER: "wide shot"}
    return wanted(shots[wish.intention], known) if wish.intention in shots else Changes()
