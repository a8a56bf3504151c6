"""Records an attempt's steps and tells watchers of them: its row, its progress, its events."""

from vibes.domain.attempt import Attempt, AttemptState, Wire
from vibes.domain.pictures.media_type import MediaType
from vibes.ports.clock import Clock
from vibes.ports.orders import Outline
from vibes.ports.storage import Storage
from vibes.services.events.progress import ProgressTracker
from vibes.services.execution.progress_writer import LEASE, ProgressWriter
from vibes.services.queue.active_attempt import ActiveAttempt
from vibes.services.queue.announcer import Announcer
from vibes.services.queue.attempt_state import Origin

RENEW_SECONDS = 10.0
"""Seconds after which a lease is renewed, when the node is seen to have the prompt."""


class AttemptJournal:
    def __init__(
        self, storage: Storage, writer: ProgressWriter, progress: ProgressTracker, announcer: Announcer, clock: Clock
    ) -> None:
        self._storage = storage
        self._writer = writer
        self._progress = progress
        self._announcer = announcer
        self._clock = clock

    async def begin(self, active: ActiveAttempt, sent: Wire, outline: Outline) -> bool:
        """Write its row, with what is sent, before it is. False, with nothing written, when its generation no longer
        waits for it."""
        now = self._clock.now()
        attempt = Attempt(
            id=active.id,
            generation_id=active.generation.id,
            node_id=active.node_id,
            state=AttemptState.SUBMITTING,
            sent=sent,
            created_at=now,
            lease_expires_at=now + LEASE,
        )
        second = active.origin is Origin.SECOND
        begin = self._storage.attempts.begin_second if second else self._storage.attempts.begin
        if not await begin(attempt):
            return False
        active.write_down(sent)
        self.gauge(active, outline)  # before the submission, since events may arrive before its answer
        if not second:
            self._announcer.started(active.generation, active.node_id)
        return True

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

    def completed(self, active: ActiveAttempt, seconds: float, media_type: MediaType) -> None:
        """Its images are stored for its generation, the one that is shown is of this type; drawing took ``seconds``."""
        self._announcer.completed(active.generation, active.node_id, seconds, media_type)

    def forget(self, active: ActiveAttempt) -> None:
        """It has ended, in whatever way."""
        self._progress.forget(active.id)
        self._writer.forget(active.id)
