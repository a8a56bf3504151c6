"""The eight fields of a concept, and a card for each."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum


class Field(StrEnum):
    """What a card is about; in the order in which a prompt names them where nobody orders them otherwise."""

    SUBJECT = "subject"
    SETTING = "setting"
    STYLE = "style"
    MOOD = "mood"
    LIGHTING = "lighting"
    CAMERA = "camera"
    PALETTE = "palette"
    KEEP_OUT = "keep_out"
    """What must not be seen: the negative prompt."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    field: Field
    text: str = ""
    """Phrases with commas between them; parts of it may have weights, as in ``a cat, (a hat:1.2)``."""
    weight: float = 1.0
    """Of all of it, 0.5 to 1.5."""
    locked: bool = False
    """The dice leave it alone."""


def complete(cards: Sequence[Card]) -> tuple[Card, ...]:
    """One card for each field: the first of each that is given, in the given order, then empty ones."""
    given: dict[Field, Card] = {}
    for card in cards:
        given.setdefault(card.field, card)
    return (*given.values(), *(Card(field=field) for field in Field if field not in given))
