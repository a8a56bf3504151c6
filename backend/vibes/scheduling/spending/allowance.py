"""What may still be spent: the money that is held when a plan is made, and what the plan itself gives out."""

from collections import defaultdict
from collections.abc import Iterator

from vibes.domain.ids import NodeId
from vibes.domain.money import MicroUsd, shown_usd
from vibes.domain.reason import Reason, ReasonCode
from vibes.domain.spending import PurseId
from vibes.scheduling.snapshot import Held, NodeView, Work


class Allowance:
    """The limits of batches and nodes, less what counts against them. It only shrinks."""

    def __init__(self, held: Held) -> None:
        self._held = held
        self._purses: defaultdict[PurseId, int] = defaultdict(int)
        self._nodes: defaultdict[NodeId, int] = defaultdict(int)
        self._both: defaultdict[tuple[NodeId, PurseId], int] = defaultdict(int)

    def allows(self, node: NodeView, work: Work, amount: MicroUsd) -> bool:
        return self.refusal(node, work, amount) is None

    def refusal(self, node: NodeView, work: Work, amount: MicroUsd) -> Reason | None:
        """Why this work may not spend so much on this node now; None when it may."""
        exceeded = (words for limit, held, words in self._limits(node, work) if held + amount > limit)
        sentence = next(exceeded, None) if amount else None
        if sentence is None:
            return None
        aside = f": {shown_usd(amount)} is set aside for this one" if node.cost and node.cost.per_hour else ""
        return Reason(ReasonCode.BUDGET, f"costs {node.cost}{aside}, and {sentence}")

    def next_refusal(self, node: NodeView, work: Work) -> Reason | None:
        """The same for the least that one work costs there."""
        return None if node.cost is None else self.refusal(node, work, node.cost.least)

    def take(self, node: NodeView, work: Work, amount: MicroUsd) -> None:
        """The plan gives this work to this node."""
        self._purses[work.purse] += amount
        self._nodes[node.id] += amount
        self._both[node.id, work.purse] += amount

    def _limits(self, node: NodeView, work: Work) -> Iterator[tuple[int, int, str]]:
        """Each limit with what counts against it, and the sentence when that is too much."""
        held, budget, purse = self._held, node.config.budget, work.purse
        of_purse = held.purses.get(purse, 0) + self._purses[purse]
        spent = f"all but {_rest(work.max_cost - of_purse)} of {_all(work.max_cost)} is spent"
        yield work.max_cost, of_purse, spent if of_purse else f"{_all(work.max_cost)} is less"
        if budget.per_batch is not None:
            both = held.on_nodes.get(node.id, {}).get(purse, 0) + self._both[node.id, purse]
            yield budget.per_batch, both, f"a batch may spend {shown_usd(budget.per_batch)} there"
        if budget.daily is not None:
            today = held.today.get(node.id, 0) + self._nodes[node.id]
            yield budget.daily, today, f"its {shown_usd(budget.daily)} of today (UTC) are spent"
        if budget.monthly is not None:
            this_month = held.this_month.get(node.id, 0) + self._nodes[node.id]
            yield budget.monthly, this_month, f"its {shown_usd(budget.monthly)} of this month (UTC) are spent"


def _rest(amount: int) -> str:
    return shown_usd(MicroUsd(max(amount, 0)))


def _all(amount: MicroUsd) -> str:
    return f"the {shown_usd(amount)} that this batch may spend"
