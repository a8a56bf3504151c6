"""The fleet's near future: when each node is free again, and where a piece of work would finish first."""

from collections.abc import Iterable
from dataclasses import dataclass
from heapq import heapify, heapreplace

from vibes.domain.ids import NodeId
from vibes.domain.node import NodeState
from vibes.scheduling.eligibility import able
from vibes.scheduling.estimator import Estimator
from vibes.scheduling.snapshot import NodeView, Snapshot, Work

GATE_TOLERANCE = 0.02
"""A free node is not kept waiting for one that would be sooner by less than this part."""

DEGRADED_FACTOR = 2.0
"""A node that answers slowly is taken for half as fast: its finish is in doubt."""

RESTING_SECONDS = 10.0
"""What the rest of a node that just lost work is taken for; its true length depends on how often it lost."""

PREFERENCE_SECONDS, PREFERENCE_PART = 1.0, 0.5
"""A preference for a tier makes a picture later by at most the larger of the two."""


class Seat:
    """A node in planned time: when it is free and what is loaded then. Seconds from now, as all times here."""

    __slots__ = ("free_at", "idle", "node", "resident")

    def __init__(self, node: NodeView, estimator: Estimator) -> None:
        self.node = node
        rest = RESTING_SECONDS if node.resting else 0.0
        self.free_at = sum(node.active.values()) + estimator.foreign_seconds(node) + rest
        self.resident = node.resident_checkpoint
        self.idle = node.free
        """Whether it can be given something now, by this very plan."""


@dataclass(frozen=True, slots=True)
class Offer:
    """What it would mean to do the work on this seat next."""

    finish: float
    loads: bool
    seat: Seat


@dataclass(frozen=True, slots=True)
class _Price:
    """One kind of work on one node: seconds warm, and seconds more when its checkpoint is not loaded."""

    seat: Seat
    seconds: float
    load: float
    confident: bool


class Offers:
    """Every able node's offer for one kind of work.

    Finish times only grow while a plan gives work out, so an outdated entry of the heap is found and corrected when it
    comes to the top, and finding the earliest costs the logarithm of the fleet.
    """

    def __init__(self, work: Work, seats: Iterable[Seat], estimator: Estimator, overflow_threshold: int) -> None:
        self._checkpoint = work.spec.checkpoint
        self._prices = [_price(seat, work, estimator) for seat in seats]
        self._heap = [(self._finish(price), index) for index, price in enumerate(self._prices)]
        heapify(self._heap)
        idle = sorted((self._finish(price), index) for index, price in enumerate(self._prices) if price.seat.idle)
        self._idle = [self._prices[index] for _, index in reversed(idle)]
        self._unproven = [price for price in self._idle if not price.confident]
        self._single = work.batch_total == 1
        self._favourites = self._by_tier(work, overflow_threshold) if self._single else []

    @property
    def rate(self) -> float:
        """Works of this kind a second that all able nodes do together, once warm."""
        return sum(1.0 / price.seconds for price in self._prices)

    def best(self) -> Offer | None:
        """Where the work finishes first; None when no node can take it at present."""
        while self._heap:
            finish, index = self._heap[0]
            price = self._prices[index]
            current = self._finish(price)
            if current <= finish:
                return self._offer(price)
            heapreplace(self._heap, (current, index))
        return None

    def choice(self) -> Offer | None:
        """Where the work should go: the earliest finish, bent by what the module's constants allow."""
        best = self.best()
        if best is None:
            return None
        latest = best.finish + max(PREFERENCE_SECONDS, PREFERENCE_PART * best.finish)
        favourite = self._next_idle(self._favourites, latest)
        if favourite is not None:
            return self._offer(favourite)
        if best.seat.idle:
            return best
        idle = self._next_idle(self._idle, best.finish * (1 + GATE_TOLERANCE)) or self._next_idle(self._unproven)
        return self._offer(idle) if idle is not None else best

    def idle_by(self, latest: float) -> Offer | None:
        """The idle node that finishes this first, if that is no later than ``latest``."""
        price = self._next_idle(self._idle, latest)
        return self._offer(price) if price is not None else None

    def _by_tier(self, work: Work, overflow_threshold: int) -> list[_Price]:
        """Idle nodes by the tier that suits the work, best last; the loaded and the degraded are no favourites."""
        sign = -1 if work.spec.task_type.prefers_high_tier else 1
        favourites = [
            price
            for price in self._idle
            if price.seat.node.queue_length < overflow_threshold and price.seat.node.state is not NodeState.DEGRADED
        ]
        favourites.sort(key=lambda price: sign * price.seat.node.config.tier.rank)
        favourites.reverse()
        return favourites

    def _next_idle(self, prices: list[_Price], latest: float = float("inf")) -> _Price | None:
        while prices and not prices[-1].seat.idle:
            prices.pop()
        for price in reversed(prices):
            if price.seat.idle and self._finish(price) <= latest:
                return price
            if prices is self._idle:
                return None  # sorted by finish: the others are later still
        return None

    def _finish(self, price: _Price) -> float:
        seat = price.seat
        load = price.load if seat.resident != self._checkpoint else 0.0
        return seat.free_at + load + price.seconds

    def _offer(self, price: _Price) -> Offer:
        loads = price.load > 0 and price.seat.resident != self._checkpoint
        return Offer(self._finish(price), loads, price.seat)


def _price(seat: Seat, work: Work, estimator: Estimator) -> _Price:
    node = seat.node
    factor = DEGRADED_FACTOR if node.state is NodeState.DEGRADED else 1.0
    return _Price(
        seat,
        (estimator.overhead_seconds(node.id) + estimator.seconds(node, work)) * factor,
        estimator.load_seconds(node, work),
        estimator.confident(node, work),
    )


class Timeline:
    """Seats and offers of one plan; `give` moves time forward on one seat."""

    def __init__(self, snapshot: Snapshot, estimator: Estimator) -> None:
        self._estimator = estimator
        self._overflow_threshold = snapshot.overflow_threshold
        self.seats = [Seat(node, estimator) for node in snapshot.nodes]
        self._offers: dict[str, Offers] = {}

    def offers(self, work: Work) -> Offers:
        known = self._offers.get(work.kind)
        if known is None:
            seats = _wished(work, [seat for seat in self.seats if able(seat.node, work)])
            known = self._offers[work.kind] = Offers(work, seats, self._estimator, self._overflow_threshold)
        return known

    def give(self, work: Work, offer: Offer) -> None:
        seat = offer.seat
        seat.free_at = offer.finish
        seat.resident = work.spec.checkpoint or seat.resident
        seat.idle = False


def _wished(work: Work, seats: list[Seat]) -> list[Seat]:
    """Only the preferred node while that is able."""
    wish: NodeId | None = work.spec.preferred_gpu
    if wish is None:
        return seats
    return [seat for seat in seats if seat.node.id == wish] or seats
