"""Bodies of ``/api/concept``: cards, and what becomes of them."""

from typing import Annotated

from pydantic import Field as Described
from pydantic import StrictInt

from vibes.api.schemas.common import RequestBody, Word, at_most
from vibes.api.schemas.generate import Text
from vibes.api.schemas.generations import ResponseBody
from vibes.domain.concept.assembling import Assembled
from vibes.domain.concept.fields import Card, Field
from vibes.domain.concept.requests import SplitConcept, SplitRequest, Suggested
from vibes.domain.refinement.phrases import HEAVIEST, LIGHTEST

MOST_SUGGESTIONS = 12
MAX_SEED = 2**53 - 1


class CardBody(RequestBody):
    field: Field
    text: Text = Described("", description="Phrases with commas between them; parts may be weighted: `(a hat:1.2)`.")
    weight: float = Described(1.0, ge=LIGHTEST, le=HEAVIEST, description="Of all of it.")
    locked: bool = Described(False, description="The dice leave it alone.")

    def to_card(self) -> Card:
        return Card(field=self.field, text=self.text, weight=self.weight, locked=self.locked)


Cards = Annotated[list[CardBody], at_most(len(Field)), Described(max_length=len(Field))]
Family = Annotated[Word, Described(description="Whose syntax the prompt has: sd15, sdxl, flux …")]


class SplitBody(RequestBody):
    prompt: Text = ""
    negative_prompt: Text = ""
    model_family: Family = ""
    cards: Cards = Described(
        default_factory=list, description="What was there before: its phrases stay in their fields, and so does order."
    )
    picture: Word | None = Described(
        None, description="artifact:<id> or generation:<id>, described by the vision model; the prompt follows it."
    )
    by_lists: bool = Described(False, description="Without any model, at once.")

    def to_request(self) -> SplitRequest:
        return SplitRequest(
            prompt=self.prompt,
            negative_prompt=self.negative_prompt,
            family=self.model_family,
            cards=tuple(each.to_card() for each in self.cards),
            picture=self.picture,
            by_lists=self.by_lists,
        )


class CardOut(ResponseBody):
    field: Field
    text: str
    weight: float
    locked: bool

    @classmethod
    def of(cls, card: Card) -> "CardOut":
        return cls(field=card.field, text=card.text, weight=card.weight, locked=card.locked)


class SplitOut(ResponseBody):
    cards: list[CardOut] = Described(description="All eight.")
    degraded: str | None = Described(description="Why word lists did it; null when a model did.")
    described: str | None = Described(description="What a model saw in the picture.")

    @classmethod
    def of(cls, found: SplitConcept) -> "SplitOut":
        cards = [CardOut.of(each) for each in found.cards]
        return cls(cards=cards, degraded=found.degraded, described=found.described)


class AssembleBody(RequestBody):
    cards: Cards
    model_family: Family = ""


class AssembleOut(ResponseBody):
    prompt: str
    negative_prompt: str
    notes: list[str] = Described(description="What of it the family does not heed.")

    @classmethod
    def of(cls, assembled: Assembled) -> "AssembleOut":
        return cls(prompt=assembled.prompt, negative_prompt=assembled.negative_prompt, notes=list(assembled.notes))


class SuggestBody(RequestBody):
    cards: Cards = Described(default_factory=list)
    fields: Annotated[list[Field], Described(min_length=1, max_length=len(Field))]
    count: Annotated[StrictInt, Described(ge=1, le=MOST_SUGGESTIONS)] = 6
    seed: Annotated[StrictInt, Described(ge=0, le=MAX_SEED)] | None = Described(
        None, description="The same seed and cards: the same words of the lists. Left out: random."
    )


class SuggestOut(ResponseBody):
    suggestions: dict[Field, list[str]] = Described(description="By field; none of them is on its card.")
    seed: int
    degraded: str | None = Described(description="Why word lists did it; null when a model did.")

    @classmethod
    def of(cls, suggested: Suggested) -> "SuggestOut":
        texts = {field: list(each) for field, each in suggested.texts.items()}
        return cls(suggestions=texts, seed=suggested.seed, degraded=suggested.degraded)
