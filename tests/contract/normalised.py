"""Removes from two recordings what always differs: ids, times, sizes, and prose that is not shipped."""

import re
from collections.abc import Callable
from typing import Any

Message = dict[str, Any]

PROSE = frozenset({"tooltip", "description", "search_aliases", "output_tooltips", "python_module"})
"""ComfyUI's texts for people, which the simulator does not repeat."""

_OBJECT = re.compile(r"^[<(].* object at 0x|^[A-Z]\w+\(")
"""How Python prints a model, here and there."""


class Ids:
    """Which prompt id of the replay stands for which one of the recording."""

    def __init__(self) -> None:
        self._actual: dict[str, str] = {}

    def learn(self, recorded: Message, actual: Message) -> None:
        """From the two answers to the same submission."""
        old, new = (exchange["response"]["body"] for exchange in (recorded, actual))
        if "prompt_id" in old and "prompt_id" in new:
            self._actual[old["prompt_id"]] = new["prompt_id"]

    def translated(self, value: Any) -> Any:
        """A recorded path or body, with the ids of the replay in it."""
        match value:
            case str():
                for old, new in self._actual.items():
                    value = value.replace(old, new)
                return value
            case dict():
                return {self.translated(key): self.translated(item) for key, item in value.items()}
            case list():
                return [self.translated(item) for item in value]
            case _:
                return value


def comparable(value: Any, ids: Ids | None = None) -> Any:
    """A recorded or replayed value with everything replaced that may differ; ``ids`` for recorded ones."""
    if ids is not None:
        value = ids.translated(value)
    return _comparable(value, "")


def shape(value: Any) -> Any:
    """Key sets and types only: for answers whose values belong to a machine."""
    match value:
        case dict():
            return {key: shape(item) for key, item in value.items()}
        case list():
            return [shape(value[0])] if value else []
        case _:
            return type(value).__name__


def progress_of(heard: list[Message]) -> list[Message]:
    """What a socket heard without statuses, and each run of sampling steps as one entry.

    How many statuses fall between two events depends on the pace of HTTP, how many steps on that of the sampler.
    """
    kept: list[Message] = []
    for message in heard:
        if message.get("type") == "status" and "sid" not in message["data"]:
            continue
        if is_step(message):
            if kept and kept[-1] == STEPS:
                continue
            kept.append(STEPS)
        else:
            kept.append(message)
    return kept


def statuses_of(heard: list[Message]) -> list[Message]:
    return [message for message in heard if message.get("type") == "status"]


STEPS: Message = {"type": "steps"}


def is_step(message: Message) -> bool:
    """One of the messages that belong to a sampling step: the step, its picture, the state that goes with it."""
    if message.get("type") == "progress_state":
        return any(
            state["state"] == "running" and isinstance(state["value"], int)
            for state in message["data"]["nodes"].values()
        )
    return message.get("type") == "progress" or "event_type" in message


def _comparable(value: Any, key: str) -> Any:
    special = _SPECIAL.get(key)
    if special is not None:
        return special(value)
    match value:
        case dict():
            return {name: _comparable(item, name) for name, item in value.items() if name not in PROSE}
        case list():
            return [_comparable(item, key) for item in value]
        case str():
            return _comparable_text(value)
        case _:
            return value


def _comparable_text(text: str) -> str:
    if _OBJECT.match(text):
        return "<object>"
    return re.sub(r"(?<=_temp_)[a-z]{5}(?=_)", "<letters>", text)


def _type_name(value: object) -> str:
    return f"<{type(value).__name__}>"


_SPECIAL: dict[str, Callable[[Any], object]] = {
    "timestamp": _type_name,
    "create_time": _type_name,
    "execution_start_time": _type_name,
    "execution_end_time": _type_name,
    "sid": lambda sid: sid if sid.startswith("client-") else f"<{len(sid)} characters>",
    "traceback": lambda lines: [_type_name(line) for line in lines[:1]],
    "current_outputs": sorted,
}
"""Times are compared by their type, an invented sid by its length; a traceback only has to have lines."""
