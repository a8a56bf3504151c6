"""Seats, the slots of nodes in planned time, and where a piece of work would finish first on them."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from heapq import heapify, heapreplace
from math import inf

from vibes.domain.ids import NodeId
from vibes.domain.money import NOTHING, MicroUsd
from vibes.domain.nodes.node import NodeState
from vibes.scheduling.estimator import Estimator
from vibes.scheduling.slots import free_times
from vibes.scheduling.snapshot import NodeView, Work
from vibes.scheduling.timing_book import Timing

GATE_TOLERANCE = 0.02
"""A free node is not kept idle for a faster one that would finish sooner by less than this part."""

DOUBTFUL_FACTOR = 2.0
"""A node that answers slowly or is on trial counts as so many times slower, since it may not finish."""

PREFERENCE_SECONDS, PREFERENCE_PART = 1.0, 0.5
"""Preferring a tier may delay a picture by the larger of so many seconds and this part of its time."""

PREFETCH_SECONDS = 1.0
"""A prompt is sent to a busy node when its run is over in so many seconds plus two ways there, not earlier: until then
it can still go to whichever node is best."""

DEEP = 1
"""Waiting works of a kind, for each node that can do it, above which only open nodes are considered for it."""


class Seat:
    """A slot of a node in planned time: when it is free and what is loaded then. Times are seconds from now.

    Where its owner will have the machine, only what ends before that begins before; the rest is planned for afterwards,
    in a time of its own, so that something shorter may still come first.
    """

    __slots__ = ("away", "back_at", "can_prefetch", "factor", "free_at", "idle", "leaves_at", "node", "resident")

    def __init__(self, node: NodeView, free_at: float, *, idle: bool) -> None:
        self.node = node
        self.free_at = free_at
        self.resident = node.resident_checkpoint
        self.factor = DOUBTFUL_FACTOR if node.state is NodeState.DEGRADED or node.on_trial else 1.0
        self.idle = idle
        """Whether this plan may start something on it now."""
        self.can_prefetch = False
        """Whether something may be prefetched to it now, since its run is about to end."""
        self.away = node.away
        self.leaves_at = node.away[0].begin if node.away else inf
        self.back_at = max(_or_never(node.away[0].end), free_at) if node.away else inf
        """When it is free again after its owner had it."""

    def finish(self, seconds: float) -> float:
        """When work of so many seconds would be done here, if it were next; infinite where that is never."""
        done = self.free_at + seconds
        return done if done <= self.leaves_at else self._back_by(seconds) + seconds

    def in_time(self, finish: float) -> bool:
        """Whether what ends then is done before the owner has the machine."""
        return finish <= self.leaves_at

    def take(self, finish: float, checkpoint: str | None) -> None:
        """The plan gives it work with this checkpoint that ends then."""
        if self.in_time(finish):
            self.free_at = finish
            self.close()
        else:
            self.back_at = finish
        if self.in_time(finish) or self.leaves_at <= 0:
            self.resident = checkpoint or self.resident

    @property
    def done_at(self) -> float:
        """When it has done all that the plan has given it."""
        planned_after = (
            self.away and self.away[0].end is not None and self.back_at > max(self.away[0].end, self.free_at)
        )
        return self.back_at if planned_after else self.free_at

    def _back_by(self, seconds: float) -> float:
        """When work of so many seconds may begin, after the owner had the machine, and as often as it takes."""
        begin = self.back_at
        for away in self.away[1:]:
            if begin + seconds <= away.begin:
                break
            begin = max(begin, _or_never(away.end))
        return begin

    @property
    def open(self) -> bool:
        return self.idle or self.can_prefetch

    def grants(self, wish: NodeId) -> bool:
        """Whether work that prefers this node may wait for it: not while its owner has it or its breaker is open, but
        while it is only being asked about lost work."""
        if self.node.is_away:
            return False
        return self.node.id == wish and not (self.node.on_trial and self.node.paused_for)

    def close(self) -> None:
        """The plan has decided what is next here."""
        self.idle = self.can_prefetch = False


def _or_never(end: float | None) -> float:
    return inf if end is None else end


def seats_of(node: NodeView, estimator: Estimator) -> list[Seat]:
    """One for each slot, the first that is free first."""
    foreign = estimator.foreign_seconds(node) if node.foreign_queue_length else 0.0
    first, *others = free_times(node, foreign)
    pause, free_slots = node.paused_for, node.free_slots
    seat = Seat(node, first + pause, idle=free_slots > 0)
    if not free_slots and node.can_prefetch:
        seat.can_prefetch = seat.free_at <= PREFETCH_SECONDS + 2 * estimator.overhead_seconds(node.id)
    if not others:
        return [seat]
    return [seat, *(Seat(node, each + pause, idle=index < free_slots) for index, each in enumerate(others, start=1))]


@dataclass(frozen=True, slots=True)
class Offer:
    """Doing the work next on this seat."""

    finish: float
    seconds: float
    """Seconds of the run alone, on a warm node."""
    loads: bool
    proven: bool
    """Whether the node's speed for it is measured."""
    seat: Seat
    cost: MicroUsd = NOTHING
    """What is set aside for it."""

    @property
    def begins(self) -> bool:
        """Whether it may be started now."""
        return self.seat.idle and self.seat.in_time(self.finish)

    @property
    def prefetches(self) -> bool:
        """Whether it may be sent now and wait on the node. Only where the checkpoint is loaded: compared with loading,
        the saved round trip is nothing, and choosing a node later is worth more."""
        soon = self.seat.can_prefetch and self.seat.in_time(self.finish)
        return soon and self.proven and not self.loads


@dataclass(frozen=True, slots=True)
class Timed:
    """Seats that can do a kind of work, and at the same places its timings there. Two lists, since a pair for each
    would be made and thrown away for every node and kind of every plan."""

    seats: Sequence[Seat]
    timings: Sequence[Timing]

    def only(self, keep: Callable[[Seat], bool]) -> "Timed":
        """Those of these seats."""
        return Timed.of(pair for pair in self.pairs if keep(pair[0]))

    @classmethod
    def of(cls, pairs: Iterable[tuple[Seat, Timing]]) -> "Timed":
        kept = list(pairs)
        return cls([seat for seat, _ in kept], [timing for _, timing in kept])

    @property
    def pairs(self) -> Iterator[tuple[Seat, Timing]]:
        return zip(self.seats, self.timings, strict=True)

    @property
    def rate(self) -> float:
        """Works a second on all of them together, once warm."""
        return sum([1.0 / (timing.seconds * seat.factor) for seat, timing in self.pairs])

    def __len__(self) -> int:
        return len(self.seats)


class Offers:
    """Every able node's offer for one kind of work.

    Finish times only grow while a plan gives out work. So an outdated entry of the heap is corrected when it comes to
    the top, and finding the earliest costs the logarithm of the fleet.
    """

    def __init__(self, work: Work, timed: Timed, overflow_threshold: int) -> None:
        self._checkpoint = checkpoint = work.spec.checkpoint
        self._timed = timed
        self._seats, self._timings = timed.seats, timed.timings
        # once a node and kind, which is most of a plan's time
        self._finishes = [
            seat.free_at + timing.seconds * seat.factor + (timing.load if seat.resident != checkpoint else 0.0)
            for seat, timing in zip(self._seats, self._timings, strict=True)
        ]
        """Earliest finishes, as they were when the plan came to this kind."""
        for index in [index for index, seat in enumerate(self._seats) if seat.away]:
            self._finishes[index] = self._finish(index)
        self._heap: list[tuple[float, int]] | None = None
        """The same once one of them is outdated, with corrections."""
        vacant = [index for index, seat in enumerate(self._seats) if seat.idle or seat.can_prefetch]
        vacant = [index for index in vacant if self._seats[index].in_time(self._finishes[index])]
        self._open = sorted(vacant, key=lambda index: (self._finishes[index], index), reverse=True)
        """Nodes that can get work now, the earliest finish last."""
        self._idle = [index for index in self._open if self._seats[index].idle]
        self._unproven = [index for index in self._idle if not self._timings[index].confident]
        self._favourites = self._by_tier(work, overflow_threshold) if work.batch_total == 1 else []

    @property
    def rate(self) -> float:
        """Works of this kind a second by all able nodes together, once warm."""
        return self._timed.rate

    def best(self) -> Offer | None:
        """Where the work finishes first; None when no node can take it, or is lent for long enough."""
        if not self._finishes:
            return None
        if self._heap is None:
            earliest = min(self._finishes)
            first = self._finishes.index(earliest)
            if self._finish(first) <= earliest:
                return self._offer(first) if earliest < inf else None
            self._heap = [(finish, index) for index, finish in enumerate(self._finishes)]
            heapify(self._heap)
        while self._heap:
            finish, index = self._heap[0]
            current = self._finish(index)
            if current <= finish:
                return self._offer(index) if current < inf else None
            heapreplace(self._heap, (current, index))
        return None

    def choice(self) -> Offer | None:
        """Where the work should go: to the earliest finish, adjusted by this module's constants."""
        best = self.best()
        if best is None:
            return None
        latest = best.finish + max(PREFERENCE_SECONDS, PREFERENCE_PART * best.finish)
        favourite = self._last_idle(self._favourites, latest)
        if favourite is not None:
            return self._offer(favourite)
        if best.begins:
            return best
        idle = self._last_idle(self._idle)
        if idle is not None and self._finish(idle) > best.finish * (1 + GATE_TOLERANCE):
            idle = self._last_idle(self._unproven)
        return self._offer(idle) if idle is not None else best

    def idle_by(self, latest: float, *, not_on: NodeId) -> Offer | None:
        """The idle seat of another node that finishes it first, no later than ``latest``."""
        self._last_idle(self._idle)
        idle = (index for index in reversed(self._idle) if self._may_start(index) and not self._is_on(index, not_on))
        first = next(idle, None)
        return self._offer(first) if first is not None and self._finish(first) <= latest else None

    def open_by(self, latest: float) -> Offer | None:
        """The same among all nodes that can get something now, to start or to wait after a run."""
        while self._open and not self._seats[self._open[-1]].open:
            self._open.pop()
        still = (index for index in reversed(self._open) if self._seats[index].open)
        first = next(still, None)
        return self._offer(first) if first is not None and self._finish(first) <= latest else None

    def on(self, node_id: NodeId) -> Offer | None:
        """This node's best offer; None when it cannot do the work."""
        there = (index for index in range(len(self._seats)) if self._is_on(index, node_id))
        index = min(there, key=self._finish, default=None)
        return None if index is None else self._offer(index)

    def _by_tier(self, work: Work, overflow_threshold: int) -> list[int]:
        """Idle nodes of the tiers that suit the work, the best last; loaded and degraded ones are left out."""
        sign = 1 if work.spec.task_type.prefers_high_tier else -1
        favourites = [
            index
            for index in self._idle
            if _excess(self._seats[index].node) < overflow_threshold and self._seats[index].factor == 1.0
        ]
        favourites.sort(key=lambda index: sign * self._seats[index].node.config.tier.rank)
        return favourites

    def _may_start(self, index: int) -> bool:
        return self._seats[index].idle

    def _is_on(self, index: int, node_id: NodeId) -> bool:
        return self._seats[index].node.id == node_id

    def _last_idle(self, indices: list[int], latest: float = inf) -> int | None:
        """The last of these that is still idle and done in time; nodes given away meanwhile are removed from the
        list."""
        while indices and not self._seats[indices[-1]].idle:
            indices.pop()
        return next(
            (index for index in reversed(indices) if self._seats[index].idle and self._finish(index) <= latest),
            None,
        )

    def _finish(self, index: int) -> float:
        seat, timing = self._seats[index], self._timings[index]
        load = timing.load if seat.resident != self._checkpoint else 0.0
        return seat.finish(load + timing.seconds * seat.factor)

    def _offer(self, index: int) -> Offer:
        return self._offer_of(self._seats[index], self._timings[index])

    def _offer_of(self, seat: Seat, timing: Timing) -> Offer:
        loads = timing.load > 0 and seat.resident != self._checkpoint
        seconds = timing.seconds * seat.factor
        finish = seat.finish((timing.load if loads else 0.0) + seconds)
        return Offer(finish, seconds, loads, timing.confident, seat)


def _excess(node: NodeView) -> int:
    """Prompts on the node as one with a single slot would count them: those on its other slots are left out."""
    return node.queue_length - (node.slots - 1)
