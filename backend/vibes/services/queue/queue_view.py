"""The queue and its work as people see them, at one moment; made by `QueueViews`."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from vibes.domain.generation import Generation
from vibes.domain.ids import NodeId
from vibes.domain.money import MicroUsd
from vibes.domain.priority import Priority
from vibes.domain.reason import Reason

OnNodeState = Literal["running", "waiting", "fetching"]
"""``waiting``: prefetched; ``fetching``: done, its picture is being fetched."""


@dataclass(frozen=True, slots=True)
class Prospect:
    """The prediction for a generation."""

    eta_seconds: float | None
    """Seconds until it is done; None when unknown."""
    eta_range_seconds: tuple[float, float] | None
    """The least and most seconds until then."""
    waiting_for: Reason | None
    """Why it waits; None when it does not, or when a node is free for it now."""
    loading: str | None
    """The model file that its node is reading, before it can draw."""


NO_PROSPECT = Prospect(None, None, None, None)
"""For a generation that has ended."""


@dataclass(frozen=True, slots=True)
class BatchProspect:
    eta_seconds: float | None
    """Seconds until the last of its open generations is done: 0 when none is open, None when unknown."""
    eta_range_seconds: tuple[float, float] | None


@dataclass(frozen=True, slots=True)
class Expectation:
    """The prediction for a submission."""

    eta_seconds: float | None
    """Seconds until its last picture; None when unknown."""
    eta_range_seconds: tuple[float, float] | None
    places: Mapping[NodeId, int]
    """By node: how many of its pictures it would draw."""
    waiting_for: Reason | None
    """Why it would not start, when its end is unknown."""
    costs: Mapping[NodeId, MicroUsd] = field(default_factory=dict)
    """By node: what is set aside for its pictures there; nodes that cost nothing are left out."""


@dataclass(frozen=True, slots=True)
class BothWays:
    """The same submission with what it may spend, without spending anything, and with all that may be spent."""

    asked: Expectation
    free: Expectation
    paid: Expectation | None
    """With its own limit or, where it may spend nothing, without one; None where no money would help."""


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
    """Generations that wait in the hub, including those not read yet after a restart."""
    on_nodes: tuple[WorkOnNode, ...]


@dataclass(frozen=True, slots=True)
class MeasuredSpeed:
    seconds_per_step_megapixel: float
    samples: int


@dataclass(frozen=True, slots=True)
class NodeLoad:
    """The work of one node, and its measured speed."""

    generations: tuple[Generation, ...]
    """Generations with an attempt on it, oldest first."""
    eta_seconds: float | None
    """Seconds until it has done all that the plan gives it; None when unknown."""
    spent_today: MicroUsd
    """In UTC, with what is committed and what may have been charged."""
    spent_this_month: MicroUsd
    speeds: Mapping[str, MeasuredSpeed]
    """By family."""
