"""The queue and its work as they are told to people: values that change no more, which `QueueViews` makes."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from vibes.domain.generation import Generation
from vibes.domain.ids import NodeId
from vibes.domain.priority import Priority
from vibes.domain.reason import Reason

OnNodeState = Literal["running", "waiting", "fetching"]
"""``waiting``: queued on the node behind another; ``fetching``: done, its picture is on the way."""


@dataclass(frozen=True, slots=True)
class Prospect:
    """What can be said of how a generation will fare."""

    eta_seconds: float | None
    """Until it is done; None when nothing can be said."""
    eta_range_seconds: tuple[float, float] | None
    """Between what and what that may be."""
    waiting_for: Reason | None
    """Why it waits; None when it does not, or when a node is free for it now."""
    loading: str | None
    """The model file that its node reads now, before it can draw."""


NO_PROSPECT = Prospect(None, None, None, None)
"""Of what has ended."""


@dataclass(frozen=True, slots=True)
class BatchProspect:
    eta_seconds: float | None
    """Until the last of its open generations is done: 0 when none is open, None when nothing can be said."""
    eta_range_seconds: tuple[float, float] | None


@dataclass(frozen=True, slots=True)
class Expectation:
    """What would become of a submission."""

    eta_seconds: float | None
    """Until its last picture; None when nothing can be said."""
    eta_range_seconds: tuple[float, float] | None
    places: Mapping[NodeId, int]
    """How many of its pictures each node would draw."""
    waiting_for: Reason | None
    """Why it would not start, where nothing can be said of its end."""


@dataclass(frozen=True, slots=True)
class WaitingWork:
    position: int
    """From 0, in the order in which they get their turn."""
    generation: Generation
    priority: Priority
    eta_seconds: float | None
    waiting_for: Reason | None


@dataclass(frozen=True, slots=True)
class WorkOnNode:
    node_id: NodeId
    generation: Generation
    state: OnNodeState
    eta_seconds: float | None


@dataclass(frozen=True, slots=True)
class QueueStanding:
    paused_since: datetime | None
    """None: the queue is not paused."""
    queued: int
    """Generations that wait in the hub, those that are not read yet after a restart among them."""
    on_nodes: tuple[WorkOnNode, ...]


@dataclass(frozen=True, slots=True)
class MeasuredSpeed:
    seconds_per_step_megapixel: float
    samples: int


@dataclass(frozen=True, slots=True)
class NodeLoad:
    """What one node has to do, and how fast it was found to be."""

    generations: tuple[Generation, ...]
    """That have an attempt on it, oldest first."""
    eta_seconds: float | None
    """Until it has done all that the plan gives it; None when unknown."""
    speeds: Mapping[str, MeasuredSpeed]
    """By family."""
