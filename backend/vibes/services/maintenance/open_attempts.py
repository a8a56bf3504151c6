"""Open attempts that no task drives: of an earlier hub process, or after a fault of this one."""

import logging
from collections.abc import Sequence

from vibes.domain.attempt import Attempt, AttemptState
from vibes.domain.generation import Generation, GenerationStatus
from vibes.domain.ids import GenerationId
from vibes.ports.clock import Clock
from vibes.ports.storage import Storage
from vibes.scheduling.snapshot import Work
from vibes.services.execution.dispatcher import Dispatcher
from vibes.services.fleet.supervisor import NodeSupervisor
from vibes.services.maintenance.continued_work import ContinuedWork
from vibes.services.queue.board import Board

logger = logging.getLogger(__name__)


class OpenAttempts:
    def __init__(
        self,
        storage: Storage,
        board: Board,
        dispatcher: Dispatcher,
        supervisor: NodeSupervisor,
        continued: ContinuedWork,
        clock: Clock,
    ) -> None:
        self._storage = storage
        self._board = board
        self._dispatcher = dispatcher
        self._supervisor = supervisor
        self._continued = continued
        self._clock = clock

    async def adopt(self, attempts: Sequence[Attempt]) -> None:
        """Adopt those of an earlier hub process, oldest first: the newest of each generation goes on, others are
        stopped."""
        owners = await self._storage.generations.with_status([GenerationStatus.GENERATING])
        by_id = {owner.id: owner for owner in owners}
        works = await self._continued.of(owners)
        adopted: set[GenerationId] = set()
        for attempt in reversed(attempts):
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

    async def take_up_expired(self) -> None:
        """Take up attempts with an expired lease: whoever drives one renews it, so this is a fault of ours."""
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

    async def drop_undriven(self) -> None:
        """Remove attempts from the board that no task drives."""
        for active in self._dispatcher.undriven():
            logger.error("nobody drives attempt %s of generation %s", active.id, active.generation.id)
            self._board.finish(active)

    async def _take_over(self, attempt: Attempt, owner: Generation, work: Work) -> None:
        # What may have been paid for is left to a person, also where its node is gone.
        if attempt.node_id in self._supervisor.nodes or attempt.charges:
            self._dispatcher.adopt(attempt, owner, work)
        elif await self._storage.attempts.give_up(
            attempt.id, AttemptState.LOST, "its node left gpus.yaml", at=self._clock.now()
        ):
            self._board.add(owner, work)
