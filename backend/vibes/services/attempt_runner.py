"""Carries one attempt through its life: claim, submit, watch, fetch, store, settle. Stores first, sends second."""

import asyncio
import logging
from dataclasses import dataclass, replace
from datetime import timedelta
from weakref import WeakValueDictionary

from vibes.domain.attempt import Attempt, AttemptState
from vibes.domain.errors import (
    NodeError,
    NodeMisbehaved,
    NodeUnclear,
    PromptRejected,
    StorageUnavailable,
)
from vibes.domain.graph import Graph
from vibes.domain.ids import GenerationId
from vibes.domain.node import NodeState
from vibes.domain.outcome import Absent, Errored, Interrupted, OutputFile, Pending, Running, Succeeded, Whereabouts
from vibes.scheduling.estimator import Estimator
from vibes.scheduling.snapshot import Work
from vibes.services.announcer import Announcer
from vibes.services.board import ActiveAttempt, Board
from vibes.services.image_metadata import a1111_parameters
from vibes.services.image_store import ImageStore
from vibes.services.node_watch import NodeWatch
from vibes.services.picture_inputs import PictureInputs
from vibes.services.ports import Clock, Storage
from vibes.services.progress import ProgressTracker
from vibes.services.submitted_workflows import SubmittedWorkflows
from vibes.workflows.compile import compile_graph
from vibes.workflows.steps import sampler_steps

logger = logging.getLogger(__name__)

LEASE = timedelta(seconds=30)
NONSENSE_ROUNDS = 3
ABSENT_ROUNDS = 2
"""One look may miss a prompt that a slow node has not queued yet; two, a pause apart, do not."""
STORE_RETRY_SECONDS = (1.0, 2.0, 5.0, 10.0, 30.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class AttemptTimes:
    """Seconds."""

    reconcile_interval: float = 5.0
    """How often the node is asked although its event stream is silent."""
    absent_pause: float = 1.0
    adoption_grace: float = 60.0
    """How long an attempt from before a restart waits for its node to answer."""


class Lost(Exception):
    """The node died, forgot the prompt or cannot be reached; the generation is innocent and goes back.

    ``may_return``: the node may still finish it, and its result is welcome while the generation is open.
    """

    def __init__(self, message: str, *, may_return: bool = False) -> None:
        super().__init__(message)
        self.may_return = may_return


class JobFailed(Exception):
    """The node ran or refused the graph and says why; another node may do better."""


class Cancelled(Exception):
    """Somebody cancelled the generation, or another attempt of it was first."""


class Withdrawn(Exception):
    """It waited on the node, was taken back and will never run there."""


class AttemptRunner:
    """Stateless between attempts: what it knows of one is in the `ActiveAttempt` and the database.

    `run` and `adopt` return when the generation is settled, and raise Lost, JobFailed, Cancelled or Withdrawn when it
    is the caller's turn to settle it.
    """

    def __init__(
        self,
        storage: Storage,
        images: ImageStore,
        pictures: PictureInputs,
        workflows: SubmittedWorkflows,
        progress: ProgressTracker,
        announcer: Announcer,
        estimator: Estimator,
        clock: Clock,
        times: AttemptTimes,
        board: Board,
    ) -> None:
        self._storage = storage
        self._images = images
        self._pictures = pictures
        self._workflows = workflows
        self._progress = progress
        self._announcer = announcer
        self._estimator = estimator
        self._clock = clock
        self._times = times
        self._board = board
        self._locks: WeakValueDictionary[GenerationId, asyncio.Lock] = WeakValueDictionary()

    async def run(self, active: ActiveAttempt, watch: NodeWatch) -> None:
        """A new attempt, from the claim to the stored image."""
        active.warm = active.behind or _warm(active.work, watch)  # only what is loaded is fetched ahead
        active.alone = watch.foreign_queue_length == 0 and not active.behind
        graph = await self._graph(active, watch)
        now = self._clock.now()
        attempt = Attempt(
            id=active.id,
            generation_id=active.generation.id,
            node_id=active.node_id,
            state=AttemptState.SUBMITTING,
            graph=graph,
            created_at=now,
            lease_expires_at=now + LEASE,
        )
        begin = self._storage.attempts.begin_twin if active.twin else self._storage.attempts.begin
        if active.cancelled or not await begin(attempt):
            return  # cancelled, or done elsewhere, before it began: the row already says so
        active.graph = graph
        # Before the submission: events may overtake its answer.
        self._progress.start(active.id, active.generation.id, sampler_steps(graph))
        if not active.twin:
            self._announcer.started(active.generation, active.node_id)
        await self._submit(active, graph, watch)
        await self._follow(active, watch)

    async def adopt(self, active: ActiveAttempt, watch: NodeWatch) -> None:
        """An attempt that an earlier hub process submitted: find it again, never send it again."""
        if active.graph is not None:
            self._progress.start(active.id, active.generation.id, sampler_steps(active.graph))
        give_up_at = self._clock.monotonic() + self._times.adoption_grace
        while not watch.reachable:
            if self._clock.monotonic() > give_up_at or watch.state is NodeState.DISABLED:
                raise Lost(f"{watch.config.id} did not come back", may_return=True)
            if active.cancelled:
                raise Cancelled
            await self._wait(active, self._times.reconcile_interval)
        await self._follow(active, watch)

    async def reclaim(self, active: ActiveAttempt, watch: NodeWatch) -> None:
        """A lost attempt whose node is back: take its result if the generation is still open, else stop it."""
        match await watch.client.find(active.id):
            case Succeeded() as success:
                await self._collect(active, watch, success)
            case Absent():
                return
            case _:
                await watch.client.cancel(active.id)

    async def _graph(self, active: ActiveAttempt, watch: NodeWatch) -> Graph:
        spec = active.work.spec
        workflow = await self._workflows.of(spec)
        pictures = await self._pictures.load(workflow, spec)
        try:
            images = {name: await watch.upload(png) for name, png in pictures.items()}
        except (NodeMisbehaved, PromptRejected) as error:
            raise JobFailed(f"its input picture was refused: {error.message}") from error
        except NodeError as error:
            raise Lost(f"{watch.config.id}: {error.message}") from error
        return compile_graph(workflow, spec, images)

    async def _submit(self, active: ActiveAttempt, graph: Graph, watch: NodeWatch) -> None:
        number: float | None = None
        try:
            number = await watch.client.submit(active.id, graph)
        except PromptRejected as error:
            watch.forget_uploads()
            raise JobFailed(error.message) from error
        except NodeUnclear as error:
            logger.info("%s: unclear whether prompt %s arrived: %s", watch.config.id, active.id, error)
            watch.check_soon()
        except NodeError as error:
            raise Lost(f"{watch.config.id}: {error.message}") from error
        if number is not None:
            await self._note(active, AttemptState.SUBMITTED, node_number=number)

    async def _follow(self, active: ActiveAttempt, watch: NodeWatch) -> None:
        """Until the node has an answer. The event stream only hastens it; queue and history decide."""
        absent = 0
        while True:
            if active.cancelled:
                raise Cancelled
            if active.wanted_back:
                await self._give_back(active, watch)
            whereabouts = await self._whereabouts(active, watch)
            if isinstance(whereabouts, Succeeded):
                await self._collect(active, watch, whereabouts)
                return
            _raise_failure(whereabouts)
            absent = absent + 1 if isinstance(whereabouts, Absent) else 0
            if absent >= ABSENT_ROUNDS:
                raise Lost(f"{watch.config.id} does not know the prompt any more")
            match whereabouts:
                case Running():
                    await self._note_running(active)
                case Pending() if active.adopted:
                    active.behind = active.running_since is None
            await self._wait(active, self._times.absent_pause if absent else self._times.reconcile_interval)

    async def _give_back(self, active: ActiveAttempt, watch: NodeWatch) -> None:
        """Raises Withdrawn when the node gave it back; otherwise it stays there for good."""
        active.wanted_back, active.stays = False, True
        try:
            if await watch.client.withdraw(active.id):
                raise Withdrawn
        except NodeError as error:
            logger.info("%s did not give %s back: %s", watch.config.id, active.id, error)

    async def _note_running(self, active: ActiveAttempt) -> None:
        self._board.started(active)
        await self._note(active, AttemptState.RUNNING)

    async def _whereabouts(self, active: ActiveAttempt, watch: NodeWatch) -> Whereabouts | None:
        """What the node says; None when it says nothing at present. Raises Lost when it is gone."""
        if watch.state is NodeState.OFFLINE:
            raise Lost(f"{watch.config.id} went offline: {watch.reason}", may_return=True)
        try:
            whereabouts = await watch.client.find(active.id)
        except NodeMisbehaved as error:
            active.nonsense += 1
            if active.nonsense >= NONSENSE_ROUNDS:
                raise JobFailed(f"{watch.config.id} answers nonsense about it: {error.message}") from error
            return None
        except NodeError as error:
            logger.info("%s: cannot ask for prompt %s: %s", watch.config.id, active.id, error)
            watch.check_soon()
            return None
        active.nonsense = 0
        if not isinstance(whereabouts, Absent):
            await self._renew(active)
        return whereabouts

    async def _note(self, active: ActiveAttempt, state: AttemptState, *, node_number: float | None = None) -> None:
        """Bookkeeping only: a database that does not answer for a moment is no reason to give up running work."""
        try:
            await self._storage.attempts.advance(active.id, state, node_number=node_number)
        except StorageUnavailable as error:
            logger.warning("attempt %s is %s, which could not be written: %s", active.id, state, error)

    async def _renew(self, active: ActiveAttempt) -> None:
        try:
            await self._storage.attempts.renew([active.id], self._clock.now() + LEASE)
        except StorageUnavailable as error:
            logger.warning("the lease of attempt %s could not be renewed: %s", active.id, error)

    async def _wait(self, active: ActiveAttempt, at_most: float) -> None:
        """For a mark on the attempt, or until it is time to ask again."""
        try:
            async with asyncio.timeout(at_most):
                await active.signal.wait()
        except TimeoutError:
            return
        active.signal.clear()

    async def _collect(self, active: ActiveAttempt, watch: NodeWatch, success: Succeeded) -> None:
        ended_at = active.ended_at or self._clock.monotonic()
        if not success.outputs:
            raise JobFailed("the graph ended without a saved image")
        chosen = await self._chosen(active, success)
        watch.resident_checkpoint = active.work.spec.checkpoint or watch.resident_checkpoint
        if active.alone and active.running_since is not None:
            waited = active.running_since - active.assigned_at
            active.overhead_seconds = waited + self._clock.monotonic() - ended_at
        self._board.release(active)
        await self._note(active, AttemptState.FETCHING)
        try:
            try:
                await self._store(active, watch, await watch.client.fetch(chosen), ended_at)
            except NodeMisbehaved as error:
                logger.warning("%s: %s; fetching it once more", watch.config.id, error)
                await self._store(active, watch, await watch.client.fetch(chosen), ended_at)
        except NodeMisbehaved as error:
            raise JobFailed(error.message) from error
        except NodeError as error:
            raise Lost(f"{watch.config.id}: {error.message}", may_return=True) from error

    async def _chosen(self, active: ActiveAttempt, success: Succeeded) -> OutputFile:
        """The first picture of the graph nodes that the workflow names as its outputs, or of all that saved one."""
        workflow = await self._workflows.of(active.work.spec)
        named = [output for output in success.outputs if output.graph_node_id in workflow.outputs]
        return (named or success.outputs)[0]

    async def _store(self, active: ActiveAttempt, watch: NodeWatch, png: bytes, ended_at: float) -> None:
        """File first, row second; a full disk is waited out, because the picture is already paid for."""
        seconds = max(ended_at - (active.running_since or active.assigned_at), 0.001)
        retry = 0
        while True:
            if active.cancelled:
                raise Cancelled
            try:
                won = await self._win(active, png, seconds)
                break
            except StorageUnavailable as error:
                pause = STORE_RETRY_SECONDS[min(retry, len(STORE_RETRY_SECONDS) - 1)]
                logger.warning("%s (trying again in %.0f s)", error, pause)
                retry += 1
                await self._clock.sleep(pause)
        if won:
            watch.note_success()
            self._learn(active, seconds)
            self._announcer.completed(active.generation, active.node_id, seconds)

    async def _win(self, active: ActiveAttempt, png: bytes, seconds: float) -> bool:
        """Write the picture and make it the generation's. One attempt of a generation at a time: both use the same
        file, and the loser of two must neither overwrite nor delete the picture of the winner."""
        generation = active.generation
        async with self._locks.setdefault(generation.id, asyncio.Lock()):
            current = await self._storage.generations.get(generation.id)
            if current is None or current.status.terminal:
                await self._storage.attempts.close(active.id, AttemptState.SUPERSEDED, at=self._clock.now())
                return False
            image = await self._images.save(
                generation.session_id, generation.id, png, a1111_parameters(generation.spec)
            )
            time_ms = round(seconds * 1000)
            won = await self._storage.attempts.win(active.id, image, generation_time_ms=time_ms, at=self._clock.now())
            if not won:
                await self._images.delete([replace(generation, image=image)])
            return won

    def _learn(self, active: ActiveAttempt, seconds: float) -> None:
        """Teach the estimator what this attempt took; one whose start was not seen teaches nothing."""
        if active.running_since is None or active.adopted:
            return
        self._estimator.observe(active.node_id, active.work, seconds, warm=active.warm)
        if active.overhead_seconds is not None:
            self._estimator.observe_overhead(active.node_id, active.overhead_seconds)


def _warm(work: Work, watch: NodeWatch) -> bool | None:
    """Whether the node has the work's checkpoint loaded; None when nobody knows what it has."""
    checkpoint = work.spec.checkpoint
    if checkpoint is None or watch.resident_checkpoint == checkpoint:
        return True
    return None if watch.resident_checkpoint is None else False


def _raise_failure(whereabouts: Whereabouts | None) -> None:
    match whereabouts:
        case Errored(message=message):
            raise JobFailed(message)
        case Interrupted():
            raise JobFailed("it was stopped on the node")
        case _:
            return
