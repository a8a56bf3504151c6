"""Carries one attempt through its life: claim, submit, watch, fetch, store, settle. Stores first, sends second."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial

from vibes.domain.attempt import Attempt, AttemptState
from vibes.domain.errors import (
    INPUT_GONE,
    NODE_BROKE,
    NOT_LISTED,
    NodeError,
    NodeMisbehaved,
    NodeUnclear,
    PromptRejected,
)
from vibes.domain.graph import Graph
from vibes.domain.ids import AttemptId
from vibes.domain.node import NodeState
from vibes.domain.outcome import Absent, Errored, Interrupted, Pending, Running, Succeeded, Whereabouts
from vibes.ports.clock import Clock
from vibes.ports.storage import Storage
from vibes.scheduling.snapshot import Work
from vibes.services.events.progress import ProgressTracker
from vibes.services.execution.life_signs import LifeSigns
from vibes.services.execution.node_complaints import lost_input, reason, refused_files, sentence, unreadable
from vibes.services.execution.outcomes import Cancelled, JobFailed, Lost, Withdrawn
from vibes.services.execution.progress_writer import LEASE, ProgressWriter
from vibes.services.execution.result_collector import Collection
from vibes.services.fleet.health_monitor import NodeWatch
from vibes.services.library.versions import WorkflowVersions
from vibes.services.media.input_images import InputImages
from vibes.services.queue.announcer import Announcer
from vibes.services.queue.board import ActiveAttempt, Board
from vibes.workflows.filling.compile import compile_graph, output_prefix
from vibes.workflows.graphs.spelling import spelled_for

logger = logging.getLogger(__name__)

RENEW_SECONDS = 10.0
"""A lease is written anew this long after it was, while the node is known to have the prompt."""
MOST_POSTS = 2
"""A prompt of which nobody knows whether it arrived is sent once more, not for ever."""
NONSENSE_ROUNDS = 3
ABSENT_ROUNDS = 2
"""One look may miss a prompt that a slow node has not queued yet; two, a pause apart, do not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AttemptTimes:
    """Seconds."""

    reconcile_interval: float = 5.0
    """How often the node is asked although its event stream is silent."""
    absent_pause: float = 1.0
    give_back_limit: float = 5.0
    """How long a node may take to give back what waits there, until it is started elsewhere all the same."""
    silent_limit: float = 120.0
    """How long at least a prompt may run without a sign of life until the node is taken for wedged; while it reads its
    model, so many times longer as that takes seconds, for nobody knows how slow a disk is."""
    adoption_grace: float = 60.0
    """How long an attempt from before a restart waits for its node to answer."""


class AttemptRunner:
    """Stateless between attempts: what it knows of one is in the `ActiveAttempt` and the database.

    `run` and `adopt` return when the generation is settled, and raise Lost, JobFailed, Cancelled or Withdrawn when it
    is the caller's turn to settle it.
    """

    def __init__(
        self,
        storage: Storage,
        collection: Collection,
        pictures: InputImages,
        workflows: WorkflowVersions,
        bookkeeping: ProgressWriter,
        progress: ProgressTracker,
        announcer: Announcer,
        clock: Clock,
        times: AttemptTimes,
        board: Board,
    ) -> None:
        self._storage = storage
        self._collection = collection
        self._pictures = pictures
        self._workflows = workflows
        self._bookkeeping = bookkeeping
        self._progress = progress
        self._announcer = announcer
        self._clock = clock
        self._times = times
        self._board = board
        self._life = LifeSigns(board, progress, clock, times.silent_limit)

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
        active.renewed_at = self._clock.monotonic()
        # Before the submission: events may overtake its answer.
        self._progress.start(active.id, active.generation.id, graph, watch.inventory)
        if not active.twin:
            self._announcer.started(active.generation, active.node_id)
        await self._submit(active, watch)
        await self._follow(active, watch)

    def forget(self, active: ActiveAttempt) -> None:
        """It is over, however it ended."""
        self._progress.forget(active.id)
        self._bookkeeping.forget(active.id)

    async def adopt(self, active: ActiveAttempt, watch: NodeWatch) -> None:
        """An attempt that an earlier hub process submitted: find it again, never send it again."""
        if active.graph is not None:
            self._progress.start(active.id, active.generation.id, active.graph, watch.inventory)
        give_up_at = self._clock.monotonic() + self._times.adoption_grace
        while not watch.reachable:
            if self._clock.monotonic() > give_up_at or watch.state is NodeState.DISABLED:
                raise Lost(f"{watch.config.id} did not come back", may_return=True)
            if active.cancelled:
                raise Cancelled
            await self._wait(active, self._times.reconcile_interval)
        active.boots = watch.boots
        await self._follow(active, watch)

    async def reclaim(self, active: ActiveAttempt, watch: NodeWatch) -> None:
        """A lost attempt whose node is back: take its result if the generation is still open, else stop it."""
        found = await watch.client.find(active.id)
        if not isinstance(found, Absent) and await self._storage.attempts.absolve(active.id):
            self._board.absolve(active.generation.id)
        match found:
            case Succeeded() as success:
                await self._collection.collect(active, watch, success)
            case Absent():
                return
            case _:
                await watch.client.cancel(active.id)

    async def _graph(self, active: ActiveAttempt, watch: NodeWatch) -> Graph:
        spec = active.work.spec
        workflow = await self._workflows.of(spec)
        pictures = await self._pictures.load(workflow, spec)
        try:
            async with asyncio.timeout(None) as active.question:
                images = {name: await watch.upload(png) for name, png in pictures.items()}
        except TimeoutError as error:  # interrupted: it is not wanted there any more, or the node takes no pictures
            if active.cancelled:
                raise Cancelled from error
            if active.wanted_back:
                raise Withdrawn from error
            raise Lost(f"{watch.config.id} does not take its input picture", noted=True) from error
        except PromptRejected as error:
            raise JobFailed(f"its input picture was refused: {error.message}") from error
        except NodeError as error:
            raise Lost(f"{watch.config.id}: {error.message}") from error
        finally:
            active.question = None
        graph = compile_graph(workflow, spec, images, prefix=output_prefix(active.id))
        return graph if watch.inventory is None else spelled_for(watch.inventory, graph)

    async def _submit(self, active: ActiveAttempt, watch: NodeWatch) -> None:
        if active.graph is None:
            raise ValueError(f"attempt {active.id} has no graph to submit")
        before, active.boots = watch.last_number, watch.boots
        try:
            number = await self._send(active, active.graph, watch)
        except PromptRejected as error:
            await self._refused(active, watch, error)
        except NodeUnclear as error:
            logger.info("%s: unclear whether prompt %s arrived: %s", watch.config.id, active.id, error)
            active.doubtful_posts += 1
            active.broke_node = error.message if error.code == NODE_BROKE else None
            watch.check_soon()
        except NodeError as error:
            raise Lost(f"{watch.config.id}: {error.message}", repeat=watch.client.rehearse) from error
        else:
            if watch.note_number(number, before):
                self._restarted(active, watch)
            active.seen = True
            self._bookkeeping.state(active.id, AttemptState.SUBMITTED, node_number=number)

    async def _refused(self, active: ActiveAttempt, watch: NodeWatch, error: PromptRejected) -> None:
        """Puts pictures that are gone from the node there again, once, and submits; raises JobFailed otherwise."""
        watch.uploads.forget()
        if error.code == NOT_LISTED:
            watch.doubt_lists()  # what they still have then is left alone as if it could not be read
            if watch.inventory is not None:
                watch.unreadable.failed(refused_files(error, active.graph or {}, watch.inventory), "Value not in list")
        if error.code != INPUT_GONE or active.uploaded_again:
            raise JobFailed(error.message) from error
        logger.info("%s lost the input pictures of %s: uploading them again", watch.config.id, active.id)
        active.uploaded_again = True
        active.graph = await self._graph(active, watch)
        await self._submit(active, watch)

    async def _send(self, active: ActiveAttempt, graph: Graph, watch: NodeWatch) -> float:
        """What waits behind a run has time, and another node might have it: an answer that is owed too long is none."""
        limit = self._times.give_back_limit if active.behind else None
        try:
            with watch.silence.question():
                async with asyncio.timeout(limit):
                    return await watch.client.submit(active.id, graph)
        except TimeoutError as error:
            raise NodeUnclear(f"no answer to the prompt within {limit:g} s") from error

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
                await self._collection.collect(active, watch, whereabouts)
                if active.graph is not None and watch.inventory is not None:
                    watch.unreadable.made_with(active.graph, watch.inventory)
                await self._drop_copies(active, watch.client.cancel)
                return
            _raise_failure(active, watch, whereabouts)
            absent = absent + 1 if isinstance(whereabouts, Absent) else 0
            if absent >= ABSENT_ROUNDS or (absent and active.boots != watch.boots):
                await self._submit_again(active, watch)
                absent = 0
            match whereabouts:
                case Pending() | Running() if watch.state is NodeState.WEDGED:
                    raise Lost(f"{watch.config.id} is wedged: {watch.reason}", may_return=True, noted=True)
                case Running():
                    await self._note_running(active)
                    self._life.require(active, watch)
                    await self._drop_copies(active, watch.client.withdraw)
                case Pending() if active.adopted:
                    active.behind = active.running_since is None
            await self._wait(active, self._times.absent_pause if absent else self._times.reconcile_interval)

    async def _submit_again(self, active: ActiveAttempt, watch: NodeWatch) -> None:
        """The node does not know the prompt. Nobody saw it arrive: then it is sent once more. Raises Lost otherwise."""
        if not active.doubtful_posts or active.doubtful_posts >= MOST_POSTS or active.seen:
            died = active.running_since is not None
            if active.seen and active.boots == watch.boots:
                watch.note_restart()
                self._restarted(active, watch)
            await self._require_innocence(active, watch)
            message = f"{watch.config.id} does not know the prompt" + (" any more" if active.seen else "")
            raise Lost(message, node_died=died, noted=active.seen, repeat=watch.client.rehearse)
        logger.info("%s never got prompt %s: sending it again", watch.config.id, active.id)
        active.doubtful_posts += 1
        await self._submit(active, watch)

    async def _drop_copies(self, active: ActiveAttempt, drop: Callable[[AttemptId], Awaitable[object]]) -> None:
        """What was sent twice may have arrived twice, the first one late. While one runs no other need wait behind it,
        for the node begins that at once; and when the picture is here, none need run."""
        if active.doubtful_posts < MOST_POSTS:
            return
        try:
            await drop(active.id)
        except NodeError as error:
            logger.info("%s may run %s once more: %s", active.node_id, active.id, error)

    async def _require_innocence(self, active: ActiveAttempt, watch: NodeWatch) -> None:
        """Raises JobFailed when the node broke at this very prompt, while it refuses an empty one as it should."""
        if active.broke_node is None:
            return
        try:
            await watch.client.rehearse()
        except NodeError as error:
            logger.info("%s takes no prompt at all: %s", watch.config.id, error)
            return
        raise JobFailed(f"the node cannot take it: {active.broke_node}")

    def _restarted(self, active: ActiveAttempt, watch: NodeWatch) -> None:
        """This attempt showed that the node was restarted: the others there look at once, and this one was first."""
        active.boots = watch.boots
        active.warm = None
        self._board.ask_again(watch.config.id)

    async def _give_back(self, active: ActiveAttempt, watch: NodeWatch) -> None:
        """Raises Withdrawn when the node gave it back; otherwise it stays there for good."""
        active.wanted_back, active.stays = False, True
        if watch.silence.long:
            raise _unheard(watch)
        if active.doubtful_posts and not active.seen:
            return  # it may arrive at any time
        try:
            with watch.silence.question():
                async with asyncio.timeout(self._times.give_back_limit):
                    if await watch.client.withdraw(active.id):
                        raise Withdrawn
        except TimeoutError as error:
            raise _unheard(watch) from error
        except NodeError as error:
            logger.info("%s did not give %s back: %s", watch.config.id, active.id, error)

    async def _note_running(self, active: ActiveAttempt) -> None:
        self._board.started(active)
        self._bookkeeping.state(active.id, AttemptState.RUNNING)

    async def _whereabouts(self, active: ActiveAttempt, watch: NodeWatch) -> Whereabouts | None:
        """What the node says; None when it says nothing at present. Raises Lost when it is gone."""
        if watch.state is NodeState.OFFLINE:
            died = active.running_since is not None
            raise Lost(f"{watch.config.id} went offline: {watch.reason}", may_return=True, node_died=died, noted=True)
        try:
            with watch.silence.question():
                async with asyncio.timeout(None) as active.question:
                    whereabouts = await watch.client.find(active.id, ended=active.ended_at is not None)
        except TimeoutError:
            return None  # interrupted: there is something else to do about it
        except NodeMisbehaved as error:
            active.nonsense += 1
            if active.nonsense >= NONSENSE_ROUNDS:
                message = f"{watch.config.id} answers nonsense about it: {error.message}"
                raise Lost(message, may_return=True, repeat=partial(watch.client.find, active.id)) from error
            return None
        except NodeError as error:
            logger.info("%s: cannot ask for prompt %s: %s", watch.config.id, active.id, error)
            watch.check_soon()
            return None
        finally:
            active.question = None
        active.nonsense = 0
        if not isinstance(whereabouts, Absent):
            active.seen = True
            if self._clock.monotonic() - active.renewed_at >= RENEW_SECONDS:
                active.renewed_at = self._clock.monotonic()
                self._bookkeeping.lease(active.id)
        return whereabouts

    async def _wait(self, active: ActiveAttempt, at_most: float) -> None:
        """For a mark on the attempt, or until it is time to ask again."""
        try:
            async with asyncio.timeout(at_most):
                await active.signal.wait()
        except TimeoutError:
            return
        active.signal.clear()


def _unheard(watch: NodeWatch) -> Lost:
    """It may run there as soon as the node is itself again, which then is asked for its result, or stops it."""
    return Lost(f"{watch.config.id} does not answer", may_return=True, noted=True)


def _warm(work: Work, watch: NodeWatch) -> bool | None:
    """Whether the node has the work's checkpoint loaded; None when nobody knows what it has."""
    checkpoint = work.spec.checkpoint
    if checkpoint is None or watch.resident_checkpoint == checkpoint:
        return True
    return None if watch.resident_checkpoint is None else False


def _raise_failure(active: ActiveAttempt, watch: NodeWatch, whereabouts: Whereabouts | None) -> None:
    """An interrupt is no fault of the job or the node: whoever sent it may have meant a prompt of their own."""
    match whereabouts:
        case Errored() as error:
            graph = active.graph or {}
            if lost_input(error, graph, watch.uploads.names):
                watch.uploads.forget()
                raise Lost("its input picture was gone from the node: it is put there again", noted=True)
            files = unreadable(error, graph, watch.inventory) if watch.inventory is not None else ()
            if files:
                watch.unreadable.failed(files, reason(error))
                watch.doubt_lists()
            raise JobFailed(sentence(error, files))
        case Interrupted():
            raise Lost("somebody stopped it on the node", noted=True)
        case _:
            return
