"""Deletes what nobody needs any more: discarded pictures, old ones, unused uploads, graphs of ended attempts."""

import logging
import math
from datetime import UTC, datetime, timedelta

from vibes.ports.clock import Clock
from vibes.ports.storage import Storage
from vibes.services.maintenance.image_remains import ImageRemains
from vibes.services.media.artifact_store import ArtifactStore
from vibes.services.sessions.keeping import Keeping
from vibes.services.sessions.service import SessionService

logger = logging.getLogger(__name__)

SWEEP_INTERVAL_SECONDS = 60.0
LIMITS_INTERVAL_SECONDS = 3600.0
GRAPHS_KEPT = timedelta(hours=1)


class Retention:
    def __init__(
        self,
        storage: Storage,
        sessions: SessionService,
        remains: ImageRemains,
        artifacts: ArtifactStore,
        keeping: Keeping,
        clock: Clock,
    ) -> None:
        self._storage = storage
        self._sessions = sessions
        self._remains = remains
        self._artifacts = artifacts
        self._keeping = keeping
        self._clock = clock
        self._limits_due = -math.inf
        self._graphs_forgotten_to = datetime.min.replace(tzinfo=UTC)

    async def run(self) -> None:
        """One sweep a minute until cancelled, after a look at what an earlier hub left."""
        await self._remains.delete_unnamed()
        while True:
            await self._keep_to_limits()
            await self.sweep()
            await self._forget_graphs()
            await self.sweep_uploads()
            await self._clock.sleep(SWEEP_INTERVAL_SECONDS)

    async def sweep(self) -> int:
        """Rows first, files second: a file without a row is only untidy, but a row without its file is wrong."""
        if sessions := await self._sessions.delete_due():
            logger.info("deleted %d sessions", sessions)
        dropped = await self._storage.generations.delete_discarded(self._clock.now())
        await self._remains.delete_doomed()
        if dropped:
            logger.info("deleted %d unselected pictures", dropped)
        return dropped

    async def _keep_to_limits(self) -> None:
        """Every picture is looked at, and so not each minute."""
        if self._clock.monotonic() < self._limits_due:
            return
        self._limits_due = self._clock.monotonic() + LIMITS_INTERVAL_SECONDS
        outlook = await self._keeping.let_go()
        if going := outlook.now.pictures:
            logger.info("%d pictures are old or too many, and will be deleted", len(going))

    async def sweep_uploads(self) -> None:
        """Those that nothing names and that nobody has used for a day."""
        swept = await self._artifacts.sweep(self._storage.artifacts.named)
        await self._storage.artifacts.forget(swept)

    async def _forget_graphs(self) -> None:
        """A graph is some kB, and every picture carries its own; it is kept for an hour to find faults."""
        before = self._clock.now() - GRAPHS_KEPT
        await self._storage.attempts.forget_graphs(created_from=self._graphs_forgotten_to, created_before=before)
        self._graphs_forgotten_to = before
