"""Counts for tests of what happened on a node; unlike ComfyUI's history they outlast faults and restarts."""

from collections import Counter
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class Outcome(StrEnum):
    SUCCESS = "success"
    ERROR = "error"
    INTERRUPTED = "interrupted"


@dataclass(slots=True)
class Ledger:
    """Prompts by id, in the order of events."""

    received: Counter[str] = field(default_factory=Counter)
    """How often each prompt id was queued."""
    started: list[str] = field(default_factory=list)
    finished: list[tuple[str, Outcome]] = field(default_factory=list)
    views: int = 0
    """Number of pictures requested by ``/view``."""
    uploads: int = 0

    @property
    def executed(self) -> list[str]:
        """The prompts that succeeded, in that order."""
        return [prompt_id for prompt_id, outcome in self.finished if outcome is Outcome.SUCCESS]

    def as_json(self) -> dict[str, Any]:
        return {
            "received": dict(self.received),
            "started": self.started,
            "executed": self.executed,
            "finished": [{"prompt_id": prompt_id, "outcome": outcome} for prompt_id, outcome in self.finished],
            "views": self.views,
            "uploads": self.uploads,
        }
