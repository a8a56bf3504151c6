"""Suggests words for a field that go with the rest; the same ones for the same seed."""

import hashlib
import math
from collections.abc import Sequence

from vibes.domain.concept.fields import Card, Field
from vibes.domain.concept.listed import entries, entries_in, keys_of
from vibes.domain.concept.words.entries import Entry

_OPPOSITES = tuple(
    frozenset(pair.split())
    for pair in (
        "photo painted",
        "photo drawn",
        "photo pixels",
        "day night",
        "indoors outdoors",
        "warm cold",
        "calm wild",
        "person animal",
    )
)
_SHARED, _CLASHES = 4.0, 0.05
"""How much likelier what has a trait in common becomes, and what contradicts."""
_SCALE = 2**64


def suggest(cards: Sequence[Card], field: Field, count: int, seed: int) -> tuple[str, ...]:
    """At most ``count`` texts for the field, each different and none of them there already: drawn by lot, with more
    lots for what goes with the other cards."""
    traits = frozenset(
        trait
        for card in cards
        if card.field not in (field, Field.KEEP_OUT)
        for entry in entries_in(card.text)
        for trait in entry.traits
    )
    there = {keys_of(part) for card in cards for part in card.text.split(",")}
    open_to = [entry for entry in entries(field) if keys_of(entry.text) not in there]
    drawn = sorted(open_to, key=lambda entry: _lot(entry, field, seed) / _weight(entry, traits))
    return tuple(entry.text for entry in drawn[:count])


def _weight(entry: Entry, traits: frozenset[str]) -> float:
    weight = _SHARED ** len(entry.traits & traits)
    for pair in _OPPOSITES:
        clashes = any(each in entry.traits and (pair - {each}) <= traits and each not in traits for each in pair)
        weight *= _CLASHES if clashes else 1.0
    return weight


def _lot(entry: Entry, field: Field, seed: int) -> float:
    """Exponentially distributed; the smallest of such numbers, each divided by a weight, is a draw with these weights
    (Efraimidis and Spirakis, 2006)."""
    digest = hashlib.sha256(f"{seed}\0{field}\0{entry.text}".encode()).digest()
    return -math.log((int.from_bytes(digest[:8], "big") + 1) / (_SCALE + 1))
