"""Makes plannable work of open generations that an earlier hub, or a fault, left."""

import logging
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import replace

from vibes.domain.batch import Batch
from vibes.domain.errors import HubError, internal_error
from vibes.domain.generation import Generation
from vibes.domain.ids import BatchId, GenerationId
from vibes.domain.passing import passes
from vibes.ports.clock import Clock
from vibes.ports.storage import Storage
from vibes.scheduling.snapshot import Work
from vibes.services.generations.materials import Materials
from vibes.services.queue.announcer import Announcer

logger = logging.getLogger(__name__)


class ContinuedWork:
    def __init__(self, storage: Storage, materials: Materials, announcer: Announcer, clock: Clock) -> None:
        self._storage = storage
        self._materials = materials
        self._announcer = announcer
        self._clock = clock
        self._deaths: Mapping[GenerationId, int] | None = None
        """By open generation: how many nodes died while running it, as of the start."""

    async def of(self, open_generations: Sequence[Generation]) -> dict[GenerationId, Work]:
        """The works of those that can be continued, whose batches are counted from now on; the others fail."""
        if self._deaths is None:
            self._deaths = await self._storage.attempts.deaths()
        by_batch: dict[BatchId, list[Generation]] = {}
        for generation in open_generations:
            by_batch.setdefault(generation.batch_id, []).append(generation)
        works: dict[GenerationId, Work] = {}
        for batch in await self._counted(list(by_batch)):
            for work in await self._works_of_batch(batch, by_batch[batch.id]):
                works[work.generation_id] = replace(work, deaths=self._deaths.get(work.generation_id, 0))
        may_cost = [each for each, work in works.items() if work.max_cost]
        for generation_id in await self._storage.spendings.paid_for(may_cost) if may_cost else ():
            works[generation_id] = replace(works[generation_id], paid=True)
        return works

    async def _counted(self, batch_ids: Sequence[BatchId]) -> Sequence[Batch]:
        batches = await self._storage.generations.batches(batch_ids)
        with ExitStack() as reading:
            for batch in batches:
                reading.enter_context(self._announcer.reading(batch))
            statuses = await self._storage.generations.statuses_in(batch_ids)
            for batch in batches:
                self._announcer.open_batch(batch, statuses.get(batch.id, {}))
        return batches

    async def _works_of_batch(self, batch: Batch, members: Sequence[Generation]) -> list[Work]:
        try:
            return await self._materials.works_for(batch, members)
        except Exception as error:  # a fault of ours costs this batch, and neither the others nor the start
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
