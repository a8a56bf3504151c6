"""One validation error, as it stands in the answer to a refused prompt."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Problem:
    """``type`` is for programs, ``message`` and ``details`` are for people."""

    type: str
    message: str
    details: str
    extra_info: Mapping[str, Any] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        return {
            "type": self.type,
            "message": self.message,
            "details": self.details,
            "extra_info": dict(self.extra_info),
        }
