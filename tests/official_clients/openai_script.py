"""OpenAI's own client against the fake OpenAI; prints what it understood as JSON. Run by `test_official_clients.py`.

Usage: python openai_script.py BASE_URL. It needs nothing but ``openai``.
"""

import base64
import json
import sys
from collections.abc import Callable
from typing import Any

import openai

KEY = "sk-very-secret"
MODEL = "gpt-image-2"


def size_of(encoded: str) -> list[int]:
    picture = base64.b64decode(encoded)
    return [int.from_bytes(picture[16:20], "big"), int.from_bytes(picture[20:24], "big")]


def error_of(ask: Callable[[], Any]) -> dict[str, Any]:
    try:
        ask()
    except openai.APIStatusError as error:
        return {"class": type(error).__name__, "status": error.status_code, "code": error.code, "param": error.param}
    return {}


def generate(client: openai.OpenAI) -> dict[str, Any]:
    answer = client.images.generate(model=MODEL, prompt="a lighthouse", size="1024x1024", output_format="png")
    assert answer.data is not None
    usage = answer.usage.output_tokens if answer.usage else None
    return {"size": size_of(answer.data[0].b64_json or ""), "usage": usage, "format": answer.output_format}


def stream(client: openai.OpenAI) -> list[Any]:
    events = client.images.generate(model=MODEL, prompt="a lighthouse", stream=True, partial_images=2)
    return [[each.type, size_of(each.b64_json)] for each in events]


def edit(client: openai.OpenAI, picture: bytes) -> dict[str, Any]:
    """One picture, several, and a stream."""
    one = ("one.png", picture, "image/png")
    single = client.images.edit(model=MODEL, prompt="at night", image=one)
    several = client.images.edit(model=MODEL, prompt="at night", image=[one, one], mask=one)
    streamed = client.images.edit(model=MODEL, prompt="at night", image=one, stream=True, partial_images=1)
    return {
        "single": single.usage is not None,
        "several": several.usage is not None,
        "events": [each.type for each in streamed],
    }


def main(base_url: str) -> None:
    client = openai.OpenAI(base_url=base_url, api_key=KEY, max_retries=0)
    wrong = openai.OpenAI(base_url=base_url, api_key="wrong", max_retries=0)
    answer = client.images.generate(model=MODEL, prompt="to be edited", size="1024x1024")
    assert answer.data is not None
    picture = base64.b64decode(answer.data[0].b64_json or "")
    report = {
        "models": [each.id for each in client.models.list()],
        "generate": generate(client),
        "stream": stream(client),
        "edit": edit(client, picture),
        "key": error_of(wrong.models.list),
        "model": error_of(lambda: client.images.generate(model="dall-e-3", prompt="x")),
        "size": error_of(lambda: client.images.generate(model=MODEL, prompt="x", size="17x17")),
        "old_field": error_of(lambda: client.images.generate(model=MODEL, prompt="x", response_format="url")),
        "scripted": [error_of(lambda: client.images.generate(model=MODEL, prompt="x")) for _ in range(4)],
    }
    print(json.dumps(report))  # noqa: T201 - the test reads it


if __name__ == "__main__":
    main(sys.argv[1])
