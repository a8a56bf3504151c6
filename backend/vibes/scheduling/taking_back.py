"""Decides when work that waits on a node after a run should be taken back, because it would be done sooner
elsewhere."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from math import inf

from vibes.domain.priority import Priority
from vibes.scheduling.offers import Offer
from vibes.scheduling.slots import end_of_prefetched, gained_without
from vibes.scheduling.snapshot import NodeView, Prefetched, Snapshot, Work
from vibes.scheduling.timeline import Timeline

GAIN_SECONDS, GAIN_PART = 0.1, 0.1
"""It must be done sooner by so many seconds and this part: taking back costs a round trip, and estimates are no better
than a tenth."""


def taken_back(snapshot: Snapshot, timeline: Timeline, gone: Sequence[Prefetched]) -> list[Prefetched]:
    """Works that idle nodes should do instead of the nodes where they wait, the latest first; ``gone`` are already
    taken."""
    waiting = [
        (inf if node.silent else end_of_prefetched(node, each.work.generation_id), each)
        for each, node in _still_there(snapshot, timeline)
        if each not in gone
    ]
    waiting.sort(key=lambda one: one[0], reverse=True)
    back = []
    for end, each in waiting:
        latest = end * (1 - GAIN_PART) - GAIN_SECONDS
        offer = timeline.offers(each.work).idle_by(latest, not_on=each.node_id)
        if offer is not None:
            timeline.give(each.work, offer)
            back.append(each)
    return back


def way_for(
    work: Work, offer: Offer, snapshot: Snapshot, timeline: Timeline, gone: Iterable[Prefetched]
) -> tuple[Prefetched, Offer] | None:
    """The less urgent work in whose place this one would be done soonest, and that place; None when ``offer`` is as
    good."""
    offers = timeline.offers(work)
    best: tuple[Prefetched, Offer] | None = None
    for each, node in _still_there(snapshot, timeline):
        if each in gone or each.work.priority is Priority.INTERACTIVE:
            continue
        theirs = offers.on(each.node_id)
        if theirs is None or not theirs.seat.in_time(theirs.finish):
            continue
        finish = theirs.finish - gained_without(node, each.work.generation_id)
        if finish < (best[1] if best else offer).finish - GAIN_SECONDS:
            best = each, replace(theirs, finish=finish)
    return best


def _still_there(snapshot: Snapshot, timeline: Timeline) -> list[tuple[Prefetched, NodeView]]:
    """Works that their nodes are known to have. A node may have left gpus.yaml, or finished the work, a moment ago."""
    nodes = {seat.node.id: seat.node for seat in timeline.seats}
    there = ((each, nodes[each.node_id]) for each in snapshot.prefetched if each.node_id in nodes)
    return [(each, node) for each, node in there if each.work.generation_id in node.prefetched & node.active.keys()]
