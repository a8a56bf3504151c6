"""Takes a prompt apart into cards: by the lists and a little grammar. Whatever is not recognised stays with the
subject, so that nothing is lost."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

from vibes.domain.concept.assembling import phrases_of, said_by, text_of
from vibes.domain.concept.fields import Card, Field, complete
from vibes.domain.concept.listed import keys_of
from vibes.domain.concept.recognising import LEADING, MANNERS, recognised
from vibes.domain.concept.wildcards import Wildcards
from vibes.domain.refinement.families import Weights, style_of
from vibes.domain.refinement.phrases import HEAVIEST, LIGHTEST, Phrase, Span
from vibes.domain.refinement.reading import read_prompt

_WORD = re.compile(r"\S+")
_DENIED = re.compile(r"(?:no|without)\s+(?=\S)", re.IGNORECASE)
_ALIKE = 0.5
"""Share of the words of two phrases together that they have in common when one is the other, edited."""

Placed = tuple[Field, Phrase]


def split(prompt: str, negative_prompt: str, family: str, cards: Sequence[Card] = ()) -> tuple[Card, ...]:
    """All eight cards. ``cards``: what was there before, whose phrases stay where they are, as do order and locks.

    Every word of both texts is on a card, but for "of", "and", "with", "no" and "without" where they joined or denied
    what now stands by itself.
    """
    wildcards = Wildcards(prompt, negative_prompt, *(card.text for card in cards))
    before = [replace(card, text=wildcards.hidden(card.text)) for card in complete(cards)]
    known = _Known(before, family)
    placed: dict[Field, list[Phrase]] = {field: [] for field in Field}
    for phrase in read_prompt(wildcards.hidden(prompt), style_of(family)):
        for field, part in known.placed(phrase) or _parts(phrase):
            placed[field].append(part)
    for phrase in read_prompt(wildcards.hidden(negative_prompt), style_of(family)):
        found = known.placed(phrase) or [(Field.KEEP_OUT, phrase)]
        placed[Field.KEEP_OUT].extend(part for _, part in found)
    after = [_card(card, placed[card.field]) for card in before]
    return tuple(replace(card, text=wildcards.shown(card.text)) for card in after)


class _Known:
    """The phrases of earlier cards, as they are written and as a family's prompt says them."""

    def __init__(self, cards: Sequence[Card], family: str) -> None:
        self._exact: dict[str, Placed] = {}
        self._fields: dict[frozenset[str], Field] = {}
        self._with_key: dict[str, list[frozenset[str]]] = {}
        for card in cards:
            for phrase in phrases_of(card):
                for text in (phrase.text, said_by(phrase, family)):
                    self._exact.setdefault(_plain(text), (card.field, phrase))
                self._note(frozenset(keys_of(phrase.text)), card.field)
        self._weighs = style_of(family).weights is Weights.SYNTAX

    def _note(self, keys: frozenset[str], field: Field) -> None:
        if keys not in self._fields:
            self._fields[keys] = field
            for key in keys:
                self._with_key.setdefault(key, []).append(keys)

    def placed(self, phrase: Phrase) -> list[Placed]:
        """Empty: it is new."""
        found = self._exact.get(_plain(phrase.text))
        if found is not None:
            field, earlier = found
            spans = phrase.spans if self._weighs and phrase.weight != earlier.weight else earlier.spans
            return [(field, replace(earlier, spans=spans, ending=phrase.ending))]
        if phrase.fixed:
            return []
        field_alike = self._alike(frozenset(keys_of(phrase.text)))
        return [] if field_alike is None else [(field_alike, phrase)]

    def _alike(self, keys: frozenset[str]) -> Field | None:
        near = dict.fromkeys(each for key in sorted(keys) for each in self._with_key.get(key, ()))
        shares = [(len(keys & each) / len(keys | each), self._fields[each]) for each in near]
        best = max(shares, key=lambda share: share[0], default=(0.0, Field.SUBJECT))
        return best[1] if best[0] >= _ALIKE else None


def _plain(text: str) -> str:
    return " ".join(text.casefold().split())


def _parts(phrase: Phrase) -> list[Placed]:
    """A phrase with weights in it stays whole, for they hold what it is together."""
    if phrase.fixed:
        return [(Field.SUBJECT, phrase)]
    denied = _DENIED.match(phrase.text)
    if denied is not None:
        return [(Field.KEEP_OUT, phrase.without(0, denied.end()))]
    whole = recognised(phrase.text)
    if whole is not None or any(span.weight != 1.0 for span in phrase.spans):
        return [(whole or Field.SUBJECT, phrase)]
    return _joined(list(_segments(phrase.text)), phrase.ending)


def _joined(segments: list[tuple[Field, str]], ending: str) -> list[Placed]:
    """Those of one field as one phrase: "on a cliff" and "in the fog"."""
    texts: dict[Field, str] = {}
    for field, text in segments:
        texts[field] = f"{texts[field]} {text}" if field in texts else text
    return [(field, Phrase((Span(text),), ending)) for field, text in texts.items()]


def _segments(text: str) -> Iterator[tuple[Field, str]]:
    """Each part of a sentence with its field: what stands before "of", where it is a manner, and what prepositions lead
    to."""
    manner, of, rest = text.partition(" of ")
    field = recognised(manner) if of else None
    if field in MANNERS and rest.strip():
        yield field, manner.strip()
        text = rest
    words = [(each.start(), each.group().casefold().strip(",;:")) for each in _WORD.finditer(text)]
    cuts = [0, *(start for start, word in words[1:] if word in LEADING), len(text)]
    for begin, end in pairwise(cuts):
        part = text[begin:end].strip()
        if part:
            yield _segment(part)


def _segment(part: str) -> tuple[Field, str]:
    denied = re.match(r"without\s+(?=\S)", part, re.IGNORECASE)
    if denied is not None:
        return Field.KEEP_OUT, part[denied.end() :]
    field = recognised(part)
    if field is None:
        return Field.SUBJECT, part
    lead, _, rest = part.partition(" ")
    return field, rest if lead.casefold() == "with" and rest.strip() else part


def _card(before: Card, phrases: Sequence[Phrase]) -> Card:
    """A weight that all of it has is the card's."""
    weights = {span.weight for phrase in phrases for span in phrase.spans}
    if before.field is Field.KEEP_OUT:
        phrases = [replace(each, ending="") for each in phrases]
    common = weights.pop() if len(weights) == 1 else 1.0
    common = round(common, 3)
    if common == 1.0 or not LIGHTEST <= common <= HEAVIEST:
        return replace(before, text=text_of(phrases), weight=1.0)
    bare = [replace(each, spans=tuple(Span(span.text) for span in each.spans)) for each in phrases]
    return replace(before, text=text_of(bare), weight=common)
