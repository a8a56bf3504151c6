"""What each kind of work costs on each node, kept from plan to plan and renewed where something was learnt."""

from collections.abc import Sequence
from dataclasses import dataclass

from vibes.domain.ids import NodeId
from vibes.domain.node import NodeConfig, NodeInventory
from vibes.scheduling.eligibility import suited
from vibes.scheduling.estimator import Estimator
from vibes.scheduling.snapshot import NodeView, Work

REMEMBERED_KINDS = 64


@dataclass(frozen=True, slots=True)
class Price:
    """Seconds of one attempt on a warm node, and the seconds more when its checkpoint is not loaded."""

    seconds: float
    load: float
    confident: bool
    """Whether the node has proven it."""


_Entry = tuple[NodeConfig, NodeInventory | None, int, Price | None]


class PriceBook:
    """Only a memory of `Estimator` and eligibility: with an empty book the answers are the same, just slower."""

    def __init__(self, estimator: Estimator) -> None:
        self._estimator = estimator
        self._kinds: dict[str, dict[NodeId, _Entry]] = {}

    def of(self, work: Work, nodes: Sequence[NodeView]) -> list[Price | None]:
        """One price a node; None where the node can never do the work."""
        entries = self._kinds.get(work.kind)
        if entries is None:
            if len(self._kinds) >= REMEMBERED_KINDS:
                del self._kinds[next(iter(self._kinds))]
            entries = self._kinds[work.kind] = {}
        revisions = self._estimator.revisions
        prices = []
        for node in nodes:
            config, inventory = node.config, node.inventory
            entry = entries.get(config.id)
            revision = revisions.get(config.id, 0)
            if entry is None or entry[0] is not config or entry[1] is not inventory or entry[2] != revision:
                entry = entries[config.id] = (config, inventory, revision, self._price(node, work))
            prices.append(entry[3])
        return prices

    def _price(self, node: NodeView, work: Work) -> Price | None:
        if not suited(node, work):
            return None
        estimator = self._estimator
        return Price(
            estimator.overhead_seconds(node.id) + estimator.seconds(node, work),
            estimator.load_seconds(node, work),
            estimator.confident(node, work),
        )
