"""Ollama's own dialect: it alone says how much is read, how long a model stays, and which models see pictures.

Every setting whose default depends on the machine or on the model is sent: ``think`` (on where a model can, and then it
eats the answer's tokens), ``num_ctx`` (4,096 on small cards), ``truncate`` and ``shift`` (else the oldest messages are
dropped in silence).
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
    how_to_have,
    missing_model,
    not_a_server,
    of_text,
    says_blind,
    says_missing,
    too_long,
    too_slow,
    unavailable_of,
    words_of,
)
from vibes.llm.forms import Form, Ladder, in_words, inlined
from vibes.llm.heard import Endless, Heard
from vibes.llm.pictures import in_base64
from vibes.llm.wire import Answer, Wire
from vibes.ports.chat import ChatAnswer, ChatMessage, ChatRequest, Finish
from vibes.ports.chat_servers import ModelFinding

_LOOK_SECONDS = 10.0
_POLL_SECONDS = 0.1
_STAYS = "5m"
_STAYS_ON_A_SHARED_CARD = "30s"
"""It is unloaded sooner; so long only if the hub ends before it can."""
_LEAST_CHARACTERS, _MOST_CHARACTERS = 3, 6
"""Of a token, in any language of prompts."""


class OllamaServer:
    """One server. The port `vibes.ports.chat_servers.ChatServer`."""

    def __init__(self, config: ServerConfig, key: str) -> None:
        self._config = config
        self._wire = Wire(config, key)
        self._ladder = Ladder()

    @property
    def form(self) -> str:
        return self._ladder.form

    async def complete(self, model: str, request: ChatRequest) -> ChatAnswer:
        seconds = request.limits.seconds
        try:
            async with asyncio.timeout(seconds):
                entry = await self._entry(model)
                if entry is None:
                    raise missing_model(self._config, model)
                if request.images and await self._sees(model, entry) is False:
                    raise blind(self._config, model)
                return await self._answer(model, entry, request)
        except TimeoutError:
            raise too_slow(self._config, seconds) from None

    async def look(self, model: str) -> ModelFinding:
        entry = await self._entry(model)
        if entry is None:
            return ModelFinding(there=False, vision=None, advice=how_to_have(self._config, model))
        return ModelFinding(there=True, vision=await self._sees(model, entry))

    async def unload(self, model: str, seconds: float) -> None:
        """The answer comes before the memory is free, so the list of what is loaded is read until it is gone."""
        try:
            async with asyncio.timeout(seconds):
                body = {"model": model, "messages": [], "keep_alive": 0, "stream": False}
                reply = await self._wire.ask("POST", "/api/chat", seconds, body)
                if not reply.good:
                    raise unavailable_of(self._config, reply)
                while await self._is_loaded(model):  # noqa: ASYNC110 - it happens in another process
                    await asyncio.sleep(_POLL_SECONDS)
        except TimeoutError:
            raise too_slow(self._config, seconds) from None

    async def close(self) -> None:
        await self._wire.close()

    async def _entry(self, model: str) -> Mapping[str, Any] | None:
        """What the server lists of a model; None where it does not have it."""
        return _named(await self._listed("/api/tags"), model)

    async def _is_loaded(self, model: str) -> bool:
        return _named(await self._listed("/api/ps"), model) is not None

    async def _listed(self, path: str) -> Sequence[Any]:
        reply = await self._wire.ask("GET", path, _LOOK_SECONDS)
        if not reply.good:
            raise unavailable_of(self._config, reply)
        value = await reply.value()
        models = value.get("models") if isinstance(value, dict) else None
        if not isinstance(models, list):
            raise not_a_server(self._config)
        return models

    async def _sees(self, model: str, entry: Mapping[str, Any]) -> bool | None:
        """None where the server does not tell; older ones tell of one model alone."""
        abilities = entry.get("capabilities")
        if not isinstance(abilities, list):
            reply = await self._wire.ask("POST", "/api/show", _LOOK_SECONDS, {"model": model})
            value = await reply.value() if reply.good else None
            abilities = value.get("capabilities") if isinstance(value, dict) else None
        return "vision" in abilities if isinstance(abilities, list) else None

    async def _answer(self, model: str, entry: Mapping[str, Any], request: ChatRequest) -> ChatAnswer:
        heard = Heard(request.hear)

        async def attempt(form: Form) -> ChatAnswer:
            heard.begin_anew()
            body = _body(self._config, model, request, form)
            try:
                async with self._wire.begin("/api/chat", request.limits.seconds, body) as answer:
                    last = await self._hear(answer, heard)
            except Endless as endless:
                raise cut(self._config, f"answered with endless {endless}") from None
            except Rejected as rejected:
                raise self._meant(rejected, model, request) from rejected
            if _dropped(request, last):
                raise too_long(self._config)
            return ChatAnswer(
                text=heard.text,
                model=str(last.get("model", model)),
                digest=str(entry.get("digest", "")),
                tokens=_count(last.get("eval_count"), heard.pieces),
                finish=Finish.LENGTH if last.get("done_reason") == "length" else Finish.STOP,
            )

        return await self._ladder.climb_down(attempt)

    def _meant(self, rejected: Rejected, model: str, request: ChatRequest) -> Exception:
        if says_missing(rejected):
            return missing_model(self._config, model)
        if request.images and says_blind(rejected):  # of status 500, too, at llama.cpp
            return blind(self._config, model)
        return rejected

    async def _hear(self, answer: Answer, heard: Heard) -> Mapping[str, Any]:
        """The last object of the answer."""
        async for line in answer.lines():
            value = _object(line)
            if "error" in value:
                raise of_text(self._config, Status.INTERNAL_SERVER_ERROR, words_of(value))
            message = value.get("message")
            if isinstance(message, dict):
                heard.add(str(message.get("content") or ""))
            if value.get("done") is True:
                if value.get("done_reason") == "load":
                    raise cut(self._config, "loaded the model and said nothing")
                return value
        raise cut(self._config, "broke off its answer")


def _body(config: ServerConfig, model: str, request: ChatRequest, form: Form) -> dict[str, Any]:
    limits = request.limits
    body: dict[str, Any] = {
        "model": model,
        "messages": _messages(request, form),
        "stream": True,
        "think": False,
        "truncate": False,
        "shift": False,
        "keep_alive": _STAYS_ON_A_SHARED_CARD if config.shares_gpu_with else _STAYS,
        "options": {
            "temperature": limits.temperature,
            "num_ctx": limits.context,
            "num_predict": limits.tokens,
        },
    }
    if request.schema is not None and form is not Form.WORDS:
        body["format"] = inlined(request.schema) if form is Form.SCHEMA else "json"
    return body


def _messages(request: ChatRequest, form: Form) -> list[dict[str, Any]]:
    given: Sequence[ChatMessage] = request.messages if form is Form.SCHEMA else in_words(request)
    messages: list[dict[str, Any]] = [{"role": each.role, "content": each.text} for each in given]
    if request.images:  # an empty list has broken some engines
        last = next(each for each in reversed(messages) if each["role"] == "user")
        last["images"] = [in_base64(picture) for picture in request.images]
    return messages


def _named(entries: Sequence[Any], model: str) -> Mapping[str, Any] | None:
    wanted = with_tag(model)
    for entry in entries:
        if isinstance(entry, dict) and wanted in {with_tag(str(entry.get(key, ""))) for key in ("name", "model")}:
            return entry
    return None


def with_tag(model: str) -> str:
    """As the server lists it: a name without a tag means ``latest``. Letter case does not count."""
    return (model if ":" in model.rpartition("/")[2] else f"{model}:latest").casefold()


def _dropped(request: ChatRequest, last: Mapping[str, Any]) -> bool:
    """Whether an older server, which knows no ``truncate``, dropped messages: where all may not have fitted, and it has
    read fewer tokens than so many letters make."""
    read, limits = _count(last.get("prompt_eval_count"), 0), request.limits
    letters = sum(len(each.text) for each in request.messages)
    if read >= limits.context:
        return True
    doubtful = letters / _LEAST_CHARACTERS + limits.tokens > limits.context
    return doubtful and 0 < read < letters / _MOST_CHARACTERS


def _count(value: object, otherwise: int) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else otherwise


def _object(line: str) -> Mapping[str, Any]:
    value = parsed(line.encode())
    return value if isinstance(value, dict) else {}
