"""Waiting work as a plan reads it: turn by turn from lanes, and counted by kind, without reading all of it."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import chain
from typing import Protocol, Self, runtime_checkable

from vibes.domain.ids import GenerationId
from vibes.scheduling.snapshot import Work


@runtime_checkable
class Waiting(Protocol):
    """A queue that is kept sorted. It must not change while a plan reads it."""

    def lanes(self) -> Sequence[Iterator[Work]]:
        """The works of each session and class, oldest first; the lane with the oldest work first. Moved works are not
        in them. No lane is empty."""

    def moved(self) -> Sequence[Work]:
        """Works that a person moved, in the order in which they are due."""

    def counts(self) -> Mapping[str, int]:
        """By kind: how many works wait."""

    def examples(self) -> Mapping[str, Work]:
        """One work of each kind."""

    def waits(self, generation_id: GenerationId) -> bool: ...


class Listed:
    """A plain collection in the order in which it is due, sorted on demand."""

    def __init__(self, works: Collection[Work]) -> None:
        self._works = works

    def lanes(self) -> Sequence[Iterator[Work]]:
        lanes: dict[str, list[Work]] = {}
        for work in self._works:
            if not work.place:
                lanes.setdefault(work.lane, []).append(work)
        return [iter(works) for works in lanes.values()]

    def moved(self) -> Sequence[Work]:
        return [work for work in self._works if work.place]

    def counts(self) -> Mapping[str, int]:
        return Counter([work.kind for work in self._works])

    def examples(self) -> Mapping[str, Work]:
        return {work.kind: work for work in self._works}

    def waits(self, generation_id: GenerationId) -> bool:
        return any(work.generation_id == generation_id for work in self._works)


class CopiedQueue(Collection[Work]):
    """A copy of a queue, to be read while the queue changes."""

    def __init__(self, lanes: Sequence[Sequence[Work]], moved: Sequence[Work]) -> None:
        """The arguments are as in `Waiting`."""
        self._lanes = lanes
        self._moved = moved

    def followed_by(self, works: Iterable[Work]) -> "CopiedQueue":
        """With these after the works of the same lane."""
        lanes = {lane[0].lane: lane for lane in self._lanes}
        for work in works:
            lanes[work.lane] = [*lanes.get(work.lane, ()), work]
        return CopiedQueue(list(lanes.values()), self._moved)

    def __len__(self) -> int:
        return sum(map(len, self._lanes)) + len(self._moved)

    def __iter__(self) -> Iterator[Work]:
        return chain(*self._lanes, self._moved)

    def __contains__(self, work: object) -> bool:
        return any(work in lane for lane in (*self._lanes, self._moved))

    def lanes(self) -> Sequence[Iterator[Work]]:
        return [iter(lane) for lane in self._lanes]

    def moved(self) -> Sequence[Work]:
        return self._moved

    def counts(self) -> Mapping[str, int]:
        return Counter([work.kind for work in self])

    def examples(self) -> Mapping[str, Work]:
        return {work.kind: work for work in self}

    def waits(self, generation_id: GenerationId) -> bool:
        return any(work.generation_id == generation_id for work in self)


class SeenOtherwise(Collection[Work]):
    """A queue of which a plan must see a few works differently, or not at all. What it costs depends on these few."""

    def __init__(self, queue: Waiting, instead: Mapping[GenerationId, Work | None]) -> None:
        """``instead``: by work of the queue, what is seen in its place; None: nothing."""
        self._queue = queue
        self._instead = instead
        self._counts = Counter(queue.counts())
        self._examples = dict(queue.examples())

    @classmethod
    def of(cls, queue: Waiting, before: Collection[Work], instead: Mapping[GenerationId, Work | None]) -> Self:
        """``before``: the works themselves that are seen otherwise."""
        seen = cls(queue, instead)
        for work in before:
            seen._change(work, instead[work.generation_id])
        return seen

    def _change(self, work: Work, other: Work | None) -> None:
        self._counts[work.kind] -= 1
        if not self._counts[work.kind]:
            del self._counts[work.kind], self._examples[work.kind]
        if other is not None:
            self._counts[other.kind] += 1
            self._examples.setdefault(other.kind, other)

    def _seen(self, works: Iterable[Work]) -> Iterator[Work]:
        seen = (self._instead.get(work.generation_id, work) for work in works)
        return (work for work in seen if work is not None)

    def __len__(self) -> int:
        return self._counts.total()

    def __iter__(self) -> Iterator[Work]:
        return chain(*self.lanes(), self.moved())

    def __contains__(self, work: object) -> bool:
        return any(work is each for each in self)

    def lanes(self) -> Sequence[Iterator[Work]]:
        lanes = [self._seen(lane) for lane in self._queue.lanes()]
        begun = ((next(lane, None), lane) for lane in lanes)
        return [chain([first], lane) for first, lane in begun if first is not None]

    def moved(self) -> Sequence[Work]:
        return list(self._seen(self._queue.moved()))

    def counts(self) -> Mapping[str, int]:
        return self._counts

    def examples(self) -> Mapping[str, Work]:
        return self._examples

    def waits(self, generation_id: GenerationId) -> bool:
        return self._instead.get(generation_id, generation_id) is not None and self._queue.waits(generation_id)


def read_as_queue(ready: Collection[Work]) -> Waiting:
    """A sorted queue as it is; another collection as one."""
    return ready if isinstance(ready, Waiting) else Listed(ready)


def copy_of(ready: Collection[Work]) -> CopiedQueue:
    """A copy that later changes do not affect."""
    waiting = read_as_queue(ready)
    return CopiedQueue([list(lane) for lane in waiting.lanes()], list(waiting.moved()))
