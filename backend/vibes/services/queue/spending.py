"""Money that is held, in memory, so that each plan knows what may still be spent. The ledger decides, this follows."""

import logging
from collections import Counter, defaultdict
from dataclasses import dataclass

from vibes.domain.ids import AttemptId, NodeId
from vibes.domain.money import MicroUsd
from vibes.domain.spending import PurseId, Settled, SpendingState, day_of, month_of
from vibes.ports.clock import Clock
from vibes.ports.ledger import SpendingRepository
from vibes.scheduling.snapshot import NOTHING_HELD, Held
from vibes.services.queue.active_attempt import ActiveAttempt

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Hold:
    node_id: NodeId
    purse: PurseId
    day: str
    amount: MicroUsd


class Spending:
    def __init__(self, ledger: SpendingRepository, clock: Clock) -> None:
        self._ledger = ledger
        self._clock = clock
        self._open: dict[AttemptId, _Hold] = {}
        """Of attempts under way, or about to be."""
        self._unwritten: set[AttemptId] = set()
        """Those of them that the ledger does not know yet."""
        self._purses: Counter[PurseId] = Counter()
        self._on_nodes: defaultdict[NodeId, Counter[PurseId]] = defaultdict(Counter)
        self._days: Counter[tuple[NodeId, str]] = Counter()
        """By node and day, and by node and month."""

    async def recover(self) -> None:
        """At the start: what a killed hub had committed for attempts that are over counts as spent."""
        unclear = await self._ledger.leave_unclear(at=self._clock.now())
        if unclear:
            logger.warning("%d commitments were left by attempts that are over: they count as spent", unclear)
        await self.load()

    async def load(self) -> None:
        """Read the ledger: at the start, and whenever it says something else than is known here."""
        rows = await self._ledger.held()
        unwritten = {each: self._open[each] for each in self._unwritten if each in self._open}
        for counter in (self._purses, self._on_nodes, self._days):
            counter.clear()
        self._open = {}
        for row in rows:
            hold = _Hold(row.node_id, row.purse, row.day, row.amount)
            if row.attempt_id is None:
                self._count(hold, hold.amount)
            else:
                self._begin(row.attempt_id, hold)
        for attempt_id, hold in unwritten.items():
            if attempt_id not in self._open:
                self._begin(attempt_id, hold)

    def begin(self, active: ActiveAttempt) -> None:
        """A plan gave it to a node that costs money, where its money is committed before it is sent."""
        commitment = active.assignment.commitment
        if commitment is not None:
            hold = _Hold(active.node_id, active.work.purse, day_of(self._clock.now()), commitment.amount)
            self._unwritten.add(active.id)
            self._begin(active.id, hold)

    def written(self, attempt_id: AttemptId) -> None:
        """The ledger knows it now."""
        self._unwritten.discard(attempt_id)

    def end(self, attempt_id: AttemptId, settled: Settled) -> None:
        """What became of its money, if it holds any."""
        self._unwritten.discard(attempt_id)
        hold = self._open.pop(attempt_id, None)
        if hold is None:
            return
        if settled.state is SpendingState.RELEASED:
            self._count(hold, -hold.amount)
        elif settled.amount is not None:
            self._count(hold, settled.amount - hold.amount)

    def held(self) -> Held:
        """What counts against limits now."""
        if not self._purses:
            return NOTHING_HELD
        today = day_of(self._clock.now())
        return Held(
            purses=_amounts(self._purses),
            on_nodes={node_id: _amounts(purses) for node_id, purses in self._on_nodes.items()},
            today={node_id: MicroUsd(sum_) for (node_id, day), sum_ in self._days.items() if day == today},
            this_month={
                node_id: MicroUsd(sum_) for (node_id, month), sum_ in self._days.items() if month == month_of(today)
            },
        )

    def of_nodes(self) -> dict[NodeId, tuple[MicroUsd, MicroUsd]]:
        """By node: what was spent there, and what is committed now."""
        committed: Counter[NodeId] = Counter()
        for hold in self._open.values():
            committed[hold.node_id] += hold.amount
        return {
            node_id: (MicroUsd(purses.total() - committed[node_id]), MicroUsd(committed[node_id]))
            for node_id, purses in self._on_nodes.items()
        }

    def of_purse(self, purse: PurseId) -> MicroUsd:
        """What counts against its limit, commitments included."""
        return MicroUsd(self._purses[purse])

    def _begin(self, attempt_id: AttemptId, hold: _Hold) -> None:
        self._open[attempt_id] = hold
        self._count(hold, hold.amount)

    def _count(self, hold: _Hold, amount: int) -> None:
        self._purses[hold.purse] += amount
        self._on_nodes[hold.node_id][hold.purse] += amount
        self._days[hold.node_id, hold.day] += amount
        self._days[hold.node_id, month_of(hold.day)] += amount


def _amounts(sums: Counter[PurseId]) -> dict[PurseId, MicroUsd]:
    return {purse: MicroUsd(amount) for purse, amount in sums.items()}
