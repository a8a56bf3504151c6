"""What is seen in chosen pictures, and what the ones that were not chosen lack, by a model that sees."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Annotated, TypeVar

from pydantic import BaseModel, BeforeValidator

from vibes.domain.chat.config import Stage
from vibes.domain.refinement.record import StageAnswer
from vibes.ports.chat import ChatLimits, ChatStages
from vibes.services.refinement.asking import NoAnswer, Question, ask
from vibes.services.refinement.interpreter import Terms
from vibes.services.refinement.shown_pictures import contact_sheet, shown
from vibes.services.refinement.wording import (
    COMPARE_SHEET,
    COMPARE_TEXTS,
    DEFAULT_QUESTION,
    DESCRIBE,
    VISION_SYSTEM_PROMPT,
    VISION_VERSION,
    block,
)

LIMITS = ChatLimits(seconds=90, tokens=400, temperature=0.0, context=4096)
MOST_PICTURES = 4
"""Of each kind that are looked at; more cost minutes and say little new."""
ONE_BY_ONE = 2
"""Pictures that are shown each for itself; more of them on one sheet."""


def _text(value: object) -> object:
    """A list of sentences as one text."""
    return " ".join(map(str, value)) if isinstance(value, list) else value


class Description(BaseModel):
    description: Annotated[str, BeforeValidator(_text)]
    traits: Terms
    defects: Terms


class Comparison(BaseModel):
    selected_traits: Terms
    rejected_traits: Terms
    key_differences: Terms


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    description: str
    traits: tuple[str, ...] = ()
    defects: tuple[str, ...] = ()
    answers: tuple[StageAnswer, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    selected_traits: tuple[str, ...] = ()
    rejected_traits: tuple[str, ...] = ()
    key_differences: tuple[str, ...] = ()
    answers: tuple[StageAnswer, ...] = ()


class VisionAnalyzer:
    """Looks at pictures; both raise NoAnswer where no model does."""

    def __init__(self, stages: ChatStages) -> None:
        self._stages = stages
        self._one_at_a_time = asyncio.Lock()
        """A picture takes up to half a gigabyte while it is decoded."""

    async def analyze_selection(self, image_bytes: bytes | Sequence[bytes], question: str = DEFAULT_QUESTION) -> Seen:
        """Of one picture or several: few are looked at one by one, more on one sheet, and one by one again where the
        model makes nothing of a sheet."""
        pictures = [image_bytes] if isinstance(image_bytes, bytes) else [*image_bytes]
        pictures = pictures[:MOST_PICTURES]
        if len(pictures) > ONE_BY_ONE:
            try:
                return await self._describe(await self._prepared(partial(contact_sheet, [pictures])), question)
            except NoAnswer as error:
                return await self._each(pictures[:ONE_BY_ONE], question, error.answers)
        return await self._each(pictures, question, ())

    async def compare_selections(self, selected_images: Sequence[bytes], rejected_images: Sequence[bytes]) -> Compared:
        """What the selected have and the rejected lack: on one sheet, or where the model makes nothing of it, by its
        own descriptions of the first of each."""
        rows = [[*selected_images][:MOST_PICTURES], [*rejected_images][:MOST_PICTURES]]
        said: tuple[StageAnswer, ...] = ()
        try:
            sheet = await self._prepared(partial(contact_sheet, rows))
            return await self._compare(COMPARE_SHEET, [sheet], ())
        except NoAnswer as error:
            said = error.answers
        selected = await self._each(rows[0][:1], DEFAULT_QUESTION, said)
        rejected = await self._each(rows[1][:1], DEFAULT_QUESTION, selected.answers)
        text = COMPARE_TEXTS.format(
            selected=block("A", selected.description), rejected=block("B", rejected.description)
        )
        return await self._compare(text, [], rejected.answers)

    async def _prepared(self, prepare: Callable[[], bytes]) -> bytes:
        async with self._one_at_a_time:
            return await asyncio.to_thread(prepare)

    async def _each(self, pictures: Sequence[bytes], question: str, said: Sequence[StageAnswer]) -> Seen:
        seen: list[Seen] = []
        answers = [*said]
        for picture in pictures:
            try:
                seen.append(await self._describe(await self._prepared(partial(shown, picture)), question))
            except NoAnswer as error:
                raise NoAnswer(error.why, (*answers, *error.answers)) from error
            answers += seen[-1].answers
        return Seen(
            description=" ".join(each.description for each in seen),
            traits=tuple(dict.fromkeys(trait for each in seen for trait in each.traits)),
            defects=tuple(dict.fromkeys(defect for each in seen for defect in each.defects)),
            answers=tuple(answers),
        )

    async def _describe(self, picture: bytes, question: str) -> Seen:
        user = DESCRIBE.format(question=question)
        answer, answers = await ask(self._stages, _question(Description, user, [picture]))
        return Seen(
            description=answer.description.strip(),
            traits=tuple(answer.traits),
            defects=tuple(answer.defects),
            answers=answers,
        )

    async def _compare(self, user: str, pictures: Sequence[bytes], said: Sequence[StageAnswer]) -> Compared:
        try:
            answer, answers = await ask(self._stages, _question(Comparison, user, pictures))
        except NoAnswer as error:
            raise NoAnswer(error.why, (*said, *error.answers)) from error
        return Compared(
            selected_traits=tuple(answer.selected_traits),
            rejected_traits=tuple(answer.rejected_traits),
            key_differences=tuple(answer.key_differences),
            answers=(*said, *answers),
        )


Model = TypeVar("Model", bound=BaseModel)


def _question(answer: type[Model], user: str, pictures: Sequence[bytes]) -> Question[Model]:
    return Question(
        stage=Stage.VISION,
        system=VISION_SYSTEM_PROMPT,
        user=user,
        version=VISION_VERSION,
        answer=answer,
        limits=LIMITS,
        images=pictures,
    )
