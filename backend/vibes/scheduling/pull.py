"""The plainest plan there is, for when the real one cannot be made: each free node takes the first work it can do."""

from itertools import islice

from vibes.scheduling.decisions import Assign
from vibes.scheduling.eligibility import able
from vibes.scheduling.snapshot import NodeView, Snapshot, Work

LOOKED_AT = 10_000
"""Waiting works that are looked at, the first ones."""

UNKNOWN_SECONDS = 60.0
"""What an attempt is thought to take when nobody is asked."""


def pull(snapshot: Snapshot) -> tuple[Assign, ...]:
    """By place, then by class, then by age. Whatever cannot even be looked at is passed over."""
    waiting = sorted(islice(snapshot.ready, LOOKED_AT), key=lambda work: (work.place, work.priority.rank))
    decisions: list[Assign] = []
    for node in snapshot.nodes:
        chosen = _first(node, waiting) if node.free else None
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
        return able(node, work)
    except Exception:  # noqa: BLE001 - whatever is wrong with this work or this node, the others go on
        return False
