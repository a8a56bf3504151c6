"""Looks, by the rows alone, for what should be worked on and is not: whatever fault left it behind, it goes on within
a minute. Nothing here trusts the board."""

import logging
from collections.abc import Awaitable, Callable, Iterable

from vibes.domain.generation import Generation, GenerationStatus
from vibes.domain.ids import GenerationId
from vibes.ports.clock import Clock
from vibes.ports.storage import Storage
from vibes.services.execution.dispatcher import Dispatcher
from vibes.services.jobs.runner import JobRunner
from vibes.services.maintenance.continued_work import ContinuedWork
from vibes.services.maintenance.queue_reader import QueueReader
from vibes.services.maintenance.recovery import Recovery
from vibes.services.queue.announcer import Announcer
from vibes.services.queue.board import Board

logger = logging.getLogger(__name__)

SWEEP_SECONDS = 15.0
"""Half a lease."""

SURE_SECONDS = 10.0
"""What has been odd for so long, at every look, is no move that is just under way."""


class Healing:
    def __init__(
        self,
        storage: Storage,
        board: Board,
        dispatcher: Dispatcher,
        recovery: Recovery,
        continued: ContinuedWork,
        queue: QueueReader,
        announcer: Announcer,
        jobs: JobRunner,
        clock: Clock,
    ) -> None:
        self._storage = storage
        self._board = board
        self._dispatcher = dispatcher
        self._recovery = recovery
        self._continued = continued
        self._queue = queue
        self._announcer = announcer
        self._jobs = jobs
        self._clock = clock
        self._odd_since: dict[GenerationId, float] = {}

    async def follow(self) -> None:
        """For ever: one sweep after the other."""
        while True:
            await self._clock.sleep(SWEEP_SECONDS)
            await self.sweep()

    async def sweep(self) -> None:
        """Attempts that nobody drives, generations that nobody draws, work that nobody queues, jobs that nobody drives.

        What breaks in one of these looks keeps none of the others from being made; the last fault is raised.
        """
        looks: Iterable[Callable[[], Awaitable[None]]] = (
            self._recovery.sweep,
            self._drop_undriven,
            self._requeue_orphans,
            self._compare_queue,
            self._jobs.look_again,
        )
        fault: Exception | None = None
        for look in looks:
            try:
                await look()
            except Exception as error:  # the other looks are made all the same, then it is raised
                logger.exception("a look for what was left behind broke")
                fault = error
        if fault is not None:
            raise fault

    async def _drop_undriven(self) -> None:
        """What stands on the board as under way, and no task drives it."""
        for active in self._dispatcher.undriven():
            logger.error("nobody drives attempt %s of generation %s", active.id, active.generation.id)
            self._board.finish(active)

    async def _requeue_orphans(self) -> None:
        """An attempt and its generation move together, so that one without the other is always a fault."""
        orphans = await self._storage.generations.requeue_orphans()
        if orphans:
            logger.error("%d generations were generating without an attempt: they are queued again", orphans)

    async def _compare_queue(self) -> None:
        """What is queued in the database and unknown to the board, and the other way round."""
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
                    self._announcer.queued(generation, None)
                    self._board.add(generation, work)

    async def _let_go(self, generation_id: GenerationId) -> None:
        generation: Generation | None = await self._storage.generations.get(generation_id)
        if generation is None or generation.status.terminal:
            logger.error("generation %s is over and stood in the queue", generation_id)
            self._board.withdraw([generation_id])
