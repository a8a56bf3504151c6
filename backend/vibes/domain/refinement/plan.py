"""The plan of an iteration: the prompt that is suggested, and everything a person may want to know of it."""

from dataclasses import dataclass, field

from vibes.domain.pictures.spec import TaskType
from vibes.domain.refinement.changes import Changes


@dataclass(frozen=True, slots=True)
class Conflict:
    """Two wishes that cannot both be granted."""

    term: str
    sentence: str
    """What was done about it, for people."""
    earlier_feedback: str | None = None
    """The earlier wish, where the conflict is with one; None within one feedback."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VisionContext:
    """What a model saw in the pictures."""

    description: str = ""
    selected_traits: tuple[str, ...] = ()
    rejected_traits: tuple[str, ...] = ()
    key_differences: tuple[str, ...] = ()
    defects: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Refined:
    """A prompt after operations, and what became of them."""

    prompt: str
    negative_prompt: str
    changes: Changes
    """What was carried out."""
    conflicts: tuple[Conflict, ...] = ()
    notes: tuple[str, ...] = ()
    """What could not be done as it was said, for people."""
    rationale: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class IterationPlan:
    iteration_id: str
    refined: Refined
    task_type: TaskType
    model_family: str
    count: int
    """Pictures of the next stage."""
    degraded: str | None = None
    """Why rules answered in the place of a model; None when a model did."""
    vision_context: VisionContext | None = None
    intent_version: int = 0
    understood: Changes = field(default_factory=Changes)
    """What was understood of the feedback, before it was held against the prompt."""
