"""Turns changes into live events, with the tally of every open batch. Memory only."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from vibes.domain.batch import Batch, status_of_counts
from vibes.domain.events import (
    BatchChanged,
    BatchTally,
    FailedCause,
    GenerationCancelled,
    GenerationCompleted,
    GenerationFailed,
    GenerationProgressed,
    GenerationQueued,
    GenerationStarted,
    NodeChanged,
    Preview,
    QueuedCause,
)
from vibes.domain.generation import Generation, GenerationStatus
from vibes.domain.ids import BatchId, GenerationId, NodeId, SessionId
from vibes.domain.pictures.media_type import MediaType
from vibes.services.events.live_events import LiveEvents
from vibes.services.events.progress import Progress
from vibes.services.events.subscribers import Subscribers
from vibes.services.queue.batch_counts import BatchCount, BatchCounts
from vibes.services.queue.forecast import Forecast


@dataclass(frozen=True, slots=True)
class OpenedBatch:
    """A submission was stored and is due."""

    batch: Batch
    generations: Sequence[Generation]
    seconds: float
    """From its arrival until it was stored."""


@dataclass(frozen=True, slots=True)
class EndedBatch:
    """All generations of a batch are terminal."""

    batch: Batch
    complete: bool
    """All of them have their pictures, at the first time of asking."""


class Announcer:
    def __init__(self, live: LiveEvents, forecast: Forecast) -> None:
        self._live = live
        self._forecast = forecast
        self._counts = BatchCounts()
        self.opened: Subscribers[OpenedBatch] = Subscribers()
        self.ended: Subscribers[EndedBatch] = Subscribers()

    def open_batch(self, batch: Batch, statuses: Mapping[GenerationId, GenerationStatus]) -> None:
        """Start to count a batch's generations, or go on; all of them must be passed in one call."""
        self._counts.open(batch, statuses)

    @contextmanager
    def reading(self, batch: Batch) -> Iterator[None]:
        """Call around reading the rows for `open_batch`: changes of the batch meanwhile count."""
        try:
            with self._counts.being_read(batch.id):
                yield
        finally:
            count = self._counts.of(batch.id)
            if count.ended:  # ended meanwhile
                self._announce_end(batch.session_id, batch.id, count)

    def batch_created(self, batch: Batch, generations: Sequence[Generation], seconds: float) -> None:
        """A submission is stored and due, so long after its arrival."""
        self._forecast.forget()
        self.open_batch(batch, {generation.id: generation.status for generation in generations})
        tally = self._tally(batch.id, self._counts.of(batch.id))
        self._live.publish(BatchChanged(session_id=batch.session_id, batch=tally))
        self.opened.tell(OpenedBatch(batch, generations, seconds))

    def node_changed(self, event: NodeChanged) -> None:
        """Sent to every session."""
        self._live.publish_to_all(event)

    def queued(self, generation: Generation, cause: QueuedCause, reason: str | None) -> None:
        """``reason``: what people are told of it."""
        count = self._note(generation, GenerationStatus.QUEUED)
        count.reopened = count.reopened or cause.reopens
        self._live.publish(
            GenerationQueued(
                session_id=generation.session_id,
                batch_id=generation.batch_id,
                generation_id=generation.id,
                cause=cause,
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
                batch=self._tally(generation.batch_id, self._counts.of(generation.batch_id)),
            )
        )

    def previewed(self, generation: Generation, media_type: str, image: bytes) -> None:
        self._live.publish_preview(generation.session_id, Preview(generation.id, media_type, image))

    def completed(self, generation: Generation, node_id: NodeId, seconds: float, media_type: MediaType) -> None:
        count = self._note(generation, GenerationStatus.COMPLETE)
        self._live.publish(
            GenerationCompleted(
                session_id=generation.session_id,
                generation_id=generation.id,
                node_id=node_id,
                seconds=seconds,
                media_type=media_type,
                batch=self._tally(generation.batch_id, count),
            )
        )
        self._end_if_over(generation, count)

    def failed(self, generation: Generation, message: str, cause: FailedCause = FailedCause.ERRORED) -> None:
        count = self._note(generation, GenerationStatus.FAILED)
        self._live.publish(
            GenerationFailed(
                session_id=generation.session_id,
                generation_id=generation.id,
                cause=cause,
                message=message,
                batch=self._tally(generation.batch_id, count),
            )
        )
        self._end_if_over(generation, count)

    def cancelled(self, generation: Generation) -> None:
        count = self._note(generation, GenerationStatus.CANCELLED)
        self._live.publish(
            GenerationCancelled(
                session_id=generation.session_id,
                generation_id=generation.id,
                batch=self._tally(generation.batch_id, count),
            )
        )
        self._end_if_over(generation, count)

    def _note(self, generation: Generation, status: GenerationStatus) -> BatchCount:
        return self._counts.note(generation.batch_id, generation.id, status)

    def _tally(self, batch_id: BatchId, count: BatchCount) -> BatchTally:
        return BatchTally(
            batch_id=batch_id,
            status=status_of_counts(count.counts),
            completed=count.completed,
            total=count.completed + len(count.unfinished),
            eta_seconds=self._forecast.batch_eta_seconds(batch_id, count.unfinished) if count.unfinished else 0.0,
        )

    def _end_if_over(self, generation: Generation, count: BatchCount) -> None:
        if count.ended:
            self._announce_end(generation.session_id, generation.batch_id, count)

    def _announce_end(self, session_id: SessionId, batch_id: BatchId, count: BatchCount) -> None:
        self._counts.forget(batch_id)
        self._live.publish(BatchChanged(session_id=session_id, batch=self._tally(batch_id, count)))
        if count.batch is not None:
            drawn = count.counts[GenerationStatus.COMPLETE] == count.batch.total
            self.ended.tell(EndedBatch(count.batch, complete=drawn and not count.reopened))
