"""Puts cards together into a prompt as a model family understands it: tags or sentences, weights or adverbs."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from vibes.domain.concept.fields import Card, Field, complete
from vibes.domain.concept.wildcards import Wildcards
from vibes.domain.refinement.families import SENTENCES, TAGS, FamilyStyle, Weights, style_of
from vibes.domain.refinement.phrases import Phrase, Span, limited
from vibes.domain.refinement.reading import read_prompt
from vibes.domain.refinement.rendering import render_prompt

_ENDS = (".", "!", "?")
_NO_WORD = re.compile(r"[^\W\d_](?![^\W\d_]|\s|$)")
"""What begins with a letter that is none of a word: ``f/1.8``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Assembled:
    prompt: str
    negative_prompt: str
    notes: tuple[str, ...] = ()
    """What of it this family will not heed, in words."""


def assemble(cards: Sequence[Card], family: str) -> Assembled:
    """In the order of the cards; what is empty is left out."""
    style = style_of(family)
    wildcards = Wildcards(*(card.text for card in cards))
    hidden = [replace(card, text=wildcards.hidden(card.text)) for card in complete(cards)]
    filled = [(card.field, phrases) for card in hidden if (phrases := phrases_of(card))]
    said = [each for each in filled if each[0] is not Field.KEEP_OUT]
    denied = [phrase for field, phrases in filled if field is Field.KEEP_OUT for phrase in phrases]
    phrases = _sentences(said, family) if style.sentences else [phrase for _, each in said for phrase in each]
    notes = (f"{family} draws without a negative prompt: what is kept out may be seen all the same",)
    return Assembled(
        prompt=wildcards.shown(render_prompt(tuple(phrases), style)),
        negative_prompt=wildcards.shown(
            render_prompt(tuple(denied), TAGS if style.weights is Weights.SYNTAX else _LISTED)
        ),
        notes=notes if denied and not style.negative else (),
    )


_LISTED = FamilyStyle(Weights.WORDS, negative=True, sentences=False, tokens=SENTENCES.tokens)
"""A negative prompt is a list, whatever the family is told otherwise."""


def phrases_of(card: Card) -> list[Phrase]:
    """With the card's weight on what has none of its own."""
    return [
        phrase
        if card.weight == 1.0
        else replace(phrase, spans=tuple(Span(each.text, limited(each.weight * card.weight)) for each in phrase.spans))
        for phrase in read_prompt(card.text, SENTENCES)
    ]


def text_of(phrases: Sequence[Phrase]) -> str:
    """As a card shows it: weights of parts in parentheses, all other parentheses as they are, no stop at the end."""
    parts = [
        replace(each, ending=". " if each.ending.strip() in _ENDS else ", " if each.fixed and each.ending else "")
        for each in phrases
    ]
    listed = render_prompt((*parts[:-1], replace(parts[-1], ending="")), TAGS) if parts else ""
    return listed.replace("\\(", "(").replace("\\)", ")")


def said_by(phrase: Phrase, family: str) -> str:
    """One phrase as a prompt of the family says it."""
    return render_prompt((replace(phrase, ending=""),), style_of(family))


def _sentences(said: Sequence[tuple[Field, list[Phrase]]], family: str) -> list[Phrase]:
    """Where it is, in one sentence with who; everything else in one of its own."""
    written: list[Phrase] = []
    begins = True
    for at, (field, phrases) in enumerate(said):
        following = said[at + 1][0] if at + 1 < len(said) else None
        for each, phrase in enumerate(phrases):
            last = each == len(phrases) - 1
            goes_on = field is Field.SUBJECT and following is Field.SETTING and not phrase.fixed
            ending = phrase.ending if not last else ", " if goes_on else _stop(phrase)
            worded = _worded(phrase, family)
            written.append(replace(_upper(worded) if begins else worded, ending=ending))
            begins = ending.strip() in _ENDS
    return written


def _worded(phrase: Phrase, family: str) -> Phrase:
    """With adverbs in the place of weights, where the family knows no weights."""
    if phrase.fixed or style_of(family).weights is Weights.SYNTAX:
        return phrase
    return replace(phrase, spans=(Span(said_by(phrase, family)),))


def _stop(phrase: Phrase) -> str:
    if phrase.fixed:
        return phrase.ending or " "
    return phrase.ending if phrase.ending.strip() in _ENDS else ". "


def _upper(phrase: Phrase) -> Phrase:
    if phrase.fixed or not phrase.spans:
        return phrase
    first = phrase.spans[0]
    capital = first.text[:1].upper()
    if _NO_WORD.match(first.text) or capital.lower() != first.text[:1]:  # a dotless i has that of another letter
        return phrase
    return replace(phrase, spans=(Span(capital + first.text[1:], first.weight), *phrase.spans[1:]))
