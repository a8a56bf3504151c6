"""The events of jobs for watchers: stored steps and unstored progress in one order, resumable at any number."""

import asyncio
from collections import OrderedDict, deque
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from vibes.domain.ids import BatchId, GenerationId, JobId, NodeId
from vibes.domain.job import JobEvent
from vibes.ports.clock import Clock
from vibes.ports.storage import Storage

RING_SIZE = 500
MAX_QUIET_CHANNELS = 50
"""Jobs whose progress is kept although nobody watches and nothing comes any more."""


class EventNumber(NamedTuple):
    """The place of an event among its job's: the number of the stored step, then that of the progress after it.

    Progress is numbered from the wall clock in milliseconds upwards, so that a later hub's numbers are higher.
    """

    seq: int
    hint: int = 0

    def __str__(self) -> str:
        return f"{self.seq}-{self.hint}" if self.hint else str(self.seq)

    @classmethod
    def parse(cls, text: str) -> "EventNumber":
        """Text that is no such number counts as before all events."""
        seq, _, hint = text.partition("-")
        if not (seq.isascii() and seq.isdecimal() and (hint or "0").isdecimal() and len(text) < 40):  # noqa: PLR2004
            return cls(0)
        return cls(int(seq), int(hint or "0"))


@dataclass(frozen=True, slots=True, kw_only=True)
class JobHint:
    """The progress of one picture; kept in memory for a while, never stored."""

    batch_id: BatchId
    generation_id: GenerationId
    node_id: NodeId
    current: int
    total: int
    completed: int
    batch_total: int
    eta_seconds: float | None


@dataclass(frozen=True, slots=True)
class NumberedJobEvent:
    number: EventNumber
    event: JobEvent | JobHint


class Watch:
    """A watcher of a job; woken when there may be news."""

    def __init__(self) -> None:
        self._news = asyncio.Event()

    def wake(self) -> None:
        self._news.set()

    async def news(self, within: float) -> bool:
        """Wait for news; False when none came in these seconds."""
        try:
            async with asyncio.timeout(within):
                await self._news.wait()
        except TimeoutError:
            return False
        self._news.clear()
        return True


class _Channel:
    def __init__(self, known_from: int) -> None:
        self.known_from = known_from
        """Every stored step after this number is in the ring."""
        self.newest = EventNumber(known_from)
        self.ring: deque[NumberedJobEvent] = deque()
        self.watches: set[Watch] = set()

    def start(self, known_from: int) -> None:
        self.known_from, self.newest = known_from, EventNumber(known_from)

    def add(self, number: EventNumber, event: JobEvent | JobHint) -> None:
        self.newest = number
        self.ring.append(NumberedJobEvent(number, event))
        if len(self.ring) > RING_SIZE:
            self.known_from = max(self.known_from, self.ring.popleft().number.seq)
        for watch in self.watches:
            watch.wake()


class JobFeed:
    def __init__(self, storage: Storage, clock: Clock) -> None:
        self._storage = storage
        self._clock = clock
        self._channels: OrderedDict[JobId, _Channel] = OrderedDict()
        self._hint = 0

    def publish(self, events: Sequence[JobEvent]) -> None:
        """Publish stored events."""
        for event in events:
            self._channel(event.job_id, event.seq - 1).add(EventNumber(event.seq), event)

    def hint(self, job_id: JobId, hint: JobHint) -> None:
        """Publish progress. It is dropped when no step of its job is known, since then nobody watches it."""
        channel = self._channels.get(job_id)
        if channel is None or channel.newest.seq == 0:
            return
        self._hint = max(self._hint + 1, int(self._clock.now().timestamp() * 1000))
        channel.add(EventNumber(channel.newest.seq, self._hint), hint)

    @property
    def watchers(self) -> int:
        """How many watch any job."""
        return sum(len(channel.watches) for channel in self._channels.values())

    def watch(self, job_id: JobId) -> Watch:
        watch = Watch()
        self._channel(job_id, 0).watches.add(watch)
        return watch

    def unwatch(self, job_id: JobId, watch: Watch) -> None:
        channel = self._channels.get(job_id)
        if channel is not None:
            channel.watches.discard(watch)

    async def after(self, job_id: JobId, number: EventNumber) -> Sequence[NumberedJobEvent]:
        """Everything after that number, in order, each once."""
        channel = self._channels.get(job_id)
        unknown = channel is None or not channel.newest.seq
        stored: Sequence[JobEvent] = ()
        if channel is None or unknown or number.seq < channel.known_from:
            stored = await self._storage.jobs.events(job_id, after=0 if unknown else number.seq)
        if channel is not None and not channel.newest.seq and stored:
            channel.start(stored[-1].seq)
        found = {EventNumber(event.seq): NumberedJobEvent(EventNumber(event.seq), event) for event in stored}
        found = {each: event for each, event in found.items() if each > number}
        for each in channel.ring if channel else ():
            if each.number > number:
                found[each.number] = each
        return [found[each] for each in sorted(found)]

    async def nothing_comes_after(self, job_id: JobId, number: EventNumber) -> bool:
        """Whether the job has ended, and this number is that of its end or later."""
        job = await self._storage.jobs.get(job_id)
        over = job is None or job.status.terminal
        return over and not await self._storage.jobs.events(job_id, after=number.seq)

    def _channel(self, job_id: JobId, known_from: int) -> _Channel:
        channel = self._channels.get(job_id)
        if channel is None:
            channel = self._channels[job_id] = _Channel(known_from)
            self._drop_quiet_channels()
        elif not channel.newest.seq:
            channel.start(known_from)
        self._channels.move_to_end(job_id)
        return channel

    def _drop_quiet_channels(self) -> None:
        quiet = [job_id for job_id, channel in self._channels.items() if not channel.watches]
        for job_id in quiet[: max(len(quiet) - MAX_QUIET_CHANNELS, 0)]:
            del self._channels[job_id]
