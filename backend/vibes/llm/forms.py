"""How an answer is bound to a schema: by the schema itself, by asking for JSON, or by words alone.

Servers differ in what they know, and some fail at it. So the strongest form is tried first, and what worked is
remembered for the server.
"""

import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from enum import StrEnum
from typing import Any

from vibes.llm.faults import Rejected
from vibes.ports.chat import ChatAnswer, ChatMessage, ChatRequest


class Form(StrEnum):
    SCHEMA = "JSON schema"
    JSON = "any JSON"
    WORDS = "words alone"


_WEAKER = {Form.SCHEMA: Form.JSON, Form.JSON: Form.WORDS}


class Ladder:
    """Of one server."""

    def __init__(self) -> None:
        self.form = Form.SCHEMA
        """The strongest one that has not failed."""

    async def climb_down(self, attempt: Callable[[Form], Awaitable[ChatAnswer]]) -> ChatAnswer:
        """``attempt`` is made in weaker and weaker forms while the server complains of the form; a fault of its own is
        given a second try first, for some fail at one answer in three. Raises what the last attempt raised, a Rejected
        as ChatUnavailable."""
        form, again = self.form, True
        while True:
            try:
                answer = await attempt(form)
            except Rejected as rejected:
                if rejected.own_fault and again:
                    again = False
                    continue
                weaker = _WEAKER.get(form)
                if weaker is None or not (rejected.own_fault or rejected.about_the_form):
                    raise rejected.told() from rejected
                form = weaker
                continue
            self.form = form
            return answer


def in_words(request: ChatRequest) -> Sequence[ChatMessage]:
    """Its messages, and the schema among them in words."""
    if request.schema is None:
        return request.messages
    text = (
        f"Answer with one JSON object that fits this JSON Schema, and with nothing else:\n{json.dumps(request.schema)}"
    )
    first, *others = request.messages
    if first.role == "system":
        return (replace(first, text=f"{first.text}\n\n{text}"), *others)
    return (ChatMessage("system", text), first, *others)


def inlined(schema: Mapping[str, Any]) -> dict[str, Any]:
    """The same without ``$ref`` and ``$defs``, which some engines pass over in silence."""
    definitions = {**schema.get("definitions", {}), **schema.get("$defs", {})}

    def within(value: Any, depth: int) -> Any:
        if isinstance(value, list):
            return [within(each, depth) for each in value]
        if not isinstance(value, Mapping):
            return value
        name = str(value.get("$ref", "")).rpartition("/")[2]
        if name in definitions and depth < _MOST_NESTED:
            return within(
                {**definitions[name], **{key: each for key, each in value.items() if key != "$ref"}}, depth + 1
            )
        return {key: within(each, depth) for key, each in value.items() if key not in {"$defs", "definitions"}}

    return dict(within(schema, 0))


_MOST_NESTED = 20
"""References within references; one that contains itself ends there."""

_REFUSED_LIMITS = frozenset(
    {"minLength", "maxLength", "minItems", "maxItems", "minimum", "maximum", "pattern", "default"}
)


def strict(schema: Mapping[str, Any]) -> dict[str, Any]:
    """The subset that OpenAI's ``strict`` takes: every property required, no others, and no limits of lengths."""

    def within(value: Any) -> Any:
        if isinstance(value, list):
            return [within(each) for each in value]
        if not isinstance(value, Mapping):
            return value
        properties = value.get("properties")
        if not isinstance(properties, Mapping):
            return {key: within(each) for key, each in value.items() if key not in _REFUSED_LIMITS}
        rest = {key: within(each) for key, each in value.items() if key not in {*_REFUSED_LIMITS, "properties"}}
        inner = {name: within(each) for name, each in properties.items()}
        return {**rest, "properties": inner, "required": list(inner), "additionalProperties": False}

    return dict(within(inlined(schema)))
