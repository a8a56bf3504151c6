"""When work that waits on a node behind a run should be taken back, because it would be sooner elsewhere."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from math import inf

from vibes.domain.priority import Priority
from vibes.scheduling.snapshot import Held, Snapshot, Work
from vibes.scheduling.timeline import Offer, Timeline

GAIN_SECONDS, GAIN_PART = 0.1, 0.1
"""It must be sooner by this much: the way back costs a round trip, and no estimate is better than a tenth."""


def taken_back(snapshot: Snapshot, timeline: Timeline, gone: Sequence[Held]) -> list[Held]:
    """What idle nodes should do instead of the nodes where it waits, the latest first; ``gone`` is taken already."""
    free_at = {
        seat.node.id: inf if seat.node.silent else sum(seat.node.active.values())
        for seat in timeline.seats
        if seat.node.prefetched
    }
    waiting = [held for held in _still_there(snapshot, timeline) if held not in gone]
    waiting.sort(key=lambda held: free_at[held.node_id], reverse=True)
    back = []
    for held in waiting:
        latest = free_at[held.node_id] * (1 - GAIN_PART) - GAIN_SECONDS
        offer = timeline.offers(held.work).idle_by(latest)
        if offer is not None:
            timeline.give(held.work, offer)
            back.append(held)
    return back


def way_for(
    work: Work, offer: Offer, snapshot: Snapshot, timeline: Timeline, gone: Iterable[Held]
) -> tuple[Held, Offer] | None:
    """The less urgent work in whose place this one would be soonest, and that place; None when ``offer`` is as good."""
    offers = timeline.offers(work)
    seats = {seat.node.id: seat for seat in timeline.seats}
    best: tuple[Held, Offer] | None = None
    for held in _still_there(snapshot, timeline):
        if held in gone or held.work.priority is Priority.INTERACTIVE:
            continue
        seat = seats[held.node_id]
        theirs = offers.on(held.node_id)
        if theirs is None:
            continue
        finish = theirs.finish - seat.node.active[held.work.generation_id]
        if finish < (best[1] if best else offer).finish - GAIN_SECONDS:
            best = held, replace(theirs, finish=finish)
    return best


def _still_there(snapshot: Snapshot, timeline: Timeline) -> list[Held]:
    """What its node is seen to hold. A node may have left gpus.yaml, or be done with it, a moment ago."""
    there = {seat.node.id: seat.node.prefetched & seat.node.active.keys() for seat in timeline.seats}
    return [held for held in snapshot.held if (on := there.get(held.node_id)) and held.work.generation_id in on]
