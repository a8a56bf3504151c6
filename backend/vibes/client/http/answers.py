"""Reads a hub's answers and checks them: a wrong address or a proxy may answer anything."""

import json
import re
from typing import Any

import httpx

from vibes.client.http.errors import NotUnderstood
from vibes.text.json_shape import is_flatter_than

MAX_ANSWER_BYTES = 256 * 1024 * 1024
"""Longest answer: a picture of 64 megapixels that hardly compresses, or a thousand pictures with the longest
prompts."""
MAX_ERROR_BYTES = 1024 * 1024
MAX_EVENT_BYTES = 64 * 1024 * 1024
"""Longest event. A snapshot of ten thousand pictures has a tenth of that."""
_MAX_NESTING = 100
_PATH = re.compile(r"/(?![/\\])[!-\[\]-~]{0,2000}")
"""A path of printable ASCII without blanks and backslashes."""


def parse_json(content: bytes | str) -> Any:
    """The value; every text in it is valid Unicode and every number finite. Raises NotUnderstood for anything else."""
    raw = content.encode("utf-8", "replace") if isinstance(content, str) else content
    if not is_flatter_than(raw, _MAX_NESTING):
        raise NotUnderstood("the hub's answer is nested deeper than any that this client knows")
    try:
        value = json.loads(raw, parse_constant=_refuse, parse_float=_finite)
        if b"\\ud" in raw.lower():  # may contain half of a surrogate pair
            value = json.loads(json.dumps(value, ensure_ascii=False).encode("utf-8", "replace"))
    except (ValueError, RecursionError) as error:
        raise NotUnderstood(f"the hub's answer is not JSON: {error}") from error
    return value


def own_path(path: str) -> str:
    """A path from an answer, which is then requested with the key. Raises NotUnderstood for the address of another
    server."""
    if not _PATH.fullmatch(path):
        raise NotUnderstood(f"the hub names {path[:200]!r} where a path of its own belongs; nothing was asked there")
    return path


async def read_up_to(response: httpx.Response, most: int) -> bytes:
    """The body of a streamed answer. Raises NotUnderstood as soon as it exceeds ``most`` bytes."""
    pieces: list[bytes] = []
    size = 0
    async for piece in response.aiter_bytes():
        size += len(piece)
        if size > most:
            raise NotUnderstood(f"the hub's answer has more than {most:,} bytes: is it really a Vibes ImGen hub?")
        pieces.append(piece)
    return b"".join(pieces)


def _refuse(name: str) -> float:
    raise ValueError(f"{name} is no number of JSON")


def _finite(text: str) -> float:
    number = float(text)
    if number in {float("inf"), float("-inf")}:
        raise ValueError(f"{text[:20]} is too large")
    return number
