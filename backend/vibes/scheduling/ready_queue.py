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
    """Removal only forgets an entry, which then is skipped, and swept when there are more dead entries than live."""

    def __init__(self) -> None:
        self._entries: list[_Entry] = []
        self._live: dict[GenerationId, _Entry] = {}

    def __len__(self) -> int:
        return len(self._live)

    def __iter__(self) -> Iterator[Work]:
        return (entry.work for entry in self._entries if self._is_live(entry))

    def get(self, generation_id: GenerationId) -> Work | None:
        entry = self._live.get(generation_id)
        return None if entry is None else entry.work

    def add(self, work: Work, due: DueOrder) -> None:
        """Put work at its place; a generation that already waits is not added twice."""
        if work.generation_id not in self._live:
            entry = self._live[work.generation_id] = _Entry(due, work)
            insort(self._entries, entry)

    def remove(self, generation_ids: Iterable[GenerationId]) -> None:
        """Take work out; ids that do not wait are ignored."""
        for generation_id in generation_ids:
            self._live.pop(generation_id, None)
        if len(self._entries) > 2 * len(self._live) + COMPACT_ABOVE:
            self._entries = [entry for entry in self._entries if self._is_live(entry)]

    def _is_live(self, entry: _Entry) -> bool:
        # by the entry, not by its work: what a node gives back is the very same work
        return self._live.get(entry.work.generation_id) is entry
