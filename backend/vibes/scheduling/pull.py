"""The simplest plan, used when the real one fails: each free slot takes the first work that its node can do."""

from itertools import islice

from vibes.scheduling.decisions import Assign
from vibes.scheduling.eligibility import able, kept_for_its_owner, memory_taken
from vibes.scheduling.snapshot import NodeView, Snapshot, Work

LOOKED_AT = 10_000
"""Most waiting works that are considered, from the first."""

UNKNOWN_SECONDS = 60.0
"""Assumed seconds of an attempt, without an estimator."""


def pull(snapshot: Snapshot) -> tuple[Assign, ...]:
    """By place, then by class, then by age. Works that cannot even be read are passed over."""
    waiting = sorted(islice(snapshot.ready, LOOKED_AT), key=lambda work: (work.place, work.priority.rank))
    decisions: list[Assign] = []
    for node in (each for each in snapshot.nodes for _ in range(each.free_slots)):
        chosen = None if kept_for_its_owner(node, UNKNOWN_SECONDS) else _first(node, waiting)
        if chosen is not None:
            waiting.remove(chosen)
            decisions.append(Assign(chosen.generation_id, node.id, UNKNOWN_SECONDS))
    return tuple(decisions)


def _first(node: NodeView, waiting: list[Work]) -> Work | None:
    unable: set[str] = set()
    for work in waiting:
        if work.kind in unable:
            continue
        if _able(node, work):
            return work
        unable.add(work.kind)
    return None


def _able(node: NodeView, work: Work) -> bool:
    try:
        if node.costs or memory_taken(node, work):  # what may be spent is only known to a plan
            return False
        return able(node, work)
    except Exception:  # noqa: BLE001 - whatever is wrong with this work or this node, the others go on
        return False
