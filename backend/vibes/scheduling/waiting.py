"""What waits, as a plan reads it: turn by turn out of lanes, and counted by kind, without going through all of it."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import chain
from typing import Protocol, runtime_checkable

from vibes.domain.ids import GenerationId
from vibes.scheduling.snapshot import Work


@runtime_checkable
class Waiting(Protocol):
    """A queue that was sorted as it grew. Nothing of it may change while a plan reads it."""

    def lanes(self) -> Sequence[Iterator[Work]]:
        """The works of each session and class, oldest first; the lane with the oldest work first. Moved ones are not
        in them. None is empty."""

    def moved(self) -> Sequence[Work]:
        """What a person moved, in the order in which it is due."""

    def counts(self) -> Mapping[str, int]:
        """How many works of each kind wait."""

    def examples(self) -> Mapping[str, Work]:
        """One work of each kind."""

    def waits(self, generation_id: GenerationId) -> bool: ...


class Listed:
    """A plain collection in the order in which it is due, sorted when it is asked."""

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
    """A queue as it was when it was copied, for who reads it while it goes on."""

    def __init__(self, lanes: Sequence[Sequence[Work]], moved: Sequence[Work]) -> None:
        """As `Waiting` has them."""
        self._lanes = lanes
        self._moved = moved

    def followed_by(self, works: Iterable[Work]) -> "CopiedQueue":
        """With these behind what is of the same lane."""
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


def read_as_queue(ready: Collection[Work]) -> Waiting:
    """What is sorted already, as it is."""
    return ready if isinstance(ready, Waiting) else Listed(ready)


def copy_of(ready: Collection[Work]) -> CopiedQueue:
    """As it is now, whatever happens to it."""
    waiting = read_as_queue(ready)
    return CopiedQueue([list(lane) for lane in waiting.lanes()], list(waiting.moved()))
