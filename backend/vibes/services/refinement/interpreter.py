"""Feedback to operations: a model's understanding, held against what the rules are sure of."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from vibes.domain.chat.config import Stage
from vibes.domain.ids import GenerationId
from vibes.domain.refinement.changes import Changes, Swap
from vibes.domain.refinement.families import TAGS
from vibes.domain.refinement.intent import IntentDocument
from vibes.domain.refinement.phrases import plain_text
from vibes.domain.refinement.proposing import proposed
from vibes.domain.refinement.reading import read_prompt
from vibes.domain.refinement.record import StageAnswer
from vibes.domain.refinement.rules.interpreter import understand
from vibes.ports.chat import ChatLimits, ChatStages
from vibes.services.refinement.asking import NoAnswer, Question, ask
from vibes.services.refinement.wording import FEEDBACK_INTERPRETER_SYSTEM_PROMPT, INTERPRETER_VERSION, block

LIMITS = ChatLimits(seconds=60, tokens=300, temperature=0.0, context=8192)
_SHOWN_WISHES = 5
_SHOWN_PROMPT = 6_000
"""Characters of a prompt that a model is shown."""


def _texts(value: object) -> object:
    """One text instead of a list of one, and no null."""
    if value is None:
        return []
    return [value] if isinstance(value, str) else value


Terms = Annotated[list[str], BeforeValidator(_texts)]


class SwapAnswer(BaseModel):
    model_config = ConfigDict(populate_by_name=True)

    old: str = Field(alias="from")
    new: str = Field(alias="to")


class ChangesAnswer(BaseModel):
    """What the interpreter's model answers; what is missing of it is a mistake only if nothing is there."""

    keep: Terms
    remove: Terms
    add: Terms
    modify: list[SwapAnswer]
    emphasis_up: Terms
    emphasis_down: Terms
    question: str = ""

    def to_changes(self) -> Changes:
        return Changes(
            keep=tuple(self.keep),
            remove=tuple(self.remove),
            add=tuple(self.add),
            modify=tuple(Swap(each.old, each.new) for each in self.modify),
            emphasis_up=tuple(self.emphasis_up),
            emphasis_down=tuple(self.emphasis_down),
            question=self.question,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Interpretation:
    changes: Changes
    degraded: str | None = None
    """Why the rules alone understood it; None when a model did."""
    notes: tuple[str, ...] = ()
    answers: tuple[StageAnswer, ...] = ()


class FeedbackInterpreter:
    """Parses feedback into structured changes."""

    def __init__(self, stages: ChatStages) -> None:
        self._stages = stages

    async def interpret(
        self,
        feedback_text: str,
        selected_ids: Sequence[GenerationId],
        rejected_ids: Sequence[GenerationId],
        intent_document: IntentDocument,
        *,
        current_prompt: str = "",
        picture_notes: str = "",
    ) -> Interpretation:
        """Never raises: without a model, and where its answer is of no use, by the rules alone."""
        phrases = read_prompt(current_prompt, TAGS)
        rules = understand(feedback_text, [each.text for each in phrases if not each.fixed])
        blocks = [
            block("PROMPT", plain_text(phrases)[:_SHOWN_PROMPT]),
            block("EARLIER FEEDBACK", "\n".join(each.feedback for each in intent_document.wishes[-_SHOWN_WISHES:])),
            block("PICTURES", f"{len(selected_ids)} chosen, {len(rejected_ids)} not. {picture_notes}".strip()),
            block("FEEDBACK", feedback_text),
        ]
        question = Question(
            stage=Stage.INTERPRETER,
            system=FEEDBACK_INTERPRETER_SYSTEM_PROMPT,
            user="\n\n".join(blocks),
            version=INTERPRETER_VERSION,
            answer=ChangesAnswer,
            limits=LIMITS,
        )
        try:
            answer, answers = await ask(self._stages, question)
        except NoAnswer as error:
            return Interpretation(changes=rules.changes, degraded=error.why, notes=rules.notes, answers=error.answers)
        proposal = proposed(answer.to_changes(), rules, feedback_text)
        return Interpretation(changes=proposal.changes, notes=proposal.notes, answers=answers)
