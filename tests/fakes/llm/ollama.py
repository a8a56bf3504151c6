"""Ollama's own routes, with what its server checks before a model is asked."""

import asyncio
import base64
import binascii
import json
from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any

from aiohttp import web

from tests.fakes.llm.brain import Brain, Turn, pieces_of, tokens_in, valid_for
from tests.fakes.llm.saying import say, wait_for_turn

UNLOAD_SECONDS = 0.3
_CREATED = "2026-11-02T10:00:00Z"


class OllamaRoutes:
    def __init__(self, brain: Brain) -> None:
        self._brain = brain

    async def version(self, _: web.Request) -> web.Response:
        return web.json_response({"version": "0.33.0"})

    async def root(self, _: web.Request) -> web.Response:
        return web.Response(text="Ollama is running")

    async def tags(self, _: web.Request) -> web.Response:
        return web.json_response({"models": [self._entry(name) for name in self._brain.models]})

    async def ps(self, _: web.Request) -> web.Response:
        there = [*self._brain.loaded, *self._brain.leaving]
        models = [{"name": n, "model": n, "size": 5, "size_vram": 5, "expires_at": _CREATED} for n in there]
        return web.json_response({"models": models})

    async def show(self, request: web.Request) -> web.Response:
        name = self._brain.found(str((await request.json()).get("model", "")))
        if name is None:
            return _error(404, f"model '{(await request.json()).get('model')}' not found")
        model = self._brain.models[name]
        details = {"family": "llama", "parameter_size": "8B", "quantization_level": "Q4_0"}
        return web.json_response({"details": details, "capabilities": [*model.capabilities], "model_info": {}})

    async def pull(self, request: web.Request) -> web.StreamResponse:
        name = str((await request.json()).get("model", ""))
        response = web.StreamResponse(headers={"Content-Type": "application/x-ndjson"})
        await response.prepare(request)
        if name.startswith("no-such"):
            steps: list[dict[str, Any]] = [
                {"status": "pulling manifest"},
                {"error": "pull model manifest: file does not exist"},
            ]
        else:
            steps = [{"status": "pulling manifest"}, {"status": "pulling", "total": 9, "completed": 9}]
            steps.append({"status": "success"})
        for step in steps:
            await response.write(json.dumps(step).encode() + b"\n")
        return response

    async def chat(self, request: web.Request) -> web.StreamResponse:
        body = await request.json()
        if not isinstance(body.get("model"), str) or not body["model"]:
            return _error(400, "model is required")
        name = self._brain.found(body["model"])
        if name is None:
            return _error(404, f'model "{body["model"]}" not found, try pulling it first')
        if not body.get("messages"):
            return self._load_or_unload(name, body)
        refused = self._refused(name, body)
        if refused is not None:
            return refused
        async with wait_for_turn(self._brain, request) as turn:
            return await self._answer(request, name, body, turn)

    def _entry(self, name: str) -> dict[str, Any]:
        model = self._brain.models[name]
        entry: dict[str, Any] = {"name": name, "model": name, "size": 5, "digest": model.digest, "details": {}}
        entry["modified_at"] = _CREATED
        if self._brain.tells_capabilities:
            entry["capabilities"] = [*model.capabilities]
        return entry

    def _load_or_unload(self, name: str, body: Mapping[str, Any]) -> web.Response:
        unloads = body.get("keep_alive") in {0, "0", "0s"}
        brain = self._brain
        if unloads and name in brain.loaded:
            brain.loaded.discard(name)
            brain.leaving.add(name)
            asyncio.get_running_loop().call_later(UNLOAD_SECONDS, brain.leaving.discard, name)
        elif not unloads:
            brain.loaded.add(name)
        reason = "unload" if unloads else "load"
        return web.json_response(_chunk(name, "", done=True, done_reason=reason))

    def _refused(self, name: str, body: Mapping[str, Any]) -> web.Response | None:
        model = self._brain.models[name]
        form = body.get("format")
        if form is not None and form != "json" and not isinstance(form, dict):
            return _error(400, f'invalid format: {form!r}; expected "json" or a valid JSON Schema object')
        if body.get("think") and "thinking" not in model.capabilities:
            return _error(400, f'"{name}" does not support thinking')
        for picture in (each for message in body["messages"] for each in message.get("images", ())):
            try:
                base64.b64decode(picture, validate=True)
            except (binascii.Error, ValueError):
                return _error(400, "illegal base64 data at input byte 4")
            if "vision" not in model.capabilities:
                return _error(500, "this model is missing data required for image input")
        return self._kept_within(name, body)

    def _kept_within(self, name: str, body: Mapping[str, Any]) -> web.Response | None:
        """What does not fit is refused, or the oldest messages are dropped in silence."""
        context = min(int(body.get("options", {}).get("num_ctx", 4096)), self._brain.models[name].context)
        texts = [str(each.get("content", "")) for each in body["messages"]]
        if sum(map(tokens_in, texts)) >= context and self._brain.knows_truncate and body.get("truncate") is False:
            return _error(400, "the prompt is longer than the context length of the model")
        while len(texts) > 2 and sum(map(tokens_in, texts)) >= context:
            del texts[1]
        self._brain.read = texts
        return None

    async def _answer(self, request: web.Request, name: str, body: Mapping[str, Any], turn: Turn) -> web.StreamResponse:
        if turn.retry:
            return (
                _error(400, "invalid format: this model has no grammar for it")
                if "format" in body
                else _error(500, "x")
            )
        if turn.leads_to:
            raise web.HTTPTemporaryRedirect(turn.leads_to)
        if turn.status != 200:
            return (
                web.Response(status=turn.status, text=turn.error)
                if turn.plain_error
                else _error(turn.status, turn.error)
            )
        self._brain.loaded.add(name)
        text = turn.text if turn.text is not None else _fitting(body.get("format"))
        if not body.get("stream", True) or turn.whole:
            last = self._last(name, text, turn)
            last["message"]["content"] = text
            return web.json_response(last)
        lines = self._lines(name, text, turn)
        return await say(self._brain, request, "application/x-ndjson", lines, turn)

    async def _lines(self, name: str, text: str, turn: Turn) -> AsyncIterator[bytes]:
        if turn.thought:
            yield _line(_chunk(name, "", thinking=turn.thought))
        said = text[: len(text) // 2] if turn.error or turn.cut else text
        for piece in pieces_of(said):
            yield _line(_chunk(name, piece))
        if turn.endless:
            while True:
                yield _line(_chunk(name, text[-1:] * 20))
        if turn.error:
            yield _line({"error": turn.error})
        elif not turn.no_end and not turn.cut:
            yield _line(self._last(name, text, turn))

    def _last(self, name: str, text: str, turn: Turn) -> dict[str, Any]:
        return _chunk(
            name,
            "",
            done=True,
            done_reason=turn.finish,
            total_duration=2_100_000_000,
            prompt_eval_count=sum(map(tokens_in, self._brain.read)),
            eval_count=tokens_in(text),
        )


def _fitting(form: Any) -> str:
    return valid_for(form) if isinstance(form, dict) else "{}" if form == "json" else "pong"


def _chunk(name: str, text: str, *, thinking: str = "", done: bool = False, **more: Any) -> dict[str, Any]:
    message = {"role": "assistant", "content": text} | ({"thinking": thinking} if thinking else {})
    return {"model": name, "created_at": _CREATED, "message": message, "done": done, **more}


def _line(value: Mapping[str, Any]) -> bytes:
    return json.dumps(value).encode() + b"\n"


def _error(status: int, text: str) -> web.Response:
    return web.json_response({"error": text}, status=status)


def images_in(messages: Sequence[Mapping[str, Any]]) -> list[bytes]:
    """The pictures that a request showed."""
    return [base64.b64decode(each) for message in messages for each in message.get("images", ())]
