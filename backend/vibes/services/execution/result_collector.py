"""Brings a finished picture home: fetched, checked, filed, and only then written into the generation's row."""

import asyncio
import logging
from dataclasses import replace
from functools import partial
from weakref import WeakValueDictionary

from vibes.domain.attempt import AttemptState
from vibes.domain.errors import (
    ENDLESS_OUTPUT,
    NodeError,
    NodeMisbehaved,
    OutputGone,
    OutputRefused,
    StorageUnavailable,
)
from vibes.domain.graph import Graph
from vibes.domain.ids import GenerationId
from vibes.domain.outcome import OutputFile, Succeeded
from vibes.ports.clock import Clock
from vibes.ports.storage import Storage
from vibes.scheduling.estimator import Estimator
from vibes.services.execution.outcomes import Cancelled, JobFailed, Lost
from vibes.services.execution.progress_writer import ProgressWriter
from vibes.services.fleet.health_monitor import NodeWatch
from vibes.services.library.versions import WorkflowVersions
from vibes.services.media.image_metadata import a1111_parameters
from vibes.services.media.image_origin import own
from vibes.services.media.image_store import ImageStore
from vibes.services.queue.announcer import Announcer
from vibes.services.queue.board import ActiveAttempt, Board

logger = logging.getLogger(__name__)

STORE_RETRY_SECONDS = (1.0, 2.0, 5.0, 10.0, 30.0)


class Collection:
    def __init__(
        self,
        storage: Storage,
        images: ImageStore,
        workflows: WorkflowVersions,
        bookkeeping: ProgressWriter,
        announcer: Announcer,
        estimator: Estimator,
        clock: Clock,
        board: Board,
    ) -> None:
        self._storage = storage
        self._images = images
        self._workflows = workflows
        self._bookkeeping = bookkeeping
        self._announcer = announcer
        self._estimator = estimator
        self._clock = clock
        self._board = board
        self._locks: WeakValueDictionary[GenerationId, asyncio.Lock] = WeakValueDictionary()

    async def collect(self, active: ActiveAttempt, watch: NodeWatch, success: Succeeded) -> None:
        """Returns when the picture is the generation's, or another one was first. Raises Lost, JobFailed, Cancelled."""
        ended_at = active.ended_at or self._clock.monotonic()
        if not success.outputs:
            raise JobFailed("the graph ended without a saved image")
        chosen = await self._chosen(active, success)
        watch.resident_checkpoint = active.work.spec.checkpoint or watch.resident_checkpoint
        if active.alone and active.running_since is not None:
            waited = active.running_since - active.assigned_at
            active.overhead_seconds = waited + self._clock.monotonic() - ended_at
        self._board.release(active)
        self._bookkeeping.state(active.id, AttemptState.FETCHING)
        try:
            try:
                await self._store(active, watch, await _fetch(watch, chosen, active.graph), ended_at)
            except OutputRefused as error:
                raise JobFailed(error.message, misbehaved=error.code == ENDLESS_OUTPUT) from error
            except NodeMisbehaved as error:
                logger.warning("%s: %s; fetching it once more", watch.config.id, error)
                await self._store(active, watch, await _fetch(watch, chosen, active.graph), ended_at)
        except OutputGone as error:
            # Somebody tidied up there, which is no fault of the node: only if it happens to this picture again.
            innocent = active.work.losses == 0
            raise Lost(f"{watch.config.id}: {error.message}", noted=innocent) from error
        except NodeMisbehaved as error:
            again = partial(self._fetch_whole, watch, chosen, active.graph)
            raise Lost(f"{watch.config.id}: {error.message}", repeat=again) from error
        except NodeError as error:
            again = partial(self._fetch_whole, watch, chosen, active.graph)
            raise Lost(f"{watch.config.id}: {error.message}", may_return=True, repeat=again) from error

    async def _fetch_whole(self, watch: NodeWatch, output: OutputFile, sent: Graph | None) -> None:
        """To see whether a picture that did not come, came broken or was another one, comes as it should now; raises
        NodeError otherwise."""
        await self._images.check(await _fetch(watch, output, sent))

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
                if active.held_up is not None:  # an earlier try may have got as far as the file
                    await self.delete_remains(active.generation.id)
                raise Cancelled
            try:
                won = await self._win(active, png, seconds)
                active.held_up = None
                break
            except StorageUnavailable as error:
                pause = STORE_RETRY_SECONDS[min(retry, len(STORE_RETRY_SECONDS) - 1)]
                logger.warning("%s (trying again in %.0f s)", error, pause)
                active.held_up = error.message
                retry += 1
                await self._clock.sleep(pause)
        if won:
            watch.note_success()
            self._learn(active, seconds)
            self._announcer.completed(active.generation, active.node_id, seconds)

    async def _win(self, active: ActiveAttempt, png: bytes, seconds: float) -> bool:
        """Write the picture and make it the generation's. One attempt of a generation at a time: all use the same file,
        which is written and deleted only while no row names it. The row is asked for each picture, and behind the
        lock: whoever was first is known to nobody else any more."""
        generation = active.generation
        async with self._locks.setdefault(generation.id, asyncio.Lock()):
            if await self._is_over(active):
                return active.held_up is not None and await self._was_first(active)
            image = await self._images.save(
                generation.session_id, generation.id, png, a1111_parameters(generation.spec)
            )
            time_ms = round(seconds * 1000)
            won = await self._storage.attempts.win(active.id, [image], generation_time_ms=time_ms, at=self._clock.now())
            if not won:
                await self._images.delete([replace(generation, images=(image,))])
            return won

    async def delete_remains(self, generation_id: GenerationId) -> bool:
        """Delete the files of a generation that has ended without a picture; True when it has."""
        async with self._locks.setdefault(generation_id, asyncio.Lock()):
            current = await self._storage.generations.get(generation_id)
            if current is None or current.image is not None or not current.status.terminal:
                return False
            await self._images.delete_remains(current.session_id, current.id)
            return True

    async def _was_first(self, active: ActiveAttempt) -> bool:
        """Whether the picture is this attempt's own, since an earlier try went well although it was told otherwise."""
        attempt = await self._storage.attempts.get(active.id)
        return attempt is not None and attempt.state is AttemptState.WON

    async def _is_over(self, active: ActiveAttempt) -> bool:
        current = await self._storage.generations.get(active.generation.id)
        over = current is None or current.status.terminal
        if over:
            await self._storage.attempts.close(active.id, AttemptState.SUPERSEDED, at=self._clock.now())
        return over

    def _learn(self, active: ActiveAttempt, seconds: float) -> None:
        """Teach the estimator what this attempt took; one whose start was not seen teaches nothing."""
        if active.running_since is None or active.adopted:
            return
        self._estimator.observe(active.node_id, active.work, seconds, warm=active.warm)
        if active.overhead_seconds is not None:
            self._estimator.observe_overhead(active.node_id, active.overhead_seconds)


async def _fetch(watch: NodeWatch, output: OutputFile, sent: Graph | None) -> bytes:
    """The picture that this graph made, as the node has it. Raises NodeError, ForeignOutput when it is another one."""
    png = await watch.client.fetch(output)
    return png if sent is None else await asyncio.to_thread(own, png, sent)
