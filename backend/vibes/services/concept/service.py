"""Takes sentences and pictures apart into cards, puts cards together and suggests for them: by a model where one is
configured, by the shipped lists otherwise."""

import re
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace

from vibes.domain.chat.config import Stage
from vibes.domain.concept.fields import Card, Field
from vibes.domain.concept.requests import SplitConcept, SplitRequest, Suggested
from vibes.domain.concept.splitting import split
from vibes.domain.concept.suggesting import suggest
from vibes.domain.errors import InvalidRequest, Problem
from vibes.domain.refinement.families import SENTENCES
from vibes.domain.refinement.phrases import plain_text
from vibes.domain.refinement.reading import read_prompt
from vibes.ports.chat import ChatLimits, ChatStages
from vibes.services.concept.answers import SplitAnswer, SuggestAnswer, lost_or_invented, usable
from vibes.services.concept.wording import (
    PICTURE_QUESTION,
    SPLIT_SYSTEM_PROMPT,
    SPLIT_VERSION,
    SUGGEST_SYSTEM_PROMPT,
    SUGGEST_VERSION,
)
from vibes.services.media.image_codec import BrokenPicture
from vibes.services.refinement.asking import NoAnswer, Question, ask
from vibes.services.refinement.vision import VisionAnalyzer
from vibes.services.refinement.wording import block

_REFUSES = re.compile(
    r"(i'?m sorry|sorry|i can ?not|i can['\u2019]?t|i am (unable|not able)|as an ai)\b", re.IGNORECASE
)
"""How models begin that will not look at a picture and say so in the place of what they see."""
BY_LISTS = "by word lists"
SPLIT_LIMITS = ChatLimits(seconds=45, tokens=400, temperature=0.0, context=4096)
SUGGEST_LIMITS = ChatLimits(seconds=30, tokens=300, temperature=0.8, context=4096)


class ConceptService:
    def __init__(self, stages: ChatStages, read: Callable[[str], Awaitable[bytes]]) -> None:
        """``read`` answers the file of a picture by its reference."""
        self._stages = stages
        self._read = read
        self._vision = VisionAnalyzer(stages)

    async def split(self, request: SplitRequest) -> SplitConcept:
        """Raises NotFound for an unknown picture, and InvalidRequest where no model can look at it."""
        described = None if request.picture is None else await self._described(request.picture)
        prompt = ", ".join(text for text in (described, request.prompt.strip()) if text)
        asked = replace(request, prompt=prompt)
        if asked.by_lists:
            return SplitConcept(cards=_by_lists(asked), degraded=BY_LISTS, described=described)
        try:
            cards = await self._split(asked)
        except NoAnswer as error:
            return SplitConcept(cards=_by_lists(asked), degraded=f"{BY_LISTS}: {error.why}", described=described)
        return SplitConcept(cards=cards, described=described)

    async def suggest(self, cards: Sequence[Card], fields: Sequence[Field], count: int, seed: int) -> Suggested:
        """Never raises: what a model does not find, or finds twice, the lists add. One field at a time is a model's
        work; several at once, as when the dice are cast, are the lists'."""
        listed = {field: suggest(cards, field, count, seed) for field in fields}
        if len(fields) != 1 or count == 1:
            return Suggested(texts=listed, seed=seed, degraded=BY_LISTS)
        (field,) = fields
        try:
            answer, _ = await ask(self._stages, _suggestions_for(field, cards, count))
        except NoAnswer as error:
            return Suggested(texts=listed, seed=seed, degraded=f"{BY_LISTS}: {error.why}")
        found = usable([*answer.suggestions, *listed[field]], cards)
        return Suggested(texts={field: found[:count]}, seed=seed)

    async def _described(self, picture: str) -> str:
        content = await self._read(picture)
        try:
            seen = await self._vision.analyze_selection(content, PICTURE_QUESTION)
        except NoAnswer as error:
            raise _not_described(error.why) from error
        except BrokenPicture as error:  # a video, too
            message = f"the picture cannot be looked at ({error}): choose another one"
            raise InvalidRequest(message, code="no_picture", problems=[Problem("picture", message)]) from error
        described = ", ".join(seen.traits) or seen.description
        if not described or (_REFUSES.match(seen.description) and not seen.traits):
            raise _not_described("the model says nothing of it")
        return described

    async def _split(self, request: SplitRequest) -> tuple[Card, ...]:
        """A prompt with weights, LoRAs or wildcards has a syntax that models break: the lists keep it."""
        phrases = read_prompt(request.prompt, SENTENCES)
        if any(each.fixed or each.weight != 1.0 for each in phrases):
            raise NoAnswer("the prompt has weights or names, which are kept to the letter")
        answer, _ = await ask(
            self._stages,
            Question(
                stage=Stage.ENGINEER,
                system=SPLIT_SYSTEM_PROMPT,
                user=block("PROMPT", plain_text(phrases)),
                version=SPLIT_VERSION,
                answer=SplitAnswer,
                limits=SPLIT_LIMITS,
                check=lambda value: lost_or_invented(value, request.prompt),
            ),
        )
        kept_out = ", ".join(filter(None, [answer.keep_out.strip(" ,."), request.negative_prompt.strip()]))
        by_field = {card.field: card for card in answer.cards()}
        by_field[Field.KEEP_OUT] = Card(field=Field.KEEP_OUT, text=kept_out)
        before = {card.field: card for card in request.cards}
        order = [*before, *(field for field in Field if field not in before)]
        return tuple(
            replace(before.get(field, by_field[field]), text=by_field[field].text, weight=1.0) for field in order
        )


def _not_described(why: str) -> InvalidRequest:
    message = f"the picture cannot be described ({why}): say in words what you want to see"
    return InvalidRequest(message, code="no_vision", problems=[Problem("picture", message)])


def _by_lists(request: SplitRequest) -> tuple[Card, ...]:
    return split(request.prompt, request.negative_prompt, request.family, request.cards)


def _suggestions_for(field: Field, cards: Sequence[Card], count: int) -> Question[SuggestAnswer]:
    said = "\n".join(f"{card.field.value}: {card.text}" for card in cards if card.text.strip())
    return Question(
        stage=Stage.ENGINEER,
        system=SUGGEST_SYSTEM_PROMPT,
        user="\n\n".join([block("FIELDS", said), block("FIELD", f"{count + 2} suggestions for {field.value}")]),
        version=SUGGEST_VERSION,
        answer=SuggestAnswer,
        limits=SUGGEST_LIMITS,
        check=lambda value: () if usable(value.suggestions, cards) else ("no suggestion is new and short",),
    )
