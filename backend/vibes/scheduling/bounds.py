"""How soon work can be done: predicted finish times, and the bound that no schedule can beat."""

import heapq
from collections.abc import Sequence

from vibes.domain.ids import GenerationId
from vibes.scheduling.eligibility import candidates
from vibes.scheduling.estimator import Estimator
from vibes.scheduling.snapshot import Snapshot

FETCH_SECONDS = 0.1
"""For an image that is on its way: download, check and write."""


def lower_bound_seconds(count: int, seconds_each: Sequence[float], busy: Sequence[float]) -> float | None:
    """T* = min T such that Σ floor((T - busy_i) / p_i) ≥ count, for equal jobs on unequal nodes.

    ``seconds_each[i]`` is node i's time for one job, ``busy[i]`` the seconds until it is free. The ``count`` smallest
    finish events of all nodes are the optimal schedule (scheduling research §1.1). None when there is no node.
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


def predicted_finishes(snapshot: Snapshot, estimator: Estimator) -> dict[GenerationId, float]:
    """Seconds from now until each open generation is done, if nothing goes wrong.

    Work that no node can take at present has no entry: an honest answer is then "unknown".
    """
    free_at = {node.id: max(node.active.values(), default=0.0) for node in snapshot.nodes}
    finishes = {generation_id: seconds for node in snapshot.nodes for generation_id, seconds in node.active.items()}
    for node in snapshot.nodes:
        finishes |= dict.fromkeys(node.fetching, FETCH_SECONDS)
    for work in snapshot.ready:
        offers = [
            (free_at[node.id] + estimator.seconds(node, work), node.id) for node in candidates(snapshot.nodes, work)
        ]
        if offers:
            finish, node_id = min(offers)
            free_at[node_id] = finish
            finishes[work.generation_id] = finish
    return finishes
