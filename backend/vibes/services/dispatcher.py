"""Carries out the plan: starts attempts, owns them while they run, settles what they leave behind."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable
from functools import partial

from vibes.domain.attempt import Attempt, AttemptState
from vibes.domain.errors import InvalidRequest, NodeError, NotFound, StorageUnavailable
from vibes.domain.events import NodeChanged
from vibes.domain.generation import Generation
from vibes.domain.ids import GenerationId, NodeId, new_attempt_id
from vibes.domain.node_events import (
    AttemptEnded,
    AttemptPreview,
    AttemptProgress,
    AttemptStarted,
    NodeConnected,
    NodeDisconnected,
    NodeEvent,
)
from vibes.scheduling.eligibility import never_reason
from vibes.scheduling.estimator import Estimator
from vibes.scheduling.planner import Assign, plan
from vibes.scheduling.snapshot import Work
from vibes.services.announcer import Announcer
from vibes.services.attempt_runner import AttemptRunner, Cancelled, JobFailed, Lost
from vibes.services.board import ActiveAttempt, Board
from vibes.services.live_events import LiveEvents
from vibes.services.node_supervisor import NodeSupervisor
from vibes.services.ports import Clock, Storage
from vibes.services.progress import ProgressTracker

logger = logging.getLogger(__name__)

MAX_JOB_ERRORS = 3
"""Errors of the job itself, on distinct nodes where there are several, until it is given up."""
MAX_LOSSES = 10
"""Losses are not the job's fault, but a job that is lost this often may be what kills the nodes."""
SAFETY_INTERVAL_SECONDS = 1.0
"""A plan is made on every change; this often also without one, as a net."""
FETCH_GRACE_SECONDS = 10.0
STORAGE_RETRY_SECONDS = 1.0


class Dispatcher:
    def __init__(
        self,
        board: Board,
        runner: AttemptRunner,
        supervisor: NodeSupervisor,
        storage: Storage,
        announcer: Announcer,
        live: LiveEvents,
        progress: ProgressTracker,
        estimator: Estimator,
        clock: Clock,
    ) -> None:
        self._board = board
        self._runner = runner
        self._supervisor = supervisor
        self._storage = storage
        self._announcer = announcer
        self._live = live
        self._progress = progress
        self._estimator = estimator
        self._clock = clock
        self._tasks: dict[ActiveAttempt, asyncio.Task[None]] = {}

    async def run(self) -> None:
        """Until cancelled: plan on every change and start what the plan says."""
        while True:
            self._board.changed.clear()
            planned = plan(self._board.snapshot(), self._estimator, self._board.prices)
            self._board.ledger = planned.ledger
            for decision in planned.decisions:
                self._assign(decision)
            try:
                async with asyncio.timeout(SAFETY_INTERVAL_SECONDS):
                    await self._board.changed.wait()
            except TimeoutError:
                continue

    async def stop(self) -> None:
        """Let images on their way arrive, then let go; what still runs stays on its node and is adopted at the next
        start."""
        fetching = [task for active, task in self._tasks.items() if active.fetching]
        if fetching:
            await asyncio.wait(fetching, timeout=FETCH_GRACE_SECONDS)
        tasks = list(self._tasks.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def adopt(self, attempt: Attempt, generation: Generation, work: Work) -> None:
        """Go on with an attempt of an earlier hub process."""
        active = ActiveAttempt(
            id=attempt.id,
            generation=generation,
            work=work,
            node_id=attempt.node_id,
            assigned_at=self._clock.monotonic(),
            graph=attempt.graph,
        )
        watch = self._supervisor.nodes.get(attempt.node_id)
        if watch is not None:
            active.expected_seconds = self._estimator.seconds(self._board.view(watch), work)
        self._start(active, adopted=True)

    def cancel(self, generation_ids: Iterable[GenerationId]) -> None:
        """Stop working on these; their rows already say cancelled."""
        generation_ids = set(generation_ids)
        self._board.withdraw(generation_ids)
        for active in self._board.active.values():
            if active.generation.id in generation_ids:
                active.cancelled = True
                active.signal.set()

    def node_event(self, node_id: NodeId, event: NodeEvent) -> None:
        match event:
            case NodeConnected() | NodeDisconnected():
                for active in self._board.on_node(node_id):
                    active.signal.set()
            case AttemptProgress(attempt_id=attempt_id):
                active_or_none = self._board.active.get(attempt_id)
                progress = self._progress.advance(event)
                if active_or_none is not None and progress is not None:
                    self._announcer.progressed(active_or_none.generation, node_id, progress)
            case _:
                self._mark(event)

    def node_changed(self, event: NodeChanged) -> None:
        self._live.publish_node(event)
        for active in self._board.on_node(event.node_id):
            active.signal.set()
        self._board.changed.set()

    def _mark(self, event: AttemptStarted | AttemptPreview | AttemptEnded) -> None:
        active = self._board.active.get(event.attempt_id)
        if active is None:
            return
        match event:
            case AttemptStarted():
                active.running_since = active.running_since or self._clock.monotonic()
            case AttemptPreview(media_type=media_type, image=image):
                self._announcer.previewed(active.generation, media_type, image)
            case AttemptEnded():
                active.ended_at = self._clock.monotonic()
                active.signal.set()

    def _assign(self, decision: Assign) -> None:
        generation, work = self._board.take(decision.generation_id)
        active = ActiveAttempt(
            id=new_attempt_id(),
            generation=generation,
            work=work,
            node_id=decision.node_id,
            assigned_at=self._clock.monotonic(),
            expected_seconds=decision.seconds,
        )
        self._start(active, adopted=False)

    def _start(self, active: ActiveAttempt, *, adopted: bool) -> None:
        self._board.begin(active)
        task = asyncio.create_task(self._drive(active, adopted=adopted), name=f"attempt {active.id}")
        self._tasks[active] = task
        task.add_done_callback(lambda _: self._tasks.pop(active, None))

    async def _drive(self, active: ActiveAttempt, *, adopted: bool) -> None:
        try:
            settle = await self._outcome(active, adopted=adopted)
            while settle is not None:
                try:
                    await settle()
                except StorageUnavailable as error:
                    logger.warning("attempt %s waits to be settled: %s", active.id, error)
                    await self._clock.sleep(STORAGE_RETRY_SECONDS)
                else:
                    break
        finally:
            self._progress.forget(active.id)
            self._board.finish(active)

    async def _outcome(self, active: ActiveAttempt, *, adopted: bool) -> Callable[[], Awaitable[None]] | None:
        """Run the attempt; answers what is left to do about its end."""
        try:
            watch = self._supervisor.get(active.node_id)
            await (self._runner.adopt(active, watch) if adopted else self._runner.run(active, watch))
        except Cancelled:
            return partial(self._settle_cancelled, active)
        except (Lost, StorageUnavailable) as error:
            return partial(self._settle_lost, active, str(error))
        except (NotFound, InvalidRequest) as error:  # its workflow changed since it was asked for
            return partial(self._settle_failed, active, error.message)
        except JobFailed as error:
            return partial(self._settle_job_failed, active, str(error))
        except Exception as error:  # the edge where a fault of ours fails one generation, not the hub
            logger.exception("attempt %s of generation %s broke", active.id, active.generation.id)
            return partial(self._settle_failed, active, f"internal error: {error!r}")
        return None

    async def _settle_cancelled(self, active: ActiveAttempt) -> None:
        watch = self._supervisor.nodes.get(active.node_id)
        try:
            if watch is not None:
                await watch.client.cancel(active.id)
        except NodeError as error:
            logger.warning("%s did not take the cancel of %s: %s", active.node_id, active.id, error)
        await self._storage.attempts.close(active.id, AttemptState.CANCELLED, at=self._clock.now())

    async def _settle_lost(self, active: ActiveAttempt, message: str) -> None:
        logger.warning("generation %s lost its attempt: %s", active.generation.id, message)
        watch = self._supervisor.nodes.get(active.node_id)
        if watch is not None:
            watch.note_loss()
            watch.resident_checkpoint = None
        if active.cancelled:
            await self._storage.attempts.close(active.id, AttemptState.CANCELLED, at=self._clock.now())
            return
        losses = await self._count(active, AttemptState.LOST)
        if losses + 1 >= MAX_LOSSES:
            await self._settle_failed(active, f"lost {losses + 1} times, last: {message}")
        else:
            await self._requeue(active, AttemptState.LOST, message)

    async def _settle_job_failed(self, active: ActiveAttempt, message: str) -> None:
        """Another node may have what this one lacks; with no other node the first error is the answer."""
        excluded = active.work.excluded_nodes | {active.node_id}
        another = any(
            node.id not in excluded and node.state.takes_work and never_reason(node, active.work) is None
            for node in self._board.snapshot().nodes
        )
        if another and len(excluded) < MAX_JOB_ERRORS:
            await self._requeue(active, AttemptState.ERRORED, message, excluded)
        else:
            await self._settle_failed(active, message)

    async def _settle_failed(self, active: ActiveAttempt, message: str) -> None:
        if active.graph is None:
            failed = await self._storage.generations.fail(active.generation.id, message, at=self._clock.now())
        else:
            failed = await self._storage.attempts.fail(active.id, message, at=self._clock.now())
        if failed:
            self._announcer.failed(active.generation, message)

    async def _requeue(
        self,
        active: ActiveAttempt,
        state: AttemptState,
        message: str,
        excluded: frozenset[NodeId] | None = None,
    ) -> None:
        if active.graph is None:
            back = True  # no attempt row was written yet: the generation still waits in the database
        else:
            back = await self._storage.attempts.give_up(active.id, state, message, at=self._clock.now())
        if back:
            work = active.work if excluded is None else active.work.excluding(excluded)
            self._announcer.queued(active.generation, message)
            self._board.add(active.generation, work)

    async def _count(self, active: ActiveAttempt, state: AttemptState) -> int:
        attempts = await self._storage.attempts.of_generation(active.generation.id)
        return sum(attempt.state is state for attempt in attempts)
