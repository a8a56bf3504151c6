"""The queue of generations that wait for a node, always in the order in which they are due."""

from bisect import insort
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime

from vibes.domain.ids import GenerationId
from vibes.scheduling.snapshot import Work


@dataclass(frozen=True, slots=True, order=True)
class DueOrder:
    """Older submissions first, inside a batch by index; work that comes back keeps its place."""

    submitted_at: datetime
    batch_id: str
    index: int


@dataclass(frozen=True, slots=True, order=True)
class _Entry:
    due: DueOrder
    work: Work = field(compare=False)


COMPACT_ABOVE = 64


class ReadyQueue:
    """Removal only forgets the work; its entry is skipped, and swept when there are more dead entries than live."""

    def __init__(self) -> None:
        self._entries: list[_Entry] = []
        self._works: dict[GenerationId, Work] = {}

    def __len__(self) -> int:
        return len(self._works)

    def __iter__(self) -> Iterator[Work]:
        return (entry.work for entry in self._entries if self._works.get(entry.work.generation_id) is entry.work)

    def get(self, generation_id: GenerationId) -> Work | None:
        return self._works.get(generation_id)

    def add(self, work: Work, due: DueOrder) -> None:
        """Put work at its place; a generation that already waits is not added twice."""
        if work.generation_id not in self._works:
            insort(self._entries, _Entry(due, work))
            self._works[work.generation_id] = work

    def remove(self, generation_ids: Iterable[GenerationId]) -> None:
        """Take work out; ids that do not wait are ignored."""
        for generation_id in generation_ids:
            self._works.pop(generation_id, None)
        if len(self._entries) > 2 * len(self._works) + COMPACT_ABOVE:
            self._entries = [
                entry for entry in self._entries if self._works.get(entry.work.generation_id) is entry.work
            ]
