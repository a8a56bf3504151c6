"""What fal's queue answers, read with suspicion: anything unexpected is None."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

_STEPS = re.compile(r"\b(\d{1,4})/(\d{1,4}) \[")
"""How a progress bar in a log counts: ``50%|#####     | 2/4 [00:01<00:01]``."""


@dataclass(frozen=True, slots=True)
class Accepted:
    """A request's name at fal and where to ask for it. The addresses are fal's own: they lack the model's sub path."""

    request_id: str
    status_url: str
    response_url: str
    cancel_url: str


@dataclass(frozen=True, slots=True)
class InQueue:
    position: int


@dataclass(frozen=True, slots=True)
class InProgress:
    step: int = 0
    steps: int = 0
    """Of a progress bar in its logs; 0 without one."""


@dataclass(frozen=True, slots=True)
class Completed:
    """Over, which does not mean that it went well."""

    error: str | None = None
    error_type: str | None = None


State = InQueue | InProgress | Completed


def accepted(value: Any) -> Accepted | None:
    if not isinstance(value, Mapping):
        return None
    told = [value.get(name) for name in ("request_id", "status_url", "response_url", "cancel_url")]
    texts = [each for each in told if isinstance(each, str) and each]
    complete = len(texts) == len(told) and all(map(_has_a_path, texts[1:]))
    return Accepted(*texts) if complete else None


def _has_a_path(address: str) -> bool:
    try:
        return bool(urlsplit(address).path)
    except ValueError:
        return False


def state(value: Any) -> State | None:
    match value:
        case {"status": "IN_QUEUE"}:
            position = value.get("queue_position")
            return InQueue(position if isinstance(position, int) else 0)
        case {"status": "IN_PROGRESS"}:
            return InProgress(*steps_in(value.get("logs")))
        case {"status": "COMPLETED"}:
            return Completed(_text(value.get("error")), _text(value.get("error_type")))
        case _:
            return None


def steps_in(logs: Any) -> tuple[int, int]:
    """The latest count of a progress bar; 0 of 0 without one."""
    for line in reversed(logs) if isinstance(logs, list) else ():
        message = line.get("message") if isinstance(line, Mapping) else None
        counts = _STEPS.findall(message) if isinstance(message, str) else []
        if counts and 0 < int(counts[-1][1]) >= int(counts[-1][0]):
            return int(counts[-1][0]), int(counts[-1][1])
    return 0, 0


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) and value else None
