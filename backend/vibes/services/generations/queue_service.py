"""What people may do with the queue as a whole: show it, pause it, move things in it."""

import logging
from collections.abc import Callable, Sequence
from enum import StrEnum

from vibes.domain.errors import Conflict
from vibes.domain.events import QueueChanged
from vibes.domain.ids import BatchId, GenerationId
from vibes.ports.clock import Clock
from vibes.ports.storage import Storage
from vibes.services.events.live_events import LiveEvents
from vibes.services.generations.service import GenerationService
from vibes.services.queue.board import Board

logger = logging.getLogger(__name__)


class QueueEnd(StrEnum):
    """Where something is moved to."""

    FRONT = "front"
    """Before all others, of any session and class."""
    BACK = "back"
    """After all others."""


class QueueService:
    """Every change is stored before it takes effect, so that it outlasts the hub."""

    def __init__(
        self,
        storage: Storage,
        board: Board,
        generations: GenerationService,
        live: LiveEvents,
        clock: Clock,
        take_back: Callable[[], None],
    ) -> None:
        """``take_back``: has all prompts that wait on nodes taken back into the queue."""
        self._storage = storage
        self._board = board
        self._generations = generations
        self._live = live
        self._clock = clock
        self._take_back = take_back

    async def pause(self) -> None:
        """Start nothing new until `resume`; what runs goes on."""
        if self._board.paused_since is None:
            since = self._clock.now()
            await self._storage.queue.pause(since)
            self._board.paused_since = since
            self._take_back()
            logger.info("the queue is paused")
            self._live.publish_to_all(QueueChanged(paused_since=since))

    async def resume(self) -> None:
        if self._board.paused_since is not None:
            await self._storage.queue.resume()
            self._board.paused_since = None
            self._board.changed.set()
            logger.info("the queue goes on")
            self._live.publish_to_all(QueueChanged(paused_since=None))

    async def move(self, generation_ids: Sequence[GenerationId], end: QueueEnd) -> None:
        """Raises NotFound for a generation that does not exist, Conflict for one that no longer waits."""
        for generation_id in generation_ids:
            if self._board.work_of(generation_id) is None:
                generation = await self._generations.get(generation_id)
                if self._board.unread and not generation.status.terminal:
                    raise Conflict("the hub still reads its queue after a restart; try again soon", code="not_read_yet")
                raise Conflict(
                    f"generation {generation_id} does not wait in the queue: it is {generation.status}",
                    code="not_waiting",
                )
        places = self._board.places()
        place = places[0] - 1 if end is QueueEnd.FRONT else places[-1] + 1
        await self._storage.generations.set_place(generation_ids, place)
        self._board.move(generation_ids, place)

    async def move_batch(self, batch_id: BatchId, end: QueueEnd) -> None:
        """Move all of it that still waits. Raises NotFound, or Conflict when nothing of it waits."""
        _, members = await self._generations.get_batch(batch_id)
        waiting = [each.id for each in members if self._board.work_of(each.id) is not None]
        if not waiting:
            raise Conflict(f"nothing of batch {batch_id} waits in the queue any more", code="not_waiting")
        await self.move(waiting, end)
