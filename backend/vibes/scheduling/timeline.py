"""The fleet's near future: when each node is free again, and where a piece of work would finish first."""

from collections.abc import Mapping
from dataclasses import dataclass
from heapq import heapify, heapreplace
from math import inf

from vibes.domain.ids import NodeId
from vibes.domain.node import NodeState
from vibes.domain.priority import Priority
from vibes.scheduling.eligibility import spared, usable
from vibes.scheduling.estimator import Estimator
from vibes.scheduling.price_book import Price, PriceBook
from vibes.scheduling.snapshot import NodeView, Snapshot, Work

GATE_TOLERANCE = 0.02
"""A free node is not kept waiting for one that would be sooner by less than this part."""

DOUBTFUL_FACTOR = 2.0
"""A node that answers slowly or is on trial is taken for half as fast: its finish is in doubt."""

PREFERENCE_SECONDS, PREFERENCE_PART = 1.0, 0.5
"""A preference for a tier makes a picture later by at most the larger of the two."""

PREFETCH_SECONDS = 1.0
"""A prompt is sent to a busy node when its run is over in so many seconds plus two ways there, not earlier: until then
it can still go to whichever node is best."""

DEEP = 1
"""Works of a kind waiting for each node, from which on only idle nodes are weighed for it."""


class Seat:
    """A node in planned time: when it is free and what is loaded then. Seconds from now, as all times here."""

    __slots__ = ("can_prefetch", "factor", "free_at", "idle", "node", "resident")

    def __init__(self, node: NodeView, estimator: Estimator) -> None:
        self.node = node
        self.free_at = sum(node.active.values())
        if node.foreign_queue_length:
            self.free_at += estimator.foreign_seconds(node)
        self.free_at += node.paused_for
        self.resident = node.resident_checkpoint
        self.factor = DOUBTFUL_FACTOR if node.state is NodeState.DEGRADED or node.on_trial else 1.0
        self.idle = node.free
        """Whether it can be given something to start now, by this very plan."""
        ahead = PREFETCH_SECONDS + 2 * estimator.overhead_seconds(node.id)
        self.can_prefetch = node.can_prefetch and self.free_at <= ahead
        """Whether something may be queued now behind its run, which is about to end."""

    @property
    def open(self) -> bool:
        return self.idle or self.can_prefetch

    def grants(self, wish: NodeId) -> bool:
        """One that is left alone because it keeps failing does not; one that is only asked what it lost does."""
        return self.node.id == wish and not (self.node.on_trial and self.node.paused_for)

    def close(self) -> None:
        """The plan has said what comes next here."""
        self.idle = self.can_prefetch = False


@dataclass(frozen=True, slots=True)
class Offer:
    """What it would mean to do the work on this seat next."""

    finish: float
    seconds: float
    """Of the run alone, on a warm node."""
    loads: bool
    proven: bool
    """Whether the node's speed for it is known."""
    seat: Seat

    @property
    def prefetches(self) -> bool:
        """Whether it may wait on the node now. Only where the checkpoint is loaded: beside a load, the way that is
        saved is nothing, and the choice is worth more."""
        return self.seat.can_prefetch and self.proven and not self.loads


class Offers:
    """Every able node's offer for one kind of work.

    Finish times only grow while a plan gives work out, so an outdated entry of the heap is found and corrected when it
    comes to the top, and finding the earliest costs the logarithm of the fleet.
    """

    def __init__(self, work: Work, priced: list[tuple[Seat, Price]], overflow_threshold: int) -> None:
        self._checkpoint = checkpoint = work.spec.checkpoint
        self._priced = priced
        self._heap = [
            (
                seat.free_at + price.seconds * seat.factor + (price.load if seat.resident != checkpoint else 0.0),
                index,
            )
            for index, (seat, price) in enumerate(priced)
        ]
        vacant = sorted((entry for entry in self._heap if priced[entry[1]][0].open), reverse=True)
        heapify(self._heap)
        self._open = [index for _, index in vacant]
        """Nodes that can be given work now, the earliest finish last."""
        self._idle = [index for index in self._open if priced[index][0].idle]
        self._unproven = [index for index in self._idle if not priced[index][1].confident]
        self._favourites = self._by_tier(work, overflow_threshold) if work.batch_total == 1 else []

    @property
    def rate(self) -> float:
        """Works of this kind a second that all able nodes do together, once warm."""
        return sum(1.0 / (price.seconds * seat.factor) for seat, price in self._priced)

    def best(self) -> Offer | None:
        """Where the work finishes first; None when no node can take it at present."""
        while self._heap:
            finish, index = self._heap[0]
            current = self._finish(index)
            if current <= finish:
                return self._offer(index)
            heapreplace(self._heap, (current, index))
        return None

    def choice(self) -> Offer | None:
        """Where the work should go: the earliest finish, bent by what the module's constants allow."""
        best = self.best()
        if best is None:
            return None
        latest = best.finish + max(PREFERENCE_SECONDS, PREFERENCE_PART * best.finish)
        favourite = self._last_idle(self._favourites, latest)
        if favourite is not None:
            return self._offer(favourite)
        if best.seat.idle:
            return best
        idle = self._last_idle(self._idle)
        if idle is not None and self._finish(idle) > best.finish * (1 + GATE_TOLERANCE):
            idle = self._last_idle(self._unproven)
        return self._offer(idle) if idle is not None else best

    def idle_by(self, latest: float) -> Offer | None:
        """The idle node that finishes this first, if that is no later than ``latest``."""
        idle = self._last_idle(self._idle)
        return self._offer(idle) if idle is not None and self._finish(idle) <= latest else None

    def open_by(self, latest: float) -> Offer | None:
        """The same among all nodes that can be given something now, to start or to wait behind a run."""
        while self._open and not self._priced[self._open[-1]][0].open:
            self._open.pop()
        still = (index for index in reversed(self._open) if self._priced[index][0].open)
        first = next(still, None)
        return self._offer(first) if first is not None and self._finish(first) <= latest else None

    def on(self, node_id: NodeId) -> Offer | None:
        """This node's offer; None when it cannot do it."""
        index = next((index for index, (seat, _) in enumerate(self._priced) if seat.node.id == node_id), None)
        return None if index is None else self._offer(index)

    def _by_tier(self, work: Work, overflow_threshold: int) -> list[int]:
        """Idle nodes by the tier that suits the work, the best last; the loaded and the degraded are no favourites."""
        sign = 1 if work.spec.task_type.prefers_high_tier else -1
        favourites = [
            index
            for index in self._idle
            if self._priced[index][0].node.queue_length < overflow_threshold and self._priced[index][0].factor == 1.0
        ]
        favourites.sort(key=lambda index: sign * self._priced[index][0].node.config.tier.rank)
        return favourites

    def _last_idle(self, indices: list[int], latest: float = inf) -> int | None:
        """The last of these that is still idle and done in time; those given away meanwhile leave the list."""
        while indices and not self._priced[indices[-1]][0].idle:
            indices.pop()
        return next(
            (index for index in reversed(indices) if self._priced[index][0].idle and self._finish(index) <= latest),
            None,
        )

    def _finish(self, index: int) -> float:
        seat, price = self._priced[index]
        load = price.load if seat.resident != self._checkpoint else 0.0
        return seat.free_at + load + price.seconds * seat.factor

    def _offer(self, index: int) -> Offer:
        seat, price = self._priced[index]
        loads = price.load > 0 and seat.resident != self._checkpoint
        return Offer(self._finish(index), price.seconds * seat.factor, loads, price.confident, seat)


class Timeline:
    """Seats and offers of one plan; `give` moves time forward on one seat."""

    def __init__(self, snapshot: Snapshot, estimator: Estimator, prices: PriceBook, counts: Mapping[str, int]) -> None:
        """``counts``: waiting works by kind, where a deep queue may be taken for a fluid; else empty."""
        self._prices = prices
        self._counts = counts
        self._overflow_threshold = snapshot.overflow_threshold
        self._fleet = snapshot.nodes
        self.seats = [Seat(node, estimator) for node in snapshot.nodes]
        self._usable = [seat for seat in self.seats if usable(seat.node)]
        self._nodes = [seat.node for seat in self._usable]
        prices.renew(self._nodes)
        self._offers: dict[str, Offers] = {}

    def offers(self, work: Work) -> Offers:
        """Of all nodes that can do it; only of the one asked for while that is able to."""
        known = self._offers.get(work.kind)
        if known is None:
            prices = self._prices.of(work, self._nodes)
            not_these = spared(self._fleet, work)
            priced = [
                (seat, price)
                for seat, price in zip(self._usable, prices, strict=True)
                if price is not None and seat.node.id not in not_these
            ]
            wish = work.spec.preferred_gpu
            if wish is not None:
                priced = [each for each in priced if each[0].grants(wish)] or priced
            deep = self._counts.get(work.kind, 0) > DEEP * len(priced) > 0  # more than there are nodes for it, if any
            if deep and work.priority is not Priority.INTERACTIVE:
                priced = self._helpers(work, priced)
            known = self._offers[work.kind] = Offers(work, priced, self._overflow_threshold)
        return known

    def _helpers(self, work: Work, priced: list[tuple[Seat, Price]]) -> list[tuple[Seat, Price]]:
        """The open nodes alone, when each is done before the whole kind could be, spread over the fleet like water.

        Each of these helps whatever the others do, so where the rest goes later need not be thought through now. Is one
        of them too slow for that, or has to load first, all nodes are weighed.
        """
        vacant = [(seat, price) for seat, price in priced if seat.open]
        level = self._counts[work.kind] / sum(1.0 / (price.seconds * seat.factor) for seat, price in priced)
        for seat, price in vacant:
            loads = price.load > 0 and seat.resident != work.spec.checkpoint
            if loads or seat.free_at + price.seconds * seat.factor > level:
                return priced
        return vacant or priced

    def give(self, work: Work, offer: Offer) -> None:
        seat = offer.seat
        seat.free_at = offer.finish
        seat.resident = work.spec.checkpoint or seat.resident
        seat.close()
