"""What waits, as a plan reads it: turn by turn out of lanes, and counted by kind, without going through all of it."""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
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


def read_as_queue(ready: Collection[Work]) -> Waiting:
    """What is sorted already, as it is."""
    return ready if isinstance(ready, Waiting) else Listed(ready)
