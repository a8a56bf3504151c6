"""One task an attempt: has it carried out and settles how it ended, whatever happens."""

import asyncio
import logging

from vibes.domain.errors import InvalidRequest, NotFound, StorageUnavailable, internal_error
from vibes.domain.ids import AttemptId
from vibes.domain.passing import passes
from vibes.ports.clock import Clock
from vibes.services.execution.attempt_runner import AttemptRunner
from vibes.services.execution.lost_attempts import LostAttempts
from vibes.services.execution.outcomes import Hopeless, JobFailed, Lost, Outcome, PutBack
from vibes.services.execution.settlement import Settlement
from vibes.services.fleet.supervisor import NodeSupervisor
from vibes.services.fleet.watched_node import WatchedNode
from vibes.services.queue.active_attempt import ActiveAttempt
from vibes.services.queue.attempt_state import InvalidTransition, Wish
from vibes.services.queue.board import Board

logger = logging.getLogger(__name__)

FETCH_GRACE_SECONDS = 10.0
"""When the hub ends: how long pictures on their way may take to arrive, and prompts to be given back."""
STORAGE_RETRY_SECONDS = 1.0
"""Between two tries to settle an attempt while the database does not answer; also until work is put back for which
the machine lacked something."""


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

    def start(self, active: ActiveAttempt) -> None:
        """Have it carried out, until it is settled."""
        self._board.begin(active)
        task = asyncio.create_task(self._drive(active), name=f"attempt {active.id}")
        self._tasks[active] = task
        task.add_done_callback(lambda _: self._tasks.pop(active, None))

    def drives(self, attempt_id: AttemptId) -> bool:
        """Whether a task sees to the attempt's end."""
        return any(active.id == attempt_id for active in self._tasks)

    def undriven(self) -> list[ActiveAttempt]:
        """What stands on the board as under way although no task sees to its end."""
        return [active for active in self._board.active.values() if active not in self._tasks]

    def take_back_what_waits(self) -> None:
        """On nodes, behind others: it returns to the queue."""
        for active in self._tasks:
            if active.prefetched and not active.evidence.asked_back:
                active.want_back()

    async def stop(self) -> None:
        """Take back what waits on a node behind another, let images on their way arrive, then let go; what still runs
        stays on its node and is adopted at the next start."""
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
        finally:
            self._runner.forget(active)
            self._board.finish(active)

    async def _outcome(self, active: ActiveAttempt) -> Outcome:
        """Run the attempt, and hold against its node what that is to blame for."""
        watch = self._supervisor.nodes.get(active.node_id)
        if watch is None:
            return Lost(message=f"{active.node_id} left gpus.yaml")
        outcome = await self._run(active, watch)
        match outcome:
            case Lost():
                self._lost.note(active, watch, outcome)
            case JobFailed(misbehaved=True):
                watch.note_failure()
            case PutBack():
                if active.graph is not None:
                    self._lost.remember(active)  # the node may have it
                await self._clock.sleep(STORAGE_RETRY_SECONDS)
        return outcome

    async def _run(self, active: ActiveAttempt, watch: WatchedNode) -> Outcome:
        """Never raises: a fault of ours costs one attempt or one generation, not the hub."""
        try:
            return await self._runner.run(active, watch)
        except (NotFound, InvalidRequest) as error:  # its workflow or its picture changed since it was asked for
            return Hopeless(error.message)
        except InvalidTransition as error:  # nothing is known of it any more; another attempt starts afresh
            logger.exception("attempt %s of generation %s is given up", active.id, active.generation.id)
            return Lost(message=internal_error(error), may_return=True, noted=True)
        except Exception as error:  # the edge where a fault of ours fails one generation, not the hub
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
