"""Records an attempt's steps and tells watchers of them: its row, its progress, its events."""

from vibes.domain.attempt import Attempt, AttemptState, Wire
from vibes.domain.errors import CapReached
from vibes.domain.events import QueuedCause
from vibes.domain.pictures.media_type import MediaType
from vibes.domain.spending import Commitment
from vibes.ports.clock import Clock
from vibes.ports.orders import Outline
from vibes.ports.storage import Storage
from vibes.services.events.progress import ProgressTracker
from vibes.services.execution.progress_writer import LEASE, ProgressWriter
from vibes.services.queue.active_attempt import ActiveAttempt
from vibes.services.queue.announcer import Announcer
from vibes.services.queue.attempt_state import Origin
from vibes.services.queue.spending import Spending

RENEW_SECONDS = 10.0
"""Seconds after which a lease is renewed, when the node is seen to have the prompt."""


class AttemptJournal:
    def __init__(
        self,
        storage: Storage,
        writer: ProgressWriter,
        progress: ProgressTracker,
        announcer: Announcer,
        spending: Spending,
        clock: Clock,
    ) -> None:
        self._storage = storage
        self._spending = spending
        self._writer = writer
        self._progress = progress
        self._announcer = announcer
        self._clock = clock

    async def begin(self, active: ActiveAttempt, sent: Wire, outline: Outline) -> bool:
        """Write its row, with what is sent, before it is. False, with nothing written, when its generation no longer
        waits for it. Raises CapReached when it would cost more than is left."""
        now = self._clock.now()
        assignment = active.assignment
        attempt = Attempt(
            id=active.id,
            generation_id=active.generation.id,
            node_id=active.node_id,
            state=AttemptState.SUBMITTING,
            sent=sent,
            created_at=now,
            lease_expires_at=now + LEASE,
            charges=assignment.charges,
        )
        second = active.origin is Origin.SECOND
        begun = await (self._begin_second(attempt) if second else self._begin(attempt, assignment.commitment))
        if not begun:
            return False
        active.write_down(sent)
        self.gauge(active, outline)  # before the submission, since events may arrive before its answer
        if not second:
            self._announcer.started(active.generation, active.node_id)
        return True

    async def _begin_second(self, attempt: Attempt) -> bool:
        return await self._storage.attempts.begin_second(attempt)

    async def _begin(self, attempt: Attempt, commitment: Commitment | None) -> bool:
        try:
            begun = await self._storage.attempts.begin(attempt, commitment)
        except CapReached:
            await self._spending.load()  # plans believed that more was left
            raise
        self._spending.written(attempt.id)
        return begun

    def gauge(self, active: ActiveAttempt, outline: Outline) -> None:
        """Show its progress from now on. ``outline``: of what was sent."""
        self._progress.start(active.id, active.generation.id, outline)

    def submitted(self, active: ActiveAttempt, number: float | None) -> None:
        """The node has accepted it, under this number if it counts."""
        self._writer.state(active.id, AttemptState.SUBMITTED, node_number=number)

    def running(self, active: ActiveAttempt) -> None:
        """The node was seen to run it."""
        self._writer.state(active.id, AttemptState.RUNNING)

    def collecting(self, active: ActiveAttempt) -> None:
        """The node has finished it."""
        self._writer.state(active.id, AttemptState.FETCHING)

    def seen(self, active: ActiveAttempt) -> None:
        """The node was seen to have it: renew its lease if that is due."""
        if self._clock.monotonic() - active.measured.renewed_at >= RENEW_SECONDS:
            active.renew()
            self._writer.lease(active.id)

    async def completed(self, active: ActiveAttempt, seconds: float, media_type: MediaType) -> None:
        """Its images are stored for its generation, the one that is shown is of this type; drawing took ``seconds``."""
        generation = active.generation
        batch = await self._storage.generations.get_batch(generation.batch_id) if active.late else None
        if batch is None:
            self._announcer.completed(generation, active.node_id, seconds, media_type)
            return
        with self._announcer.reading(batch):  # what had ended goes on for a moment
            self._announcer.queued(generation, QueuedCause.RETURNED, None)
            statuses = await self._storage.generations.statuses_in([batch.id])
            self._announcer.open_batch(batch, statuses.get(batch.id, {}))
            self._announcer.completed(generation, active.node_id, seconds, media_type)

    def forget(self, active: ActiveAttempt) -> None:
        """It has ended, in whatever way."""
        self._progress.forget(active.id)
        self._writer.forget(active.id)
