"""Carries out the plan: starts attempts, owns them while they run, settles what they leave behind."""

import asyncio
import logging
from collections import deque
from collections.abc import Awaitable, Callable, Coroutine, Iterable
from functools import partial
from typing import Any

from vibes.domain.attempt import Attempt, AttemptState
from vibes.domain.errors import InvalidRequest, NodeError, NotFound, StorageUnavailable, internal_error
from vibes.domain.events import NodeChanged
from vibes.domain.generation import Generation
from vibes.domain.ids import AttemptId, GenerationId, NodeId, new_attempt_id
from vibes.domain.node import NodeState
from vibes.domain.node_events import (
    AttemptEnded,
    AttemptEvent,
    AttemptPreview,
    AttemptProgress,
    AttemptStarted,
    GraphNodeStarted,
    NodeConnected,
    NodeDisconnected,
    NodeEvent,
    QueueLength,
)
from vibes.domain.passing import passes
from vibes.ports.clock import Clock
from vibes.ports.storage import Storage
from vibes.scheduling.decisions import Assign, Decision, Hedge, Prefetch, Withdraw
from vibes.scheduling.snapshot import Work
from vibes.services.events.live_events import LiveEvents
from vibes.services.events.progress import ProgressTracker
from vibes.services.execution.attempt_runner import AttemptRunner
from vibes.services.execution.outcomes import Cancelled, JobFailed, Lost, Withdrawn
from vibes.services.execution.safe_planning import SafePlanning
from vibes.services.execution.settlement import Settlement
from vibes.services.fleet.health_monitor import NodeWatch
from vibes.services.fleet.supervisor import NodeSupervisor
from vibes.services.queue.announcer import Announcer
from vibes.services.queue.board import ActiveAttempt, Board

logger = logging.getLogger(__name__)

SAFETY_INTERVAL_SECONDS = 1.0
"""A plan is made on every change; this often also without one, as a net."""
FETCH_GRACE_SECONDS = 10.0
ABANDON_SECONDS = 60.0
"""How long an unwanted prompt of an earlier hub process waits for its node."""
REMEMBERED_LOSSES = 20
"""Lost attempts a node that are looked at again when it comes back."""
STORAGE_RETRY_SECONDS = 1.0


class Dispatcher:
    def __init__(
        self,
        board: Board,
        planning: SafePlanning,
        runner: AttemptRunner,
        settlement: Settlement,
        supervisor: NodeSupervisor,
        storage: Storage,
        announcer: Announcer,
        live: LiveEvents,
        progress: ProgressTracker,
        clock: Clock,
    ) -> None:
        self._board = board
        self._planning = planning
        self._runner = runner
        self._settlement = settlement
        self._supervisor = supervisor
        self._storage = storage
        self._announcer = announcer
        self._live = live
        self._progress = progress
        self._clock = clock
        self._tasks: dict[ActiveAttempt, asyncio.Task[None]] = {}
        self._errands: set[asyncio.Task[None]] = set()
        self._abandoning: set[AttemptId] = set()
        self._lost: dict[NodeId, deque[ActiveAttempt]] = {}
        self._claiming = True

    async def run(self) -> None:
        """Until cancelled: plan on every change and do what the plan says."""
        while True:
            self._board.changed.clear()
            again_in = self._plan() if self._claiming else None
            try:
                async with asyncio.timeout(min(SAFETY_INTERVAL_SECONDS, again_in or SAFETY_INTERVAL_SECONDS)):
                    await self._board.changed.wait()
            except TimeoutError:
                continue

    def _plan(self) -> float | None:
        """Decide and begin to do it; answers when the plan wants to be made again."""
        if self._board.paused_since is not None:
            return None
        self._supervisor.try_one_of_all()
        planned = self._planning.plan()
        self._board.ledger = planned.ledger
        for decision in planned.decisions:
            try:
                self._carry_out(decision)
            except Exception:  # one decision that cannot be carried out keeps none of the others from it
                logger.exception("%s could not be carried out", decision)
        return planned.again_in

    def _carry_out(self, decision: Decision) -> None:
        match decision:
            case Assign():
                self._assign(decision)
            case Prefetch():
                self._assign(decision, behind=True)
            case Withdraw():
                self._want_back(decision)
            case Hedge():
                self._hedge(decision)

    def stop_claiming(self) -> None:
        """The hub is about to end: start nothing new."""
        self._claiming = False

    @property
    def stopping(self) -> bool:
        return not self._claiming

    def take_back_what_waits(self) -> None:
        """On nodes, behind others: it returns to the queue."""
        for active in self._tasks:
            if active.behind and not active.stays:
                active.want_back()

    async def stop(self) -> None:
        """Take back what waits on a node behind another, let images on their way arrive, then let go; what still runs
        stays on its node and is adopted at the next start."""
        self.stop_claiming()
        self.take_back_what_waits()
        ending = [task for active, task in self._tasks.items() if active.fetching or active.wanted_back]
        if ending:
            await asyncio.wait(ending, timeout=FETCH_GRACE_SECONDS)
        tasks = [*self._tasks.values(), *self._errands]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def adopt(self, attempt: Attempt, generation: Generation, work: Work) -> None:
        """Go on with an attempt of an earlier hub process."""
        active = self._earlier(attempt, generation, work)
        watch = self._supervisor.nodes.get(attempt.node_id)
        if watch is not None:
            active.expected_seconds = self._planning.expected_seconds(watch, work)
        self._start(active, self._runner.adopt)

    def abandon(self, attempt: Attempt, state: AttemptState) -> None:
        """Stop an attempt of an earlier hub process that nobody wants any more, and close it as ``state``."""
        self._abandoning.add(attempt.id)
        self._errand(self._abandon(attempt, state), f"abandon {attempt.id}")

    def drives(self, attempt_id: AttemptId) -> bool:
        """Whether somebody sees to the attempt's end."""
        return attempt_id in self._abandoning or any(active.id == attempt_id for active in self._tasks)

    def undriven(self) -> list[ActiveAttempt]:
        """What stands on the board as under way although no task sees to its end."""
        return [active for active in self._board.active.values() if active not in self._tasks]

    def cancel(self, generation_ids: Iterable[GenerationId]) -> None:
        """Stop working on these; their rows already say cancelled."""
        wanted = set(generation_ids)
        self._board.withdraw(wanted)
        for active in self._board.active.values():
            if active.generation.id in wanted:
                active.cancel()

    def node_event(self, node_id: NodeId, event: NodeEvent) -> None:
        match event:
            case NodeConnected() | NodeDisconnected() | QueueLength():
                self._board.ask_again(node_id)
            case _:
                active = self._board.active.get(event.attempt_id)
                if active is not None and active.node_id == node_id:  # a node speaks for its own work only
                    active.heard_at = self._clock.monotonic()
                    self._mark(active, event)

    def node_changed(self, event: NodeChanged) -> None:
        self._live.publish_to_all(event)
        self._planning.fleet_changed()
        self._board.ask_again(event.node_id)
        self._interrupt_in_vain(event)
        self._board.changed.set()
        if event.state.takes_work and event.node_id in self._lost:
            self._board.reclaiming.add(event.node_id)
            self._errand(self._reclaim_all(event.node_id), f"reclaim what {event.node_id} had")

    def _interrupt_in_vain(self, event: NodeChanged) -> None:
        """Nobody waits for a node that is gone, nor brings pictures to one that takes nothing."""
        watch = self._supervisor.nodes.get(event.node_id)
        for active in self._board.on_node(event.node_id):
            silent = active.graph is None and watch is not None and watch.silence.long
            if silent or event.state is NodeState.OFFLINE:
                active.interrupt()

    def _mark(self, active: ActiveAttempt, event: AttemptEvent) -> None:
        match event:
            case AttemptProgress() | GraphNodeStarted():
                progress = self._progress.advance(event)
                active.loading = self._progress.loading(active.id)
                if progress is not None and not active.cancelled:
                    self._announcer.progressed(active.generation, active.node_id, progress)
            case AttemptStarted():
                self._board.started(active)
            case AttemptPreview(media_type=media_type, image=image) if not active.twin:
                self._announcer.previewed(active.generation, media_type, image)
            case AttemptEnded():
                active.ended_at = self._clock.monotonic()
                active.signal.set()

    def _assign(self, decision: Assign | Prefetch, *, behind: bool = False) -> None:
        generation, work = self._board.take(decision.generation_id)
        self._start(self._attempt(generation, work, decision, behind=behind), self._runner.run)

    def _want_back(self, decision: Withdraw) -> None:
        for active in self._board.attempts_of(decision.generation_id):
            if active.node_id == decision.node_id:
                active.want_back()

    def _hedge(self, decision: Hedge) -> None:
        first, *_ = self._board.attempts_of(decision.generation_id)
        logger.info("%s seems stuck on %s: %s tries it too", first.generation.id, first.node_id, decision.node_id)
        self._start(self._attempt(first.generation, first.work, decision, twin=True), self._runner.run)

    def _attempt(
        self,
        generation: Generation,
        work: Work,
        decision: Assign | Prefetch | Hedge,
        *,
        behind: bool = False,
        twin: bool = False,
    ) -> ActiveAttempt:
        return ActiveAttempt(
            id=new_attempt_id(),
            generation=generation,
            work=work,
            node_id=decision.node_id,
            assigned_at=self._clock.monotonic(),
            expected_seconds=decision.seconds,
            behind=behind,
            twin=twin,
        )

    def _earlier(self, attempt: Attempt, generation: Generation, work: Work) -> ActiveAttempt:
        age = (self._clock.now() - attempt.created_at).total_seconds()
        return ActiveAttempt(
            id=attempt.id,
            generation=generation,
            work=work,
            node_id=attempt.node_id,
            assigned_at=self._clock.monotonic() - max(age, 0.0),
            graph=attempt.graph,
            adopted=True,
        )

    def _start(self, active: ActiveAttempt, body: Callable[[ActiveAttempt, NodeWatch], Awaitable[None]]) -> None:
        self._board.begin(active)
        task = asyncio.create_task(self._drive(active, body), name=f"attempt {active.id}")
        self._tasks[active] = task
        task.add_done_callback(lambda _: self._tasks.pop(active, None))

    def _errand(self, work: Coroutine[Any, Any, None], name: str) -> None:
        task = asyncio.create_task(work, name=name)
        self._errands.add(task)
        task.add_done_callback(self._errands.discard)

    async def _drive(self, active: ActiveAttempt, body: Callable[[ActiveAttempt, NodeWatch], Awaitable[None]]) -> None:
        try:
            settle = await self._outcome(active, body)
            while True:
                try:
                    await settle()
                except StorageUnavailable as error:
                    logger.warning("attempt %s waits to be settled: %s", active.id, error)
                    await self._clock.sleep(STORAGE_RETRY_SECONDS)
                except Exception:  # the sweep finds what is left of it
                    logger.exception("attempt %s of %s could not be settled", active.id, active.generation.id)
                    break
                else:
                    break
        finally:
            self._runner.forget(active)
            self._board.finish(active)

    async def _outcome(
        self, active: ActiveAttempt, body: Callable[[ActiveAttempt, NodeWatch], Awaitable[None]]
    ) -> Callable[[], Awaitable[None]]:
        """Run the attempt; answers what is left to do about its end."""
        watch = self._supervisor.nodes.get(active.node_id)
        if watch is None:
            return partial(self._settlement.lost, active, f"{active.node_id} left gpus.yaml")
        try:
            await body(active, watch)
        except (Cancelled, Withdrawn) as end:
            return partial(self._stop_there if isinstance(end, Cancelled) else self._settlement.withdrawn, active)
        except Lost as error:
            self._note_loss(active, watch, error)
            return partial(self._settlement.lost, active, str(error), node_died=error.node_died)
        except (NotFound, InvalidRequest) as error:  # its workflow or its picture changed since it was asked for
            return partial(self._settlement.failed, active, error.message)
        except JobFailed as error:
            if error.misbehaved:
                watch.note_failure()
            return partial(self._settlement.job_failed, active, str(error))
        except Exception as error:  # the edge where a fault of ours fails one generation, not the hub
            if passes(error):
                return await self._after_a_pause(active, error)
            logger.exception("attempt %s of generation %s broke", active.id, active.generation.id)
            return partial(self._settlement.failed, active, internal_error(error))
        return partial(self._settlement.done, active)

    async def _after_a_pause(self, active: ActiveAttempt, error: Exception) -> Callable[[], Awaitable[None]]:
        """The hub's machine lacks something for a moment: nobody is to blame, and it is tried again."""
        if active.graph is not None:
            self._look_again_at(active)  # the node may have it
        await self._clock.sleep(STORAGE_RETRY_SECONDS)
        return partial(self._settlement.put_back, active, str(error))

    async def _reclaim_all(self, node_id: NodeId) -> None:
        """Before the node gets anything new: it may have drawn already what would be asked of it again."""
        try:
            for lost in self._lost.pop(node_id, ()):
                await self._reclaim(lost)
        finally:
            self._board.reclaiming.discard(node_id)
            self._board.changed.set()

    async def _stop_there(self, active: ActiveAttempt) -> None:
        """A node that does not hear of it is told when it is back."""
        if not await self._settlement.cancelled(active):
            self._look_again_at(active)

    def _look_again_at(self, active: ActiveAttempt) -> None:
        self._lost.setdefault(active.node_id, deque(maxlen=REMEMBERED_LOSSES)).append(active)

    def _note_loss(self, active: ActiveAttempt, watch: NodeWatch, error: Lost) -> None:
        if not error.noted:
            watch.note_failure(error.repeat)
        watch.resident_checkpoint = None
        if error.may_return and active.graph is not None:
            self._look_again_at(active)

    async def _reclaim(self, lost: ActiveAttempt) -> None:
        """The node of a lost attempt is back: take its result if it is still wanted, otherwise stop it there."""
        watch = self._supervisor.nodes.get(lost.node_id)
        if watch is None:
            return
        try:
            await self._runner.reclaim(lost, watch)
        except NodeError as error:
            logger.info("%s does not tell of lost attempt %s yet: %s", lost.node_id, lost.id, error)
            self._look_again_at(lost)
            return
        except (StorageUnavailable, Lost, JobFailed, Cancelled) as error:
            logger.info("lost attempt %s brought nothing more: %s", lost.id, error)
            return
        except Exception:  # one that cannot be looked at keeps none of the others from it
            logger.exception("lost attempt %s could not be reclaimed", lost.id)
            return
        current = await self._storage.generations.get(lost.generation.id)
        if current is None or current.image is not None:  # what was cancelled may be asked for again at any moment
            self.cancel([lost.generation.id])

    async def _abandon(self, attempt: Attempt, state: AttemptState) -> None:
        watch = self._supervisor.nodes.get(attempt.node_id)
        give_up_at = self._clock.monotonic() + ABANDON_SECONDS
        while watch is not None and not watch.reachable and self._clock.monotonic() < give_up_at:
            await self._clock.sleep(STORAGE_RETRY_SECONDS)
        try:
            if watch is not None and watch.reachable:
                await watch.client.cancel(attempt.id)
        except NodeError as error:
            logger.warning("%s may still run %s: %s", attempt.node_id, attempt.id, error)
        try:
            await self._storage.attempts.close(attempt.id, state, at=self._clock.now())
        finally:  # the sweep finds it again where it could not be closed
            self._abandoning.discard(attempt.id)
