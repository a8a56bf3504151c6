"""How long each kind of work takes on each node, kept between plans and renewed where something was learnt."""

from collections.abc import Sequence
from dataclasses import dataclass

from vibes.domain.ids import NodeId
from vibes.domain.nodes.inventory import NodeInventory
from vibes.domain.nodes.node import NodeConfig
from vibes.scheduling.eligibility import suited
from vibes.scheduling.estimator import Estimator
from vibes.scheduling.snapshot import NodeView, Work

REMEMBERED_KINDS, REMEMBERED_TIMINGS = 64, 150_000
"""So many kinds are remembered, and more as long as they have fewer timings together, of 200 bytes each. Those of a
further kind are made anew for each plan, which takes ten times as long."""

LEAST_SECONDS = 1e-3
"""Least seconds of an attempt, however fast its node was measured, since they are divided by."""


@dataclass(frozen=True, slots=True)
class Timing:
    """Seconds of one attempt on a warm node, and the extra seconds when its checkpoint is not loaded."""

    seconds: float
    load: float
    confident: bool
    """Whether the estimate is proven on this node."""


_Stamp = tuple[NodeConfig, NodeInventory | None, int]
"""What a node's timings depend on."""


class TimingBook:
    """Remembers answers of `Estimator` and eligibility; with an empty book they are the same, only slower."""

    def __init__(self, estimator: Estimator) -> None:
        self._estimator = estimator
        self._stamps: dict[NodeId, _Stamp] = {}
        self._kinds: dict[str, dict[NodeId, Timing | None]] = {}
        """The longest unused first."""
        self._used: dict[str, int] = {}
        """By kind: in which plan it was last asked for."""
        self._plans = 0

    def renew(self, nodes: Sequence[NodeView]) -> None:
        """Call once before a plan's questions: forgets the timings of nodes about which something new is known."""
        self._plans += 1
        revisions = self._estimator.revisions
        for node in nodes:
            config = node.config
            stamp = (config, node.inventory, revisions.get(config.id, 0))
            known = self._stamps.get(config.id)
            if known is None or known[0] is not config or known[1] is not stamp[1] or known[2] != stamp[2]:
                self._stamps[config.id] = stamp
                for timings in self._kinds.values():
                    timings.pop(config.id, None)

    def of(self, work: Work, nodes: Sequence[NodeView]) -> list[Timing | None]:
        """One timing a node; None where the node can never do the work."""
        timings = self._remembered(work.kind, len(nodes))
        try:
            return [timings[node.config.id] for node in nodes]
        except KeyError:
            for node in nodes:
                if node.config.id not in timings:
                    timings[node.config.id] = self._timing(node, work)
            return [timings[node.config.id] for node in nodes]

    def _remembered(self, kind: str, nodes: int) -> dict[NodeId, Timing | None]:
        """What is known of a kind; to be filled in. Where all that is remembered is of use, nothing is forgotten for
        one more: a plan that goes through too many kinds would forget each before it comes to it again."""
        known = self._kinds.pop(kind, None)
        if known is None:
            if len(self._kinds) >= max(REMEMBERED_KINDS, REMEMBERED_TIMINGS // max(nodes, 1)):
                longest_unused = next(iter(self._kinds))
                if self._used[longest_unused] >= self._plans - 1:
                    return {}
                del self._kinds[longest_unused], self._used[longest_unused]
            known = {}
        self._kinds[kind] = known
        self._used[kind] = self._plans
        return known

    def _timing(self, node: NodeView, work: Work) -> Timing | None:
        if not suited(node, work):
            return None
        estimator = self._estimator
        return Timing(
            max(estimator.overhead_seconds(node.id) + estimator.seconds(node, work), LEAST_SECONDS),
            estimator.load_seconds(node, work),
            estimator.confident(node.id, work),
        )
