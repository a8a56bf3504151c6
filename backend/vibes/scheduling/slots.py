"""The slots of one node in planned time: when each is free again, and when the works there end. All times are seconds
from now.

A node with one slot does one work after the other. On several slots each running work has a slot for itself, and what
is prefetched takes the slot that is free first.
"""

from collections.abc import Iterable, Iterator
from heapq import heapify, heapreplace

from vibes.domain.ids import GenerationId
from vibes.scheduling.snapshot import NodeView


def free_times(node: NodeView, foreign_seconds: float) -> list[float]:
    """When each slot is free, the first one first. ``foreign_seconds``: until other clients' prompts are done, if one
    slot did them all."""
    if node.slots == 1:
        own = sum(node.active.values())
        return [own + foreign_seconds if node.foreign_queue_length else own]
    foreign = node.foreign_queue_length
    return sorted(_filled(node, (*_seconds(node), *(foreign_seconds / foreign for _ in range(foreign)))))


def ends(node: NodeView) -> Iterator[tuple[GenerationId, float]]:
    """When each of our works on the node is done."""
    first = _first_free(node, (seconds for each, seconds in node.active.items() if each not in node.prefetched))
    for generation_id, seconds in node.active.items():
        yield generation_id, seconds + (first if generation_id in node.prefetched else 0.0)


def end_of_prefetched(node: NodeView, generation_id: GenerationId) -> float:
    """When this prefetched work is done, behind all that the node has."""
    return sum(node.active.values()) if node.slots == 1 else dict(ends(node))[generation_id]


def gained_without(node: NodeView, generation_id: GenerationId) -> float:
    """How much sooner a slot would be free if the node did not have this prefetched work."""
    if node.slots == 1:
        return node.active[generation_id]
    others = [seconds for each, seconds in node.active.items() if each != generation_id]
    return _first_free(node, _seconds(node)) - _first_free(node, others)


def _seconds(node: NodeView) -> list[float]:
    """Of each work there, running ones first."""
    return [node.active[each] for each in sorted(node.active, key=lambda each: each in node.prefetched)]


def _first_free(node: NodeView, seconds: Iterable[float]) -> float:
    return sum(seconds) if node.slots == 1 else _filled(node, seconds)[0]


def _filled(node: NodeView, seconds: Iterable[float]) -> list[float]:
    """When each slot is free, the first one first, if each of these works in turn takes the first that is free."""
    times = [0.0] * node.slots
    heapify(times)
    for each in seconds:
        heapreplace(times, times[0] + each)
    return times
