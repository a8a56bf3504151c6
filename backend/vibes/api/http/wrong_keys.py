"""Wrong API keys are logged, counted, and answered late for their network, without making others wait."""

import logging
from collections import OrderedDict
from dataclasses import dataclass

from vibes.ports.clock import Clock
from vibes.text.networks import network_of

logger = logging.getLogger(__name__)

FREE_TRIES = 3
"""Wrong keys answered at once, since people mistype; from then on each answer waits."""
FIRST_DELAY = 0.5
LONGEST_DELAY = 4.0
MOST_WAITING = 8
"""Answers of one network that may wait at a time. Further requests are refused unread."""
FORGOTTEN_AFTER = 300.0
"""Seconds without a wrong key after which counting starts again."""
MOST_NETWORKS = 4_096
"""Networks remembered; for a new one the one that was heard of longest ago is forgotten."""


@dataclass(slots=True)
class _Record:
    wrong: int = 0
    last_wrong: float = 0.0
    waiting: int = 0
    trusted: bool = False
    """A right key came from this network: its users share the network with whoever guesses."""


class WrongKeys:
    def __init__(self, clock: Clock) -> None:
        self.total = 0
        self._clock = clock
        self._records: OrderedDict[str, _Record] = OrderedDict()

    def may_try(self, host: str) -> bool:
        """False while as many answers to wrong keys wait as may wait at a time."""
        record = self._records.get(network_of(host))
        return record is None or record.trusted or record.waiting < MOST_WAITING

    def right(self, host: str) -> None:
        self._record(network_of(host)).trusted = True

    async def wrong(self, host: str) -> None:
        """Count it, and return when it may be answered."""
        self.total += 1
        record = self._record(network_of(host))
        now = self._clock.monotonic()
        record.wrong = 1 if now - record.last_wrong > FORGOTTEN_AFTER else record.wrong + 1
        record.last_wrong = now
        if record.wrong & (record.wrong - 1) == 0:  # at 1, 2, 4, 8 …, so that guessing fills no disk
            logger.warning("wrong API key from %s (%d so far)", host or "an unknown address", record.wrong)
        delay = delay_after(record.wrong)
        if not delay or record.waiting >= MOST_WAITING:
            return
        record.waiting += 1
        try:
            await self._clock.sleep(delay)
        finally:
            record.waiting -= 1

    def _record(self, network: str) -> _Record:
        record = self._records.setdefault(network, _Record())
        self._records.move_to_end(network)
        if len(self._records) > MOST_NETWORKS:
            self._records.popitem(last=False)
        return record


def delay_after(wrong: int) -> float:
    """Seconds before the answer to the n-th wrong key: doubling after the free ones."""
    if wrong <= FREE_TRIES:
        return 0.0
    return min(LONGEST_DELAY, FIRST_DELAY * 2.0 ** min(wrong - FREE_TRIES - 1, 10))
