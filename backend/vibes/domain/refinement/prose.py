"""Holds prose that a model wrote against what was asked: every mistake is a sentence that it can be sent back with."""

import re
from collections.abc import Sequence

from vibes.domain.refinement.phrases import Prompt
from vibes.domain.refinement.plan import Refined
from vibes.domain.refinement.refining import Starting, protected
from vibes.domain.refinement.tokens import token_estimate
from vibes.domain.refinement.words import contains_term, holds, term_keys, words_of

MOST_CHANGED = 0.6
"""Part of the words that may be lost, or that nobody asked for."""
_FEW = 5
"""Words: below that a part of them says nothing."""
_SYNTAX = re.compile(r"\([^()]*:\s*\d+(?:\.\d+)?\)|<[\w-]+:|```|[{}]")


def mistakes_in(prose: str, start: Starting, by_code: Refined) -> list[str]:
    """``by_code``: what code makes of the same operations; empty when nothing is wrong."""
    if not prose.strip():
        return ["the prompt is empty"]
    language, changes = start.language, by_code.changes
    kept = [each for each in protected(start, changes) if holds(each, by_code.prompt, language)]
    gone = [*changes.remove, *(each.old for each in changes.modify if not contains_term(each.new, each.old, language))]
    come = [*changes.add, *(swap.new for swap in changes.modify)]
    wrong = [f'"{term}" must stay in the prompt, word for word' for term in kept if not holds(term, prose, language)]
    wrong += [f'"{term}" must not be in the prompt' for term in gone if holds(term, prose, language)]
    wrong += [f'"{term}" must be in the prompt' for term in come if not _says(prose, term, language)]
    wrong += _earlier(prose, start, by_code)
    if _SYNTAX.search(prose):
        wrong.append("write plain sentences, without weights, tags, braces or code")
    tokens = token_estimate(prose)
    if tokens > start.style.tokens:
        wrong.append(f"the prompt is too long: about {tokens} tokens, {start.style.tokens} at most")
    if too_different(by_code.prompt, prose):
        wrong.append("the prompt is too different: change only what the operations name")
    return wrong


def _says(prose: str, term: str, language: str) -> bool:
    """All words of it are there, in any order: prose says a new thing in its own way."""
    there = {word.key for word in words_of(prose, language)}
    return all(key in there for key in term_keys(term, language))


def _earlier(prose: str, start: Starting, by_code: Refined) -> list[str]:
    """What was removed earlier does not come back by itself."""
    removed = [term for wish in start.earlier for term in wish.changes.remove]
    return [
        f'"{term}" must not be in the prompt'
        for term in dict.fromkeys(removed)
        if holds(term, prose, start.language) and not holds(term, by_code.prompt, start.language)
    ]


def too_different(before: str, after: str) -> bool:
    """More than `MOST_CHANGED` of the words of one are not in the other."""
    old, new = _words(before), _words(after)
    return _missing(old, new) > MOST_CHANGED or _missing(new, old) > MOST_CHANGED


def _missing(words: Sequence[str], among: Sequence[str]) -> float:
    there = set(among)
    return sum(word not in there for word in words) / len(words) if len(words) >= _FEW else 0.0


def _words(text: str) -> list[str]:
    return [key for key in term_keys(text) if len(key) > 1]


def plain(prompt: Prompt) -> bool:
    """Without weights, which prose would lose."""
    return all(span.weight == 1.0 for phrase in prompt for span in phrase.spans)
