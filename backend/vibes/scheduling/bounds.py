"""The bound that no schedule can beat."""

import heapq
from collections.abc import Collection, Sequence

from vibes.domain.ids import NodeId
from vibes.scheduling.eligibility import candidates
from vibes.scheduling.estimator import Estimator
from vibes.scheduling.slots import free_times
from vibes.scheduling.snapshot import NodeView, Work


def lower_bound_seconds(count: int, seconds_each: Sequence[float], busy: Sequence[float]) -> float | None:
    """T* = min T such that Σ floor((T - busy_i) / p_i) ≥ count, for equal jobs on unequal nodes.

    ``seconds_each[i]`` is slot i's time for one job, ``busy[i]`` the seconds until it is free. The ``count`` smallest
    finish events of all nodes are the optimal schedule: any other one puts a job at a later event.
    None when there is no slot.
    """
    if count <= 0:
        return 0.0
    events = [(free_at + each, each) for each, free_at in zip(seconds_each, busy, strict=True)]
    if not events:
        return None
    heapq.heapify(events)
    finish = 0.0
    for _ in range(count):
        finish, each = events[0]
        heapq.heapreplace(events, (finish + each, each))
    return finish


def batch_lower_bound_seconds(
    nodes: Collection[NodeView], kinds: Sequence[Work], count: int, estimator: Estimator
) -> float | None:
    """T* of ``count`` works, with the whole fleet for them from when it is free; None when no node is able.

    ``kinds``: one work of each kind among them; where there are several, each node is thought to get what it is
    quickest with, which no schedule can beat either. Earlier waiting work is not counted, since its order is not
    certain; running work and necessary loading are.
    """
    quickest: dict[NodeId, tuple[NodeView, float, float]] = {}
    for work in kinds:
        for node in candidates(nodes, work):
            each = estimator.seconds(node, work)
            load = estimator.occupied_seconds(node, work) - estimator.overhead_seconds(node.id) - each
            _, least_each, least_load = quickest.get(node.id, (node, each, load))
            quickest[node.id] = node, min(each, least_each), min(load, least_load)
    seconds_each, busy = [], []
    for node, each, load in quickest.values():
        for free_at in free_times(node, estimator.foreign_seconds(node)):
            seconds_each.append(each)
            busy.append(free_at + load)
    return lower_bound_seconds(count, seconds_each, busy)
