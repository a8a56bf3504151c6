"""What a pydantic model says of the options of an entry, for whoever edits the file."""

from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import BaseModel, ValidationError

from vibes.ports.kinds import OptionProblem
from vibes.text.near_names import near_name_hint


def option_problems(model: type[BaseModel], options: Mapping[str, Any]) -> Iterator[OptionProblem]:
    try:
        model.model_validate(dict(options))
    except ValidationError as error:
        for each in error.errors(include_url=False, include_input=False):
            yield _problem(model, each["type"], tuple(map(str, each["loc"])), each["msg"])


def _problem(model: type[BaseModel], kind: str, location: tuple[str, ...], message: str) -> OptionProblem:
    key = location[0] if location else ""
    if kind == "missing":
        return OptionProblem("", f"{key} is required: {model.model_fields[key].description}")
    if kind == "extra_forbidden":
        known = tuple(model.model_fields)
        hint = near_name_hint(key, known) or f": it has {', '.join(known)}"
        return OptionProblem(key, f"unknown option {key!r}{hint}")
    words = message.removeprefix("Value error, ")
    return OptionProblem(key, f"{'.'.join(location)}: {words[0].lower()}{words[1:]}" if location else words)
