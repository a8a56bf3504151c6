"""A new hub process takes over from the last: queued work is due again, open attempts are adopted."""

import logging

from vibes.domain.attempt import Attempt, AttemptState
from vibes.domain.generation import Generation, GenerationStatus
from vibes.domain.ids import GenerationId
from vibes.ports.clock import Clock
from vibes.ports.storage import Storage
from vibes.scheduling.snapshot import Work
from vibes.services.execution.dispatcher import Dispatcher
from vibes.services.fleet.supervisor import NodeSupervisor
from vibes.services.maintenance.continued_work import ContinuedWork
from vibes.services.maintenance.queue_reader import QueueReader
from vibes.services.media.image_store import ImageStore
from vibes.services.queue.board import Board

logger = logging.getLogger(__name__)


class Recovery:
    def __init__(
        self,
        storage: Storage,
        images: ImageStore,
        board: Board,
        dispatcher: Dispatcher,
        supervisor: NodeSupervisor,
        continued: ContinuedWork,
        queue: QueueReader,
        clock: Clock,
    ) -> None:
        self._storage = storage
        self._images = images
        self._board = board
        self._dispatcher = dispatcher
        self._supervisor = supervisor
        self._continued = continued
        self._queue = queue
        self._clock = clock

    async def run(self) -> None:
        """Once, before the first dispatch: nothing that may still run on a node is submitted again."""
        self._board.paused_since = await self._storage.queue.paused_since()
        orphans = await self._storage.generations.requeue_orphans()
        if orphans:
            logger.warning("%d generations were generating without an attempt: queued again", orphans)
        await self._adopt_open_attempts()
        await self._queue.begin()

    async def _adopt_open_attempts(self) -> None:
        owners = await self._storage.generations.with_status([GenerationStatus.GENERATING])
        by_id = {owner.id: owner for owner in owners}
        works = await self._continued.of(owners)
        adopted: set[GenerationId] = set()
        for attempt in reversed(await self._storage.attempts.open_attempts()):
            await self._tidy_up_after(attempt)
            owner = by_id.get(attempt.generation_id)
            work = works.get(attempt.generation_id)
            if owner is None or work is None:
                self._dispatcher.abandon(attempt, AttemptState.CANCELLED)
            elif owner.id in adopted:
                self._dispatcher.abandon(attempt, AttemptState.SUPERSEDED)
            else:
                adopted.add(owner.id)
                await self._take_over(attempt, owner, work)
        if adopted:
            logger.info("%d generations were on nodes: they go on there", len(adopted))

    async def _tidy_up_after(self, attempt: Attempt) -> None:
        """The last hub may have died between a picture's file and its row, and this one may never come to finish it."""
        generation = await self._storage.generations.get(attempt.generation_id)
        if generation is not None and generation.image is None:
            await self._images.delete_remains(generation.session_id, generation.id)

    async def sweep(self) -> None:
        """Whoever drives an attempt renews its lease. One that ran out is a fault of ours: it is taken up again."""
        for attempt in await self._storage.attempts.open_attempts():
            if attempt.lease_expires_at > self._clock.now() or self._dispatcher.drives(attempt.id):
                continue
            logger.warning("nobody drives attempt %s on %s: taking it up again", attempt.id, attempt.node_id)
            owner = await self._storage.generations.get(attempt.generation_id)
            if owner is None or owner.status is not GenerationStatus.GENERATING:
                self._dispatcher.abandon(attempt, AttemptState.CANCELLED)
                continue
            for work in (await self._continued.of([owner])).values():
                await self._take_over(attempt, owner, work)

    async def _take_over(self, attempt: Attempt, owner: Generation, work: Work) -> None:
        if attempt.node_id in self._supervisor.nodes:
            self._dispatcher.adopt(attempt, owner, work)
        elif await self._storage.attempts.give_up(
            attempt.id, AttemptState.LOST, "its node left gpus.yaml", at=self._clock.now()
        ):
            self._board.add(owner, work)
