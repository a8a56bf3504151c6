"""Asks a node again what became of an attempt that may have been paid for, and takes its picture if there is one."""

import logging

from vibes.domain.attempt import Attempt, AttemptState
from vibes.domain.errors import Conflict, NodeError
from vibes.domain.generation import Generation
from vibes.domain.money import reported_usd
from vibes.domain.nodes.outcome import Absent, Errored, Interrupted, MaybePaid, Pending, Running, Succeeded, TurnedDown
from vibes.domain.spending import RELEASED, UNCLEAR, Answer, Finding, Settled, SpendingState
from vibes.ports.clock import Clock
from vibes.ports.storage import Storage
from vibes.scheduling.snapshot import Work
from vibes.services.execution.lost_attempts import LostAttempts
from vibes.services.execution.outcomes import Completed, Superseded
from vibes.services.execution.result_collector import ResultCollector
from vibes.services.fleet.supervisor import NodeSupervisor
from vibes.services.fleet.watched_node import WatchedNode
from vibes.services.queue.active_attempt import ActiveAttempt
from vibes.services.queue.attempt_state import Assignment, Measurements, Origin

logger = logging.getLogger(__name__)


class PaidAnswers:
    def __init__(
        self,
        supervisor: NodeSupervisor,
        storage: Storage,
        collector: ResultCollector,
        lost: LostAttempts,
        clock: Clock,
    ) -> None:
        self._supervisor = supervisor
        self._storage = storage
        self._collector = collector
        self._lost = lost
        self._clock = clock

    async def find_out(self, attempt: Attempt, generation: Generation, work: Work) -> Answer:
        """Raises Conflict, ``node_unavailable``, when its node cannot be asked."""
        watch = self._supervisor.nodes.get(attempt.node_id)
        if watch is None or not watch.reachable:
            why = "left gpus.yaml" if watch is None else f"is {watch.state}"
            raise Conflict(f"{attempt.node_id} cannot be asked: it {why}", code="node_unavailable")
        active = self._active(attempt, generation, work)
        try:
            found = await watch.client.find(attempt.id, attempt.sent or None)
        except NodeError as error:
            raise Conflict(f"{attempt.node_id} cannot be asked: {error.message}", code="node_unavailable") from error
        match found:
            case Succeeded():
                return await self._take(active, watch, found)
            case Errored():
                return await self._failed(attempt, found)
            case Pending() | Running():
                self._lost.follow(active)
                return Answer(attempt.id, Finding.UNDER_WAY, f"{attempt.node_id} is still at it")
            case MaybePaid(message) | TurnedDown(message=message):  # its memory may not reach back so far
                return Answer(attempt.id, Finding.UNCLEAR, message)
            case Interrupted():
                return Answer(attempt.id, Finding.UNCLEAR, f"it was stopped on {attempt.node_id}")
            case Absent():
                return Answer(attempt.id, Finding.UNCLEAR, f"{attempt.node_id} does not know it")

    async def _take(self, active: ActiveAttempt, watch: WatchedNode, success: Succeeded) -> Answer:
        active.come_back()
        outcome = await self._collector.collect(active, watch, success)
        if isinstance(outcome, Completed | Superseded):
            return Answer(active.id, Finding.MADE, f"{active.node_id} had made it")
        logger.info("attempt %s was made and could not be fetched: %s", active.id, outcome)
        return Answer(active.id, Finding.UNCLEAR, f"{active.node_id} had made it, and it cannot be fetched")

    async def _failed(self, attempt: Attempt, error: Errored) -> Answer:
        cost = reported_usd(error.cost_usd)
        settled = UNCLEAR if cost is None else Settled(SpendingState.SPENT, cost) if cost else RELEASED
        at = self._clock.now()
        await self._storage.spendings.resolve(attempt.id, AttemptState.ERRORED, error.message, settled, at=at)
        return Answer(attempt.id, Finding.FAILED, error.message)

    def _active(self, attempt: Attempt, generation: Generation, work: Work) -> ActiveAttempt:
        return ActiveAttempt(
            assignment=Assignment(
                id=attempt.id,
                generation=generation,
                node_id=attempt.node_id,
                origin=Origin.ADOPTED,
                charges=True,
            ),
            work=work,
            clock=self._clock,
            measured=Measurements(assigned_at=self._clock.monotonic()),
            sent=attempt.sent or None,
        )
