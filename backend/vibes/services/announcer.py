"""Turns what happened into live events, and keeps the tally of every open batch for them. Memory only."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence

from vibes.domain.batch import status_of_counts
from vibes.domain.events import (
    BatchChanged,
    BatchTally,
    GenerationCancelled,
    GenerationCompleted,
    GenerationFailed,
    GenerationProgressed,
    GenerationQueued,
    GenerationStarted,
    Preview,
)
from vibes.domain.generation import Generation, GenerationStatus
from vibes.domain.ids import BatchId, GenerationId, NodeId, SessionId
from vibes.services.forecast import Forecast
from vibes.services.live_events import LiveEvents
from vibes.services.progress import Progress


class _Count:
    """The statuses of a batch's generations, counted as they change: a batch of a thousand is not read each time."""

    def __init__(self) -> None:
        self._statuses: dict[GenerationId, GenerationStatus] = {}
        self.counts: Counter[GenerationStatus] = Counter()
        self.unfinished: dict[GenerationId, None] = {}

    @property
    def total(self) -> int:
        return len(self._statuses)

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


class Announcer:
    def __init__(self, live: LiveEvents, forecast: Forecast) -> None:
        self._live = live
        self._forecast = forecast
        self.batch_ended: Callable[[SessionId, BatchId], None] | None = None
        """Who wants to know when all of a batch is terminal."""
        self._batches: defaultdict[BatchId, _Count] = defaultdict(_Count)

    def open_batch(self, generations: Iterable[Generation]) -> None:
        """Start (or go on) to count these; all generations of a batch must come in one call."""
        for generation in generations:
            self._batches[generation.batch_id].set(generation.id, generation.status)

    def batch_created(self, generations: Sequence[Generation]) -> None:
        """A submission is stored and due."""
        self._forecast.forget()
        self.open_batch(generations)
        first = generations[0]
        self._live.publish(BatchChanged(session_id=first.session_id, batch=self._tally(first.batch_id)))

    def queued(self, generation: Generation, reason: str | None) -> None:
        self._note(generation, GenerationStatus.QUEUED)
        self._live.publish(
            GenerationQueued(
                session_id=generation.session_id,
                batch_id=generation.batch_id,
                generation_id=generation.id,
                reason=reason,
            )
        )

    def started(self, generation: Generation, node_id: NodeId) -> None:
        self._note(generation, GenerationStatus.GENERATING)
        self._live.publish(
            GenerationStarted(
                session_id=generation.session_id,
                batch_id=generation.batch_id,
                generation_id=generation.id,
                node_id=node_id,
            )
        )

    def progressed(self, generation: Generation, node_id: NodeId, progress: Progress) -> None:
        self._live.publish(
            GenerationProgressed(
                session_id=generation.session_id,
                generation_id=generation.id,
                node_id=node_id,
                current=progress.current,
                total=progress.total,
                loading=progress.loading,
                batch=self._tally(generation.batch_id),
            )
        )

    def previewed(self, generation: Generation, media_type: str, image: bytes) -> None:
        self._live.publish_preview(generation.session_id, Preview(generation.id, media_type, image))

    def completed(self, generation: Generation, node_id: NodeId, seconds: float) -> None:
        tally = self._note(generation, GenerationStatus.COMPLETE)
        self._live.publish(
            GenerationCompleted(
                session_id=generation.session_id,
                generation_id=generation.id,
                node_id=node_id,
                seconds=seconds,
                batch=tally,
            )
        )
        self._announce_end(generation.session_id, tally)

    def failed(self, generation: Generation, message: str) -> None:
        tally = self._note(generation, GenerationStatus.FAILED)
        self._live.publish(
            GenerationFailed(
                session_id=generation.session_id, generation_id=generation.id, message=message, batch=tally
            )
        )
        self._announce_end(generation.session_id, tally)

    def cancelled(self, generation: Generation) -> None:
        tally = self._note(generation, GenerationStatus.CANCELLED)
        self._live.publish(
            GenerationCancelled(session_id=generation.session_id, generation_id=generation.id, batch=tally)
        )
        self._announce_end(generation.session_id, tally)

    def _note(self, generation: Generation, status: GenerationStatus) -> BatchTally:
        self._batches[generation.batch_id].set(generation.id, status)
        return self._tally(generation.batch_id)

    def _tally(self, batch_id: BatchId) -> BatchTally:
        count = self._batches[batch_id]
        return BatchTally(
            batch_id=batch_id,
            status=status_of_counts(count.counts),
            completed=count.total - len(count.unfinished),
            total=count.total,
            eta_seconds=self._forecast.batch_eta_seconds(batch_id, count.unfinished) if count.unfinished else 0.0,
        )

    def _announce_end(self, session_id: SessionId, tally: BatchTally) -> None:
        if tally.completed == tally.total:
            self._live.publish(BatchChanged(session_id=session_id, batch=tally))
            del self._batches[tally.batch_id]
            if self.batch_ended is not None:
                self.batch_ended(session_id, tally.batch_id)
