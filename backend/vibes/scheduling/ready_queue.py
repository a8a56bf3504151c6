"""The queue of generations that wait for a node, sorted on insertion: by lane, by kind, by when they are due."""

from bisect import insort
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import chain, islice

from vibes.domain.ids import GenerationId
from vibes.domain.priority import Priority
from vibes.scheduling.snapshot import Work


@dataclass(frozen=True, slots=True, order=True)
class DueOrder:
    """Older submissions first, within a batch by index; work that returns keeps its place."""

    submitted_at: datetime
    batch_id: str
    index: int


@dataclass(slots=True, order=True)
class _Entry:
    """Flat, with the fields of its `DueOrder`: there may be a hundred thousand."""

    submitted_at: datetime
    batch_id: str
    index: int
    work: Work = field(compare=False)
    waits: bool = field(default=True, compare=False)


COMPACT_ABOVE = 64

_MOVED = "moved"
"""The lane of works moved by a person; the names of all others contain a space."""


class _Lane:
    """Removal only marks an entry; marked ones are deleted when they outnumber the others."""

    __slots__ = ("_entries", "_start", "waiting")

    def __init__(self) -> None:
        self._entries: list[_Entry] = []
        self._start = 0
        """All entries before it are removed: most leave at the front."""
        self.waiting = 0

    def add(self, entry: _Entry) -> None:
        if self._entries and entry < self._entries[-1]:
            insort(self._entries, entry, lo=self._start)
        else:
            self._entries.append(entry)
        self.waiting += 1

    def remove(self, entry: _Entry) -> None:
        entry.waits = False
        self.waiting -= 1
        if len(self._entries) > 2 * self.waiting + COMPACT_ABOVE:
            self._entries = [each for each in self._entries if each.waits]
            self._start = 0
        while self._start < len(self._entries) and not self._entries[self._start].waits:
            self._start += 1

    @property
    def oldest(self) -> _Entry:
        return self._entries[self._start]

    def __iter__(self) -> Iterator[Work]:
        return (entry.work for entry in islice(self._entries, self._start, None) if entry.waits)


class ReadyQueue(Collection[Work]):
    """Implements ``Waiting``, so that a plan's cost depends on what it gives out, not on what waits."""

    def __init__(self) -> None:
        self._lanes: dict[str, _Lane] = {}
        self._entries: dict[GenerationId, _Entry] = {}
        self._counts: Counter[str] = Counter()
        self._examples: dict[str, Work] = {}
        self._choosy: dict[GenerationId, Work] = {}

    def __len__(self) -> int:
        return len(self._entries)

    def __iter__(self) -> Iterator[Work]:
        """Lane after lane, each in the order of being due."""
        return chain(*self.lanes(), self.moved())

    def __contains__(self, work: object) -> bool:
        return isinstance(work, Work) and self.get(work.generation_id) is work

    @property
    def choosy(self) -> Collection[Work]:
        """Works that already failed on some node."""
        return self._choosy.values()

    def get(self, generation_id: GenerationId) -> Work | None:
        entry = self._entries.get(generation_id)
        return None if entry is None else entry.work

    def add(self, work: Work, due: DueOrder) -> None:
        """Put work at its place; a generation that already waits is not added twice."""
        if work.generation_id in self._entries:
            return
        entry = self._entries[work.generation_id] = _Entry(due.submitted_at, due.batch_id, due.index, work)
        self._lanes.setdefault(_lane_of(work), _Lane()).add(entry)
        self._counts[work.kind] += 1
        self._examples.setdefault(work.kind, work)
        if work.excluded_nodes:
            self._choosy[work.generation_id] = work

    def remove(self, generation_ids: Iterable[GenerationId]) -> None:
        """Take work out; ids that do not wait are ignored."""
        for generation_id in generation_ids:
            entry = self._entries.pop(generation_id, None)
            if entry is not None:
                self._forget(entry)

    def _forget(self, entry: _Entry) -> None:
        work = entry.work
        name = _lane_of(work)
        lane = self._lanes[name]
        lane.remove(entry)
        if not lane.waiting:
            del self._lanes[name]
        self._counts[work.kind] -= 1
        if not self._counts[work.kind]:
            del self._counts[work.kind], self._examples[work.kind]
        self._choosy.pop(work.generation_id, None)

    def lanes(self) -> Sequence[Iterator[Work]]:
        lanes = [lane for name, lane in self._lanes.items() if name != _MOVED]
        lanes.sort(key=lambda lane: lane.oldest)
        return [iter(lane) for lane in lanes]

    def moved(self) -> Sequence[Work]:
        return list(self._lanes.get(_MOVED, ()))

    def depths(self) -> Counter[Priority]:
        """How many wait, by class. Costs what there are lanes, and works moved by a person."""
        depths = Counter(work.priority for work in self.moved())
        for name, lane in self._lanes.items():
            if name != _MOVED:
                depths[lane.oldest.work.priority] += lane.waiting
        return depths

    @property
    def oldest(self) -> datetime | None:
        """When the oldest that waits was submitted; None: nothing waits."""
        return min((lane.oldest.submitted_at for lane in self._lanes.values()), default=None)

    def counts(self) -> Mapping[str, int]:
        return self._counts

    def examples(self) -> Mapping[str, Work]:
        """One work of each kind; it may have left the queue while another one of its kind waits."""
        return self._examples

    def waits(self, generation_id: GenerationId) -> bool:
        return generation_id in self._entries


def _lane_of(work: Work) -> str:
    return _MOVED if work.place else work.lane
