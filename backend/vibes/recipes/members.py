"""Values of others, taken for what they should be or not at all: numbers in quotes, NaN, seeds of 100 digits."""

import json
import math
import re
from collections.abc import Iterator, Mapping
from typing import Any

from vibes.domain.pictures.seed import seed_of
from vibes.recipes.recipe import MAX_PROMPT
from vibes.text.json_shape import is_flatter_than
from vibes.text.json_text import without_halves

MAX_JSON = 4_000_000
"""Characters of the longest JSON that is read."""
MAX_LEVELS = 100
MAX_NAME = 300
"""Characters of the longest file name that is told."""
_MOST_SIDE, _MOST_STEPS, _MOST_NUMBER = 65_536, 10_000, 1_000.0

_UNWRITTEN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
_HASH = re.compile(r"(?:0x)?([0-9a-fA-F]{8,64})")
_NUMBER = re.compile(r"\s*[+-]?\d{1,20}(?:\.\d{0,40})?(?:[eE][+-]?\d{1,3})?\s*")
_EXTENSION = re.compile(r"\.(?:safetensors|ckpt|pth?|gguf|sft|bin)$", re.IGNORECASE)

Members = Mapping[str, Any]


def members_of(text: object) -> Members | None:
    """The JSON object in a text, or the object itself; None for anything else, and beyond the limits."""
    told = json_of(text) if isinstance(text, str) else text
    return told if isinstance(told, dict) else None


def json_of(text: str) -> Any:
    """None for what is no JSON, or beyond the limits. Python's reader takes ``NaN`` for a number."""
    if len(text) > MAX_JSON or not is_flatter_than(text.encode("utf-8", "replace"), MAX_LEVELS):
        return None
    try:
        return json.loads(without_halves(text.rstrip("\0 \r\n\t")), strict=False)  # Tensor.Art ends it with zeros
    except (ValueError, RecursionError):
        return None


def text_of(value: object) -> str | None:
    """None for no text, and for an empty one."""
    if not isinstance(value, str):
        return None
    return _UNWRITTEN.sub("", value[: 2 * MAX_PROMPT]).strip()[:MAX_PROMPT] or None


def prompt_of(value: object) -> str | None:
    """The same of a prompt, which may be told as a list of its parts."""
    if isinstance(value, list):
        parts = [text for each in value[:100] if (text := text_of(each))]
        return text_of("\n".join(parts))
    return text_of(value)


def number_of(value: object) -> float | None:
    """None for what is no number, NaN, and what no setting can be."""
    if isinstance(value, str) and _NUMBER.fullmatch(value):
        value = float(value)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        number = float(value)
    except OverflowError:
        return None
    return number if math.isfinite(number) and abs(number) <= _MOST_NUMBER else None


def side_of(value: object) -> int | None:
    return _whole(value, _MOST_SIDE)


def steps_of(value: object) -> int | None:
    return _whole(value, _MOST_STEPS)


def seed_in(value: object) -> int | None:
    """None beyond 64 bits; -1 means that the program drew one and did not say which."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return seed_of(value.strip() if isinstance(value, str) else value)


def hash_of(value: object) -> str | None:
    found = _HASH.fullmatch(value.strip()) if isinstance(value, str) else None
    return found[1].lower() if found else None


def name_of(value: object) -> str | None:
    """A file's name; None for what is none, and for the words by which programs say that there is none."""
    text = text_of(value)
    if text is None or len(text) > MAX_NAME or text.casefold() in {"none", "automatic", "null", "unknown", "undefined"}:
        return None
    return text.replace("\n", " ")


def stem_of(name: str) -> str:
    """The name without folders and extension."""
    return _EXTENSION.sub("", re.split(r"[\\/]", name)[-1])


def letters_of(name: str) -> str:
    """What is left of a name where programs change folders, extension, blanks, dots and letter case."""
    return re.sub(r"[\W_]", "", stem_of(name).casefold())


def items_of(value: object, most: int = 100) -> Iterator[Any]:
    """The first items of a list; none of anything else."""
    if isinstance(value, list):
        yield from value[:most]


def _whole(value: object, most: int) -> int | None:
    number = value if isinstance(value, int) and not isinstance(value, bool) else None
    if number is None and isinstance(value, str) and value.strip().isascii() and value.strip().isdecimal():
        number = int(value) if len(value.strip()) <= len(str(most)) else None
    if number is None and isinstance(value, float) and math.isfinite(value) and value.is_integer():
        number = int(value)
    return number if number is not None and 0 < number <= most else None
