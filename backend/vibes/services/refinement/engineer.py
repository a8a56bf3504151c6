"""Operations to a prompt for a family: by code for tags, in prose by a model for families that want sentences."""

from dataclasses import dataclass, replace

from pydantic import BaseModel, create_model

from vibes.domain.chat.config import Stage
from vibes.domain.refinement.changes import Changes
from vibes.domain.refinement.families import FamilyStyle, style_of
from vibes.domain.refinement.phrases import plain_text
from vibes.domain.refinement.plan import Refined
from vibes.domain.refinement.prose import mistakes_in, plain
from vibes.domain.refinement.record import StageAnswer
from vibes.domain.refinement.refining import Starting, protected, refine
from vibes.ports.chat import ChatLimits, ChatStages
from vibes.services.refinement.asking import NoAnswer, Question, ask
from vibes.services.refinement.rationale import RationaleStream, Tell
from vibes.services.refinement.wording import ENGINEER_VERSION, block, engineer_system

LIMITS = ChatLimits(seconds=90, tokens=500, temperature=0.3, context=8192)
_WORDS_A_TOKEN = 0.6
"""Words of English prose that a token holds, less some room."""
_MOST_WORDS = 220
_MORE_THAN_BEFORE = 40


class ProseAnswer(BaseModel):
    prompt: str
    negative_prompt: str = ""
    rationale: str = ""


_WithoutNegative = create_model("_WithoutNegative", prompt=(str, ...), rationale=(str, ""))


@dataclass(frozen=True, slots=True, kw_only=True)
class Engineered:
    refined: Refined
    degraded: str | None = None
    """Why code wrote what a model should have written; None where it did, or where code always does."""
    answers: tuple[StageAnswer, ...] = ()


class PromptEngineer:
    """Applies structured changes to a prompt, in the way that its model family understands."""

    def __init__(self, stages: ChatStages) -> None:
        self._stages = stages

    async def refine(
        self,
        current_prompt: str,
        changes: Changes,
        model_family: str,
        *,
        start: Starting | None = None,
        tell: Tell | None = None,
    ) -> Engineered:
        """Never raises. ``start``: earlier wishes and what was seen, beside prompt and family. ``tell`` hears the
        rationale as it is written."""
        begin = start or Starting(prompt=current_prompt, family=model_family)
        by_code = refine(begin, changes)
        style = style_of(model_family)
        if not style.sentences or by_code.changes.empty or not plain(begin.phrases):
            return Engineered(refined=by_code)
        question = _question(begin, by_code, style, tell)
        try:
            answer, answers = await ask(self._stages, question)
        except NoAnswer as error:
            return Engineered(refined=by_code, degraded=error.why, answers=error.answers)
        prose = _with_fixed(_prompt_of(answer), begin)
        rationale = str(getattr(answer, "rationale", "")).strip() or by_code.rationale
        return Engineered(refined=replace(by_code, prompt=prose, rationale=rationale), answers=answers)


def _question(start: Starting, by_code: Refined, style: FamilyStyle, tell: Tell | None) -> Question[BaseModel]:
    before = plain_text(start.phrases)
    words = min(int(style.tokens * _WORDS_A_TOKEN), max(_MOST_WORDS, len(before.split()) + _MORE_THAN_BEFORE))
    return Question(
        stage=Stage.ENGINEER,
        system=engineer_system(start.family, negative=style.negative, words=words),
        user="\n\n".join(
            [
                block("CURRENT PROMPT", before),
                block("NEGATIVE", by_code.negative_prompt) if style.negative else "",
                block("PICTURE NOTES", start.seen),
                block("OPERATIONS", _listed(by_code.changes, protected(start, by_code.changes))),
            ]
        ),
        version=ENGINEER_VERSION,
        answer=ProseAnswer if style.negative else _WithoutNegative,
        limits=LIMITS,
        check=lambda answer: mistakes_in(_prompt_of(answer), start, by_code),
        listener=None if tell is None else lambda: RationaleStream(tell).hear,
    )


def _prompt_of(answer: BaseModel) -> str:
    return " ".join(str(getattr(answer, "prompt", "")).split())


def _with_fixed(prose: str, start: Starting) -> str:
    """With the LoRAs, embeddings and wildcards of the prompt, which no model was shown."""
    return " ".join([prose, *(each.text for each in start.phrases if each.fixed and each.text not in prose)])


def _listed(changes: Changes, keep: tuple[str, ...]) -> str:
    lines = [
        *(f"keep, word for word: {each}" for each in keep),
        *(f"remove: {each}" for each in changes.remove),
        *(f"put in the place of “{each.old}”: {each.new}" for each in changes.modify),
        *(f"add: {each}" for each in changes.add),
        *(f"make stronger: {each}" for each in changes.emphasis_up),
        *(f"make weaker: {each}" for each in changes.emphasis_down),
    ]
    return "\n".join(lines)
