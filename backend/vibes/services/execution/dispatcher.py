"""Carries out the plan: makes one on every change, and starts attempts, takes them back and adds second ones."""

import asyncio
import logging
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass

from vibes.domain.attempt import Attempt, AttemptState
from vibes.domain.generation import Generation
from vibes.domain.ids import AttemptId, GenerationId, new_attempt_id
from vibes.domain.spending import Commitment
from vibes.ports.clock import Clock
from vibes.scheduling.decisions import Assign, Decision, Prefetch, SecondAttempt, TakeBack
from vibes.scheduling.snapshot import Work
from vibes.services.events.subscribers import Subscribers
from vibes.services.execution.attempt_tasks import AttemptTasks, EndedAttempt
from vibes.services.execution.lost_attempts import LostAttempts
from vibes.services.execution.safe_planning import SafePlanning
from vibes.services.fleet.supervisor import NodeSupervisor
from vibes.services.fleet.watched_node import WatchedNode
from vibes.services.queue.active_attempt import ActiveAttempt
from vibes.services.queue.attempt_state import Assignment, Measurements, Origin
from vibes.services.queue.board import Board

logger = logging.getLogger(__name__)

SAFETY_INTERVAL_SECONDS = 1.0
"""Seconds after which a plan is made even without a change."""
UNSTORED_AT_MOST = 32
"""Finished pictures in memory that cannot be stored, above which nothing new is drawn: each may be some 60 MB."""


REST_FROM_SECONDS, RECENT_PLANS = 0.005, 8
"""Where plans take longer, as of some hundred nodes, each is followed by a rest as long as the quickest of the recent
ones took: everything else gets about half of the event loop, and what changes meanwhile goes into one plan. The
quickest, since any single one may have taken long because the machine was busy with something else."""


@dataclass(frozen=True, slots=True)
class Planned:
    """A plan was made, which is carried out next. Moments in monotonic seconds."""

    began_at: float
    ended_at: float
    decisions: tuple[Decision, ...]


class Dispatcher:
    def __init__(
        self,
        board: Board,
        planning: SafePlanning,
        attempts: AttemptTasks,
        lost: LostAttempts,
        supervisor: NodeSupervisor,
        clock: Clock,
    ) -> None:
        self._board = board
        self._planning = planning
        self._attempts = attempts
        self._lost = lost
        self._supervisor = supervisor
        self._clock = clock
        self._claiming = True
        self._took: deque[float] = deque(maxlen=RECENT_PLANS)
        """Seconds of the recent plans."""
        self.planned: Subscribers[Planned] = Subscribers()
        """Told of each plan, before it is carried out."""

    async def run(self) -> None:
        """Plan on every change and carry out the plan, until cancelled."""
        while True:
            self._board.changed.clear()
            began_at = self._clock.monotonic()
            again_in = self._plan() if self._claiming else None
            self._took.append(self._clock.monotonic() - began_at)
            rest = min(self._took)
            if rest > REST_FROM_SECONDS:
                await self._clock.sleep(rest)
            try:
                async with asyncio.timeout(min(SAFETY_INTERVAL_SECONDS, again_in or SAFETY_INTERVAL_SECONDS)):
                    await self._board.changed.wait()
            except TimeoutError:
                continue

    def _plan(self) -> float | None:
        """Make a plan and begin to carry it out; answers when the next plan is worth making."""
        if self._board.paused_since is not None or self._board.unstored >= UNSTORED_AT_MOST:
            return None
        self._supervisor.try_one_of_all()
        began_at = self._clock.monotonic()
        planned = self._planning.plan()
        self.planned.tell(Planned(began_at, self._clock.monotonic(), planned.decisions))
        self._board.ledger = planned.ledger
        for decision in planned.decisions:
            try:
                self._carry_out(decision)
            except Exception:  # a decision that cannot be carried out must not prevent the others
                logger.exception("%s could not be carried out", decision)
        return planned.again_in

    def _carry_out(self, decision: Decision) -> None:
        match decision:
            case Assign():
                self._assign(decision, Origin.ASSIGNED)
            case Prefetch():
                self._assign(decision, Origin.PREFETCHED)
            case TakeBack():
                self._want_back(decision)
            case SecondAttempt():
                self._begin_second(decision)

    def stop_claiming(self) -> None:
        """The hub is about to end: start nothing new."""
        self._claiming = False

    @property
    def ended(self) -> Subscribers[EndedAttempt]:
        """Told of each attempt once it is settled."""
        return self._attempts.ended

    @property
    def stopping(self) -> bool:
        return not self._claiming

    def take_back_what_waits(self) -> None:
        """See `AttemptTasks.take_back_what_waits`."""
        self._attempts.take_back_what_waits()

    async def stop(self) -> None:
        """See `AttemptTasks.stop`."""
        self.stop_claiming()
        await self._attempts.stop()
        await self._lost.stop()

    def adopt(self, attempt: Attempt, generation: Generation, work: Work) -> None:
        """Continue an attempt of an earlier hub process."""
        age = (self._clock.now() - attempt.created_at).total_seconds()
        watch = self._supervisor.nodes.get(attempt.node_id)
        self._attempts.start(
            ActiveAttempt(
                assignment=Assignment(
                    id=attempt.id,
                    generation=generation,
                    node_id=attempt.node_id,
                    origin=Origin.ADOPTED,
                    charges=attempt.charges,
                ),
                work=work,
                clock=self._clock,
                measured=Measurements(
                    assigned_at=self._clock.monotonic() - max(age, 0.0),
                    expected_seconds=0.0 if watch is None else self._planning.expected_seconds(watch, work),
                ),
                sent=attempt.sent,
            )
        )

    def abandon(self, attempt: Attempt, state: AttemptState) -> None:
        """Stop an attempt of an earlier hub process that nobody wants, and close it as ``state``."""
        self._lost.abandon(attempt, state)

    def drives(self, attempt_id: AttemptId) -> bool:
        """Whether a task sees to the attempt's end."""
        return self._lost.abandons(attempt_id) or self._attempts.drives(attempt_id)

    def undriven(self) -> list[ActiveAttempt]:
        """Attempts that are open on the board although no task sees to their end."""
        return self._attempts.undriven()

    def cancel(self, generation_ids: Iterable[GenerationId]) -> None:
        """Stop working on these; their rows say cancelled already."""
        self._board.cancel(generation_ids)

    def _assign(self, decision: Assign | Prefetch, origin: Origin) -> None:
        generation, work = self._board.take(decision.generation_id)
        self._start(generation, work, decision, origin)

    def _want_back(self, decision: TakeBack) -> None:
        for active in self._board.attempts_of(decision.generation_id):
            if active.node_id == decision.node_id:
                active.want_back()

    def _begin_second(self, decision: SecondAttempt) -> None:
        first, *_ = self._board.attempts_of(decision.generation_id)
        logger.info("%s seems stuck on %s: %s tries it too", first.generation.id, first.node_id, decision.node_id)
        self._start(first.generation, first.work, decision, Origin.SECOND)

    def _start(
        self, generation: Generation, work: Work, decision: Assign | Prefetch | SecondAttempt, origin: Origin
    ) -> None:
        watch = self._supervisor.nodes.get(decision.node_id)
        self._attempts.start(
            ActiveAttempt(
                assignment=Assignment(
                    id=new_attempt_id(),
                    generation=generation,
                    node_id=decision.node_id,
                    origin=origin,
                    charges=watch is not None and watch.charges,
                    commitment=_commitment(watch, decision),
                ),
                work=work,
                clock=self._clock,
                measured=Measurements(assigned_at=self._clock.monotonic(), expected_seconds=decision.seconds),
            )
        )


def _commitment(watch: WatchedNode | None, decision: Assign | Prefetch | SecondAttempt) -> Commitment | None:
    """What the plan sets aside for it; the plan prefetches nothing, and begins nothing twice, where that costs."""
    if watch is None or watch.cost is None or not isinstance(decision, Assign):
        return None
    return Commitment(amount=decision.cost, cost=watch.cost_now, budget=watch.config.budget)
