"""Takes over from an earlier hub process: queued work becomes due, open attempts are adopted."""

import logging

from vibes.ports.storage import Storage
from vibes.services.maintenance.image_remains import ImageRemains
from vibes.services.maintenance.open_attempts import OpenAttempts
from vibes.services.maintenance.queue_reader import QueueReader
from vibes.services.queue.board import Board
from vibes.services.queue.spending import Spending

logger = logging.getLogger(__name__)


class Recovery:
    def __init__(
        self,
        storage: Storage,
        board: Board,
        spending: Spending,
        remains: ImageRemains,
        attempts: OpenAttempts,
        queue: QueueReader,
    ) -> None:
        self._spending = spending
        self._storage = storage
        self._board = board
        self._remains = remains
        self._attempts = attempts
        self._queue = queue

    async def run(self) -> None:
        """Once, before the first dispatch: nothing that may still run on a node is submitted again."""
        self._board.paused_since = await self._storage.queue.paused_since()
        orphans = await self._storage.generations.requeue_orphans()
        if orphans:
            logger.warning("%d generations were generating without an attempt: queued again", orphans)
        await self._spending.recover()
        left = await self._storage.attempts.open_attempts()
        await self._remains.delete_after(left)
        await self._attempts.adopt(left)
        await self._queue.begin()
