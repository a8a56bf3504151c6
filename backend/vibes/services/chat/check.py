"""Tries a stage's model: is it there, does it see, does it keep to a schema, and how long does it take?"""

import json
from collections.abc import Sequence
from dataclasses import replace
from io import BytesIO
from typing import Any

from PIL import Image

from vibes.domain.chat.config import Stage
from vibes.domain.chat.standing import Honoured, StageCheck
from vibes.ports.chat import ChatLimits, ChatMessage, ChatRequest, ChatUnavailable
from vibes.services.chat.service import ChatService

_FIELDS = ("colour", "words")
_SCHEMA = {
    "type": "object",
    "properties": {"colour": {"type": "string"}, "words": {"type": "array", "items": {"type": "string"}}},
    "required": [*_FIELDS],
    "additionalProperties": False,
}
_RULES = (
    "You answer with one JSON object and nothing else: colour, a string, the colour that is meant; words, a list of up "
    'to three strings that go with it. Example: {"colour": "green", "words": ["grass", "leaf"]}'
)
_LIMITS = ChatLimits(seconds=120, tokens=120, context=4096)
_PICTURE_SIZE = 64


async def check_stages(chat: ChatService, stages: Sequence[Stage]) -> list[StageCheck]:
    """One after the other, so that none is slow because of another; a shared card is held once."""
    async with chat.together():
        return [await _check(chat, stage) for stage in stages]


async def _check(chat: ChatService, stage: Stage) -> StageCheck:
    check = StageCheck(standing=chat.standing(stage))
    line, model, config = chat.line(stage), chat.model(stage), check.standing.config
    if line is None or model is None or config is None:
        return check
    try:
        found = await line.look(config.model)
        check = replace(check, there=found.there, vision=found.vision)
        answer = await model.complete(_question(stage))
    except ChatUnavailable as error:
        return replace(check, problem=error.advice)
    honoured, asked = _honoured(answer.text), chat.standing(stage).asked
    return replace(
        check,
        honoured=honoured,
        form=line.form,
        seconds=None if asked is None else asked.seconds,
        digest=answer.digest,
        problem=None if honoured is Honoured.SCHEMA else _advice(honoured, config.model),
    )


def _question(stage: Stage) -> ChatRequest:
    pictures = (_red_picture(),) if stage is Stage.VISION else ()
    asked = "Which colour is the picture?" if pictures else "The colour that is meant: the colour of a ripe tomato."
    messages = (ChatMessage("system", _RULES), ChatMessage("user", asked))
    return ChatRequest(messages=messages, schema=_SCHEMA, images=pictures, limits=_LIMITS)


def _red_picture() -> bytes:
    content = BytesIO()
    Image.new("RGB", (_PICTURE_SIZE, _PICTURE_SIZE), "red").save(content, "PNG")
    return content.getvalue()


def _honoured(text: str) -> Honoured:
    try:
        value: Any = json.loads(text)
    except (ValueError, RecursionError):
        return Honoured.NO
    if not isinstance(value, dict):
        return Honoured.JSON
    words = value.get("words")
    fits = isinstance(value.get("colour"), str) and isinstance(words, list) and all(isinstance(w, str) for w in words)
    return Honoured.SCHEMA if fits and len(value) == len(_FIELDS) else Honoured.JSON


def _advice(honoured: Honoured, model: str) -> str:
    what = "JSON of another form" if honoured is Honoured.JSON else "no JSON"
    return f"{model} answers with {what}: refinements will often fall back on rules; a larger model keeps to it"
