"""Decides when work that waits on a node after a run should be taken back, because it would be done sooner
elsewhere."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from math import inf

from vibes.domain.priority import Priority
from vibes.scheduling.snapshot import Prefetched, Snapshot, Work
from vibes.scheduling.timeline import Offer, Timeline

GAIN_SECONDS, GAIN_PART = 0.1, 0.1
"""It must be done sooner by so many seconds and this part: taking back costs a round trip, and estimates are no better
than a tenth."""


def taken_back(snapshot: Snapshot, timeline: Timeline, gone: Sequence[Prefetched]) -> list[Prefetched]:
    """Works that idle nodes should do instead of the nodes where they wait, the latest first; ``gone`` are already
    taken."""
    free_at = {
        seat.node.id: inf if seat.node.silent else sum(seat.node.active.values())
        for seat in timeline.seats
        if seat.node.prefetched
    }
    waiting = [each for each in _still_there(snapshot, timeline) if each not in gone]
    waiting.sort(key=lambda each: free_at[each.node_id], reverse=True)
    back = []
    for each in waiting:
        latest = free_at[each.node_id] * (1 - GAIN_PART) - GAIN_SECONDS
        offer = timeline.offers(each.work).idle_by(latest)
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
    seats = {seat.node.id: seat for seat in timeline.seats}
    best: tuple[Prefetched, Offer] | None = None
    for each in _still_there(snapshot, timeline):
        if each in gone or each.work.priority is Priority.INTERACTIVE:
            continue
        seat = seats[each.node_id]
        theirs = offers.on(each.node_id)
        if theirs is None:
            continue
        finish = theirs.finish - seat.node.active[each.work.generation_id]
        if finish < (best[1] if best else offer).finish - GAIN_SECONDS:
            best = each, replace(theirs, finish=finish)
    return best


def _still_there(snapshot: Snapshot, timeline: Timeline) -> list[Prefetched]:
    """Works that their nodes are known to have. A node may have left gpus.yaml, or finished the work, a moment ago."""
    there = {seat.node.id: seat.node.prefetched & seat.node.active.keys() for seat in timeline.seats}
    return [each for each in snapshot.prefetched if (on := there.get(each.node_id)) and each.work.generation_id in on]
