"""Ollama's and OpenAI's own clients against the fake language model; prints what they understood as JSON.

Usage: python llm_clients_script.py URL. It needs nothing but ``ollama`` and ``openai``.
"""

import base64
import json
import sys
from typing import Any

import ollama
import openai

SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {"keep": {"type": "array", "items": {"type": "string"}}},
    "required": ["keep"],
    "additionalProperties": False,
}
ASKED = [{"role": "user", "content": "no hat"}]
PICTURE = b"\x89PNG a picture"


def native(url: str) -> dict[str, Any]:
    client = ollama.Client(host=url)
    whole = client.chat(model="hermes3:8b", messages=ASKED, format=SCHEMA, think=False, keep_alive="5m")
    pieces = [*client.chat(model="hermes3:8b", messages=ASKED, format=SCHEMA, stream=True)]
    seen = client.chat(
        model="minicpm-v", messages=[{"role": "user", "content": "which hat?", "images": [PICTURE]}], format=SCHEMA
    )
    loaded = [each.model for each in client.ps().models]
    unloaded = client.chat(model="hermes3:8b", messages=[], keep_alive=0)
    return {
        "models": [each.model for each in client.list().models],
        "show": client.show("minicpm-v").capabilities,
        "whole": whole.message.content,
        "tokens": whole.eval_count,
        "streamed": "".join(each.message.content or "" for each in pieces),
        "ends": pieces[-1].done_reason,
        "seen": seen.message.content,
        "loaded": sorted(str(each) for each in loaded),
        "unloaded": unloaded.done_reason,
        "pulled": [each.status for each in client.pull("phi4:14b", stream=True)],
        "missing": native_error(client, model="nowhere:1b", messages=ASKED),
        "thinks": native_error(client, model="hermes3:8b", messages=ASKED, think=True),
    }


def native_error(client: ollama.Client, **asked: Any) -> list[Any]:
    try:
        client.chat(**asked)
    except ollama.ResponseError as error:
        return [error.status_code, error.error]
    return []


def compatible(url: str) -> dict[str, Any]:
    client = openai.OpenAI(base_url=f"{url}/v1", api_key="any", max_retries=0)
    form: Any = {"type": "json_schema", "json_schema": {"name": "answer", "strict": True, "schema": SCHEMA}}
    asked: Any = ASKED
    whole = client.chat.completions.create(model="phi4:14b", messages=asked, response_format=form, max_tokens=100)
    pieces = [
        *client.chat.completions.create(
            model="phi4:14b",
            messages=asked,
            response_format=form,
            stream=True,
            stream_options={"include_usage": True},
        )
    ]
    uri = f"data:image/png;base64,{base64.b64encode(PICTURE).decode()}"
    shown: Any = [
        {
            "role": "user",
            "content": [{"type": "text", "text": "which hat?"}, {"type": "image_url", "image_url": {"url": uri}}],
        }
    ]
    seen = client.chat.completions.create(model="minicpm-v", messages=shown)
    return {
        "models": [each.id for each in client.models.list()],
        "whole": whole.choices[0].message.content,
        "finish": whole.choices[0].finish_reason,
        "streamed": "".join(choice.delta.content or "" for each in pieces for choice in each.choices),
        "usage": pieces[-1].usage.completion_tokens if pieces[-1].usage else None,
        "seen": seen.choices[0].message.content,
        "missing": compatible_error(client, model="nowhere:1b", messages=asked),
        "blind": compatible_error(client, model="phi4:14b", messages=shown),
    }


def compatible_error(client: openai.OpenAI, **asked: Any) -> list[Any]:
    try:
        client.chat.completions.create(**asked)
    except openai.APIStatusError as error:
        body: Any = error.body
        return [error.status_code, body.get("message") if isinstance(body, dict) else None]
    return []


if __name__ == "__main__":
    report = {"native": native(sys.argv[1]), "compatible": compatible(sys.argv[1])}
    print(json.dumps(report))  # noqa: T201 - the test reads it
