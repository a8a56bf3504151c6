"""Checks one node's health periodically, and reads its lists when they are due."""

import asyncio
import logging

from vibes.domain.chance import random_between
from vibes.domain.errors import NodeError
from vibes.domain.nodes.node import NodeState
from vibes.ports.clock import Clock
from vibes.services.fleet.circuit_breaker import Repeat
from vibes.services.fleet.watch_times import WatchTimes
from vibes.services.fleet.watched_node import WatchedNode

logger = logging.getLogger(__name__)

JITTER = 0.2
"""Part by which pauses vary, so that nodes are not all asked at once."""
LISTS_TOLD_SECONDS = 1.0
"""Lists read less than so many seconds ago are not read again, since they may be large."""


class HealthLoop:
    def __init__(self, node: WatchedNode, times: WatchTimes, clock: Clock) -> None:
        self._node = node
        self._times = times
        self._clock = clock
        self._checked_at = 0.0
        self._lists_told_at: float | None = None
        self._check_due: asyncio.TimerHandle | None = None
        """The timer of a check that was requested early."""

    async def run(self) -> None:
        """Check until cancelled."""
        node = self._node
        while True:
            node.check_wanted.clear()  # cleared before the check: doubts during it need another one
            await self._check()
            settled = (node.misses == 0 and not node.doubtful) or node.state is NodeState.OFFLINE
            pause = self._times.check_interval if settled else self._times.recheck_interval
            try:
                async with asyncio.timeout(pause * random_between(1 - JITTER, 1 + JITTER)):
                    await node.check_wanted.wait()
            except TimeoutError:
                continue

    def check_in_time(self) -> None:
        """Check at once, but no sooner after the last check than after a missed one, since the cause may recur."""
        if self._check_due is None:
            wait = self._times.recheck_interval - (self._clock.monotonic() - self._checked_at)
            self._check_due = asyncio.get_running_loop().call_later(max(wait, 0.0), self._node.check_soon)

    async def _check(self) -> None:
        node, failures = self._node, self._node.failures
        self._checked_at, self._check_due = self._clock.monotonic(), None
        try:
            with node.silence.question():
                vitals = await node.client.check()
            if node.inventory is None or self._lists_told_at is None:
                await self._read_lists()
        except NodeError as error:
            if node.missed(error):
                self._lists_told_at = None
            return
        node.answered(vitals, failures)
        await self._read_lists_when_due()
        if node.repeat is not None and node.breaker.open_for(self._clock.monotonic()):
            await self._look_for_healing(node.repeat)

    async def _read_lists(self) -> None:
        self._node.lists_doubted = False  # cleared before reading: doubts meanwhile need another look
        inventory = await self._node.client.discover()
        self._lists_told_at = self._clock.monotonic()
        self._node.told_lists(inventory)

    async def _read_lists_when_due(self) -> None:
        """Read the lists if they are due. If that fails the old ones stay, and the node goes on working."""
        node = self._node
        age = self._clock.monotonic() - (self._lists_told_at or 0)
        if age <= (LISTS_TOLD_SECONDS if node.lists_doubted else self._times.discover_interval):
            return
        try:
            await self._read_lists()
        except NodeError as error:
            node.last_error = error.message
            self._lists_told_at = self._clock.monotonic()
            logger.warning("%s did not tell its files again: %s", node.config.id, error)

    async def _look_for_healing(self, repeat: Repeat) -> None:
        try:
            async with asyncio.timeout(self._times.check_interval):
                await repeat()
        except (NodeError, TimeoutError) as error:
            logger.debug("%s still fails: %s", self._node.config.id, error)
            return
        self._node.perhaps_well()
