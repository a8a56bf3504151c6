"""Reads a model's answer with suspicion: the JSON object in it, whatever stands around it, as a value of a schema."""

import json
import re
from collections.abc import Mapping
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

_THOUGHT = re.compile(r"<think>.*?(?:</think>|$)", re.DOTALL | re.IGNORECASE)
_FENCE = re.compile(r"```(?:json)?\s*(.*?)(?:```|$)", re.DOTALL | re.IGNORECASE)
MAX_ANSWER = 100_000
"""Characters of an answer that are looked at."""
_SHOWN = 8

Model = TypeVar("Model", bound=BaseModel)


class Unreadable(Exception):
    """``mistakes``: sentences that the model can be sent back with."""

    def __init__(self, *mistakes: str) -> None:
        super().__init__("; ".join(mistakes))
        self.mistakes = mistakes


def read_answer(text: str, model: type[Model]) -> Model:
    """Raises Unreadable."""
    value = _object_in(text)
    try:
        return model.model_validate(value)
    except ValidationError as error:
        mistakes = [
            f"{'.'.join(map(str, each['loc'])) or 'the object'}: {each['msg']}" for each in error.errors()[:_SHOWN]
        ]
        raise Unreadable(*mistakes) from error


def _object_in(text: str) -> Mapping[str, Any]:
    bare = _THOUGHT.sub("", text[:MAX_ANSWER].lstrip("\ufeff"))
    fenced = _FENCE.search(bare)
    for candidate in (bare, fenced[1] if fenced else ""):
        found = _outermost(candidate)
        if found is not None:
            return found
    raise Unreadable("answer with one JSON object and nothing else")


def _outermost(text: str) -> Mapping[str, Any] | None:
    """The first object that can be parsed, from each opening brace outside of the ones before."""
    decoder = json.JSONDecoder(strict=False)
    at = text.find("{")
    tried = 0
    while at >= 0 and tried < _SHOWN:
        try:
            value, _ = decoder.raw_decode(text, at)
        except (ValueError, RecursionError):
            value = None
        if isinstance(value, dict):
            return value
        at, tried = text.find("{", at + 1), tried + 1
    return None
