"""What the hub knows of one node, kept true by asking it and by listening to it."""

import asyncio
import logging
import math
import random
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from vibes.domain.errors import NodeError, PromptRejected
from vibes.domain.events import NodeChanged
from vibes.domain.ids import AttemptId
from vibes.domain.node import NodeConfig, NodeInventory, NodeQueue, NodeState, NodeVitals
from vibes.domain.node_events import NodeConnected, NodeDisconnected, NodeEvent, QueueLength
from vibes.ports.clock import Clock
from vibes.ports.nodes import GeneratorNode
from vibes.services.fleet.circuit_breaker import Breaker, BreakerTimes, Repeat
from vibes.services.fleet.prompts import NodePrompts
from vibes.services.fleet.silence import Silence
from vibes.services.fleet.unreadable_files import UnreadableFiles
from vibes.services.fleet.uploads import NodeUploads
from vibes.services.fleet.wedge_detector import WedgeDetector
from vibes.services.runtime.loop import Troubles, keep_running

logger = logging.getLogger(__name__)

MISSES_UNTIL_OFFLINE = 3
JITTER = 0.2
LISTS_TOLD_SECONDS = 1.0
"""Lists that were told so lately are not asked for again: they may be large."""
DOUBTED_SECONDS = 5.0
"""What the time until a doubted node is known to be well is taken for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchTimes:
    """Seconds."""

    check_interval: float = 10.0
    recheck_interval: float = 1.0
    """After a miss: quickly find out whether it was more than a hiccup."""
    slow_answer: float = 5.0
    discover_interval: float = 300.0
    """Model files come and go while a node runs."""
    wedged_after: float = 5.0
    """How long prompts may wait on a node where none runs."""
    breaker: BreakerTimes = field(default_factory=BreakerTimes)


class NodeWatch:
    """State, inventory and vitals of one node. Only `run` and the setters here change them."""

    def __init__(
        self,
        config: NodeConfig,
        client: GeneratorNode,
        times: WatchTimes,
        clock: Clock,
        report: Callable[[NodeChanged, NodeState], None],
        relay: Callable[[NodeEvent], None],
        troubles: Troubles,
    ) -> None:
        self.config = config
        self.client = client
        self.state = NodeState.STARTING if config.enabled else NodeState.DISABLED
        self.reason: str | None = None if config.enabled else "disabled in gpus.yaml"
        self.inventory: NodeInventory | None = None
        """As last told; kept while the node is offline, so that what it could do is still known."""
        self.vitals: NodeVitals | None = None
        self.last_error: str | None = None
        self.resident_checkpoint: str | None = None
        self.since = clock.now()
        """When the state became what it is."""
        self._clock = clock
        self._times = times
        self._report = report
        self._relay = relay
        self._troubles = troubles
        self._drained_since: datetime | None = None
        self._prompts = NodePrompts()
        self._misses = 0
        self.unreadable = UnreadableFiles(clock)
        self._lists_doubted = False
        self._discovered_at: float | None = None
        self._check_now = asyncio.Event()
        self._looked_at = 0.0
        self._look: asyncio.TimerHandle | None = None
        """A look that the node itself gave rise to."""
        self._retired = False
        self.breaker = Breaker(times.breaker)
        self._wedge = WedgeDetector(times.wedged_after)
        self.silence = Silence(times.slow_answer, clock.monotonic, self._update)
        self.uploads = NodeUploads(client, self.silence)
        self._doubted = False
        self._failures = 0
        self._repeat: Repeat | None = None
        self.last_number: float | None = None
        """The newest ``number`` that it told."""
        self.boots = 0
        """How often it was found to have restarted: what was sent to it before is gone."""

    async def run(self) -> None:
        """Until cancelled: check, discover and listen. A disabled node is left in peace."""
        if not self.config.enabled:
            return
        async with asyncio.TaskGroup() as tasks:
            for name, body in zip(self._activities, (self._check_for_ever, self._listen), strict=True):
                tasks.create_task(keep_running(name, body, self._troubles))

    @property
    def _activities(self) -> tuple[str, str]:
        return f"health of {self.config.id}", f"events of {self.config.id}"

    def forget_troubles(self) -> None:
        """It is watched no more."""
        for name in self._activities:
            self._troubles.over(name)

    @property
    def paused_for(self) -> float:
        """Seconds for which it gets no work although it answers; a guess where nobody can know."""
        pause = self.breaker.open_for(time.monotonic())
        return max(pause, DOUBTED_SECONDS) if self._doubted or self.silence.long else pause

    @property
    def pause_reason(self) -> str | None:
        """Why it gets no work although it answers, in words."""
        pause = self.breaker.open_for(time.monotonic())
        if pause:
            return f"had {self.breaker.failures}, next try in {math.ceil(pause)} s"
        if self.silence.long:
            return f"has not answered for {self.silence.seconds:.0f} s"
        return "lost its last job and is asked whether it is well" if self._doubted else None

    def note_failure(self, repeat: Repeat | None = None) -> None:
        """It lost or spoilt a job: ask whether it is well before it gets the next, and none if this goes on.

        ``repeat`` does what failed again, without a job, and raises NodeError while it fails. While the breaker is open
        it goes with every health check, so that the end of the trouble is seen although the node gets no work.
        """
        if self.breaker.failed(time.monotonic()):
            self._repeat = repeat
            logger.warning("%s %s", self.config.id, self.pause_reason)
        self._doubted = True
        self._failures += 1
        self.check_soon()
        self._update()

    def note_success(self) -> None:
        self.breaker.succeeded()
        self._update()

    def note_number(self, number: float, before: float | None) -> bool:
        """The ``number`` of a prompt that it just accepted, and what `last_number` was when that was sent.

        True when it is no higher: the node counts from its start, so it was restarted meanwhile and knows nothing of
        earlier prompts. Two prompts on their way at a time may be answered in any order.
        """
        restarted = before is not None and number <= before
        if restarted:
            self.note_restart(lost=len(self.active) > 1)
        self.last_number = number if self.last_number is None else max(number, self.last_number)
        return restarted

    def note_restart(self, *, lost: bool = True) -> None:
        """Its process is a new one: what it had queued, running and loaded is gone, and ours is ``lost`` with it."""
        logger.warning("%s was restarted", self.config.id)
        self.boots += 1
        self.last_number = None
        self._restarted()
        if lost:
            self.note_failure()
        self._update()

    def note_stuck(self, attempt_id: AttemptId, seconds: float, *, reading: str | None) -> None:
        """A prompt of ours runs there without a sign of life, as far as is known since it began to read this file."""
        self._wedge.stuck(attempt_id, seconds, reading=reading)
        self._update()

    def check_soon(self) -> None:
        """Do not wait for the next interval: something made the state doubtful."""
        self._check_now.set()

    def set_drained(self, since: datetime | None) -> None:
        """None: it is not, or no more."""
        self._drained_since = since
        self._update()

    def begin(self, attempt_id: AttemptId) -> None:
        """An attempt of ours goes to the node; from now on its prompt is told apart from foreign ones."""
        self._prompts.begin(attempt_id)
        self._update()

    def note_own(self, prompt_id: AttemptId) -> None:
        """A prompt of ours that is no attempt: it is not taken for somebody else's."""
        self._prompts.note(prompt_id)

    def end(self, attempt_id: AttemptId) -> None:
        self._prompts.end(attempt_id)
        self._update()

    @property
    def foreign_queue_length(self) -> int:
        """Prompts on the node that are not ours, when it was last asked."""
        return self._prompts.foreign(self.vitals.queue) if self.vitals else 0

    @property
    def reachable(self) -> bool:
        """Whether it answered when it was last asked."""
        return self.vitals is not None and not self._retired

    @property
    def active(self) -> frozenset[AttemptId]:
        """Our attempts that are on the node."""
        return self._prompts.active

    def reconfigure(self, config: NodeConfig) -> None:
        """An edit that leaves the address alone: name, tier, capabilities and limits change in place."""
        self.config = config

    def retire(self) -> None:
        """The node left the fleet: whoever still waits for it learns that it is offline."""
        self._retired = True
        self._update()

    def doubt_lists(self) -> None:
        """It has other files or choices than it told: its lists are read anew at once."""
        self._lists_doubted = True
        self.check_soon()

    async def upload(self, image: bytes) -> str:
        """Put an input image on the node, once a content; answers the name that a graph uses."""
        limit = self.inventory.max_upload_bytes if self.inventory else None
        if limit is not None and len(image) > limit:
            raise PromptRejected(f"the picture has {len(image):,} bytes, {self.config.id} takes up to {limit:,}")
        return await self.uploads.bring(image)

    async def _check_for_ever(self) -> None:
        while True:
            self._check_now.clear()  # before the check: what becomes doubtful during it needs another one
            await self._check()
            healthy = self._misses == 0
            doubted = self._wedge.suspicious or self._doubted or self._lists_doubted
            settled = (healthy and not doubted) or self.state is NodeState.OFFLINE
            pause = self._times.check_interval if settled else self._times.recheck_interval
            jitter = 1 + random.uniform(-JITTER, JITTER)  # noqa: S311 - spreads the load, guards no secret
            try:
                async with asyncio.timeout(pause * jitter):
                    await self._check_now.wait()
            except TimeoutError:
                continue

    async def _check(self) -> None:
        failures = self._failures
        self._looked_at, self._look = time.monotonic(), None
        try:
            with self.silence.question():
                vitals = await self.client.check()
            if self.inventory is None or self._discovered_at is None:
                await self._discover()
        except NodeError as error:
            self._missed(error.message)
            return
        if self.vitals is None:
            self.breaker.half_open(time.monotonic())
        self.vitals = vitals
        self._misses = 0
        self._doubted = self._doubted and failures != self._failures
        self._look_at_queue(vitals.queue)
        self._update()
        told = time.monotonic() - (self._discovered_at or 0)
        if told > (LISTS_TOLD_SECONDS if self._lists_doubted else self._times.discover_interval):
            await self._rediscover()
        if self._repeat is not None and self.breaker.open_for(time.monotonic()):
            await self._look_for_healing(self._repeat)

    async def _look_for_healing(self, repeat: Repeat) -> None:
        try:
            async with asyncio.timeout(self._times.check_interval):
                await repeat()
        except (NodeError, TimeoutError) as error:
            logger.debug("%s still fails: %s", self.config.id, error)
            return
        self.breaker.perhaps_well(time.monotonic())
        self._update()

    def _look_at_queue(self, queue: NodeQueue) -> None:
        wedged = self._wedge.reason is not None
        self._wedge.look(queue, time.monotonic())
        if wedged and self._wedge.reason is None:
            self._unwedged()

    async def _discover(self) -> None:
        self._lists_doubted = False  # before they are read: what becomes doubtful meanwhile needs another look
        self.inventory = await self.client.discover()
        self._discovered_at = time.monotonic()
        self.unreadable.keep_listed(self.inventory)

    async def _rediscover(self) -> None:
        """What it had is still the best guess when it does not tell now; it works on meanwhile."""
        try:
            await self._discover()
        except NodeError as error:
            self.last_error = error.message
            self._discovered_at = time.monotonic()
            logger.warning("%s did not tell its files again: %s", self.config.id, error)

    def _missed(self, message: str) -> None:
        self._misses += 1
        self.last_error = message
        if self._misses >= MISSES_UNTIL_OFFLINE or self.vitals is None:
            if self.vitals is not None and self.active:
                self.breaker.failed(time.monotonic())
            self.vitals = None
            self._discovered_at = None
            self._restarted()
            self._update()

    def _restarted(self) -> None:
        """Whatever it had in memory is gone, and so is what kept its worker from working."""
        self.resident_checkpoint = None
        self.uploads.forget()
        self._wedge.clear()

    async def _listen(self) -> None:
        async for event in self.client.events():
            if not isinstance(event, NodeDisconnected):
                self.silence.heard()
            if isinstance(event, QueueLength):
                self._queue_told(event.length)
                continue
            if isinstance(event, NodeConnected | NodeDisconnected):
                self._connection_changed(event)
            elif self._wedge.suspicious:
                self._unwedged()  # whatever else it tells, its worker says
                self._update()
            self._relay(event)

    def _queue_told(self, length: int) -> None:
        """Somebody uses the node's own page: look at once, and no sooner than after a miss if this goes on."""
        if self.vitals is None or self._look is not None or not self._prompts.contradicts(length, self.vitals.queue):
            return
        wait = self._times.recheck_interval - (time.monotonic() - self._looked_at)
        self._look = asyncio.get_running_loop().call_later(max(wait, 0.0), self.check_soon)

    def _connection_changed(self, event: NodeConnected | NodeDisconnected) -> None:
        """A process that ends closes its sockets: a node that is heard again may have been restarted."""
        if isinstance(event, NodeConnected):
            self.breaker.perhaps_well(time.monotonic())
        self.check_soon()

    def _unwedged(self) -> None:
        """Its worker works. Most likely it was restarted, so nothing is loaded."""
        self._wedge.clear()
        self.resident_checkpoint = None
        self.breaker.half_open(time.monotonic())

    def _update(self) -> None:
        self._move(*self._assess())

    def _assess(self) -> tuple[NodeState, str | None]:
        if not self.config.enabled:
            return NodeState.DISABLED, "disabled in gpus.yaml"
        if self._retired:
            return NodeState.OFFLINE, "removed from gpus.yaml, or its address changed"
        if self.vitals is None:
            return (NodeState.OFFLINE, self.last_error) if self._misses else (NodeState.STARTING, None)
        if self._wedge.reason is not None:
            return NodeState.WEDGED, self._wedge.reason
        if self._drained_since is not None:
            return NodeState.DRAINING, "drained: it gets nothing new until it is resumed"
        return self._assess_working(self.vitals.response_ms)

    def _assess_working(self, response_ms: float) -> tuple[NodeState, str | None]:
        if self.silence.long:
            return NodeState.DEGRADED, f"has not answered for more than {self._times.slow_answer:g} s"
        if response_ms > self._times.slow_answer * 1000:
            return NodeState.DEGRADED, f"answers slowly ({response_ms / 1000:.1f} s)"
        busy = bool(self.active) or self.foreign_queue_length > 0
        return (NodeState.BUSY if busy else NodeState.READY), self._breaker_reason

    @property
    def _breaker_reason(self) -> str | None:
        """Without the time that is left: a state that changes every second is no news."""
        if self.breaker.closed:
            return None
        paused = self.breaker.open_for(time.monotonic()) > 0
        return f"{self.breaker.failures}: " + ("left alone for a while" if paused else "on trial with one job")

    def _move(self, state: NodeState, reason: str | None) -> None:
        if (state, reason) == (self.state, self.reason):
            return
        if state is not self.state:
            drained_since = self._drained_since if state is NodeState.DRAINING else None
            self.since = drained_since or self._clock.now()
        was, self.state, self.reason = self.state, state, reason
        self._report(NodeChanged(node_id=self.config.id, state=state, reason=reason), was)
