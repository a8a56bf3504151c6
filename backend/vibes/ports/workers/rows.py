"""What hub and workers need of the database that they share: who is there, and which order is whose.

Both sides see the same rows. The hub's half is written by the one hub that plans; each write of a worker names the
epoch under which it may write, and is refused where a later one has begun.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Protocol

from vibes.domain.ids import AttemptId, NodeId
from vibes.domain.nodes.worker import OrderState, Worker, WorkerOrder, WorkerReport, WorkerState, WorkerVitals


@dataclass(frozen=True, slots=True)
class OpenOrder:
    """Where an open order is, without what was sent."""

    attempt_id: AttemptId
    state: OrderState
    signs: int
    """Grows with each sign of life of its ComfyUI."""


@dataclass(frozen=True, slots=True)
class Seat:
    """A process as the worker of a name, until another one registers under it."""

    name: str
    epoch: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Heartbeat:
    """How a worker is."""

    state: WorkerState
    reason: str = ""
    vitals: WorkerVitals | None = None
    alive: frozenset[AttemptId] = frozenset()
    """Those of its orders that have shown a sign of life since the last heartbeat."""


class WorkerOrders(Protocol):
    """The hub's half. Every method raises StorageUnavailable when the database does not answer."""

    async def reports(self, node_id: NodeId | None = None) -> Sequence[WorkerReport]:
        """Of the workers behind this node, or of all, by name."""

    async def inventory(self, name: str) -> Mapping[str, Any] | None:
        """What this worker has, as it told it; None before it did."""

    async def hand_in(self, order: WorkerOrder) -> bool:
        """Queue it; does nothing where it was handed in before. False when no worker of this node is there to take
        it."""

    async def get(self, attempt_id: AttemptId) -> WorkerOrder | None: ...

    async def ahead_of(self, attempt_id: AttemptId) -> int:
        """How many orders are open that came to the same node before it."""

    async def open_orders(self, node_id: NodeId) -> Sequence[OpenOrder]:
        """In the order in which they came."""

    async def take_back(self, attempt_id: AttemptId) -> bool:
        """False when a worker has taken it, or had."""

    async def stop(self, attempt_id: AttemptId) -> OrderState | None:
        """Take it back where it waits; where a worker has it, wish that it stops it. Answers where it is now; None: it
        was never handed in."""

    async def revoke(self, holder: str, outcome: Mapping[str, Any], *, silent_for: timedelta) -> int:
        """End all orders of a worker that has not been heard for so long, as ``outcome``; how many. Those that it was
        seen to work on get ``died: true`` in it."""

    async def long_ended(self, kept_for: timedelta) -> Sequence[AttemptId]:
        """Orders that ended so long ago, some hundred at a time. Without those whose attempt is open: the hub has yet
        to hear how they ended."""

    async def forget(self, attempt_ids: Collection[AttemptId]) -> None:
        """Orders that have ended."""

    async def forget_workers(self, gone_for: timedelta) -> None:
        """Those that have been silent for so long."""


class WorkerDesk(Protocol):
    """A worker's half, whose own writes are refused (False, None) once another process has registered under its name.
    Raises like `WorkerOrders`; what is said or asked again within seconds (`beat`, `started`, `wanted`) waits for no
    server that is away."""

    async def register(self, worker: Worker) -> Seat:
        """From now on this process is the worker of that name."""

    async def beat(self, seat: Seat, heartbeat: Heartbeat) -> bool:
        """Say that it is there, and how it is."""

    async def tell_inventory(self, seat: Seat, device: str, digest: str, inventory: Mapping[str, Any]) -> bool:
        """What it has, as JSON, and what its ComfyUI calls the device."""

    async def waiting(self, node_id: NodeId, *, limit: int) -> Sequence[WorkerOrder]:
        """The next ones, in the order in which they came."""

    async def claim(self, seat: Seat, node_id: NodeId, attempt_ids: Collection[AttemptId] = ()) -> WorkerOrder | None:
        """Take the first of these that is there, or of all: exactly one worker gets an order. None: there is none to
        take."""

    async def held(self, name: str) -> Sequence[WorkerOrder]:
        """What this worker has, also of an earlier process of that name."""

    async def adopt(self, seat: Seat, order: WorkerOrder) -> WorkerOrder | None:
        """Go on with what an earlier process of this name had: begins an epoch, so that the earlier one writes nothing
        more. None: it is not to be had any more."""

    async def started(self, order: WorkerOrder) -> bool:
        """Its ComfyUI works on it."""

    async def wanted(self, order: WorkerOrder) -> bool | None:
        """Whether it is still to be carried out; None: it is not this worker's any more."""

    async def complete(self, order: WorkerOrder, outcome: Mapping[str, Any]) -> bool: ...

    async def fail(self, order: WorkerOrder, outcome: Mapping[str, Any]) -> bool: ...

    async def drop(self, order: WorkerOrder) -> bool:
        """The hub wished that it is stopped, and it is."""

    async def hand_back(self, seat: Seat, outcome: Mapping[str, Any]) -> int:
        """End all orders that wait for this worker alone, as ``outcome``; how many."""

    async def lost_hold_of(self, name: str, attempt_ids: Collection[AttemptId]) -> frozenset[AttemptId]:
        """Those of these that are orders, and not this worker's to carry out (any more)."""
