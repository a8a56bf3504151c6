"""Writes the state of attempts in the background: nobody waits for it, and short-lived states are never written.

Only people read these rows: an attempt exists once it was begun, and ends by a move of its own.
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
"""Seconds from a note to writing it: a later note of the same attempt replaces it, its end cancels it."""


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
        """Note that it is now in this open state."""
        note = self._note(attempt_id)
        note.state = state
        note.node_number = node_number if node_number is not None else note.node_number

    def lease(self, attempt_id: AttemptId) -> None:
        """Note that its node is known to have it: its lease begins anew."""
        self._note(attempt_id).renew = True

    def forget(self, attempt_id: AttemptId) -> None:
        """It has ended; what was not written yet is dropped."""
        self._notes.pop(attempt_id, None)

    async def run(self) -> None:
        """Write what was noted, for ever."""
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
        """Running work goes on even if the database does not answer for a moment."""
        try:
            if note.state is not None:
                await self._storage.attempts.advance(attempt_id, note.state, node_number=note.node_number)
            if note.renew:
                await self._storage.attempts.renew([attempt_id], self._clock.now() + LEASE)
        except StorageUnavailable as error:
            logger.warning("what is known of attempt %s could not be written: %s", attempt_id, error)
