"""A session: one run of the funnel."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from vibes.domain.errors import Conflict
from vibes.domain.ids import OwnerId, SessionId

STAGES = ("drafts", "refined", "polished", "final")
"""The funnel's steps; a stage is an index into this."""


class FlowType(StrEnum):
    DRAFT_GRID = "draft_grid"
    CONCEPT_BUILDER = "concept_builder"
    EXPLORER = "explorer"


ConfigValue = str | int | float | bool | None | list["ConfigValue"] | dict[str, "ConfigValue"]
"""Any JSON: a session's config belongs to the studio's flow, the hub only stores it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    id: SessionId
    flow_type: FlowType
    current_stage: int
    created_at: datetime
    updated_at: datetime
    config: Mapping[str, ConfigValue] = field(default_factory=dict)
    version: int = 1
    """Counts the changes of the config."""
    owner: OwnerId | None = None
    """None: everybody's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionSummary:
    """A session as a list shows it."""

    session: Session
    """Without its config unless requested, since that may be half a megabyte."""
    title: str
    """The beginning of the prompt in its config; empty without one."""
    generations: int
    completed: int


class ConfigConflict(Conflict):
    """The config was changed after the caller read it; ``current`` is the session now."""

    code = "config_changed"

    def __init__(self, current: Session) -> None:
        super().__init__(f"the session was changed meanwhile: its version is {current.version} now")
        self.current = current
