"""Compares the stored queue with the board and corrects differences."""

import logging
from collections.abc import Iterable

from vibes.domain.events import QueuedCause
from vibes.domain.generation import Generation, GenerationStatus
from vibes.domain.ids import GenerationId
from vibes.ports.clock import Clock
from vibes.ports.storage import Storage
from vibes.services.maintenance.continued_work import ContinuedWork
from vibes.services.maintenance.queue_reader import QueueReader
from vibes.services.queue.announcer import Announcer
from vibes.services.queue.board import Board

logger = logging.getLogger(__name__)

SURE_SECONDS = 10.0
"""A difference that every look has seen for so long is no change in progress; then it is corrected."""


class QueueComparison:
    def __init__(
        self,
        storage: Storage,
        board: Board,
        continued: ContinuedWork,
        queue: QueueReader,
        announcer: Announcer,
        clock: Clock,
    ) -> None:
        self._storage = storage
        self._board = board
        self._continued = continued
        self._queue = queue
        self._announcer = announcer
        self._clock = clock
        self._odd_since: dict[GenerationId, float] = {}

    async def requeue_orphans(self) -> None:
        """An attempt and its generation change together, so that one without the other is a fault."""
        orphans = await self._storage.generations.requeue_orphans()
        if orphans:
            logger.error("%d generations were generating without an attempt: they are queued again", orphans)

    async def compare(self) -> None:
        """What is queued in the database and unknown to the board, and the reverse."""
        queued = set(await self._storage.generations.queued_ids())
        unknown = queued - self._board.known_ids() - {*self._queue.unread}
        unreal = self._board.waiting_ids() - queued
        now = self._clock.monotonic()
        self._odd_since = {each: self._odd_since.get(each, now) for each in unknown | unreal}
        surely = {each for each, since in self._odd_since.items() if now - since >= SURE_SECONDS}
        await self._take_up(unknown & surely)
        for generation_id in unreal & surely & self._board.waiting_ids():
            await self._let_go(generation_id)

    async def _take_up(self, forgotten: Iterable[GenerationId]) -> None:
        for generation_id in forgotten:
            generation = await self._storage.generations.get(generation_id)
            if generation is None or generation.status is not GenerationStatus.QUEUED:
                continue
            for work in (await self._continued.of([generation])).values():
                if generation.id not in self._board.known_ids():
                    logger.error("nobody had generation %s in the queue: it is put there again", generation.id)
                    self._announcer.queued(generation, QueuedCause.FOUND, None)
                    self._board.add(generation, work)

    async def _let_go(self, generation_id: GenerationId) -> None:
        generation: Generation | None = await self._storage.generations.get(generation_id)
        if generation is None or generation.status.terminal:
            logger.error("generation %s is over and stood in the queue", generation_id)
            self._board.withdraw([generation_id])
