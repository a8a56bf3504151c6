"""Makes sense of the operations that a model proposes, beside what the rules are sure of: a small model puts "no cloak"
under ``add``, and a bad one removes what is to be kept."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from vibes.domain.refinement.changes import LISTS, Changes, Swap
from vibes.domain.refinement.rules.interpreter import Understood
from vibes.domain.refinement.rules.languages import language_of
from vibes.domain.refinement.rules.lexicon.qualities import DERIVED
from vibes.domain.refinement.rules.terms import term_of
from vibes.domain.refinement.rules.vocabulary import known_words, vocabulary
from vibes.domain.refinement.words import ENGLISH, contains_term, term_keys

_NO = re.compile(
    r"^(?:no more|no|without|remove|not|drop|delete|keine?n?|ohne|sans|pas de)\s+(?:any\s+|the\s+)?(?P<x>.+)$",
    re.IGNORECASE,
)
_LESS = re.compile(r"^(?:less|fewer|reduce)\s+(?P<x>.+)$", re.IGNORECASE)
_MORE = re.compile(r"^(?:more|increase|emphasi[sz]e)\s+(?P<x>.+)$", re.IGNORECASE)
_KEEP = re.compile(r"^(?:keep|preserve)\s+(?:the\s+)?(?P<x>.+)$", re.IGNORECASE)
_ADD = re.compile(r"^(?:add|include|use)\s+(?:an?\s+|the\s+)?(?P<x>.+)$", re.IGNORECASE)
_SAID = ((_NO, "remove"), (_LESS, "emphasis_down"), (_MORE, "emphasis_up"), (_KEEP, "keep"), (_ADD, "add"))
_GIVING = frozenset({"add", "emphasis_up", "keep"})


@dataclass(frozen=True, slots=True)
class Proposal:
    changes: Changes
    notes: tuple[str, ...] = ()
    """What of the model's was left out, for people."""


def proposed(said: Changes, rules: Understood, feedback: str) -> Proposal:
    """The model's operations where they can come from the feedback, and all that the rules are sure of. Where the two
    contradict one another the rules count: what a person said with a word for it is done, whoever proposes."""
    sorted_out = _in_english(_by_what_they_say(said.cleaned()), feedback)
    grounded, invented = _grounded(sorted_out, feedback, rules.changes)
    agreeing = _agreeing(grounded, rules.sure)
    if agreeing.empty:
        return Proposal(rules.changes, (*invented, *rules.notes))
    return Proposal(rules.sure.joined(agreeing), invented)


def _by_what_they_say(said: Changes) -> Changes:
    """Each term in the list that its own words name."""
    lists: dict[str, list[str]] = {name: [] for name in LISTS}
    for name in LISTS:
        for term in getattr(said, name):
            found = next(((match["x"], other) for form, other in _SAID if (match := form.match(term))), (term, name))
            lists[found[1]].append(found[0])
    swaps = [Swap(swap.old, swap.new) for swap in said.modify if not _NO.match(swap.new)]
    lists["remove"] += [swap.old for swap in said.modify if _NO.match(swap.new)]
    return said.with_lists(lists, swaps).cleaned()


def _in_english(said: Changes, feedback: str) -> Changes:
    """With its words that were copied from feedback in another language translated where the lexicon can."""
    language = language_of(feedback, known_words())
    if language == ENGLISH:
        return said

    def english(term: str) -> str:
        return term_of(term, language, ENGLISH) if term.casefold() in feedback.casefold() else term

    lists = {name: [english(term) for term in getattr(said, name)] for name in LISTS}
    return said.with_lists(lists, [Swap(english(each.old), english(each.new)) for each in said.modify]).cleaned()


def _grounded(said: Changes, feedback: str, rules: Changes) -> tuple[Changes, tuple[str, ...]]:
    """Without what nobody said. Of feedback that is not English the model is the translator, and believed."""
    if language_of(feedback, known_words()) != ENGLISH:
        return said, ()
    heard = _heard(feedback, rules)
    invented: list[str] = []

    def known(term: str) -> bool:
        if any(key in heard for key in term_keys(term)):
            return True
        invented.append(f"“{term}” was not in what you said; it was left out")
        return False

    lists = {name: tuple(filter(known, getattr(said, name))) for name in LISTS}
    swaps = tuple(swap for swap in said.modify if known(swap.new))
    return said.with_lists(lists, swaps), tuple(invented)


_SMALL = frozenset(
    {"a", "an", "the", "of", "in", "on", "with", "and", "or", "more", "less", "no", "not", "without", "it", "is", "to"}
)


def _heard(feedback: str, rules: Changes) -> frozenset[str]:
    """The words of the feedback, and of what the rules make of them: "warmer" is "warm colors"."""
    said = [*term_keys(feedback), *(key for _, term in rules.terms() for key in term_keys(term))]
    qualities = vocabulary().qualities
    further = [qualities[each].word for each in said if each in qualities]
    derived = [DERIVED[each] for each in said if each in DERIVED]
    return frozenset(each for each in (*said, *further, *derived) if each not in _SMALL)


def _agreeing(said: Changes, sure: Changes) -> Changes:
    """Without what the rules do already, and without what they forbid."""
    wanted = (*sure.keep, *sure.add, *sure.emphasis_up, *(swap.new for swap in sure.modify))
    unwanted = (*sure.remove, *sure.emphasis_down, *(swap.old for swap in sure.modify))
    allowed: Mapping[str, Callable[[str], bool]] = {
        name: _none_of(unwanted if name in _GIVING else wanted) for name in LISTS
    }
    done = (*wanted, *unwanted)
    lists = {
        name: tuple(term for term in getattr(said, name) if allowed[name](term) and _none_of(done)(term))
        for name in LISTS
    }
    swaps = tuple(swap for swap in said.modify if _none_of(done)(swap.old) and _none_of(unwanted)(swap.new))
    return said.with_lists(lists, swaps)


def _none_of(terms: Iterable[str]) -> Callable[[str], bool]:
    """Whether a term has nothing to do with any of these."""
    others = tuple(terms)
    return lambda term: not any(contains_term(term, each) or contains_term(each, term) for each in others if each)
