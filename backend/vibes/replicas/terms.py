"""Runs the hub in this process while it leads: from taking the lease to its end, one time after another."""

import asyncio
import logging
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager

from starlette.types import ASGIApp

from vibes.domain.errors import HubError
from vibes.replicas.leadership import Leadership
from vibes.replicas.led_requests import LedRequests
from vibes.replicas.standing import Leading, Leaving, Resigning
from vibes.replicas.watched import Watched

logger = logging.getLogger(__name__)

ANSWER_SECONDS = 10.0
"""At an orderly end: for requests that are being answered."""
END_SECONDS = 30.0
"""After which a hub that does not end is ended with its process."""

OpenHub = Callable[[int], AbstractAsyncContextManager[ASGIApp]]
"""Starts the hub for an epoch; it answers requests until the block ends."""


class Terms:
    """``serving``: what answers requests in this process, while it leads."""

    def __init__(self, leadership: Leadership, open_hub: OpenHub, give_up: Callable[[], None]) -> None:
        """``give_up`` ends the process at once: it is called when a hub that may not go on does not end."""
        self._leadership = leadership
        self._open_hub = open_hub
        self.give_up = give_up
        self.over = asyncio.Event()
        """This process has led for the last time."""
        self.serving: Watched[LedRequests | None] = Watched(None)

    async def run(self) -> None:
        """Until this process has led for the last time."""
        standing = self._leadership.standing
        while True:
            now = await standing.until(lambda each: isinstance(each, Leading | Resigning | Leaving))
            if isinstance(now, Leaving):
                self.over.set()
                return
            if isinstance(now, Leading):
                await self._lead(now.lease.epoch)
            await self._leadership.hub_has_ended()

    async def _lead(self, epoch: int) -> None:
        term = asyncio.create_task(self._term(epoch), name=f"hub of epoch {epoch}")
        over = asyncio.create_task(self._leadership.standing.until(lambda _: not self._leads(epoch)))
        try:
            await asyncio.wait({term, over}, return_when=asyncio.FIRST_COMPLETED)
            if not term.done():
                await asyncio.wait({term}, timeout=END_SECONDS)
            if not term.done():
                logger.error("the hub of epoch %d does not end: the process does", epoch)
                self.give_up()
        finally:
            over.cancel()
            term.cancel()
            await asyncio.gather(term, over, return_exceptions=True)

    async def _term(self, epoch: int) -> None:
        standing = self._leadership.standing
        try:
            async with self._open_hub(epoch) as app:
                requests = LedRequests(app, epoch)
                self.serving.set(requests)
                try:
                    await standing.until(lambda _: not self._leads(epoch))
                finally:
                    self.serving.set(None)
                    if isinstance(standing.value, Resigning):
                        await requests.answered(ANSWER_SECONDS)
                    requests.end()
        except HubError as error:
            logger.error("the hub of epoch %d has failed: %s", epoch, error)
            await self._leadership.could_not_lead(epoch)
        except Exception:  # a mistake of ours: another hub may lead, and this one goes on answering
            logger.exception("the hub of epoch %d has failed", epoch)
            await self._leadership.could_not_lead(epoch)

    def _leads(self, epoch: int) -> bool:
        now = self._leadership.standing.value
        return isinstance(now, Leading) and now.lease.epoch == epoch
