"""What no database, file or answer can hold, wherever a request brings it in: halves of characters, NUL, no numbers."""

import json
import math
import re
from collections.abc import Iterator
from http import HTTPStatus
from typing import Any

from starlette.responses import Response
from starlette.types import Scope

from vibes.api.http.problems import FieldProblem, problem_response
from vibes.text.json_pointer import json_pointer

_SUSPICIOUS = re.compile(rb"\\u(?:[dD][89a-fA-F]|0000)|NaN|Infinity|[eE]\+?\d{3}")
"""At least one of these is in every JSON text that holds something of the kind; few others have one."""
_HALF = "contains half of a surrogate pair, which is not a character"
_NUL = "contains the character NUL, which no text may"
_NOT_FINITE = "is not a finite number"


def text_refusal(body: bytes) -> Response | None:
    """The answer that refuses a JSON text because of one of its values or names; None when it is fine."""
    if not _SUSPICIOUS.search(body):
        return None
    try:
        value = json.loads(body)
    except ValueError:
        return None  # the parser reports it as malformed
    path, message = next(_mistakes(value, ()), (None, ""))
    if path is None:
        return None
    field = ".".join(map(str, path)) or "body"
    return _refusal(FieldProblem.of(field, f"{field} {message}", json_pointer(path)))


def address_refusal(scope: Scope) -> Response | None:
    """The answer that refuses an address because of a name in its path or a value in its query."""
    if "\0" in scope["path"]:
        return _refusal(FieldProblem.of("path", f"the address {_NUL}", None))
    if b"%00" in scope["query_string"]:
        named = next(each for each in scope["query_string"].decode("latin-1").split("&") if "%00" in each)
        field = named.partition("=")[0]
        return _refusal(FieldProblem.of(field, f"{field} {_NUL}", None))
    return None


def _mistakes(value: Any, path: tuple[str | int, ...]) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """Each value and member name that cannot be held, with what is wrong with it."""
    if isinstance(value, str):
        yield from _mistake_of(value, path)
    elif isinstance(value, float) and not math.isfinite(value):
        yield path, _NOT_FINITE
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from _mistake_of(key, (*path, key))
            yield from _mistakes(item, (*path, key))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _mistakes(item, (*path, index))


def _mistake_of(text: str, path: tuple[str | int, ...]) -> Iterator[tuple[tuple[str | int, ...], str]]:
    if "\0" in text:
        yield path, _NUL
    try:
        text.encode()
    except UnicodeEncodeError:
        yield path, _HALF


def _refusal(problem: FieldProblem) -> Response:
    return problem_response(HTTPStatus.UNPROCESSABLE_ENTITY, "invalid_parameters", problem.message, errors=[problem])
