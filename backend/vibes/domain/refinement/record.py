"""A refinement as it is kept: the plan, and what each model said word for word."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from vibes.domain.chat.config import Stage
from vibes.domain.ids import SessionId
from vibes.domain.refinement.changes import Changes
from vibes.domain.refinement.plan import IterationPlan


@dataclass(frozen=True, slots=True, kw_only=True)
class StageAnswer:
    """One answer of a model, whether it was of use or not."""

    stage: Stage
    model: str
    digest: str
    options: Mapping[str, float | int | str | bool | None]
    prompt_version: str
    text: str
    problem: str | None = None
    """Why it was not used as it is; None when it was."""


MAX_CHOSEN = 20
"""Choices that a refinement keeps; the oldest are forgotten first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """What the prompt became with those operations that a person left switched on."""

    changes: Changes
    """These, as they were understood."""
    prompt: str
    negative_prompt: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RefinementRecord:
    id: str
    session_id: SessionId
    at: datetime
    feedback: str
    current_prompt: str
    plan: IterationPlan
    answers: tuple[StageAnswer, ...] = ()
    chosen: tuple[Chosen, ...] = ()
    """Latest last; empty where nothing was switched off."""

    def choosing(self, chosen: Chosen) -> "RefinementRecord":
        others = (each for each in self.chosen if (each.prompt, each.changes) != (chosen.prompt, chosen.changes))
        return replace(self, chosen=(*others, chosen)[-MAX_CHOSEN:])
