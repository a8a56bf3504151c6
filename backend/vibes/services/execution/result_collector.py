"""Fetches a finished picture, checks and stores it, and only then writes it into the generation's row."""

import logging
from collections.abc import Sequence
from functools import partial

from vibes.domain.errors import (
    ENDLESS_OUTPUT,
    NodeError,
    NodeMisbehaved,
    OutputGone,
    OutputRefused,
    StorageUnavailable,
)
from vibes.domain.nodes.outcome import OutputFile, Succeeded
from vibes.ports.clock import Clock
from vibes.scheduling.estimator import Estimator
from vibes.services.execution.attempt_journal import AttemptJournal
from vibes.services.execution.finished_images import FinishedImages
from vibes.services.execution.outcomes import Cancelled, Completed, JobFailed, Lost, Outcome, Superseded
from vibes.services.execution.outputs import fetch_all, kept
from vibes.services.execution.payments import of_picture
from vibes.services.fleet.watched_node import WatchedNode
from vibes.services.library.versions import WorkflowVersions
from vibes.services.media.image_store import NewImage
from vibes.services.queue.active_attempt import ActiveAttempt
from vibes.services.queue.attempt_state import Milestone, Origin
from vibes.services.queue.board import Board

logger = logging.getLogger(__name__)

STORE_RETRY_SECONDS = (1.0, 2.0, 5.0, 10.0, 30.0)
"""Seconds between tries to store a picture while disk or database accept nothing; the last one repeats."""


class ResultCollector:
    def __init__(
        self,
        finished: FinishedImages,
        workflows: WorkflowVersions,
        journal: AttemptJournal,
        estimator: Estimator,
        board: Board,
        clock: Clock,
    ) -> None:
        self._finished = finished
        self._workflows = workflows
        self._journal = journal
        self._estimator = estimator
        self._board = board
        self._clock = clock

    async def collect(self, active: ActiveAttempt, watch: WatchedNode, success: Succeeded) -> Outcome:
        """How the attempt ended, now that its node has finished it."""
        ended_at = active.measured.ended_at or self._clock.monotonic()
        if not success.outputs:
            return JobFailed(message="the graph ended without a saved image")
        try:
            workflow = active.workflow or await self._workflows.of(active.work.spec)
            chosen = kept(success.outputs, workflow.outputs)
        except OutputRefused as error:
            return JobFailed(message=error.message)
        watch.resident_checkpoint = active.work.spec.checkpoint or watch.resident_checkpoint
        self._board.collect(active, ended_at)
        self._journal.collecting(active)
        again = partial(self._fetch, watch, chosen, active)
        try:
            active.reproducible = success.reproducible
            active.paid = of_picture(active, success.cost_usd, ended_at - active.measured.assigned_at)
            return await self._bring_home(active, watch, chosen, ended_at)
        except OutputGone as error:
            # The first time it happens to this picture, a missing file is no fault of the node: somebody may have
            # tidied up there.
            innocent = active.work.losses == 0
            return Lost(message=f"{watch.config.id}: {error.message}", noted=innocent)
        except NodeError as error:
            well = not isinstance(error, NodeMisbehaved)  # a node whose answers make no sense has no useful result
            return Lost(message=f"{watch.config.id}: {error.message}", may_return=well, repeat=again)

    async def _bring_home(
        self, active: ActiveAttempt, watch: WatchedNode, outputs: Sequence[OutputFile], ended_at: float
    ) -> Outcome:
        """The picture; one that came broken, or was another one, is fetched once more. Raises NodeError when it does
        not come."""
        try:
            return await self._store(active, watch, await self._fetch(watch, outputs, active), ended_at)
        except OutputRefused as error:
            return JobFailed(message=error.message, misbehaved=error.code == ENDLESS_OUTPUT)
        except NodeMisbehaved as error:
            logger.warning("%s: %s; fetching it once more", watch.config.id, error)
            return await self._store(active, watch, await self._fetch(watch, outputs, active), ended_at)

    async def _fetch(
        self, watch: WatchedNode, outputs: Sequence[OutputFile], active: ActiveAttempt
    ) -> Sequence[NewImage]:
        """Raises NodeError, ForeignOutput when one of them is another order's."""
        spec = active.generation.spec
        parameters = await self._finished.parameters(watch, spec)
        examine = partial(self._finished.examine, parameters=parameters)
        return await fetch_all(watch.client, outputs, active.sent, examine)

    async def _store(
        self, active: ActiveAttempt, watch: WatchedNode, files: Sequence[NewImage], ended_at: float
    ) -> Outcome:
        """Files first, row second. A full disk is waited for, since the images are already drawn."""
        seconds = max(ended_at - active.measured.began_at, 0.001)
        retry = 0
        active.passed(Milestone.FETCHED)
        while True:
            if active.cancelled:
                if active.evidence.not_stored is not None:  # an earlier try may have stored the file
                    await self._finished.delete_remains(active.generation.id)
                return Cancelled()
            try:
                won = await self._finished.win(active, files, seconds)
                active.hold_up(None)
                break
            except StorageUnavailable as error:
                pause = STORE_RETRY_SECONDS[min(retry, len(STORE_RETRY_SECONDS) - 1)]
                logger.warning("%s (trying again in %.0f s)", error, pause)
                active.hold_up(error.message)
                retry += 1
                await self._clock.sleep(pause)
        if not won:
            return Superseded()
        active.passed(Milestone.STORED)
        watch.note_success()
        self._learn(active, seconds)
        await self._journal.completed(active, seconds, files[0].file.media_type)
        active.passed(Milestone.TOLD)
        return Completed()

    def _learn(self, active: ActiveAttempt, seconds: float) -> None:
        """Teach the estimator how long this attempt took; not when its start was not seen."""
        measured = active.measured
        if measured.start_seen is None or active.origin is Origin.ADOPTED:
            return
        self._estimator.observe(active.node_id, active.work, seconds, warm=measured.warm)
        if measured.overhead_seconds is not None:
            self._estimator.observe_overhead(active.node_id, measured.overhead_seconds)
