"""The decision: which free node takes which queued generation. Pure, so that it can be replayed.

Pull dispatch: each free, able node takes the next due generation. A batch fills the fastest free nodes first; a
single generation goes to the tier that suits it (the seed's rule: quality work high, drafts low, so that the best
card stays free). ``preferred_gpu`` is waited for while it is healthy and able.
"""

from dataclasses import dataclass

from vibes.domain.ids import GenerationId, NodeId
from vibes.domain.node import NodeState
from vibes.scheduling.eligibility import candidates
from vibes.scheduling.estimator import Estimator
from vibes.scheduling.snapshot import NodeView, Snapshot, Work


@dataclass(frozen=True, slots=True)
class Assign:
    """Start this generation on this node now."""

    generation_id: GenerationId
    node_id: NodeId


Decision = Assign


def plan(snapshot: Snapshot, estimator: Estimator) -> tuple[Decision, ...]:
    """Decide for every free node; the order of the decisions is the order in which the work was due."""
    free = {node.id for node in snapshot.nodes if node.free}
    decisions: list[Decision] = []
    for work in snapshot.ready:
        if not free:
            break
        takers = [node for node in candidates(snapshot.nodes, work) if node.id in free]
        if takers:
            node = min(takers, key=lambda node: _preference(node, work, estimator))
            free.remove(node.id)
            decisions.append(Assign(work.generation_id, node.id))
    return tuple(decisions)


def _preference(node: NodeView, work: Work, estimator: Estimator) -> tuple[bool, float, str]:
    """Smallest is best: a degraded node last, then by speed or by tier, then by id for a stable answer."""
    degraded = node.state is NodeState.DEGRADED
    if work.batch_total > 1:
        others_first = 1 + node.foreign_queue_length
        return degraded, estimator.seconds(node, work) * others_first, node.id
    high_first = -1 if work.spec.task_type.prefers_high_tier else 1
    return degraded, high_first * node.config.tier.rank, node.id
