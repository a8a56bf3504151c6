"""Asks a stage's model for an object: one retry with twice the budget where the answer was cut, one repair where it is
wrong, and then no answer at all."""

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Generic, TypeVar

from pydantic import BaseModel

from vibes.domain.chat.config import Stage
from vibes.domain.errors import internal_error
from vibes.domain.refinement.record import StageAnswer
from vibes.ports.chat import ChatLimits, ChatMessage, ChatModel, ChatRequest, ChatStages, ChatUnavailable, Finish
from vibes.services.refinement.reading import Unreadable, read_answer
from vibes.text.plain_text import encodable

logger = logging.getLogger(__name__)

Model = TypeVar("Model", bound=BaseModel)
Check = Callable[[Any], Sequence[str]]
"""What is wrong with a value that fits its schema, in sentences."""
MAX_KEPT = 20_000
"""Characters of a raw answer that are kept."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question(Generic[Model]):
    stage: Stage
    system: str
    user: str
    version: str
    """Of the wording, kept with the answer."""
    answer: type[Model]
    limits: ChatLimits
    images: Sequence[bytes] = ()
    check: Check = field(default=lambda _: ())
    listener: Callable[[], Callable[[str], None]] | None = None
    """Makes whoever hears the text of one answer as it is written."""


class NoAnswer(Exception):
    """``why``: one sentence for people. ``answers``: what was said all the same."""

    def __init__(self, why: str, answers: Sequence[StageAnswer] = ()) -> None:
        super().__init__(why)
        self.why = why
        self.answers = tuple(answers)


class _Asking(Generic[Model]):
    def __init__(self, model: ChatModel, question: Question[Model]) -> None:
        self._model = model
        self._question = question
        self._messages = [ChatMessage("system", question.system), ChatMessage("user", question.user)]
        self._limits = question.limits
        self._answers: list[StageAnswer] = []

    async def run(self) -> tuple[Model, tuple[StageAnswer, ...]]:
        longer = repaired = False
        while True:
            text, finish = await self._once()
            try:
                value = read_answer(text, self._question.answer)
                wrong = tuple(self._question.check(value))
            except Unreadable as error:
                wrong = error.mistakes
            if not wrong:
                return value, tuple(self._answers)
            self._answers[-1] = replace(self._answers[-1], problem="; ".join(wrong))
            if finish is Finish.LENGTH and not longer:
                longer = True
                self._limits = replace(self._limits, tokens=2 * self._limits.tokens)
            elif not repaired:
                repaired = True
                self._messages += [ChatMessage("assistant", text), ChatMessage("user", _sent_back(wrong))]
            else:
                raise NoAnswer(f"the model's answer is of no use ({wrong[0]})", self._answers)

    async def _once(self) -> tuple[str, Finish]:
        request = ChatRequest(
            messages=tuple(self._messages),
            schema=schema_of(self._question.answer),
            images=self._question.images,
            limits=self._limits,
            hear=None if self._question.listener is None else self._question.listener(),
        )
        try:
            answer = await self._model.complete(request)
        except ChatUnavailable as error:
            raise NoAnswer(error.advice, self._answers) from error
        except Exception as error:
            # no fault of an adapter keeps anybody from going on by rules
            logger.exception("the model of the stage %s broke", self._question.stage)
            raise NoAnswer(internal_error(error), self._answers) from error
        limits, text = self._limits, encodable(answer.text)
        self._answers.append(
            StageAnswer(
                stage=self._question.stage,
                model=answer.model,
                digest=answer.digest,
                options={
                    "temperature": limits.temperature,
                    "tokens": limits.tokens,
                    "context": limits.context,
                    "finish": answer.finish.value,
                },
                prompt_version=self._question.version,
                text=text[:MAX_KEPT],
            )
        )
        return text, answer.finish


async def ask(stages: ChatStages, question: Question[Model]) -> tuple[Model, tuple[StageAnswer, ...]]:
    """The value, and every raw answer on the way to it. Raises NoAnswer, and nothing else."""
    model = stages.model(question.stage)
    if model is None:
        raise NoAnswer("no LLM is configured")
    return await _Asking(model, question).run()


def _sent_back(wrong: Sequence[str]) -> str:
    mistakes = "\n".join(f"- {each}" for each in wrong)
    return f"That answer has mistakes:\n{mistakes}\nAnswer again with the whole corrected JSON object and nothing else."


def schema_of(model: type[BaseModel]) -> Mapping[str, Any]:
    """Flat: nested models stand where they are used, every field is required, nothing else is allowed. Limits of length
    are checked by us alone, since grammars of servers break on them."""
    schema = model.model_json_schema()
    definitions = schema.pop("$defs", {})
    inlined: Mapping[str, Any] = _inlined(schema, definitions)
    return inlined


def _inlined(part: Any, definitions: Mapping[str, Any]) -> Any:
    if isinstance(part, list):
        return [_inlined(each, definitions) for each in part]
    if not isinstance(part, dict):
        return part
    if "$ref" in part:
        return _inlined(definitions[part["$ref"].rsplit("/", 1)[-1]], definitions)
    left_out = {"title", "default", "description", "maxItems", "maxLength"}
    inlined = {
        name: _inlined(each, definitions) for name, each in part.items() if name not in left_out or "properties" in name
    }
    if inlined.get("type") == "object":
        inlined |= {"required": [*inlined.get("properties", {})], "additionalProperties": False}
    return inlined
