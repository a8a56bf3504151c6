"""The tally of each open batch, updated as its generations change, so that large batches are not read each time."""

from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from vibes.domain.batch import Batch
from vibes.domain.generation import GenerationStatus
from vibes.domain.ids import BatchId, GenerationId


class BatchCount:
    """The statuses of one batch's generations. It does not end until all of them were read (``total`` is known)."""

    def __init__(self) -> None:
        self._statuses: dict[GenerationId, GenerationStatus] = {}
        self.counts: Counter[GenerationStatus] = Counter()
        self.unfinished: dict[GenerationId, None] = {}
        self.total: int | None = None
        self.readers = 0
        """Readers that read it at present."""
        self.batch: Batch | None = None
        """Known once it was opened."""
        self.reopened = False
        """It had ended before, and something of it was asked for again."""

    @property
    def completed(self) -> int:
        """Generations in a terminal status, including those deleted since."""
        return max((self.total or len(self._statuses)) - len(self.unfinished), 0)

    @property
    def ended(self) -> bool:
        return self.total is not None and not self.unfinished and not self.readers

    def set(self, generation_id: GenerationId, status: GenerationStatus) -> None:
        before = self._statuses.get(generation_id)
        if before is not None:
            self.counts[before] -= 1
        self.counts[status] += 1
        self._statuses[generation_id] = status
        if status.terminal:
            self.unfinished.pop(generation_id, None)
        else:
            self.unfinished[generation_id] = None

    def read(self, total: int, statuses: Mapping[GenerationId, GenerationStatus]) -> None:
        """Take in its rows. What was counted before is newer than what was read."""
        self.total = total
        for generation_id, status in statuses.items():
            if generation_id not in self._statuses:
                self.set(generation_id, status)


class BatchCounts:
    """The counts of all open batches. A batch that ended is forgotten."""

    def __init__(self) -> None:
        self._counts: dict[BatchId, BatchCount] = {}

    def of(self, batch_id: BatchId) -> BatchCount:
        """An empty count when it is not counted."""
        return self._counts.get(batch_id) or BatchCount()

    def open(self, batch: Batch, statuses: Mapping[GenerationId, GenerationStatus]) -> None:
        """Start to count it, or go on."""
        count = self._counts.setdefault(batch.id, BatchCount())
        count.batch = batch
        count.read(batch.total, statuses)

    def note(self, batch_id: BatchId, generation_id: GenerationId, status: GenerationStatus) -> BatchCount:
        count = self.of(batch_id)
        count.set(generation_id, status)
        return count

    def forget(self, batch_id: BatchId) -> None:
        self._counts.pop(batch_id, None)

    @contextmanager
    def being_read(self, batch_id: BatchId) -> Iterator[None]:
        """Call around reading its rows to `open` it: changes meanwhile count, and the batch does not end."""
        count = self._counts.setdefault(batch_id, BatchCount())
        count.readers += 1
        try:
            yield
        finally:
            count.readers -= 1
            if not count.readers and count.total is None:
                self.forget(batch_id)
