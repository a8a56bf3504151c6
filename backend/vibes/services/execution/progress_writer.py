"""Writes down how far attempts are, behind their backs: nobody waits for it, and what is over soon is never written.

Nothing rests on these rows but what people see: an attempt exists since it was begun, and ends by its own move.
"""

import asyncio
import logging
from dataclasses import dataclass
from datetime import timedelta

from vibes.domain.attempt import AttemptState
from vibes.domain.errors import StorageUnavailable
from vibes.domain.ids import AttemptId
from vibes.ports.clock import Clock
from vibes.ports.storage import Storage

logger = logging.getLogger(__name__)

LEASE = timedelta(seconds=30)
PAUSE_SECONDS = 0.05
"""From a note to its writing: a second one of the same attempt takes its place, an end makes both needless."""


@dataclass(slots=True)
class _Note:
    state: AttemptState | None = None
    node_number: float | None = None
    renew: bool = False


class ProgressWriter:
    def __init__(self, storage: Storage, clock: Clock) -> None:
        self._storage = storage
        self._clock = clock
        self._notes: dict[AttemptId, _Note] = {}
        self._something = asyncio.Event()

    def state(self, attempt_id: AttemptId, state: AttemptState, *, node_number: float | None = None) -> None:
        """It is in this open state now."""
        note = self._note(attempt_id)
        note.state = state
        note.node_number = node_number if node_number is not None else note.node_number

    def lease(self, attempt_id: AttemptId) -> None:
        """Its node is known to have it: its lease begins anew."""
        self._note(attempt_id).renew = True

    def forget(self, attempt_id: AttemptId) -> None:
        """It is over; what was not written yet is of no interest any more."""
        self._notes.pop(attempt_id, None)

    async def run(self) -> None:
        """For ever: write what was noted."""
        while True:
            await self._something.wait()
            await asyncio.sleep(PAUSE_SECONDS)
            self._something.clear()
            notes, self._notes = self._notes, {}
            await asyncio.gather(*(self._write(attempt_id, note) for attempt_id, note in notes.items()))

    def _note(self, attempt_id: AttemptId) -> _Note:
        self._something.set()
        return self._notes.setdefault(attempt_id, _Note())

    async def _write(self, attempt_id: AttemptId, note: _Note) -> None:
        """A database that does not answer for a moment is no reason to give up running work."""
        try:
            if note.state is not None:
                await self._storage.attempts.advance(attempt_id, note.state, node_number=note.node_number)
            if note.renew:
                await self._storage.attempts.renew([attempt_id], self._clock.now() + LEASE)
        except StorageUnavailable as error:
            logger.warning("what is known of attempt %s could not be written: %s", attempt_id, error)
