"""What the end of an attempt means for its generation: back to the queue, failed, or left to another attempt."""

import logging

from vibes.domain.attempt import AttemptState
from vibes.domain.errors import NodeError
from vibes.domain.events import QueuedCause
from vibes.ports.clock import Clock
from vibes.ports.storage import Storage
from vibes.scheduling.eligibility import never_reason
from vibes.scheduling.snapshot import Work
from vibes.services.fleet.supervisor import NodeSupervisor
from vibes.services.queue.announcer import Announcer
from vibes.services.queue.board import ActiveAttempt, Board

logger = logging.getLogger(__name__)

MAX_JOB_ERRORS = 3
"""Errors of the job itself, on distinct nodes where there are several, until it is given up."""
MAX_LOSSES = 10
"""Losses are not the job's fault; but this many in a row are no way to get a picture."""
MAX_DEATHS = 3
"""A job that ran on so many nodes when they died is what kills them; from the second on it runs alone."""

_CAUSES = {
    AttemptState.LOST: QueuedCause.LOST,
    AttemptState.ERRORED: QueuedCause.ERRORED,
    AttemptState.WITHDRAWN: QueuedCause.WITHDRAWN,
}
"""Why a generation is queued again, by how its attempt ended."""


class Settlement:
    """Every method may be called again when the database did not answer."""

    def __init__(
        self, board: Board, supervisor: NodeSupervisor, storage: Storage, announcer: Announcer, clock: Clock
    ) -> None:
        self._board = board
        self._supervisor = supervisor
        self._storage = storage
        self._announcer = announcer
        self._clock = clock

    async def done(self, active: ActiveAttempt) -> None:
        """The generation needs nothing more: whatever else is at it has come too late and is stopped.

        An attempt that never began, or was stopped itself, says nothing of its generation: that may have been asked for
        again, and be in other hands by now.
        """
        if active.graph is None or active.cancelled:
            return
        for sibling in self._board.siblings(active):
            sibling.cancel()

    async def cancelled(self, active: ActiveAttempt) -> bool:
        """Stop it on its node and close it; False when the node did not hear of it."""
        watch = self._supervisor.nodes.get(active.node_id)
        heard = True
        try:
            if watch is not None:
                await watch.client.cancel(active.id)
        except NodeError as error:
            logger.warning("%s did not take the cancel of %s: %s", active.node_id, active.id, error)
            heard = False
        await self._close(active)
        return heard

    async def withdrawn(self, active: ActiveAttempt) -> None:
        await self._requeue(active, AttemptState.WITHDRAWN, None, active.work)

    async def put_back(self, active: ActiveAttempt, message: str) -> None:
        """The hub itself could not go on with it: neither the generation nor the node is to blame, however often."""
        logger.warning("generation %s is put back: %s", active.generation.id, message)
        if active.cancelled:
            await self._close(active)
        else:
            await self._requeue(active, AttemptState.LOST, message, active.work)

    async def lost(self, active: ActiveAttempt, message: str, *, node_died: bool = False) -> None:
        """``node_died``: with this generation's prompt running on it, which may be no accident."""
        logger.warning("generation %s lost its attempt: %s", active.generation.id, message)
        work = active.work.after_loss(node_died=node_died)
        if active.cancelled:
            await self._close(active)
        elif work.deaths >= MAX_DEATHS:
            await self.failed(active, f"{MAX_DEATHS} nodes died while they ran it, last: {message}")
        elif work.losses >= MAX_LOSSES:
            await self.failed(active, f"lost {MAX_LOSSES} times, last: {message}")
        else:
            await self._requeue(active, AttemptState.LOST, message, work, node_died=node_died)

    async def job_failed(self, active: ActiveAttempt, message: str) -> None:
        """Another node may have what this one lacks; with no other node the first error is the answer."""
        if active.cancelled:
            await self._close(active)
            return
        excluded = active.work.excluded_nodes | {active.node_id}
        another = any(
            node.id not in excluded and node.state.takes_work and never_reason(node, active.work) is None
            for node in self._board.nodes()
        )
        if another and len(excluded) < MAX_JOB_ERRORS:
            await self._requeue(active, AttemptState.ERRORED, message, active.work.excluding(excluded))
        else:
            await self.failed(active, message)

    async def failed(self, active: ActiveAttempt, message: str) -> None:
        if active.cancelled:  # nobody waits for it, and its generation may have been asked for again since
            await self._close(active)
            return
        if self._board.siblings(active):
            await self._requeue(active, AttemptState.ERRORED, message, active.work)
            return
        if active.graph is None:
            failed = await self._storage.generations.fail(active.generation.id, message, at=self._clock.now())
        else:
            failed = await self._storage.attempts.fail(active.id, message, at=self._clock.now())
        if failed:
            logger.warning("generation %s failed on %s: %s", active.generation.id, active.node_id, message)
            self._announcer.failed(active.generation, message)

    async def _close(self, active: ActiveAttempt) -> None:
        await self._storage.attempts.close(active.id, AttemptState.CANCELLED, at=self._clock.now())

    async def _requeue(
        self, active: ActiveAttempt, state: AttemptState, message: str | None, work: Work, *, node_died: bool = False
    ) -> None:
        """Back to the queue, unless another attempt is under way: that one then knows what this one learnt."""
        if active.graph is None:
            # No attempt row was written yet: the generation still waits in the database, or its first attempt goes on.
            back = not active.cancelled and not active.twin
        else:
            back = await self._storage.attempts.give_up(
                active.id, state, message, at=self._clock.now(), node_died=node_died
            )
        if back and not active.cancelled:
            self._announcer.queued(active.generation, _CAUSES[state], message)
            self._board.add(active.generation, work)
        else:
            for sibling in self._board.siblings(active):
                sibling.work = work
