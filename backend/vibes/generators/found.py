"""Where a request is that was handed in before: what a generator answers when it is asked for one again."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Unknown:
    """It was never handed in here, or is forgotten: provably nothing was spent on it here."""


@dataclass(frozen=True, slots=True)
class Waiting:
    position: int | None = None
    """How many are before it; None where nobody says."""


@dataclass(frozen=True, slots=True)
class Running:
    pass


@dataclass(frozen=True, slots=True)
class Done:
    path: str
    """Of the picture."""
    details: Mapping[str, Any] = field(default_factory=dict)
    """What was told of the picture: ``cost_usd``, ``seed``, ``media_type`` …"""


@dataclass(frozen=True, slots=True)
class Failed:
    code: str
    """Of the `GeneratorError`."""
    reason: str


@dataclass(frozen=True, slots=True)
class Unclear:
    """It may have been drawn, and paid for: a person decides whether it is asked for once more."""

    reason: str


Found = Unknown | Waiting | Running | Done | Failed | Unclear
