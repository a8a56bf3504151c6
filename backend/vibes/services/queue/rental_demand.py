"""What there is to do for a node whose machine is rented only while there is work."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import islice

from vibes.domain.cost import Use
from vibes.domain.ids import NodeId
from vibes.domain.money import NOTHING, MicroUsd
from vibes.domain.nodes.inventory import NodeInventory
from vibes.ports.clock import Clock
from vibes.ports.rentals import NO_DEMAND, Demand
from vibes.scheduling.eligibility import able, never_reason
from vibes.scheduling.snapshot import NodeView, Work
from vibes.scheduling.spending.allowance import Allowance
from vibes.services.fleet.supervisor import NodeSupervisor
from vibes.services.queue.board import Board

LOOKED_AT = 1000
"""Places of the queue that are looked at, from its head."""


class RentalDemand:
    """Implements ``DemandSource``."""

    def __init__(self, board: Board, supervisor: NodeSupervisor, clock: Clock) -> None:
        self._board = board
        self._supervisor = supervisor
        self._clock = clock

    def __call__(self, node_id: NodeId, promised: NodeInventory | None) -> Demand:
        watch = self._supervisor.nodes.get(node_id)
        if watch is None:
            return NO_DEMAND
        active = len(self._board.on_node(node_id))
        if watch.drained or self._board.paused_since is not None:
            return Demand(active=active)
        view = self._board.view(watch)
        view = replace(view, inventory=view.inventory or promised)
        waiting = list(self._waiting_for(view))
        held = self._board.held()
        rests = {work.purse: max(work.max_cost - held.purses.get(work.purse, NOTHING), 0) for work in waiting}
        return Demand(waiting=len(waiting), allowed=MicroUsd(sum(rests.values())), active=active)

    def _waiting_for(self, node: NodeView) -> Iterator[Work]:
        """Works of one kind belong to one purse, if they may cost anything."""
        others = [each for each in self._board.nodes() if each.id != node.id]
        allowance = Allowance(self._board.held())
        known: dict[str, bool] = {}
        now = self._clock.now().timestamp()
        for work in islice(self._board.due(), LOOKED_AT):
            if work.kind not in known:
                able_ever = never_reason(node, work) is None
                known[work.kind] = able_ever and allowance.next_refusal(node, work) is None
            if known[work.kind] and not self._waits_for_others(node, work, now, others):
                yield work

    def _waits_for_others(self, node: NodeView, work: Work, now: float, others: list[NodeView]) -> bool:
        """A node for overflow gets what the others have not begun for long, or cannot do at all."""
        if node.config.use is not Use.OVERFLOW:
            return False
        recent = now - work.submitted_at < node.config.overflow_after_seconds
        return recent and any(able(each, work) for each in others)
