"""Concepts: a prompt as cards, and back."""

from collections.abc import Sequence
from typing import Any

from vibes.client.http.blocking import BackgroundLoop
from vibes.client.http.transport import Call, Transport
from vibes.client.values.concepts import ConceptCard, ConceptPrompt, ConceptSuggestions, SplitConcept
from vibes.domain.concept.fields import Field

_PATH = "/api/concept"
MODEL_SECONDS = 120.0
"""A hub whose model must be loaded first may take that long; without any it answers at once."""


class AsyncConcepts:
    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    async def split(
        self,
        prompt: str = "",
        *,
        negative_prompt: str = "",
        model_family: str = "",
        cards: Sequence[ConceptCard] = (),
        picture: str | None = None,
        by_lists: bool = False,
    ) -> SplitConcept:
        """All eight cards of a prompt; no word is lost. ``cards``: what was there before, whose phrases stay where they
        are. ``picture``: ``artifact:ID`` or ``generation:ID``, described first. Raises InvalidRequest where nothing can
        look at it."""
        body = {
            "prompt": prompt,
            "negative_prompt": negative_prompt,
            "model_family": model_family,
            "cards": [each.body() for each in cards],
            "picture": picture,
            "by_lists": by_lists,
        }
        return await self._transport.value(SplitConcept, _asked("split", body))

    async def assemble(self, cards: Sequence[ConceptCard], *, model_family: str = "") -> ConceptPrompt:
        """The cards as a prompt of a family, in their order."""
        body = {"cards": [each.body() for each in cards], "model_family": model_family}
        return await self._transport.value(ConceptPrompt, _asked("assemble", body))

    async def suggest(
        self,
        fields: Sequence[Field | str],
        cards: Sequence[ConceptCard] = (),
        *,
        count: int = 6,
        seed: int | None = None,
    ) -> ConceptSuggestions:
        """So many texts for each field that go with the cards; the same ones of the lists for the same seed."""
        body = {
            "fields": list(fields),
            "cards": [each.body() for each in cards],
            "count": count,
            "seed": seed,
        }
        return await self._transport.value(ConceptSuggestions, _asked("suggest", body))


class Concepts:
    """`AsyncConcepts` for callers without an event loop."""

    def __init__(self, concepts: AsyncConcepts, loop: BackgroundLoop) -> None:
        self._concepts = concepts
        self._loop = loop

    def split(
        self,
        prompt: str = "",
        *,
        negative_prompt: str = "",
        model_family: str = "",
        cards: Sequence[ConceptCard] = (),
        picture: str | None = None,
        by_lists: bool = False,
    ) -> SplitConcept:
        asked = self._concepts.split(
            prompt,
            negative_prompt=negative_prompt,
            model_family=model_family,
            cards=cards,
            picture=picture,
            by_lists=by_lists,
        )
        return self._loop.run(asked)

    def assemble(self, cards: Sequence[ConceptCard], *, model_family: str = "") -> ConceptPrompt:
        return self._loop.run(self._concepts.assemble(cards, model_family=model_family))

    def suggest(
        self,
        fields: Sequence[Field | str],
        cards: Sequence[ConceptCard] = (),
        *,
        count: int = 6,
        seed: int | None = None,
    ) -> ConceptSuggestions:
        return self._loop.run(self._concepts.suggest(fields, cards, count=count, seed=seed))


def _asked(what: str, body: dict[str, Any]) -> Call:
    return Call(method="POST", path=f"{_PATH}/{what}", body=body, repeatable=True, seconds=MODEL_SECONDS)
