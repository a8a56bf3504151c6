"""Waiting and running work in memory: the hub's working state, rebuilt from the database at start."""

import asyncio
import logging
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import islice

from vibes.domain.generation import Generation
from vibes.domain.ids import AttemptId, GenerationId, NodeId
from vibes.domain.priority import Priority
from vibes.domain.reason import Reason, ReasonCode
from vibes.ports.clock import Clock
from vibes.scheduling.bounds import batch_lower_bound_seconds
from vibes.scheduling.eligibility import not_stranded
from vibes.scheduling.estimator import Estimator
from vibes.scheduling.fair_order import FairOrder
from vibes.scheduling.fair_share import NOTHING_SERVED
from vibes.scheduling.ready_queue import DueOrder, ReadyQueue
from vibes.scheduling.snapshot import DEFAULT_OVERFLOW_THRESHOLD, Held, NodeView, Prefetched, Run, Snapshot, Work
from vibes.scheduling.timing_book import TimingBook
from vibes.scheduling.waiting import SeenOtherwise, Waiting, copy_of
from vibes.services.fleet.supervisor import NodeSupervisor
from vibes.services.fleet.watched_node import WatchedNode
from vibes.services.queue.active_attempt import ActiveAttempt
from vibes.services.queue.attempt_state import Origin
from vibes.services.queue.spending import Spending

logger = logging.getLogger(__name__)

RECLAIMING = Reason(ReasonCode.DOUBTED, "is asked what became of its lost work")

MIN_REMAINING_SECONDS = 0.1
READ_AT_ONCE = 1000
"""Places of the queue that are read before other tasks get a turn, a few milliseconds."""
RECLAIM_SECONDS = 1.0
"""Plans expect a node that is back to be free for new work so many seconds from now, as long as it is being asked about
the work that was lost with it."""


def due_order(generation: Generation) -> DueOrder:
    return DueOrder(generation.created_at, generation.batch_id, generation.index)


class Board:
    def __init__(
        self,
        supervisor: NodeSupervisor,
        estimator: Estimator,
        clock: Clock,
        spending: Spending,
        overflow_threshold: int = DEFAULT_OVERFLOW_THRESHOLD,
    ) -> None:
        self._supervisor = supervisor
        self._estimator = estimator
        self._clock = clock
        self._spending = spending
        self._overflow_threshold = overflow_threshold
        self._ready = ReadyQueue()
        self._waiting: dict[GenerationId, Generation] = {}
        self._aside: set[GenerationId] = set()
        self.active: dict[AttemptId, ActiveAttempt] = {}
        self._by_node: dict[NodeId, list[ActiveAttempt]] = {}
        self.timings = TimingBook(estimator)
        self.ledger = NOTHING_SERVED
        """Seconds served so far; each carried-out plan replaces it."""
        self.reclaiming: set[NodeId] = set()
        """Nodes that are back and being asked about work that was lost with them."""
        self.withheld: dict[GenerationId, Reason] = {}
        """Waiting work that plans do not see, since one failed on it, with the reason."""
        self.unread = 0
        """Queued generations that are not in memory yet, after a start."""
        self.paused_since: datetime | None = None
        """Since when a person has paused the queue; None when it is not paused."""
        self.changed = asyncio.Event()
        """Set whenever a new plan may be worth making; the dispatcher clears it."""

    @property
    def storage_problem(self) -> str | None:
        """Why finished pictures cannot be stored at present; None while they can."""
        reasons = (active.evidence.not_stored for active in self.active.values())
        return next((reason for reason in reasons if reason), None)

    @property
    def unstored(self) -> int:
        """How many finished pictures are held in memory because they cannot be stored."""
        return sum(active.evidence.not_stored is not None for active in self.active.values())

    @property
    def waiting(self) -> int:
        return len(self._ready)

    @property
    def depths(self) -> Counter[Priority]:
        """How many wait, by class."""
        return self._ready.depths()

    @property
    def oldest(self) -> datetime | None:
        """When the oldest that waits was submitted."""
        return self._ready.oldest

    def add(self, generation: Generation, work: Work) -> None:
        """Add work that is due; work that returns gets its former place."""
        self._waiting[generation.id] = generation
        self._aside.discard(generation.id)
        self._ready.add(work, due_order(generation))
        self.changed.set()

    def due(self) -> Iterator[Work]:
        """All that waits, the oldest first."""
        return iter(self._ready)

    def waiting_ids(self) -> set[GenerationId]:
        """Of all that waits."""
        return set(self._waiting)

    def known_ids(self) -> set[GenerationId]:
        """Of all that waits, runs, or was set aside."""
        return {*self._waiting, *self._aside, *(active.generation.id for active in self.active.values())}

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
        """Take these from the queue, since nobody wants them any more."""
        gone = list(generation_ids)
        self._ready.remove(gone)
        for generation_id in gone:
            self._waiting.pop(generation_id, None)
            self._aside.discard(generation_id)
            self.withheld.pop(generation_id, None)

    def move(self, generation_ids: Iterable[GenerationId], place: int) -> None:
        """Move those of these that wait to another place in the queue (`Work.place`)."""
        for generation_id in generation_ids:
            if generation_id in self._waiting:
                generation, work = self.take(generation_id)
                self.add(replace(generation, place=place), replace(work, place=place))

    def places(self) -> list[int]:
        """Places of all that waits, each once, smallest first; 0 is always among them."""
        return sorted({0, *(work.place for work in self._ready.moved())})

    async def waiting_in_order(self, offset: int, limit: int) -> list[tuple[Generation, Work]]:
        """What waits, in the order in which it gets its turn, as far as that can be known now."""
        try:
            page = await self._page(offset, offset + limit)
        except Exception:  # shown in order of age then
            logger.exception("the order of the queue cannot be told")
            page = list(islice(self._ready, offset, offset + limit))
        return [(self._waiting[each.generation_id], each) for each in page if each.generation_id in self._waiting]

    async def _page(self, start: int, end: int) -> list[Work]:
        """For a far page everything before it is read; other tasks get a turn meanwhile."""
        waiting: Waiting = self._ready if end <= READ_AT_ONCE else copy_of(self._ready)
        page: list[Work] = []
        order = FairOrder(waiting, self.ledger, self._clock.now().timestamp())
        for position, (work, _) in enumerate(islice(order, end)):
            if position >= start:
                page.append(work)
            if position % READ_AT_ONCE == READ_AT_ONCE - 1:
                await asyncio.sleep(0)
        return page

    def set_aside(self, generation_ids: Iterable[GenerationId]) -> list[tuple[Generation, Work]]:
        """Take out those of these that wait, so that none is started until it is put back or withdrawn."""
        taken = [self.take(each) for each in generation_ids if each in self._waiting]
        self._aside.update(generation.id for generation, _ in taken)
        return taken

    def begin(self, active: ActiveAttempt) -> None:
        self.active[active.id] = active
        self._spending.begin(active)
        self._by_node.setdefault(active.node_id, []).append(active)
        watch = self._supervisor.nodes.get(active.node_id)
        if watch is not None:
            watch.begin(active.id)

    def collect(self, active: ActiveAttempt, ended_at: float) -> None:
        """The node finished it at this moment and may have the next; its picture is still to be fetched."""
        active.collect(ended_at)
        self._move_up(active.node_id)
        self.changed.set()

    def cancel(self, generation_ids: Iterable[GenerationId]) -> None:
        """Nobody wants these any more: take them from the queue, and stop all their attempts."""
        wanted = set(generation_ids)
        self.withdraw(wanted)
        for active in self.active.values():
            if active.generation.id in wanted:
                active.cancel()

    def ask_again(self, node_id: NodeId) -> None:
        """Something happened on the node: whoever follows an attempt there looks at once."""
        for active in self._by_node.get(node_id, ()):
            active.wake()

    def siblings(self, active: ActiveAttempt) -> list[ActiveAttempt]:
        """The other attempts that may bring the picture of the same generation: none that is being stopped, for it may
        be of a time before the generation was cancelled and retried."""
        others = self.attempts_of(active.generation.id)
        return [other for other in others if other is not active and not other.cancelled]

    def attempts_of(self, generation_id: GenerationId) -> list[ActiveAttempt]:
        return [active for active in self.active.values() if active.generation.id == generation_id]

    def _move_up(self, node_id: NodeId) -> None:
        """The attempt that waited after the ended run has its slot from now on."""
        working = [active for active in self._by_node.get(node_id, ()) if not active.collecting]
        waiting = [active for active in working if active.prefetched]
        watch = self._supervisor.nodes.get(node_id)
        slots = 1 if watch is None or watch.inventory is None else watch.inventory.slots
        for active in waiting[: max(slots - len(working) + len(waiting), 0)]:
            active.take_place()

    def finish(self, active: ActiveAttempt) -> None:
        if self.active.pop(active.id, None) is not None:
            self._by_node[active.node_id].remove(active)
            self._move_up(active.node_id)
        self._spending.end(active.id, active.paid)
        watch = self._supervisor.nodes.get(active.node_id)
        if watch is not None:
            watch.end(active.id)
        self.changed.set()

    def absolve(self, generation_id: GenerationId) -> None:
        """A node that seemed to have died while running this generation had only been away."""
        if generation_id in self._waiting:
            generation, work = self.take(generation_id)
            self.add(generation, work.absolved())
        for active in self.attempts_of(generation_id):
            active.work = active.work.absolved()

    def on_node(self, node_id: NodeId) -> list[ActiveAttempt]:
        return list(self._by_node.get(node_id, ()))

    def nodes(self) -> tuple[NodeView, ...]:
        """The fleet as a plan would see it now."""
        return tuple(self.view(watch) for watch in self._supervisor.nodes.values())

    def held(self) -> Held:
        """Money that counts against limits now."""
        return self._spending.held()

    def lower_bound_seconds(self, works: Sequence[Work]) -> float | None:
        """T* of these works with the fleet as it is now; None when no node could take them."""
        try:
            kinds = list({work.kind: work for work in works}.values())
            return batch_lower_bound_seconds(self.nodes(), kinds, len(works), self._estimator)
        except Exception:  # a figure for the answer, of which a submission must not fail
            logger.exception("the lower bound of batch %s cannot be told", works[0].batch_id)
            return None

    def snapshot(self) -> Snapshot:
        begun_twice = {active.generation.id for active in self.active.values() if active.origin is Origin.SECOND}
        nodes = self.nodes()
        return Snapshot(
            nodes=nodes,
            ready=self._due(nodes),
            runs=tuple(self._run(active, begun_twice) for active in self.active.values() if active.runs),
            prefetched=tuple(
                Prefetched(work=active.work, node_id=active.node_id)
                for active in self.active.values()
                if active.can_be_taken_back
            ),
            now=self._clock.now().timestamp(),
            ledger=self.ledger,
            overflow_threshold=self._overflow_threshold,
            held=self._spending.held(),
        )

    def _due(self, nodes: Sequence[NodeView]) -> Collection[Work]:
        """What waits: the queue itself, to be read at once, unless a plan must see some of it differently."""
        freed = {
            work.generation_id: free for work in self._ready.choosy if (free := not_stranded(nodes, work)) is not work
        }
        withheld = [work for each in self.withheld if (work := self._ready.get(each)) is not None]
        if not freed and not withheld:
            return self._ready
        before = {work.generation_id: work for work in (*withheld, *map(self._ready.get, freed)) if work is not None}
        instead = {**freed, **dict.fromkeys(work.generation_id for work in withheld)}
        return SeenOtherwise.of(self._ready, before.values(), instead)

    def view(self, watch: WatchedNode) -> NodeView:
        here = self._by_node.get(watch.config.id, ())
        working = [active for active in here if not active.collecting]
        last = working[-1].work.spec.checkpoint if working else None
        return NodeView(
            config=watch.config,
            state=watch.state,
            reason=watch.reason,
            since=watch.since,
            inventory=watch.inventory,
            active={active.generation.id: self.remaining_seconds(active) for active in working},
            prefetched=frozenset(active.generation.id for active in working if active.prefetched),
            fetching=frozenset(active.generation.id for active in here if active.collecting),
            foreign_queue_length=watch.foreign_queue_length,
            resident_checkpoint=last or watch.resident_checkpoint,
            paused_for=max(watch.paused_for, RECLAIM_SECONDS if watch.config.id in self.reclaiming else 0.0),
            pause_reason=watch.pause_reason or RECLAIMING,
            charges=watch.client.charges,
            away=watch.ownership.away,
            others_memory=watch.memory.others,
            on_trial=not watch.breaker.closed,
            unreadable=watch.unreadable.left_alone(),
            runs_suspect=any(active.work.suspect for active in working),
            silent=watch.silence.long,
        )

    def remaining_seconds(self, active: ActiveAttempt) -> float:
        """Until it ends: what is left of its estimate. An overdue one is expected to need as long again as it is
        overdue, so that planning relies less and less on a stalled node."""
        measured = active.measured
        if active.prefetched:
            return measured.expected_seconds
        left = measured.expected_seconds - (self._clock.monotonic() - measured.assigned_at)
        return max(abs(left), MIN_REMAINING_SECONDS)

    def _run(self, active: ActiveAttempt, begun_twice: set[GenerationId]) -> Run:
        now = self._clock.monotonic()
        measured = active.measured
        reads = active.evidence.loading is not None
        return Run(
            work=active.work,
            node_id=active.node_id,
            age=now - measured.assigned_at,
            expected=measured.expected_seconds,
            silent=now - max(measured.heard_at, measured.assigned_at),
            proven=self._estimator.confident(active.node_id, active.work),
            begun_twice=active.generation.id in begun_twice,
            costs=active.charges or self._charges(active.node_id),
            unanswered=not reads and not active.is_awaited and self._is_silent(active.node_id),
        )

    def _is_silent(self, node_id: NodeId) -> bool:
        watch = self._supervisor.nodes.get(node_id)
        return watch is not None and watch.silence.long

    def _charges(self, node_id: NodeId) -> bool:
        watch = self._supervisor.nodes.get(node_id)
        return watch is not None and watch.client.charges

    def load_seconds(self, active: ActiveAttempt) -> float:
        """Seconds to read its checkpoint on the node, as measured, or by the size of such checkpoints."""
        watch = self._supervisor.nodes.get(active.node_id)
        return self._estimator.load_seconds(self.view(watch), active.work) if watch is not None else 0.0
