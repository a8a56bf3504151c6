"""Workers: processes on GPU machines that carry out orders; what hub and worker tell each other of both, as values."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from vibes.domain.attempt import Wire
from vibes.domain.ids import AttemptId, NodeId
from vibes.domain.nodes.node import NodeQueue, Tier


class OrderState(StrEnum):
    """Where an order is on its way through a worker."""

    QUEUED = "queued"
    """No worker has it."""
    CLAIMED = "claimed"
    """A worker has it, and its ComfyUI does not work on it yet."""
    RUNNING = "running"
    """The ComfyUI works on it."""
    DONE = "done"
    """Its pictures lie in the media store."""
    FAILED = "failed"
    """It came to nothing; its result says how."""
    TAKEN_BACK = "taken_back"
    """The hub does not want it any more, and no worker carries it out."""


HELD = frozenset({OrderState.CLAIMED, OrderState.RUNNING})
"""A worker has it."""
OPEN = HELD | {OrderState.QUEUED}
ENDED = frozenset(OrderState) - OPEN


class OrderMove(StrEnum):
    """A change of an order. Each is a compare-and-set upon its state and its epoch."""

    CLAIM = "claim"
    """A worker takes it: begins an epoch."""
    START = "start"
    """The ComfyUI was seen to work on it."""
    COMPLETE = "complete"
    """Its pictures are stored."""
    FAIL = "fail"
    """It came to nothing at the worker."""
    DROP = "drop"
    """The worker has stopped it, as the hub wished."""
    TAKE_BACK = "take back"
    """The hub has it back before any worker took it: begins an epoch."""
    HAND_BACK = "hand back"
    """The worker that it waits for ends: begins an epoch."""
    REVOKE = "revoke"
    """The hub takes it from a worker that is not heard any more: begins an epoch, so that whatever this worker writes
    later is refused."""


MOVES: Mapping[OrderMove, tuple[frozenset[OrderState], OrderState]] = {
    OrderMove.CLAIM: (frozenset({OrderState.QUEUED}), OrderState.CLAIMED),
    OrderMove.START: (frozenset({OrderState.CLAIMED}), OrderState.RUNNING),
    OrderMove.COMPLETE: (HELD, OrderState.DONE),
    OrderMove.FAIL: (HELD, OrderState.FAILED),
    OrderMove.DROP: (HELD, OrderState.TAKEN_BACK),
    OrderMove.TAKE_BACK: (frozenset({OrderState.QUEUED}), OrderState.TAKEN_BACK),
    OrderMove.HAND_BACK: (frozenset({OrderState.QUEUED}), OrderState.FAILED),
    OrderMove.REVOKE: (HELD, OrderState.FAILED),
}
"""By move: from which states, and to which."""

NEW_EPOCH = frozenset({OrderMove.CLAIM, OrderMove.TAKE_BACK, OrderMove.HAND_BACK, OrderMove.REVOKE})
"""Moves that begin an epoch: what belongs to the one before is refused from then on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkerOrder:
    """An order on its way through a worker."""

    attempt_id: AttemptId
    node_id: NodeId
    """The worker's, or the pool's where any of its members may take it."""
    epoch: int = 1
    """Grows with each change of hands."""
    state: OrderState = OrderState.QUEUED
    sent: Wire
    """The graph, its files under the names that people know."""
    holder: str | None = None
    """The worker that has it, or had it last."""
    unwanted: bool = False
    """The hub wishes that it is stopped."""
    outcome: Mapping[str, Any] | None = None
    """How it ended, as JSON; None while it is open."""


class WorkerState(StrEnum):
    STARTING = "starting"
    """Its ComfyUI does not answer: yet, or at present."""
    READY = "ready"
    DRAINING = "draining"
    """It ends: it takes nothing new, and gives back what it has."""
    GONE = "gone"
    """It has ended."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Worker:
    """A worker as it registers."""

    name: str
    """Unique among all workers."""
    node_id: NodeId
    """What the hub knows it by: its own name, or that of its pool."""
    device: str
    """Such as ``cuda:0``."""
    tier: Tier
    capabilities: tuple[str, ...]
    max_resolution: int

    @property
    def pooled(self) -> bool:
        return self.node_id != self.name


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkerVitals:
    """What its ComfyUI answered last."""

    queue: NodeQueue
    vram_free_bytes: int = 0
    response_ms: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkerReport:
    """A worker as the hub sees it at one moment."""

    worker: Worker
    state: WorkerState
    reason: str
    """Why it is not ready; empty where it is."""
    epoch: int
    """Grows with each registration under this name."""
    heard_at: datetime
    """Its last heartbeat, by the database's clock."""
    silent_seconds: float
    """Since then, by the same clock."""
    inventory_digest: str
    """Of what it has; empty before it has told that."""
    vitals: WorkerVitals | None
