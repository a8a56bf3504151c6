"""JSON from a node, read with suspicion: a checked value, or NodeMisbehaved with what was wrong."""

import json
import math
from collections.abc import Iterable

from vibes.domain.errors import NodeMisbehaved
from vibes.domain.plain_text import shortened

JsonObject = dict[str, object]

_EXCERPT_CHARACTERS = 80


def parse_json(text: str | bytes, subject: str) -> object:
    """The parsed value, every text in it valid Unicode: half a surrogate pair becomes a question mark.

    NaN and Infinity are let through, since custom graph nodes really send them. Raises NodeMisbehaved on
    anything that is not JSON or is nested too deep.
    """
    try:
        value = json.loads(text)
        if _may_contain_surrogates(text):
            value = json.loads(json.dumps(value, ensure_ascii=False).encode("utf-8", errors="replace"))
    except (ValueError, RecursionError) as error:
        raise NodeMisbehaved(f"{subject}: expected JSON, got {excerpt(text)!r}") from error
    return value


def _may_contain_surrogates(text: str | bytes) -> bool:
    """A file name that is not UTF-8 reaches us as a lone ``\\udc80``, which no database and no answer can hold."""
    return b"\\ud" in text.lower() if isinstance(text, bytes) else "\\ud" in text.lower()


def excerpt(text: str | bytes) -> str:
    """The beginning of a foreign text, short enough for an error message."""
    if isinstance(text, bytes):
        text = text[: 4 * _EXCERPT_CHARACTERS].decode("utf-8", errors="replace")
    return shortened(" ".join(text[: 4 * _EXCERPT_CHARACTERS].split()), _EXCERPT_CHARACTERS)


def object_of(value: object, subject: str) -> JsonObject:
    if not isinstance(value, dict):
        raise NodeMisbehaved(f"{subject}: expected an object, got {_kind(value)}")
    return value


def list_of(value: object, subject: str) -> list[object]:
    if not isinstance(value, list):
        raise NodeMisbehaved(f"{subject}: expected a list, got {_kind(value)}")
    return value


def text_of(value: object, subject: str) -> str:
    if not isinstance(value, str):
        raise NodeMisbehaved(f"{subject}: expected a text, got {_kind(value)}")
    return value


def number_of(value: object, subject: str) -> float:
    """A finite number; the float of it, since ComfyUI answers both ``7`` and ``7.0``."""
    number = finite_number(value)
    if number is None:
        raise NodeMisbehaved(f"{subject}: expected a number, got {_kind(value)}")
    return number


def finite_number(value: object) -> float | None:
    """The number that a value is, or None; True and False are no numbers, nor are NaN and 10**400."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        number = float(value)
    except OverflowError:
        return None
    return number if math.isfinite(number) else None


def texts_in(values: Iterable[object]) -> list[str]:
    """The texts among some values."""
    return [value for value in values if isinstance(value, str)]


def _kind(value: object) -> str:
    names = {dict: "an object", list: "a list", str: "a text", bool: "true or false", type(None): "nothing"}
    return names.get(type(value), "a number" if finite_number(value) is not None else "an unusable number")
