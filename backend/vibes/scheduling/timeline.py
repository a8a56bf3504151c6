"""The fleet's near future: when each node is free again, and what it offers to each kind of work."""

from collections.abc import Mapping
from math import isfinite

from vibes.domain.priority import Priority
from vibes.scheduling.eligibility import able, awaited, spared
from vibes.scheduling.estimator import Estimator
from vibes.scheduling.offers import DEEP, Offer, Offers, Seat, Timed, seats_of
from vibes.scheduling.snapshot import Snapshot, Work
from vibes.scheduling.spending.allowance import Allowance
from vibes.scheduling.spending.paid_offers import PaidOffers, Reserve, is_reserved, reserve
from vibes.scheduling.timing_book import Timing, TimingBook


class Timeline:
    """Seats and offers of one plan; `give` advances the time of one seat."""

    def __init__(
        self, snapshot: Snapshot, estimator: Estimator, timings: TimingBook, counts: Mapping[str, int]
    ) -> None:
        """``counts``: waiting works by kind, when a deep queue may be treated as a fluid; else empty."""
        self._timings = timings
        self._counts = counts
        self._overflow_threshold = snapshot.overflow_threshold
        self._fleet = snapshot.nodes
        self.seats = [seat for node in snapshot.nodes for seat in seats_of(node, estimator)]
        self._usable = [seat for seat in self.seats if awaited(seat.node)]
        self._nodes = [seat.node for seat in self._usable]
        """The node of each usable seat."""
        self._leaving = any(node.away for node in self._nodes)
        self._reserved = frozenset(node.id for node in snapshot.nodes if is_reserved(node))
        self._allowance = Allowance(snapshot.held)
        timings.renew(self._nodes)
        self._offers: dict[str, Offers] = {}

    def offers(self, work: Work) -> Offers:
        """Offers of all nodes that can do it; only of the preferred one while it is able."""
        known = self._offers.get(work.kind)
        if known is None:
            timings = self._timings.of(work, self._nodes)
            not_these = spared(self._fleet, work)
            if not_these or not all(timings):
                pairs = zip(self._usable, timings, strict=True)
                timed = Timed.of((seat, each) for seat, each in pairs if each and seat.node.id not in not_these)
            else:
                timed = Timed(self._usable, [each for each in timings if each])
            if self._leaving:
                timed = Timed.of(pair for pair in timed.pairs if _fits(*pair))
            known = self._offers[work.kind] = self._offers_of(work, timed)
        return known

    def _offers_of(self, work: Work, timed: Timed) -> Offers:
        wish = work.spec.preferred_node
        reserves: list[Reserve] = []
        if self._reserved:
            reserves = [
                reserve(*each, wished=each[0].node.id == wish) for each in timed.pairs if self._is_reserved(each[0])
            ]
            reserves = [each for each in reserves if self._allowance.allows(each.seat.node, work, each.cost)]
            timed = timed.only(lambda seat: not self._is_reserved(seat))
        if wish is not None and any(seat.grants(wish) for seat in timed.seats):
            timed, reserves = timed.only(lambda seat: seat.grants(wish)), []
        elif wish is not None and any(each.seat.grants(wish) for each in reserves):
            timed, reserves = Timed((), ()), [each for each in reserves if each.seat.grants(wish)]
        if reserves:
            return PaidOffers(work, timed, reserves, self._fleet, self._allowance, self._overflow_threshold)
        # more than ``DEEP`` for each node that can do it
        deep = self._counts.get(work.kind, 0) > DEEP * len(timed) > 0
        if deep and work.priority is not Priority.INTERACTIVE:
            timed = self._helpers(work, timed)
        return Offers(work, timed, self._overflow_threshold)

    def _is_reserved(self, seat: Seat) -> bool:
        return seat.node.id in self._reserved

    def could_take(self, seat: Seat, work: Work) -> bool:
        """Whether the seat may get this work now, or as soon as it is free."""
        cost = seat.node.cost
        may_spend = cost is None or self._allowance.allows(seat.node, work, cost.least)
        return able(seat.node, work) and may_spend

    def _helpers(self, work: Work, timed: Timed) -> Timed:
        """The open nodes alone, when each finishes one before the whole kind, spread over the fleet like a fluid, is
        done.

        Each of these helps whatever the others do, so it need not be planned now where the rest goes. When one of them
        is too slow for that, or must load first, all nodes are considered.
        """
        vacant = Timed.of((seat, timing) for seat, timing in timed.pairs if seat.open and _in_time(seat, timing))
        level = self._counts[work.kind] / timed.rate
        for seat, timing in vacant.pairs:
            loads = timing.load > 0 and seat.resident != work.spec.checkpoint
            if loads or seat.free_at + timing.seconds * seat.factor > level:
                return timed
        return vacant if len(vacant) else timed

    def give(self, work: Work, offer: Offer) -> None:
        seat = offer.seat
        seat.take(offer.finish, work.spec.checkpoint)
        if offer.cost:
            self._allowance.take(seat.node, work, offer.cost)


def _fits(seat: Seat, timing: Timing) -> bool:
    """Whether its owner ever lends the machine for as long as the work takes."""
    return not seat.away or isfinite(seat.finish(timing.load + timing.seconds * seat.factor))


def _in_time(seat: Seat, timing: Timing) -> bool:
    """Whether it surely ends before the owner has the machine."""
    return not seat.away or seat.in_time(seat.free_at + timing.load + timing.seconds * seat.factor)
