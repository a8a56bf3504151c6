"""One task for each attempt, which carries it out and settles its end, whatever happens."""

import asyncio
import logging
from dataclasses import dataclass

from vibes.domain.errors import InvalidRequest, NotFound, StorageUnavailable, internal_error
from vibes.domain.ids import AttemptId
from vibes.domain.passing import passes
from vibes.ports.clock import Clock
from vibes.services.events.subscribers import Subscribers
from vibes.services.execution.attempt_runner import AttemptRunner
from vibes.services.execution.lost_attempts import LostAttempts, left_to_a_person, may_have_cost
from vibes.services.execution.outcomes import Completed, Hopeless, JobFailed, Lost, Outcome, PutBack, Superseded
from vibes.services.execution.payments import of_end
from vibes.services.execution.settlement import Settlement
from vibes.services.fleet.supervisor import NodeSupervisor
from vibes.services.fleet.watched_node import WatchedNode
from vibes.services.queue.active_attempt import ActiveAttempt
from vibes.services.queue.attempt_state import InvalidTransition, Wish
from vibes.services.queue.board import Board

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class EndedAttempt:
    """An attempt, how it ended, and when that was settled, in monotonic seconds."""

    active: ActiveAttempt
    outcome: Outcome
    at: float


FETCH_GRACE_SECONDS = 10.0
"""At the hub's end: seconds for pictures that are being fetched to arrive, and for prompts to be taken back."""
STORAGE_RETRY_SECONDS = 1.0
"""Seconds between tries to settle an attempt while the database does not answer; also before work is queued again for
which this machine lacked a resource."""


class AttemptTasks:
    def __init__(
        self,
        board: Board,
        runner: AttemptRunner,
        settlement: Settlement,
        lost: LostAttempts,
        supervisor: NodeSupervisor,
        clock: Clock,
    ) -> None:
        self._board = board
        self._runner = runner
        self._settlement = settlement
        self._lost = lost
        self._supervisor = supervisor
        self._clock = clock
        self._tasks: dict[ActiveAttempt, asyncio.Task[None]] = {}
        self.ended: Subscribers[EndedAttempt] = Subscribers()
        """Told of each attempt once it is settled."""

    def start(self, active: ActiveAttempt) -> None:
        """Start a task that carries it out and settles it."""
        self._board.begin(active)
        task = asyncio.create_task(self._drive(active), name=f"attempt {active.id}")
        self._tasks[active] = task
        task.add_done_callback(lambda _: self._tasks.pop(active, None))

    def drives(self, attempt_id: AttemptId) -> bool:
        """Whether a task sees to the attempt's end."""
        return any(active.id == attempt_id for active in self._tasks)

    def undriven(self) -> list[ActiveAttempt]:
        """Attempts that are open on the board although no task sees to their end."""
        return [active for active in self._board.active.values() if active not in self._tasks]

    def take_back_what_waits(self) -> None:
        """Take back all prefetched prompts; their generations return to the queue."""
        for active in self._tasks:
            if active.prefetched and not active.evidence.asked_back:
                active.want_back()

    async def stop(self) -> None:
        """Take back prefetched prompts, let images that are being fetched arrive, then let go: what runs stays on its
        node and is adopted at the next start."""
        self.take_back_what_waits()
        ending = [task for active, task in self._tasks.items() if active.collecting or active.wish is Wish.TAKE_BACK]
        if ending:
            await asyncio.wait(ending, timeout=FETCH_GRACE_SECONDS)
        tasks = [*self._tasks.values()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _drive(self, active: ActiveAttempt) -> None:
        try:
            outcome = await self._outcome(active)
            while not await self._settled(active, outcome):
                await self._clock.sleep(STORAGE_RETRY_SECONDS)
            self.ended.tell(EndedAttempt(active, outcome, self._clock.monotonic()))
        finally:
            self._runner.forget(active)
            self._board.finish(active)

    async def _outcome(self, active: ActiveAttempt) -> Outcome:
        """Carry out the attempt, and blame its node if the outcome is the node's fault."""
        watch = self._supervisor.nodes.get(active.node_id)
        if watch is None:
            outcome: Outcome = Lost(message=f"{active.node_id} left gpus.yaml")
        else:
            outcome = await self._carried_out(active, watch)
        free = isinstance(outcome, Lost) and outcome.free
        if isinstance(outcome, Lost | PutBack) and not free and may_have_cost(active, watch):
            outcome = left_to_a_person(active, outcome.message)
        if not isinstance(outcome, Completed | Superseded):  # of those the collector knows what they cost
            active.paid = of_end(active, outcome, self._clock.monotonic() - active.measured.assigned_at)
        return outcome

    async def _carried_out(self, active: ActiveAttempt, watch: WatchedNode) -> Outcome:
        outcome = await self._run(active, watch)
        match outcome:
            case Lost():
                self._lost.note(active, watch, outcome)
            case JobFailed(misbehaved=True):
                watch.note_failure()
            case PutBack():
                if active.sent is not None:
                    self._lost.remember(active)  # the node may have it
                await self._clock.sleep(STORAGE_RETRY_SECONDS)
        return outcome

    async def _run(self, active: ActiveAttempt, watch: WatchedNode) -> Outcome:
        """Never raises: a fault of ours costs one attempt or one generation, not the hub."""
        try:
            return await self._runner.run(active, watch)
        except (NotFound, InvalidRequest) as error:  # its workflow or its picture has changed since it was submitted
            return Hopeless(error.message)
        except InvalidTransition as error:  # its state is unknown; another attempt starts afresh
            logger.exception("attempt %s of generation %s is given up", active.id, active.generation.id)
            return Lost(message=internal_error(error), may_return=True, noted=True)
        except Exception as error:  # a fault of ours fails one generation, not the hub
            if passes(error):
                return PutBack(str(error))
            logger.exception("attempt %s of generation %s broke", active.id, active.generation.id)
            return Hopeless(internal_error(error))

    async def _settled(self, active: ActiveAttempt, outcome: Outcome) -> bool:
        """False while the database does not answer."""
        try:
            await self._settlement.settle(active, outcome)
        except StorageUnavailable as error:
            logger.warning("attempt %s waits to be settled: %s", active.id, error)
            return False
        except Exception:  # the sweep finds what is left of it
            logger.exception("attempt %s of %s could not be settled", active.id, active.generation.id)
        return True
