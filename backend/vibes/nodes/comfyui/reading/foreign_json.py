"""JSON from a node, checked on reading: a value of the expected type, or NodeMisbehaved that says what was wrong."""

import json
import math
from collections.abc import Iterable

from vibes.domain.errors import NodeMisbehaved
from vibes.text.json_text import without_halves
from vibes.text.plain_text import shortened

JsonObject = dict[str, object]

_EXCERPT_CHARACTERS = 80


def parse_json(text: str | bytes, subject: str) -> object:
    """The parsed value. Half a surrogate pair in a text becomes a question mark, so that every text is valid Unicode.

    NaN and Infinity pass, since custom graph nodes send them. Raises NodeMisbehaved for text that is no JSON or is
    nested too deep. Takes up to 0.2 µs for each unit of the text's `weight`.
    """
    if isinstance(text, bytes):
        text = text.decode("utf-8-sig", errors="replace")
    try:
        return json.loads(without_halves(text))
    except (ValueError, RecursionError) as error:
        raise NodeMisbehaved(f"{subject}: expected JSON, got {excerpt(text)!r}") from error


def weight(text: str | bytes) -> int:
    """How costly a text is to parse: the number of its values and escaped characters, or more."""
    if isinstance(text, str):
        return sum(map(text.count, _PARTS))
    return len(text) - len(text.translate(None, _PARTS.encode()))


_PARTS = ",:[{\\"


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
    """A finite number as a float: ComfyUI answers ``7`` as well as ``7.0``."""
    number = finite_number(value)
    if number is None:
        raise NodeMisbehaved(f"{subject}: expected a number, got {_kind(value)}")
    return number


def finite_number(value: object) -> float | None:
    """The value as a float; None for booleans, NaN, infinities, integers beyond a float (10**400) and other types."""
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
