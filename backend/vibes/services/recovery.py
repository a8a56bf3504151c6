"""A new hub process takes over from the last: queued work is due again, open attempts are adopted."""

import logging
from collections.abc import Sequence
from dataclasses import replace

from vibes.domain.attempt import Attempt, AttemptState
from vibes.domain.batch import Batch
from vibes.domain.errors import HubError, internal_error
from vibes.domain.generation import OPEN_STATUSES, Generation, GenerationStatus
from vibes.domain.ids import BatchId, GenerationId
from vibes.domain.passing import passes
from vibes.scheduling.snapshot import Work
from vibes.services.announcer import Announcer
from vibes.services.board import Board
from vibes.services.dispatcher import Dispatcher
from vibes.services.generation_service import GenerationService
from vibes.services.image_store import ImageStore
from vibes.services.node_supervisor import NodeSupervisor
from vibes.services.ports import Clock, Storage

logger = logging.getLogger(__name__)


class Recovery:
    def __init__(
        self,
        storage: Storage,
        images: ImageStore,
        board: Board,
        dispatcher: Dispatcher,
        supervisor: NodeSupervisor,
        generations: GenerationService,
        announcer: Announcer,
        clock: Clock,
    ) -> None:
        self._storage = storage
        self._images = images
        self._board = board
        self._dispatcher = dispatcher
        self._supervisor = supervisor
        self._generations = generations
        self._announcer = announcer
        self._clock = clock

    async def run(self) -> None:
        """Once, before the first dispatch: nothing that may still run on a node is submitted again."""
        self._board.paused_since = await self._storage.queue.paused_since()
        orphans = await self._storage.generations.requeue_orphans()
        if orphans:
            logger.warning("%d generations were generating without an attempt: queued again", orphans)
        open_generations = await self._storage.generations.with_status(OPEN_STATUSES)
        by_id = {generation.id: generation for generation in open_generations}
        works = await self._works(open_generations)
        for generation in open_generations:
            if generation.id in works and generation.status is GenerationStatus.QUEUED:
                self._board.add(generation, works[generation.id])
        adopted: set[GenerationId] = set()
        for attempt in reversed(await self._storage.attempts.open_attempts()):
            await self._tidy_up_after(attempt)
            owner = by_id.get(attempt.generation_id)
            work = works.get(attempt.generation_id)
            if owner is None or work is None or owner.status is not GenerationStatus.GENERATING:
                self._dispatcher.abandon(attempt, AttemptState.CANCELLED)
            elif owner.id in adopted:
                self._dispatcher.abandon(attempt, AttemptState.SUPERSEDED)
            else:
                adopted.add(owner.id)
                await self._take_over(attempt, owner, work)
        if open_generations:
            logger.info("recovered %d open generations, %d of them on nodes", len(open_generations), len(adopted))

    async def _tidy_up_after(self, attempt: Attempt) -> None:
        """The last hub may have died between a picture's file and its row, and this one may never come to finish it."""
        generation = await self._storage.generations.get(attempt.generation_id)
        if generation is not None and generation.image is None:
            try:
                await self._images.delete_remains(generation.session_id, generation.id)
            except OSError as error:  # only untidy
                logger.warning("what generation %s left cannot be deleted: %s", generation.id, error)

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
            batch, _ = await self._generations.get_batch(owner.batch_id)
            for work in await self._works_of_batch(batch, [owner]):
                await self._take_over(attempt, owner, work)

    async def _take_over(self, attempt: Attempt, owner: Generation, work: Work) -> None:
        if attempt.node_id in self._supervisor.nodes:
            self._dispatcher.adopt(attempt, owner, work)
        elif await self._storage.attempts.give_up(
            attempt.id, AttemptState.LOST, "its node left gpus.yaml", at=self._clock.now()
        ):
            self._board.add(owner, work)

    async def continued(self, generation: Generation) -> list[tuple[Generation, Work]]:
        """An open generation with its work, to be queued again, its batch counted; none where it had to fail."""
        batch = await self._read(generation.batch_id)
        return [(generation, work) for work in await self._works_of_batch(batch, [generation])]

    async def _read(self, batch_id: BatchId) -> Batch:
        """A batch, counted from now on."""
        batch = await self._generations.batch(batch_id)
        with self._announcer.reading(batch):
            self._announcer.open_batch(batch, await self._storage.generations.of_batch(batch_id))
        return batch

    async def _works(self, open_generations: Sequence[Generation]) -> dict[GenerationId, Work]:
        """Of those that can be continued; the others fail."""
        by_batch: dict[BatchId, list[Generation]] = {}
        for generation in open_generations:
            by_batch.setdefault(generation.batch_id, []).append(generation)
        deaths = await self._storage.attempts.deaths()
        works: dict[GenerationId, Work] = {}
        for batch_id, open_members in by_batch.items():
            batch = await self._read(batch_id)
            for work in await self._works_of_batch(batch, open_members):
                works[work.generation_id] = replace(work, deaths=deaths.get(work.generation_id, 0))
        return works

    async def _works_of_batch(self, batch: Batch, members: Sequence[Generation]) -> list[Work]:
        try:
            return await self._generations.works_for(batch, members)
        except Exception as error:
            if passes(error):
                raise
            if not isinstance(error, HubError):
                logger.exception("batch %s could not be continued", batch.id)
            reason = error.message if isinstance(error, HubError) else internal_error(error)
            message = f"could not be continued after a restart: {reason}"
            for member in members:
                if await self._storage.generations.fail(member.id, message, at=self._clock.now()):
                    self._announcer.failed(member, message)
            return []
