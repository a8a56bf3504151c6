"""Reads the stored queue into memory at the hub's start: its head before the hub answers, the rest afterwards."""

import logging
from collections import deque
from collections.abc import Collection
from itertools import islice

from vibes.domain.ids import GenerationId
from vibes.ports.clock import Clock
from vibes.ports.storage import Storage
from vibes.services.maintenance.continued_work import ContinuedWork
from vibes.services.queue.board import Board

logger = logging.getLogger(__name__)

HEAD = 500
"""Generations read before the hub answers: enough for the first plans of a large fleet."""
PART = 200
"""Generations read at a time after that, in some ten milliseconds; then other tasks get a turn."""
REST_SECONDS = 60.0


class QueueReader:
    """Reads the queue in its order. Submissions do not wait for it."""

    def __init__(self, storage: Storage, board: Board, continued: ContinuedWork, clock: Clock) -> None:
        self._storage = storage
        self._board = board
        self._continued = continued
        self._clock = clock
        self._unread: deque[GenerationId] = deque()

    @property
    def unread(self) -> Collection[GenerationId]:
        """Queued generations that are not in memory yet."""
        return self._unread

    async def begin(self) -> None:
        """Call before the first plan."""
        self._unread.extend(await self._storage.generations.queued_ids())
        if self._unread:
            logger.info("%d generations were queued", len(self._unread))
        await self._read(HEAD)

    async def follow(self) -> None:
        """Runs for ever, although there is nothing to do once all is read."""
        while True:
            if self._unread:
                await self._read(PART)
            await self._clock.sleep(0 if self._unread else REST_SECONDS)

    async def _read(self, count: int) -> None:
        """They count as unread until they are on the board, whatever fails."""
        ids = list(islice(self._unread, count))
        found = await self._storage.generations.queued(ids)
        works = await self._continued.of(found)
        known = self._board.known_ids()
        for generation in found:
            if generation.id in works and generation.id not in known:
                self._board.add(generation, works[generation.id])
        for _ in ids:
            self._unread.popleft()
        self._board.unread = len(self._unread)
