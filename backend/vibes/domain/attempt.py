"""An attempt: one try of a generation on one node; its id is the ComfyUI ``prompt_id``."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from vibes.domain.graph import Graph
from vibes.domain.ids import AttemptId, GenerationId, NodeId


class AttemptState(StrEnum):
    SUBMITTING = "submitting"
    """Recorded; the POST may or may not have been sent."""
    SUBMITTED = "submitted"
    """The node has accepted it."""
    RUNNING = "running"
    """The node is working on it."""
    FETCHING = "fetching"
    """The node has finished; the image is being fetched."""
    WON = "won"
    """Its image became the generation's image."""
    LOST = "lost"
    """The node died, restarted or forgot it; the generation is not at fault."""
    SUPERSEDED = "superseded"
    """Another attempt of the same generation finished first."""
    WITHDRAWN = "withdrawn"
    """Taken back before it ran."""
    ERRORED = "errored"
    """The node reported an error, or refused it."""
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
    """On the hub's clock; whoever drives the attempt renews it while there is evidence of it."""
    node_number: float | None = None
    """The ``number`` in the node's answer; a later attempt with a smaller one shows that the node restarted."""
    error_message: str | None = None
    finished_at: datetime | None = None
