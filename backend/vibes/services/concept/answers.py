"""What models answer about cards, held against what was asked."""

from collections.abc import Sequence
from typing import Annotated

from pydantic import BaseModel, BeforeValidator

from vibes.domain.concept.fields import Card, Field
from vibes.domain.concept.listed import keys_of
from vibes.domain.refinement.words import words_of

MOST_WORDS = 8
"""Of one suggestion."""
_JOINING = frozenset(["of", "and", "with", "no", "without", "a", "an", "the"])


def _text(value: object) -> object:
    """A list of phrases as one text, and nothing for null."""
    if value is None:
        return ""
    return ", ".join(map(str, value)) if isinstance(value, list) else value


Text = Annotated[str, BeforeValidator(_text)]


class SplitAnswer(BaseModel):
    subject: Text
    setting: Text
    style: Text
    mood: Text
    lighting: Text
    camera: Text
    palette: Text
    keep_out: Text

    def cards(self) -> tuple[Card, ...]:
        return tuple(Card(field=field, text=str(getattr(self, field.value)).strip(" ,.")) for field in Field)


class SuggestAnswer(BaseModel):
    suggestions: list[str]


def lost_or_invented(answer: SplitAnswer, prompt: str) -> list[str]:
    """What is wrong, in sentences: a word that is in no field, or that the prompt does not have."""
    asked = {word.key for word in words_of(prompt)} - _JOINING
    said = {word.key for card in answer.cards() for word in words_of(card.text)} - _JOINING
    lost = [f'the word "{each}" of the prompt is in no field' for each in sorted(asked - said)]
    return lost + [f'the word "{each}" is not in the prompt' for each in sorted(said - asked)]


def usable(suggestions: Sequence[str], there: Sequence[Card]) -> list[str]:
    """Short ones that are not there yet, each once."""
    taken = {keys_of(part) for card in there for part in card.text.split(",")}
    good: list[str] = []
    for each in suggestions:
        text = " ".join(each.split()).strip(" ,.;:\"'")
        if text and len(text.split()) <= MOST_WORDS and "(" not in text and keys_of(text) not in taken:
            taken.add(keys_of(text))
            good.append(text)
    return good
