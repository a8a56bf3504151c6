"""Refinements and what a session was asked for, as the hub reports them."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

from vibes.domain.pictures.spec import TaskType


@dataclass(frozen=True, slots=True, kw_only=True)
class Feedback:
    """What should change about pictures; the names are those of the HTTP API."""

    feedback_text: str
    current_prompt: str
    current_negative: str = ""
    model_family: str | None = None
    """What the next pictures are drawn with; None: what the session's next stage is."""
    selected_image_ids: tuple[str, ...] = ()
    rejected_image_ids: tuple[str, ...] = ()
    remember: bool = True
    """Keep it in the session's intent."""

    def body(self) -> dict[str, Any]:
        """As the hub takes it."""
        return asdict(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class PromptChanges:
    """Operations on a prompt; ``modify``: pairs with ``from`` and ``to``."""

    keep: tuple[str, ...] = ()
    remove: tuple[str, ...] = ()
    add: tuple[str, ...] = ()
    modify: tuple[Mapping[str, str], ...] = ()
    emphasis_up: tuple[str, ...] = ()
    emphasis_down: tuple[str, ...] = ()

    def body(self) -> dict[str, Any]:
        """As the hub takes them."""
        return {
            "keep": [*self.keep],
            "remove": [*self.remove],
            "add": [*self.add],
            "modify": [dict(each) for each in self.modify],
            "emphasis_up": [*self.emphasis_up],
            "emphasis_down": [*self.emphasis_down],
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class WishConflict:
    term: str
    message: str
    earlier_feedback: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class VisionContext:
    description: str
    selected_traits: tuple[str, ...]
    rejected_traits: tuple[str, ...]
    key_differences: tuple[str, ...]
    defects: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class IterationPlan:
    """What the next pictures could be drawn with; nothing is drawn by it."""

    iteration_id: str
    suggested_prompt: str
    suggested_negative: str
    task_type: TaskType
    model_family: str
    count: int
    rationale: str
    changes: PromptChanges
    understood: PromptChanges
    conflicts: tuple[WishConflict, ...]
    degraded: str | None
    """Why rules answered instead of a model; None when one did."""
    vision_context: VisionContext | None
    notes: tuple[str, ...]
    question: str
    intent_version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    id: str
    at: datetime
    feedback: str
    changes: PromptChanges
    refined_prompt: str = ""

    def body(self) -> dict[str, Any]:
        """As the hub takes it."""
        return {
            "id": self.id,
            "at": self.at.isoformat(),
            "feedback": self.feedback,
            "changes": self.changes.body(),
            "refined_prompt": self.refined_prompt,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Intent:
    """What a session was asked for; of each thing the latest wish holds."""

    session_id: str
    version: int
    wishes: tuple[Wish, ...] = field(default=())
    kept: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    asked_for: tuple[str, ...] = ()
