"""An attempt: one try of a generation on one node; its id is what the node knows it by."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from vibes.domain.ids import AttemptId, GenerationId, NodeId

Wire = Mapping[str, Any]
"""An order in a node's own form, as JSON: what is sent to it. Only the kind of the node knows what stands in it; of a
ComfyUI it is the graph in API format."""


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
    TAKEN_BACK = "withdrawn"
    """Taken back before it ran."""
    ERRORED = "errored"
    """The node reported an error, or refused it."""
    MAYBE_PAID = "maybe_paid"
    """Nobody can tell whether it was carried out and paid for; it is never repeated by itself."""
    GIVEN_UP = "given_up"
    """The same, and a person has written it off: it counts as paid for."""
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
    sent: Wire
    """What its node was sent; empty once it is forgotten."""
    created_at: datetime
    lease_expires_at: datetime
    """On the hub's clock; whoever drives the attempt renews it while there is evidence of it."""
    node_number: float | None = None
    """The ``number`` in the node's answer; a later attempt with a smaller one shows that the node restarted."""
    error_message: str | None = None
    finished_at: datetime | None = None
    charges: bool = False
    """Whether its node charges for each order, so that nothing but a person has it submitted again."""
