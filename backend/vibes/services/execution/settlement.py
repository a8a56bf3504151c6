"""What the end of an attempt means for its generation: done, queued again, failed, or left to another attempt."""

import logging
from dataclasses import replace
from typing import assert_never

from vibes.domain.attempt import AttemptState
from vibes.domain.errors import NodeError
from vibes.domain.events import FailedCause, QueuedCause
from vibes.domain.nodes.outcome import MaybePaid
from vibes.domain.spending import RELEASED, SpendingState
from vibes.ports.clock import Clock
from vibes.ports.storage import Storage
from vibes.scheduling.eligibility import never_reason
from vibes.scheduling.snapshot import NodeView, Work
from vibes.services.execution.lost_attempts import LostAttempts
from vibes.services.execution.outcomes import (
    Cancelled,
    Completed,
    Hopeless,
    JobFailed,
    Lost,
    NotBegun,
    Outcome,
    PutBack,
    Superseded,
    TakenBack,
)
from vibes.services.fleet.supervisor import NodeSupervisor
from vibes.services.fleet.watched_node import WatchedNode
from vibes.services.queue.active_attempt import ActiveAttempt
from vibes.services.queue.announcer import Announcer
from vibes.services.queue.attempt_state import Origin
from vibes.services.queue.board import Board

logger = logging.getLogger(__name__)

MAX_JOB_ERRORS = 3
"""Errors of the job itself, on different nodes where possible, after which it fails."""
MAX_LOSSES = 10
"""Losses in a row after which a generation fails, although they are not its fault."""
MAX_DEATHS = 3
"""Nodes that died while running it after which it fails as their cause; after the second it runs alone."""

_CAUSES = {
    AttemptState.LOST: QueuedCause.LOST,
    AttemptState.ERRORED: QueuedCause.ERRORED,
    AttemptState.TAKEN_BACK: QueuedCause.TAKEN_BACK,
}
"""Why a generation is queued again, by how its attempt ended."""


class Settlement:
    def __init__(
        self,
        board: Board,
        supervisor: NodeSupervisor,
        storage: Storage,
        announcer: Announcer,
        lost: LostAttempts,
        clock: Clock,
    ) -> None:
        self._board = board
        self._supervisor = supervisor
        self._storage = storage
        self._announcer = announcer
        self._lost = lost
        self._clock = clock

    async def settle(self, active: ActiveAttempt, outcome: Outcome) -> None:
        """May be called again when the database did not answer: StorageUnavailable."""
        match outcome:
            case NotBegun():
                pass  # it has no row, and its generation's row is up to date
            case Cancelled():
                await self._stop(active)
            case Completed() | Superseded():
                self._stop_siblings(active)
            case _ if active.cancelled:
                # Nobody waits for it; its generation may have been retried since and be run by another attempt.
                await self._close(active)
            case TakenBack():
                await self._requeue(active, AttemptState.TAKEN_BACK, None, active.work)
            case _:
                await self._settle_in_vain(active, outcome)

    async def _settle_in_vain(
        self, active: ActiveAttempt, outcome: PutBack | Lost | JobFailed | Hopeless | MaybePaid
    ) -> None:
        """It brought no picture, which is still wanted."""
        match outcome:
            case PutBack(message):
                logger.warning("generation %s is put back: %s", active.generation.id, message)
                await self._requeue(active, AttemptState.LOST, message, active.work)
            case Lost(counts=False, message=message):
                await self._requeue(active, AttemptState.LOST, message, active.work)
            case Lost(message=message, node_died=node_died):
                await self._count_loss(active, message, node_died=node_died)
            case JobFailed():
                await self._try_elsewhere(active, outcome)
            case Hopeless(message):
                await self._fail(active, message)
            case MaybePaid(message):
                await self._leave_to_a_person(active, message)
            case _:
                assert_never(outcome)

    async def _stop(self, active: ActiveAttempt) -> None:
        """Stop it on its node and close it; a node that does not hear of it is told when it is back."""
        watch = self._supervisor.nodes.get(active.node_id)
        heard = True
        try:
            if watch is not None and not await self._untouched(active, watch):
                await watch.client.cancel(active.id)
        except NodeError as error:
            logger.warning("%s did not take the cancel of %s: %s", active.node_id, active.id, error)
            heard = False
        await self._close(active)
        if not heard:
            self._lost.remember(active)

    async def _untouched(self, active: ActiveAttempt, watch: WatchedNode) -> bool:
        """Whether a node that charges for it has not begun it, and gives it back: then it costs nothing."""
        given_back = active.charges and active.sent is not None and await watch.client.take_back(active.id)
        if given_back:
            active.paid = RELEASED
        return given_back

    def _stop_siblings(self, active: ActiveAttempt) -> None:
        """The generation has ended: stop its other attempts.

        An attempt that was itself stopped does not do that: its generation may have been retried since and be run by
        another one.
        """
        if not active.cancelled:
            for sibling in self._board.siblings(active):
                sibling.cancel()

    async def _leave_to_a_person(self, active: ActiveAttempt, message: str) -> None:
        """Its generation ends with it, whatever else is at it: to have it made again may cost as much again."""
        state, now = AttemptState.MAYBE_PAID, self._clock.now()
        if await self._storage.attempts.fail(active.id, message, at=now, state=state, paid=active.paid):
            logger.warning("generation %s is left to a person: %s", active.generation.id, message)
            self._announcer.failed(active.generation, message, FailedCause.MAYBE_PAID)
        self._stop_siblings(active)

    async def _count_loss(self, active: ActiveAttempt, message: str, *, node_died: bool) -> None:
        """``node_died``: while running this generation's prompt, which may be the cause."""
        logger.warning("generation %s lost its attempt: %s", active.generation.id, message)
        work = active.work.after_loss(died=active.node_id if node_died else None)
        if work.deaths >= MAX_DEATHS:
            await self._fail(active, f"{MAX_DEATHS} nodes died while they ran it, last: {message}")
        elif work.losses >= MAX_LOSSES:
            await self._fail(active, f"lost {MAX_LOSSES} times, last: {message}")
        else:
            await self._requeue(active, AttemptState.LOST, message, work, node_died=node_died)

    async def _try_elsewhere(self, active: ActiveAttempt, failed: JobFailed) -> None:
        """Try another node, which may have what this one lacks; without one the first error stands. What may have been
        paid for is only tried where it costs nothing."""
        nodes = self._board.nodes()
        errors = active.work.excluded_nodes | {active.node_id}
        excluded = errors | {node.id for node in nodes if failed.refused_by and _provider(node) == failed.refused_by}
        paid = active.work.paid or (active.charges and active.paid.state is not SpendingState.RELEASED)
        work = replace(active.work, paid=paid)
        another = any(
            node.id not in excluded and node.state.takes_work and never_reason(node, work) is None for node in nodes
        )
        if another and len(errors) < MAX_JOB_ERRORS:
            await self._requeue(active, AttemptState.ERRORED, failed.message, work.excluding(excluded))
        else:
            await self._fail(active, failed.message)

    async def _fail(self, active: ActiveAttempt, message: str) -> None:
        if self._board.siblings(active):
            await self._requeue(active, AttemptState.ERRORED, message, active.work)
            return
        if active.sent is None:
            failed = await self._storage.generations.fail(active.generation.id, message, at=self._clock.now())
        else:
            at = self._clock.now()
            failed = await self._storage.attempts.fail(active.id, message, at=at, paid=active.paid)
        if failed:
            logger.warning("generation %s failed on %s: %s", active.generation.id, active.node_id, message)
            self._announcer.failed(active.generation, message)

    async def _close(self, active: ActiveAttempt) -> None:
        at, state = self._clock.now(), AttemptState.CANCELLED
        await self._storage.attempts.close(active.id, state, at=at, paid=active.paid)

    async def _requeue(
        self, active: ActiveAttempt, state: AttemptState, message: str | None, work: Work, *, node_died: bool = False
    ) -> None:
        """Back to the queue, unless another attempt is open, which then gets this one's experience."""
        if active.sent is None:
            # No attempt row was written yet: the generation still waits in the database, or its first attempt goes on.
            back = not active.cancelled and active.origin is not Origin.SECOND
        else:
            back = await self._storage.attempts.give_up(
                active.id, state, message, at=self._clock.now(), node_died=node_died, paid=active.paid
            )
            if not back and not self._board.siblings(active):
                unwanted = {each.id for each in self._board.attempts_of(active.generation.id)} | self._lost.abandoned
                back = await self._storage.attempts.return_to_queue(active.generation.id, unwanted)
        if back and not active.cancelled:
            self._announcer.queued(active.generation, _CAUSES[state], message)
            self._board.add(active.generation, work)
        else:
            for sibling in self._board.siblings(active):
                sibling.work = work


def _provider(node: NodeView) -> str:
    return "" if node.inventory is None else node.inventory.provider
