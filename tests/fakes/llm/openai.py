"""The OpenAI-compatible routes, as strict as the strictest of the servers that have them."""

import base64
import binascii
import json
from collections.abc import AsyncIterator, Mapping
from typing import Any

from aiohttp import web

from tests.fakes.llm.brain import Brain, Turn, pieces_of, tokens_in, valid_for
from tests.fakes.llm.saying import say, wait_for_turn

_DATA = "data:image/"


class OpenAIRoutes:
    def __init__(self, brain: Brain) -> None:
        self._brain = brain

    async def models(self, _: web.Request) -> web.Response:
        names = self._brain.models
        data = [{"id": name, "object": "model", "created": 1, "owned_by": "library"} for name in names]
        return web.json_response({"object": "list", "data": data})

    async def chat(self, request: web.Request) -> web.StreamResponse:
        body = await request.json()
        name = self._brain.found(str(body.get("model", "")))
        if name is None:
            return _error(404, f'model "{body.get("model")}" not found, try pulling it first', "not_found_error")
        refused = self._refused(name, body)
        if refused is not None:
            return refused
        async with wait_for_turn(self._brain, request) as turn:
            return await self._answer(request, name, body, turn)

    def _refused(self, name: str, body: Mapping[str, Any]) -> web.Response | None:
        for field in self._brain.refuses & set(body):
            return _error(400, f"Unsupported parameter: '{field}' is not supported with this model.")
        form = body.get("response_format", {}).get("type")
        if form is not None and form not in self._brain.forms:
            return _error(400, f"'response_format.type' must be one of {sorted(self._brain.forms)}, not {form}")
        if form == "json_schema" and (wrong := _not_strict(body["response_format"]["json_schema"]["schema"])):
            return _error(400, f"Invalid schema for response_format: {wrong}")
        pictures = False
        for part in (
            part for each in body["messages"] if isinstance(each["content"], list) for part in each["content"]
        ):
            if part["type"] == "image_url":
                pictures = True
                if not _is_data_uri(part["image_url"]):
                    return _error(400, "invalid image input")
        if pictures and "vision" not in self._brain.models[name].capabilities:
            return _error(400, "image input is not supported - hint: provide the mmproj")
        if pictures and any(each["role"] == "system" for each in body["messages"]):
            return _error(400, "prompt with images and a system message is not supported")
        return None

    async def _answer(self, request: web.Request, name: str, body: Mapping[str, Any], turn: Turn) -> web.StreamResponse:
        if turn.leads_to:
            raise web.HTTPTemporaryRedirect(turn.leads_to)
        if turn.status != 200:
            if turn.plain_error:
                return web.Response(status=turn.status, text=turn.error)
            return _error(turn.status, turn.error, "server_error" if turn.status >= 500 else "invalid_request_error")
        text = turn.text if turn.text is not None else _fitting(body.get("response_format"))
        if not body.get("stream", False) or turn.whole:
            return web.json_response(_whole(name, text, turn))
        usage = body.get("stream_options", {}).get("include_usage", False)
        return await say(self._brain, request, "text/event-stream", _events(name, text, turn, usage=usage), turn)


def _whole(name: str, text: str, turn: Turn) -> dict[str, Any]:
    message = {"role": "assistant", "content": text, "refusal": turn.refusal or None}
    return {
        "id": "chatcmpl-1",
        "object": "chat.completion",
        "created": 1,
        "model": name,
        "system_fingerprint": "fp_1",
        "choices": [{"index": 0, "finish_reason": turn.finish, "message": message}],
        "usage": _usage(text),
    }


async def _events(name: str, text: str, turn: Turn, *, usage: bool) -> AsyncIterator[bytes]:
    yield _event(name, {"role": "assistant", "content": ""})
    if turn.thought:
        yield _event(name, {"reasoning_content": turn.thought})
    if turn.refusal:
        yield _event(name, {"refusal": turn.refusal})
    for piece in pieces_of(text[: len(text) // 2] if turn.error or turn.cut else text):
        yield _event(name, {"content": piece})
    while turn.endless:
        yield _event(name, {"content": text[-1:] * 20})
    if turn.error:
        yield b'data: {"error": {"message": ' + json.dumps(turn.error).encode() + b', "type": "server_error"}}\n\n'
    elif not turn.no_end and not turn.cut:
        yield _event(name, {}, turn.finish)
        if usage:
            yield b"data: " + json.dumps({**_head(name), "choices": [], "usage": _usage(text)}).encode() + b"\n\n"
        yield b"data: [DONE]\n\n"


def _event(name: str, delta: Mapping[str, Any], finish: str | None = None) -> bytes:
    choice = {"index": 0, "delta": delta, "finish_reason": finish}
    return b"data: " + json.dumps({**_head(name), "choices": [choice]}).encode() + b"\n\n"


def _head(name: str) -> dict[str, Any]:
    kind = "chat.completion.chunk"
    return {"id": "chatcmpl-1", "object": kind, "created": 1, "model": name, "system_fingerprint": "fp_1"}


def _usage(text: str) -> dict[str, int]:
    count = tokens_in(text)
    return {"prompt_tokens": 10, "completion_tokens": count, "total_tokens": count + 10}


def _fitting(form: Mapping[str, Any] | None) -> str:
    if form is None:
        return "pong"
    return valid_for(form["json_schema"]["schema"]) if form["type"] == "json_schema" else "{}"


def _not_strict(schema: Any, place: str = "()") -> str:
    """What OpenAI's ``strict`` finds wrong with a schema; empty where nothing is."""
    if not isinstance(schema, dict):
        return ""
    if schema.get("type") == "object":
        if schema.get("additionalProperties") is not False:
            return f"In context={place}, 'additionalProperties' is required to be supplied and to be false."
        if set(schema.get("required", ())) != set(schema.get("properties", {})):
            return f"In context={place}, 'required' must include every key in properties."
    if {"minLength", "maxLength", "$ref"} & set(schema):
        return f"In context={place}, a keyword is not permitted."
    inner = [*schema.get("properties", {}).items(), ("items", schema.get("items"))]
    return next(filter(None, (_not_strict(each, f"{place}.{name}") for name, each in inner)), "")


def _is_data_uri(image: Any) -> bool:
    url = str(image.get("url", "")) if isinstance(image, dict) else ""
    head, _, data = url.partition(";base64,")
    try:
        return head.startswith(_DATA) and bool(base64.b64decode(data, validate=True))
    except (binascii.Error, ValueError):
        return False


def _error(status: int, text: str, kind: str = "invalid_request_error") -> web.Response:
    return web.json_response({"error": {"message": text, "type": kind, "code": None, "param": None}}, status=status)
