"""The dialect of ``/v1/chat/completions``, as llama.cpp, LM Studio, vLLM, OpenAI and most others speak it.

They differ in what they take. What a server refuses by its name, and what an answer can do without, is left out from
then on.
"""

import asyncio
from collections.abc import Mapping, Sequence
from http import HTTPStatus as Status
from typing import Any

from vibes.domain.chat.config import ServerConfig
from vibes.generators.hosted.http import parsed
from vibes.llm.faults import (
    Rejected,
    blind,
    cut,
    missing_model,
    of_text,
    refused,
    says_blind,
    says_missing,
    too_slow,
    unavailable_of,
    words_of,
)
from vibes.llm.forms import Form, Ladder, in_words, strict
from vibes.llm.heard import Endless, Heard
from vibes.llm.pictures import data_uri
from vibes.llm.wire import Answer, Wire
from vibes.ports.chat import ChatAnswer, ChatMessage, ChatRequest, ChatUnavailable, Finish
from vibes.ports.chat_servers import ModelFinding
from vibes.text.near_names import near_name_hint

_LOOK_SECONDS = 10.0
_MOST_SHOWN = 5
_DISPENSABLE = ("stream_options", "temperature", "max_tokens")
"""Parts of a request that are left out where a server names them in a refusal: newer models of OpenAI take no
``temperature`` but their own, and ``max_completion_tokens`` instead of ``max_tokens``."""
_DONE = "[DONE]"


class OpenAICompatibleServer:
    """One server. The port `vibes.ports.chat_servers.ChatServer`."""

    def __init__(self, config: ServerConfig, key: str) -> None:
        self._config = config
        self._wire = Wire(config, key)
        self._ladder = Ladder()
        self._left_out: set[str] = set()

    @property
    def form(self) -> str:
        return self._ladder.form

    async def complete(self, model: str, request: ChatRequest) -> ChatAnswer:
        seconds = request.limits.seconds
        try:
            async with asyncio.timeout(seconds):
                return await self._answer(model, request)
        except TimeoutError:
            raise too_slow(self._config, seconds) from None

    async def look(self, model: str) -> ModelFinding:
        """Several servers answer with the one model that they have, whatever is asked for: a missing name says
        little."""
        names = await self._names()
        if not names or model in names:
            return ModelFinding(there=True if names else None, vision=None)
        return ModelFinding(there=False, vision=None, advice=_instead(model, names))

    async def unload(self, model: str, seconds: float) -> None:
        """This dialect has no word for it."""

    async def close(self) -> None:
        await self._wire.close()

    async def _names(self) -> list[str]:
        reply = await self._wire.ask("GET", "/models", _LOOK_SECONDS)
        if reply.status == Status.NOT_FOUND:
            return []
        if not reply.good:
            raise unavailable_of(self._config, reply)
        value = await reply.value()
        entries = value.get("data") if isinstance(value, dict) else None
        return [str(each["id"]) for each in entries or () if isinstance(each, dict) and "id" in each]

    async def _answer(self, model: str, request: ChatRequest) -> ChatAnswer:
        heard = Heard(request.hear)

        async def attempt(form: Form) -> ChatAnswer:
            while True:
                heard.begin_anew()
                try:
                    return await self._try(model, request, form, heard)
                except Endless as endless:
                    raise cut(self._config, f"answered with endless {endless}") from None
                except Rejected as rejected:
                    if not self._leaves_out(rejected):
                        raise await self._meant(rejected, model, request) from rejected

        return await self._ladder.climb_down(attempt)

    def _leaves_out(self, rejected: Rejected) -> bool:
        """Whether something that it names is left out from now on."""
        named = {each for each in _DISPENSABLE if each in rejected.text} - self._left_out
        if rejected.own_fault or not named:
            return False
        self._left_out |= named
        return True

    async def _meant(self, rejected: Rejected, model: str, request: ChatRequest) -> Exception:
        if says_missing(rejected):
            if "try pulling it" in rejected.text:  # it is Ollama, by its other door
                return missing_model(self._config, model, f"; `ollama pull {model}`")
            return missing_model(self._config, model, _instead(model, await self._names_if_told()))
        if request.images and says_blind(rejected):  # of status 500, too, at llama.cpp
            return blind(self._config, model)
        return rejected

    async def _names_if_told(self) -> list[str]:
        try:
            return await self._names()
        except ChatUnavailable:
            return []

    async def _try(self, model: str, request: ChatRequest, form: Form, heard: Heard) -> ChatAnswer:
        body = _body(model, request, form, self._left_out)
        async with self._wire.begin("/chat/completions", request.limits.seconds, body) as answer:
            told = _Told(self._config, heard)
            if answer.media_type == "text/event-stream":
                await told.follow(answer)
            else:  # it does not stream, although it was asked to
                told.take_in(parsed(await answer.body()), "message")
        if told.finish is None and not told.done:
            raise cut(self._config, "broke off its answer")
        if told.finish == "content_filter" or (told.refusal and not heard.text):
            raise refused(self._config, told.refusal or "its filter has cut the answer")
        return ChatAnswer(
            text=heard.text,
            model=told.model or model,
            digest=told.digest,
            tokens=told.tokens if told.tokens is not None else heard.pieces,
            finish=Finish.LENGTH if told.finish == "length" else Finish.STOP,
        )


class _Told:
    """What an answer says beside its text."""

    def __init__(self, config: ServerConfig, heard: Heard) -> None:
        self._config = config
        self._heard = heard
        self.done = False
        self.finish: str | None = None
        self.refusal = ""
        self.model = ""
        self.digest = ""
        self.tokens: int | None = None

    async def follow(self, answer: Answer) -> None:
        async for line in answer.lines():
            field, _, data = line.partition(":")
            if data.strip() == _DONE:
                self.done = True
                return
            if field in {"data", "error"}:
                value = parsed(data.strip().encode())
                self.take_in({"error": value} if field == "error" else value, "delta")

    def take_in(self, value: Any, part: str) -> None:
        """One object; ``part``: the name of its piece of the answer."""
        if not isinstance(value, dict):
            return
        if value.get("error"):
            raise of_text(self._config, Status.INTERNAL_SERVER_ERROR, words_of(value))
        self.model = str(value.get("model") or self.model)
        self.digest = str(value.get("system_fingerprint") or self.digest)
        usage = value.get("usage")
        if isinstance(usage, dict) and isinstance(usage.get("completion_tokens"), int):
            self.tokens = usage["completion_tokens"]
        choices = value.get("choices")
        if isinstance(choices, list) and choices and isinstance(choices[0], dict):
            self._take_in_choice(choices[0], part)

    def _take_in_choice(self, choice: Mapping[str, Any], part: str) -> None:
        piece = choice.get(part)
        if isinstance(piece, dict):
            self.refusal += str(piece.get("refusal") or "")
            self._heard.add(_text_in(piece.get("content")))
        if choice.get("finish_reason"):
            self.finish = str(choice["finish_reason"])


def _body(model: str, request: ChatRequest, form: Form, left_out: set[str]) -> dict[str, Any]:
    limits = request.limits
    body: dict[str, Any] = {
        "model": model,
        "messages": _messages(request, form),
        "stream": True,
        "stream_options": {"include_usage": True},
        "temperature": limits.temperature,
        "max_tokens": limits.tokens,
    }
    if "max_tokens" in left_out:
        body["max_completion_tokens"] = limits.tokens
    for name in left_out:
        del body[name]
    if request.schema is not None and form is Form.SCHEMA:
        schema = {"name": "answer", "strict": True, "schema": strict(request.schema)}
        body["response_format"] = {"type": "json_schema", "json_schema": schema}
    elif request.schema is not None and form is Form.JSON:
        body["response_format"] = {"type": "json_object"}
    return body


def _messages(request: ChatRequest, form: Form) -> list[dict[str, Any]]:
    given: Sequence[ChatMessage] = request.messages if form is Form.SCHEMA else in_words(request)
    if not request.images:
        return [{"role": each.role, "content": each.text} for each in given]
    # small servers take no system message beside pictures, so all is said by the user
    *before, last = [each for each in given if each.role != "system"]
    said = "\n\n".join([*(each.text for each in given if each.role == "system"), last.text])
    pictures = [{"type": "image_url", "image_url": {"url": data_uri(picture)}} for picture in request.images]
    content = [{"type": "text", "text": said}, *pictures]
    return [*({"role": each.role, "content": each.text} for each in before), {"role": "user", "content": content}]


def _text_in(content: Any) -> str:
    """Text, or a list of parts with some."""
    if isinstance(content, list):
        return "".join(str(each.get("text") or "") for each in content if isinstance(each, dict))
    return content if isinstance(content, str) else ""


def _instead(model: str, names: Sequence[str]) -> str:
    if not names:
        return ""
    more = " …" if len(names) > _MOST_SHOWN else ""
    return near_name_hint(model, names) or f"; it has {', '.join(names[:_MOST_SHOWN])}{more}"
