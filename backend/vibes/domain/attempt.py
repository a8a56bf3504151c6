"""An attempt: one try of a generation on one node; its id is the ComfyUI ``prompt_id``."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from vibes.domain.graph import Graph
from vibes.domain.ids import AttemptId, GenerationId, NodeId


class AttemptState(StrEnum):
    SUBMITTING = "submitting"
    """Written down, the POST may or may not have happened."""
    SUBMITTED = "submitted"
    """The node said yes."""
    RUNNING = "running"
    """The node works on it."""
    FETCHING = "fetching"
    """The node is done, the image is on its way."""
    WON = "won"
    """Its image became the generation's image."""
    LOST = "lost"
    """The node died, restarted or forgot it; not the generation's fault."""
    SUPERSEDED = "superseded"
    """Another attempt of the same generation was first."""
    WITHDRAWN = "withdrawn"
    """Taken back before it ran."""
    ERRORED = "errored"
    """The node ran it and reported an error, or refused it."""
    CANCELLED = "cancelled"
    """Stopped because its generation was cancelled."""


OPEN_ATTEMPT_STATES = frozenset(
    {AttemptState.SUBMITTING, AttemptState.SUBMITTED, AttemptState.RUNNING, AttemptState.FETCHING}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    id: AttemptId
    generation_id: GenerationId
    node_id: NodeId
    state: AttemptState
    graph: Graph
    created_at: datetime
    lease_expires_at: datetime
    """By the hub's clock only; whoever drives the attempt renews it while it has evidence."""
    node_number: float | None = None
    """The ``number`` that the node answered; a later, smaller one means that the node restarted."""
    error_message: str | None = None
    finished_at: datetime | None = None
