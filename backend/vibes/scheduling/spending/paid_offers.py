"""Offers for work that may also go where it costs money, or where only work goes that would otherwise be late.

Time is weighed against money only within what was allowed: of two nodes the one that finishes first gets the work, of
two that finish at the same time the cheaper one. Preferences of a tier, second attempts, and taking work back from
another node never spend money.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from math import inf

from vibes.domain.cost import Use
from vibes.domain.money import NOTHING, MicroUsd
from vibes.domain.nodes.node import NodeState
from vibes.scheduling.eligibility import suited
from vibes.scheduling.offers import GATE_TOLERANCE, Offer, Offers, Seat, Timed
from vibes.scheduling.snapshot import NodeView, Work
from vibes.scheduling.spending.allowance import Allowance
from vibes.scheduling.timing_book import Timing


@dataclass(frozen=True, slots=True)
class Reserve:
    """A seat that is not simply used: it costs money, or is kept for an overflow."""

    seat: Seat
    timing: Timing
    cost: MicroUsd
    """What is set aside for one work there."""
    after_seconds: float
    """How late the nodes that are always used must be; 0 where it is used whenever that was allowed."""


def is_reserved(node: NodeView) -> bool:
    return node.config.use is Use.OVERFLOW or node.costs


def reserve(seat: Seat, timing: Timing, *, wished: bool) -> Reserve:
    """``wished``: a person asks for this node by name, who need not wait until others are late."""
    node = seat.node
    cost = NOTHING if node.cost is None else node.cost.at_most(timing.seconds * seat.factor + timing.load)
    late = node.config.overflow_after_seconds if node.use is Use.OVERFLOW and not wished else 0.0
    return Reserve(seat, timing, cost, late)


class PaidOffers(Offers):
    def __init__(
        self,
        work: Work,
        timed: Timed,
        reserves: Sequence[Reserve],
        fleet: Sequence[NodeView],
        allowance: Allowance,
        overflow_threshold: int,
    ) -> None:
        """``timed``: the seats that are always used."""
        super().__init__(work, timed, overflow_threshold)
        self._work = work
        self._allowance = allowance
        self._reserves = reserves
        self._more_to_come = any(
            node.state is NodeState.STARTING and not is_reserved(node) and suited(node, work) for node in fleet
        )
        """Whether a node that is always used was not asked yet: nobody knows how late the work would be."""

    @property
    def rate(self) -> float:
        if len(self._timed):
            return super().rate
        return sum(1.0 / (each.timing.seconds * each.seat.factor) for each in self._reserves)

    def best(self) -> Offer | None:
        usual = super().best()
        latest = inf if usual is None else usual.finish
        rival = _first(self._open_to(latest))
        return usual if rival is None or rival.finish * (1 + GATE_TOLERANCE) >= latest else rival

    def open_by(self, latest: float) -> Offer | None:
        found = super().open_by(latest)
        if found is not None:
            return found
        return _first(offer for offer in self._open_to(latest) if offer.seat.open and offer.finish <= latest)

    def _open_to(self, usual: float) -> Iterator[Offer]:
        """What the reserves offer to work that all others would finish after ``usual`` seconds."""
        for each in self._reserves:
            if each.after_seconds and (usual <= each.after_seconds or self._more_to_come):
                continue
            offer = self._offer_of(each.seat, each.timing)
            if offer.finish < inf and self._allowance.allows(each.seat.node, self._work, each.cost):
                yield replace(offer, cost=each.cost)


def _first(offers: Iterator[Offer]) -> Offer | None:
    """The cheapest of those that finish first, or nearly so."""
    found = list(offers)
    if not found:
        return None
    soon = min(offer.finish for offer in found) * (1 + GATE_TOLERANCE)
    return min((offer for offer in found if offer.finish <= soon), key=lambda offer: (offer.cost, offer.finish))
