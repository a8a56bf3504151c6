"""The bound that no schedule can beat."""

import heapq
from collections.abc import Collection, Sequence
from math import inf, isfinite

from vibes.domain.ids import NodeId
from vibes.scheduling.eligibility import candidates
from vibes.scheduling.estimator import Estimator
from vibes.scheduling.slots import free_times
from vibes.scheduling.snapshot import Away, NodeView, Work


def lower_bound_seconds(
    count: int, seconds_each: Sequence[float], busy: Sequence[float], away: Sequence[Sequence[Away]] | None = None
) -> float | None:
    """T* = min T such that Σ floor((T - busy_i) / p_i) ≥ count, for equal jobs on unequal nodes.

    ``seconds_each[i]`` is slot i's time for one job, ``busy[i]`` the seconds until it is free. The ``count`` smallest
    finish events of all nodes are the optimal schedule: any other one puts a job at a later event. ``away[i]``: when
    the slot's owner has the machine, so that no job may run into it. None when there is no slot, or none for long
    enough.
    """
    if count <= 0:
        return 0.0
    times_away = away or [()] * len(busy)
    events = [
        (_end(free_at, each, absent), index)
        for index, (free_at, each, absent) in enumerate(zip(busy, seconds_each, times_away, strict=True))
    ]
    heapq.heapify(events)
    finish = 0.0
    for _ in range(count):
        if not events:
            return None
        finish, index = events[0]
        heapq.heapreplace(events, (_end(finish, seconds_each[index], times_away[index]), index))
    return finish if isfinite(finish) else None


def _end(begin: float, seconds: float, away: Sequence[Away]) -> float:
    """When a job ends that may begin then; infinite where it never fits."""
    for absent in away:
        if begin + seconds <= absent.begin:
            break
        begin = inf if absent.end is None else max(begin, absent.end)
    return begin + seconds


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
    seconds_each, busy, away = [], [], []
    for node, each, load in quickest.values():
        for free_at in free_times(node, estimator.foreign_seconds(node)):
            seconds_each.append(each)
            busy.append(free_at + load)
            away.append(node.away)
    return lower_bound_seconds(count, seconds_each, busy, away)
