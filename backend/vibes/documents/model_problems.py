"""What pydantic found wrong with a YAML document, as sentences with a line and, where one can be given, an advice."""

import reprlib
from collections.abc import Callable, Iterable
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from vibes.documents.yaml_document import YamlDocument
from vibes.domain.errors import DocumentProblem
from vibes.text.near_names import near_name_hint

_SENTENCES = {
    "missing": "{name} is required",
    "int_parsing": "{name} must be a whole number, not {value!r}",
    "int_type": "{name} must be a whole number, not {value!r}",
    "int_from_float": "{name} must be a whole number, not {value!r}",
    "float_type": "{name} must be a number, not {value!r}",
    "float_parsing": "{name} must be a number, not {value!r}",
    "string_type": "{name} must be text, not {value!r}",
    "list_type": "{name} must be a list, not {value!r}",
    "dict_type": "{name} must be a mapping of names to values, not {value!r}",
    "model_type": "{name} must be a mapping of names to values, not {value!r}",
    "bool_type": "{name} must be true or false, not {value!r}",
    "enum": "unknown {name} {value!r}: use {expected}",
    "literal_error": "unknown {name} {value!r}: use {expected}",
    "string_pattern_mismatch": "{name} {value!r} may hold letters, digits, '.', '_' and '-' only",
}

_SHORT = reprlib.Repr()
_SHORT.maxstring = _SHORT.maxother = 60

Location = tuple[Any, ...]


class StrictModel(BaseModel):
    """Of a file that people edit: no unknown keys, no guessed types."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class _Shown(str):
    """A value as messages show it, always short."""

    __slots__ = ()

    def __repr__(self) -> str:
        return str(self)


def document_problems(
    document: YamlDocument,
    error: ValidationError,
    keys_at: Callable[[Location], Iterable[str]],
    *,
    secret: frozenset[str] = frozenset(),
) -> list[DocumentProblem]:
    """``keys_at``: the known keys at the place of an unknown one. Values below a key in ``secret`` are not shown."""
    return [_problem(document, detail, keys_at, secret) for detail in error.errors()]


def _problem(
    document: YamlDocument, detail: Any, keys_at: Callable[[Location], Iterable[str]], secret: frozenset[str]
) -> DocumentProblem:
    location = tuple(detail["loc"])
    name = str(location[-1]) if location else "the file"
    if isinstance(location[-1] if location else None, int):
        name = f"{location[-2]}[{location[-1]}]" if len(location) > 1 else name
    kind = str(detail["type"])
    given = _Shown("…" if secret.intersection(map(str, location)) else _SHORT.repr(detail["input"]))
    if kind == "extra_forbidden":
        return document.problem(location, f"unknown key {name!r}{near_name_hint(name, keys_at(location))}")
    if kind == "value_error":
        return document.problem(location, str(detail["ctx"]["error"]))
    sentence = _SENTENCES.get(kind)
    if sentence is None:
        message = str(detail["msg"])
        return document.problem(location, f"{name}: {message[0].lower()}{message[1:]}, not {given!r}")
    expected = str(detail.get("ctx", {}).get("expected", ""))
    return document.problem(location, sentence.format(name=name, value=given, expected=expected))
