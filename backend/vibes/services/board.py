"""What is due and what is under way, in memory: the hub's working view, rebuilt from the database at start."""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass, field

from vibes.domain.generation import Generation
from vibes.domain.graph import Graph
from vibes.domain.ids import AttemptId, GenerationId, NodeId
from vibes.scheduling.estimator import Estimator
from vibes.scheduling.ready_queue import DueOrder, ReadyQueue
from vibes.scheduling.snapshot import NodeView, Snapshot, Work
from vibes.services.node_supervisor import NodeSupervisor
from vibes.services.node_watch import NodeWatch
from vibes.services.ports import Clock

MIN_REMAINING_SECONDS = 0.1


@dataclass(slots=True, kw_only=True, eq=False)
class ActiveAttempt:
    """An attempt under way; the dispatcher owns it, node events and cancellations only leave marks on it."""

    id: AttemptId
    generation: Generation
    work: Work
    node_id: NodeId
    assigned_at: float
    """Monotonic seconds, as all times here."""
    graph: Graph | None = None
    running_since: float | None = None
    ended_at: float | None = None
    adopted: bool = False
    """Began in an earlier hub process."""
    nonsense: int = 0
    """How often in a row the node answered nonsense about it."""
    cancelled: bool = False
    fetching: bool = False
    signal: asyncio.Event = field(default_factory=asyncio.Event)
    """Set when it is worth asking the node again, or when the attempt was cancelled."""


def due_order(generation: Generation) -> DueOrder:
    return DueOrder(generation.created_at, generation.batch_id, generation.index)


class Board:
    def __init__(self, supervisor: NodeSupervisor, estimator: Estimator, clock: Clock) -> None:
        self._supervisor = supervisor
        self._estimator = estimator
        self._clock = clock
        self._ready = ReadyQueue()
        self._waiting: dict[GenerationId, Generation] = {}
        self.active: dict[AttemptId, ActiveAttempt] = {}
        self.changed = asyncio.Event()
        """Set whenever a new plan may be worth making; the dispatcher clears it."""

    @property
    def waiting(self) -> int:
        return len(self._ready)

    def add(self, generation: Generation, work: Work) -> None:
        """Work that is due; work that comes back goes to the place that it had."""
        self._waiting[generation.id] = generation
        self._ready.add(work, due_order(generation))
        self.changed.set()

    def work_of(self, generation_id: GenerationId) -> Work | None:
        """The waiting work of a generation."""
        return self._ready.get(generation_id)

    def take(self, generation_id: GenerationId) -> tuple[Generation, Work]:
        """Take waiting work out to give it to a node. Raises KeyError when it does not wait."""
        generation = self._waiting[generation_id]
        work = self.work_of(generation_id)
        if work is None:
            raise KeyError(generation_id)
        self.withdraw([generation_id])
        return generation, work

    def withdraw(self, generation_ids: Iterable[GenerationId]) -> None:
        """Nobody waits for these any more."""
        gone = list(generation_ids)
        self._ready.remove(gone)
        for generation_id in gone:
            self._waiting.pop(generation_id, None)

    def set_aside(self, generation_ids: Iterable[GenerationId]) -> list[tuple[Generation, Work]]:
        """Take out those of these that wait, so that none of them is started meanwhile."""
        return [self.take(each) for each in generation_ids if each in self._waiting]

    def begin(self, active: ActiveAttempt) -> None:
        self.active[active.id] = active
        watch = self._supervisor.nodes.get(active.node_id)
        if watch is not None:
            watch.begin(active.id)

    def release(self, active: ActiveAttempt) -> None:
        """The node is done with it and may have the next; its image is still to be fetched."""
        active.fetching = True
        self.changed.set()

    def finish(self, active: ActiveAttempt) -> None:
        self.active.pop(active.id, None)
        watch = self._supervisor.nodes.get(active.node_id)
        if watch is not None:
            watch.end(active.id)
        self.changed.set()

    def on_node(self, node_id: NodeId) -> list[ActiveAttempt]:
        return [active for active in self.active.values() if active.node_id == node_id]

    def snapshot(self) -> Snapshot:
        return Snapshot(
            nodes=tuple(self.view(watch) for watch in self._supervisor.nodes.values()), ready=tuple(self._ready)
        )

    def view(self, watch: NodeWatch) -> NodeView:
        view = NodeView(
            config=watch.config,
            state=watch.state,
            reason=watch.reason,
            inventory=watch.inventory,
            active={},
            foreign_queue_length=watch.foreign_queue_length,
            resident_checkpoint=watch.resident_checkpoint,
            resting=watch.resting,
        )
        here = self.on_node(watch.config.id)
        remaining = {
            active.generation.id: self._remaining_seconds(view, active) for active in here if not active.fetching
        }
        return view.occupied_by(remaining, frozenset(active.generation.id for active in here if active.fetching))

    def _remaining_seconds(self, view: NodeView, active: ActiveAttempt) -> float:
        since = active.running_since or active.assigned_at
        return max(
            self._estimator.seconds(view, active.work) - (self._clock.monotonic() - since), MIN_REMAINING_SECONDS
        )
