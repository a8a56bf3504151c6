"""Feedback to operations by rules: English, German and French, several wishes at once, and slips of the keyboard."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from vibes.domain.refinement.changes import Changes
from vibes.domain.refinement.rules.clauses import Clause, clauses_of
from vibes.domain.refinement.rules.known import Known
from vibes.domain.refinement.rules.languages import clause_language, language_of, speaks_for
from vibes.domain.refinement.rules.operations import EMPTY_WORDS, operations_of
from vibes.domain.refinement.rules.sentences import is_sentence
from vibes.domain.refinement.rules.shorthand import plainly, without_signs, written_out
from vibes.domain.refinement.rules.terms import bared, term_of
from vibes.domain.refinement.rules.typos import mended
from vibes.domain.refinement.rules.vocabulary import known_words, vocabulary
from vibes.domain.refinement.rules.wanting import (
    as_prompted,
)
from vibes.domain.refinement.rules.wishes import (
    BEING,
    IT,
    SOMEBODY,
    Wish,
    continued,
    elliptic,
    is_attribute,
    is_group,
    wish_of,
    within,
)
from vibes.domain.refinement.rules.wordings.intentions import Intention
from vibes.domain.refinement.words import ENGLISH, FRENCH, GERMAN, contains_term, words_of

MAX_FEEDBACK = 1_500
"""Characters of feedback that are read."""
_GUESSED = {Intention.WANT, Intention.DO, Intention.DO_IF_DOING, Intention.HAVE}
"""Without a word that says what is to be done; a model may know better."""
_SHORT_FOR_SOMEBODY = {"him", "them", "ihn", "ihm", "sie", "ihnen", "lui", "eux"}
_WITH_ITS_ARTICLE = re.compile(r"(?:^| )(?:an?|the|eine?[nmrs]?|une?) (?P<adjective>\S+)$", re.IGNORECASE)
_COMPARING = {"plus", "moins", "trop", "très", "pas", "sans", "si", "aussi"}
NOT_UNDERSTOOD = "What should change? For example “no hat”, “more fog” or “a bridge instead of the boat”."
_SCENE_WORDS = (
    "background foreground sky light lighting colors colours mood atmosphere style composition picture image scene "
    "pose perspective face"
)
_SCENE = frozenset(_SCENE_WORDS.split())
"""What every picture has: who finds it boring does not want it gone."""
_WITH_ARTICLE = re.compile(r"\b(der|die|das|den) ([A-ZÄÖÜ]\w+)", re.IGNORECASE)
_ONLY = re.compile(r"(?:only|just|nur|bloß|juste|seulement|rather|lieber|eher|plutôt) ", re.IGNORECASE)
"""Begins a wish of its own: "no merchants, only pigeons"."""
_STATED = re.compile(r"^(?:it's|it is|es ist|c'est)(?: an?| the)? ", re.IGNORECASE)


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
    for clause in _joined(_halved(clauses_of(text, language)), language):
        reading.hear(clause, clause_language(clause.text, language, known_words()))
    return reading.understood(any(sign.isalpha() for sign in text))


class _Reading:
    """Clause by clause: one may go on with the wish before it, or speak of what that was about."""

    def __init__(self, known: Known) -> None:
        self._known = known
        self._before = Wish(Intention.NOTHING)
        self._about = ""
        self._done: list[tuple[Changes, bool]] = []
        """What each clause asks for, and whether with a word for it."""
        self._unclear: list[str] = []

    def hear(self, clause: Clause, language: str) -> None:
        text = written_out(clause.text, language)
        clause = replace(clause, follows=clause.follows and not _ONLY.match(text))
        text = plainly(text, language)
        rest = _STATED.sub("", text)
        clause = replace(clause, text=rest if is_group(rest) else text)
        wish = continued(wish_of(clause.text, language, self._known.holds), self._before, clause, language)
        wish = self._speaking_of(within(elliptic(wish, self._about, clause, language), language))
        if self._is_unclear(wish, language):
            self._unclear.append(clause.text)
            self._before = Wish(Intention.NOTHING)
            return
        both = self._as_before(wish, clause, language)
        if both is not None:
            wish = both
            self._done.pop()
        if self._before.intention is Intention.BAD and wish.intention in BEING and wish.x == self._before.x:
            self._done.pop()  # it was bad as it is, and shall be otherwise
        self._done.append((operations_of(wish, self._known, language), wish.intention not in _GUESSED))
        self._before = wish

    def _as_before(self, wish: Wish, clause: Clause, language: str) -> Wish | None:
        """Of a thing that shall be so and so: "his hair longer and blond"."""
        before = self._before
        if before.intention not in BEING or wish.intention is not Intention.WANT or not clause.follows:
            return None
        thing = as_prompted(term_of(before.x, language, self._known.language), self._known)
        if not is_attribute(bared(wish.x, language), language) or thing.lower() in IT | SOMEBODY[language]:
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

    def _speaking_of(self, wish: Wish) -> Wish:
        """With what "it" stands for, where the clause before said so."""
        of_picture = wish.a and not vocabulary().is_of_things(wish.a.lower())
        unsaid = not wish.x and wish.intention is Intention.LESS
        if (wish.x.lower() in IT or unsaid) and self._about and not of_picture:
            wish = replace(wish, x=self._about)
        if wish.y.lower() in IT and self._about:
            wish = replace(wish, y=self._about)
        if wish.x and wish.intention is not Intention.WANT:
            self._about = wish.y if wish.intention is Intention.SWAP and not wish.x else wish.x
        return wish

    def _is_unclear(self, wish: Wish, language: str) -> bool:
        said, x = bared(wish.x, language), wish.x.lower()
        unclear: Mapping[Intention, Callable[[], bool]] = {
            Intention.UNCLEAR: lambda: True,
            Intention.REMOVE: lambda: not x or x in IT | SOMEBODY[language],
            Intention.LESS: lambda: not x or x in IT | SOMEBODY[language],
            Intention.MORE: lambda: not x or x in IT | SOMEBODY[language],
            Intention.DO: lambda: _is_unclear_doing(wish, language),
            Intention.DO_IF_DOING: lambda: _is_unclear_doing(wish, language),
            Intention.HAVE: lambda: _is_unclear_doing(wish, language),
            Intention.KEEP: lambda: " " in x and x.partition(" ")[0] in _SHORT_FOR_SOMEBODY,
            Intention.BAD: lambda: said.lower() in _SCENE | IT,
            Intention.REMOVE_IF_THERE: lambda: (
                not self._known.holds(as_prompted(term_of(wish.x, language, self._known.language), self._known))
            ),
            Intention.SWAP: lambda: is_sentence(said, language),
            Intention.WANT: lambda: bool(said) and said.lower() not in EMPTY_WORDS and is_sentence(said, language),
        }
        return unclear.get(wish.intention, lambda: False)()


def _is_unclear_doing(wish: Wish, language: str) -> bool:
    _, _, rest = wish.a.partition(" ")
    return is_sentence(bared(rest if rest and wish.intention is Intention.DO else wish.a, language), language)


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


def _joined(clauses: Sequence[Clause], language: str) -> list[Clause]:
    """ "a big and scary dragon", "cheveux longs et roux": one thing with two adjectives."""
    result: list[Clause] = []
    for clause in clauses:
        before = result[-1].text if result else ""
        first, rest = bared(clause.text, language).partition(" ")[::2]
        if (clause.follows and rest and is_attribute(first, language) and _is_bare_adjective(before, language)) or (
            clause.follows and is_attribute(clause.text, language) and _is_noun_with_adjective(before, language)
        ):
            result[-1] = Clause(f"{before} {clause.text}", result[-1].follows)
        else:
            result.append(clause)
    return result


def _is_bare_adjective(text: str, language: str) -> bool:
    """With an article before it: "a big" of "a big and scary dragon"."""
    found = _WITH_ITS_ARTICLE.search(text)
    return found is not None and is_attribute(found["adjective"], language)


def _is_noun_with_adjective(text: str, language: str) -> bool:
    """As the French say it."""
    noun, _, adjective = bared(text, language).partition(" ")
    return (
        language == FRENCH
        and bool(adjective)
        and noun.lower() not in _COMPARING
        and is_attribute(adjective, language)
        and not is_attribute(noun, language)
    )


def _halved(clauses: Sequence[Clause]) -> list[Clause]:
    """ "in winter with snow" wishes for two things."""
    result: list[Clause] = []
    for clause in clauses:
        for preposition in (" with ", " mit ", " avec "):
            head, found, rest = clause.text.partition(preposition)
            if found and is_group(head):
                result += [Clause(head, clause.follows), Clause(preposition.strip() + " " + rest, False)]
                break
        else:
            result.append(clause)
    return result
