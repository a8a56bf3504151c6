"""Reads a model's answer with suspicion: the JSON object in it, whatever stands around it, as a value of a schema."""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from vibes.text.json_text import without_halves

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
    """The first object that fits: a model may write others while it thinks aloud. Raises Unreadable."""
    wrong: ValidationError | None = None
    for value in _objects_in(text):
        try:
            return model.model_validate(value)
        except ValidationError as error:
            wrong = wrong or error
    if wrong is None:
        raise Unreadable("answer with one JSON object and nothing else")
    mistakes = [f"{'.'.join(map(str, each['loc'])) or 'the object'}: {each['msg']}" for each in wrong.errors()[:_SHOWN]]
    raise Unreadable(*mistakes) from wrong


def _objects_in(text: str) -> Iterator[Mapping[str, Any]]:
    bare = _THOUGHT.sub("", without_halves(text[:MAX_ANSWER].lstrip("\ufeff")))
    fenced = _FENCE.search(bare)
    for candidate in (bare, fenced[1] if fenced else ""):
        yield from _outermost(candidate)


def _outermost(text: str) -> Iterator[Mapping[str, Any]]:
    """Those that can be parsed, from each opening brace outside of the ones before."""
    decoder = json.JSONDecoder(strict=False)
    at = text.find("{")
    tried = 0
    while at >= 0 and tried < _SHOWN:
        try:
            value, end = decoder.raw_decode(text, at)
        except (ValueError, RecursionError):
            value, end = None, at + 1
        if isinstance(value, dict):
            yield value
        at, tried = text.find("{", end), tried + 1
