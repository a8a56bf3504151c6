"""One node as the hub knows it: its state, its inventory, and what was observed."""

import asyncio
import logging
import math
from collections.abc import Callable
from datetime import datetime

from vibes.domain.cost import NodeCost
from vibes.domain.errors import NodeError, PromptRejected
from vibes.domain.events import NodeChanged
from vibes.domain.ids import AttemptId
from vibes.domain.nodes.handing_back import Word
from vibes.domain.nodes.inventory import NodeInventory
from vibes.domain.nodes.node import Closed, NodeConfig, NodeState, NodeVitals
from vibes.domain.reason import Reason, ReasonCode
from vibes.ports.clock import Clock
from vibes.ports.nodes import GeneratorNode
from vibes.ports.orders import InputImage
from vibes.services.fleet.assessment import DISABLED, Evidence, assess, away
from vibes.services.fleet.circuit_breaker import Breaker, Repeat
from vibes.services.fleet.memory_watch import MemoryWatch
from vibes.services.fleet.ownership import Ownership
from vibes.services.fleet.prompts import NodePrompts
from vibes.services.fleet.silence import Silence
from vibes.services.fleet.unreadable_files import UnreadableFiles
from vibes.services.fleet.watch_times import WatchTimes
from vibes.services.fleet.wedge_detector import WedgeDetector, restart_advice

logger = logging.getLogger(__name__)

MISSES_UNTIL_OFFLINE = 3
DOUBTED_SECONDS = 5.0
"""A doubted node is expected to be found well, and to get work again, after so many seconds."""
LENT_SECONDS = 10.0
"""A lent card is expected back after so many seconds; nobody knows."""
DOUBTED = Reason(ReasonCode.DOUBTED, "lost its last job and is asked whether it is well")


class WatchedNode:
    """State, inventory and vitals of one node. Only these methods change them; `HealthLoop`, `EventListener` and
    whoever works with the node call them for what they observe."""

    seen_at: datetime | None = None
    """When it last answered a check."""

    def __init__(
        self,
        config: NodeConfig,
        client: GeneratorNode,
        times: WatchTimes,
        clock: Clock,
        report: Callable[[NodeChanged, NodeState], None],
    ) -> None:
        """``report``: called with each new state and the one before."""
        self.config = config
        self.client = client
        self.state = NodeState.STARTING if config.enabled else NodeState.DISABLED
        self.reason: Reason | None = None if config.enabled else DISABLED
        self.since = clock.now()
        """When it came into this state."""
        self.inventory: NodeInventory | None = None
        """As last reported; kept while the node is offline, so that its abilities are still known."""
        self.vitals: NodeVitals | None = None
        self.last_error: str | None = None
        self.resident_checkpoint: str | None = None
        self.last_number: float | None = None
        """The newest ``number`` in its answers."""
        self.boots = 0
        """How often it was found to have restarted: what was sent before is gone."""
        self.repeat: Repeat | None = None
        """Repeats what opened its breaker, without a job."""
        self.check_wanted = asyncio.Event()
        self.lists_doubted = False
        """It may have other files or choices than its lists say."""
        self.misses = 0
        self.failures = 0
        """Jobs that it lost or damaged since the hub watches it."""
        self.prompts = NodePrompts()
        self.unreadable = UnreadableFiles(clock)
        self.breaker = Breaker(times.breaker)
        self.wedge = WedgeDetector(times.wedged_after, restart_advice(config.kind))
        self.silence = Silence(times.slow_answer, clock.monotonic, self._update)
        self.ownership, self.memory = Ownership(config, clock), MemoryWatch()
        self._clock = clock
        self._slow_answer = times.slow_answer
        self._report = report
        self._leaves_at: float | None = None
        """By the monotonic clock; None: it stays."""
        self._retired = self._doubted = False
        self._away: Reason | None = None
        self._closed: Reason | None = None
        self._closed_until = 0.0
        self._lent: list[Reason] = []  # why its card is lent, once for each that has it

    @property
    def cost_now(self) -> NodeCost | None:
        """What its pictures are charged, of which `cost` may be the most."""
        return (self.vitals.cost if self.vitals else None) or self.cost

    @property
    def cost(self) -> NodeCost | None:
        """None: it costs nothing, or nobody has said how much."""
        return self.config.cost or (None if self.inventory is None else self.inventory.cost)

    @property
    def charges(self) -> bool:
        """Whether it charges for each order, so that none is submitted again by itself."""
        return self.client.charges or (self.cost is not None and self.cost.per_image > 0)

    @property
    def paused_for(self) -> float:
        """Seconds for which it gets no work although it answers; an assumption where it is unknown."""
        now = self._clock.monotonic()
        pause = max(self.breaker.open_for(now), self._closed_until - now, LENT_SECONDS if self._lent else 0.0)
        return max(pause, DOUBTED_SECONDS) if self._doubted or self.silence.long else pause

    @property
    def pause_reason(self) -> Reason | None:
        """Why it gets no work although it answers."""
        if self._lent:
            return self._lent[0]
        now = self._clock.monotonic()
        if self._closed is not None and now < self._closed_until:
            return self._closed
        pause = self.breaker.open_for(now)
        if pause:
            return Reason(ReasonCode.ERRORS, f"had {self.breaker.failures}, next try in {math.ceil(pause)} s")
        if self.silence.long:
            return Reason(ReasonCode.SILENT, f"has not answered for {self.silence.seconds:.0f} s")
        return DOUBTED if self._doubted else None

    @property
    def drained(self) -> bool:
        """Whether it gets nothing new, also while it is away: its owner has it, or it leaves."""
        return self._leaves_at is not None or self.ownership.held is not None

    @property
    def doubtful(self) -> bool:
        """Whether it should be checked again soon, although it answers."""
        return self.wedge.suspicious or self._doubted or self.lists_doubted or self.memory.others.doubted

    @property
    def foreign_queue_length(self) -> int:
        """Prompts on the node that are not ours, at the last check."""
        return self.prompts.foreign(self.vitals.queue) if self.vitals else 0

    @property
    def lent(self) -> bool:
        """Whether its card is lent to something else."""
        return bool(self._lent)

    @property
    def draws(self) -> bool:
        """Whether something runs on it or waits there, ours or another's, as far as is known."""
        return self.reachable and (bool(self.active) or self.foreign_queue_length > 0)

    @property
    def reachable(self) -> bool:
        """Whether it answered the last check."""
        return self.vitals is not None and not self._retired

    @property
    def active(self) -> frozenset[AttemptId]:
        """Our attempts on the node."""
        return self.prompts.active

    def check_soon(self) -> None:
        """Do not wait for the next interval, since the state is in doubt."""
        self.check_wanted.set()

    def answered(self, vitals: NodeVitals, failures_before: int) -> None:
        """It answered a health check, at whose beginning `failures` was ``failures_before``."""
        now = self._clock.monotonic()
        if self.vitals is None:
            self.breaker.half_open(now)
        self.vitals = vitals
        self.seen_at = self._clock.now()
        self.memory.look(vitals)
        self._close(vitals.closed)
        self.misses = 0
        self._doubted = self._doubted and failures_before != self.failures
        was_wedged = self.wedge.reason is not None
        self.wedge.look(vitals.queue, now)
        if was_wedged and self.wedge.reason is None:
            self._works_again()
        self._update()

    def missed(self, error: NodeError) -> bool:
        """It did not answer a health check; True when that makes it offline."""
        self.misses += 1
        self.last_error = error.message
        self._away = away(error)
        offline = self.misses >= MISSES_UNTIL_OFFLINE or self.vitals is None
        if offline:
            given_back = self._away.code is ReasonCode.NOT_RENTED  # a machine that somebody ends has not failed
            if self.vitals is not None and self.active and not given_back:
                self.breaker.failed(self._clock.monotonic())
            self.vitals = None
            self._lost_its_memory()
            self._update()
        return offline

    def close_for(self, closed: Closed) -> None:
        """It takes no orders for a while, as it said itself; the next check tells more."""
        self._close(closed)
        self.check_soon()
        self._update()

    def told_lists(self, inventory: NodeInventory) -> None:
        self.inventory = inventory
        self.unreadable.keep_listed(inventory)

    def worked(self) -> None:
        """It reported something that only a living worker reports."""
        if self.wedge.suspicious:
            self._works_again()
            self._update()

    def perhaps_well(self) -> None:
        """It may have been repaired unseen."""
        self.breaker.perhaps_well(self._clock.monotonic())
        self._update()

    def note_failure(self, repeat: Repeat | None = None) -> None:
        """It lost or damaged a job: check it before it gets the next, and open the breaker if this goes on.

        ``repeat``: does what failed again, without a job, and raises NodeError while it fails. While the breaker is
        open every health check calls it, so that recovery is noticed although the node gets no work.
        """
        if self.breaker.failed(self._clock.monotonic()):
            self.repeat = repeat
            logger.warning("%s %s", self.config.id, self.pause_reason)
        self._doubted = True
        self.failures += 1
        self.check_soon()
        self._update()

    def note_success(self) -> None:
        self.breaker.succeeded()
        self._update()

    def note_number(self, number: float, before: float | None) -> bool:
        """The ``number`` of a prompt that it just accepted, and `last_number` at the time of sending.

        True when it is not higher: the node counts from its start, so it has restarted and knows no earlier prompts.
        Two prompts that are sent at the same time may be answered in any order.
        """
        restarted = before is not None and number <= before
        if restarted:
            self.note_restart(lost=len(self.active) > 1)
        self.last_number = number if self.last_number is None else max(number, self.last_number)
        return restarted

    def note_restart(self, *, lost: bool = True) -> None:
        """It has restarted: its queue, running prompt and loaded models are gone, and with ``lost`` our attempts
        too."""
        logger.warning("%s was restarted", self.config.id)
        self.boots += 1
        self.last_number = None
        self._lost_its_memory()
        if lost:
            self.note_failure()
        self._update()

    def note_stuck(self, attempt_id: AttemptId, seconds: float, *, reading: str | None) -> None:
        """A prompt of ours runs there without a sign of life, at least since it began to read this file."""
        self.wedge.stuck(attempt_id, seconds, reading=reading)
        self._update()

    def begin(self, attempt_id: AttemptId) -> None:
        """An attempt of ours goes to the node; its prompt is recognised from now on."""
        self.prompts.begin(attempt_id)
        self.memory.work()
        self._update()

    def note_own(self, prompt_id: AttemptId) -> None:
        """Recognise a prompt of ours that is no attempt."""
        self.prompts.note(prompt_id)
        self.memory.work()

    def end(self, attempt_id: AttemptId) -> None:
        self.prompts.end(attempt_id)
        self.memory.work()
        self._update()

    def lend(self, reason: Reason) -> None:
        """Its card is used for something else until `take_back_card`: it gets no new work, and finishes what it has."""
        self._lent.append(reason)

    def take_back_card(self, reason: Reason) -> None:
        self._lent.remove(reason)

    def say(self, word: Word | None) -> None:
        """What a person wants of it from now on; None: nothing but what its hours say."""
        self.ownership.say(word)
        self._update()

    def follow_the_clock(self) -> None:
        """Its owner's hours may have begun or ended."""
        self._update()

    def reconfigure(self, config: NodeConfig) -> None:
        """Apply an edit that keeps the address: name, tier, capabilities and limits change in place. One that was
        about to leave stays."""
        self.config = config
        self.ownership.reconfigure(config)
        self._leaves_at = None
        self._update()

    def leave(self, seconds: float) -> float:
        """It gets nothing new, and is about to leave the fleet: in so many seconds at most, the first time that this
        is said. Returns how many are left."""
        if self._leaves_at is None:
            self._leaves_at = self._clock.monotonic() + seconds
            self._update()
        return self._leaves_at - self._clock.monotonic()

    @property
    def leaves_in(self) -> float | None:
        """Seconds until it leaves the fleet at the latest; None: it stays."""
        return None if self._leaves_at is None else max(self._leaves_at - self._clock.monotonic(), 0.0)

    @property
    def retired(self) -> bool:
        """Whether it has left the fleet, and is about to be gone."""
        return self._retired

    def retire(self) -> None:
        """The node left the fleet: whoever waits for it learns that it is offline."""
        self._retired = True
        self._update()

    def doubt_lists(self) -> None:
        """It has other files or choices than its lists say: read them at once."""
        self.lists_doubted = True
        self.check_soon()

    async def bring(self, image: InputImage) -> None:
        """Have the node get an input image, once a content. Raises PromptRejected when it takes none of that size."""
        limit, size = self.inventory.max_upload_bytes if self.inventory else None, len(image.content)
        if limit is not None and size > limit:
            raise PromptRejected(f"the picture has {size:,} bytes, {self.config.id} takes up to {limit:,}")
        if not self.client.has(image):
            with self.silence.question():
                await self.client.bring(image)

    def _close(self, closed: Closed | None) -> None:
        self._closed = None if closed is None else closed.reason
        self._closed_until = 0.0 if closed is None else self._clock.monotonic() + closed.seconds

    def _works_again(self) -> None:
        """Its worker runs again. Most likely it was restarted, so nothing is loaded."""
        self.wedge.clear()
        self.resident_checkpoint = None
        self.breaker.half_open(self._clock.monotonic())

    def _lost_its_memory(self) -> None:
        """Everything in its memory is gone, and with it what blocked its worker."""
        self.resident_checkpoint = None
        self.client.forget_images()
        self.wedge.clear()

    def _update(self) -> None:
        state, reason = assess(self._evidence())
        if (state, reason) == (self.state, self.reason):
            return
        if state is not self.state:
            held = self.ownership.held if state is NodeState.DRAINING else None
            self.since = held.spell.begin if held else self._clock.now()
        was, self.state, self.reason = self.state, state, reason
        self._report(NodeChanged(node_id=self.config.id, state=state, reason=reason), was)

    def _evidence(self) -> Evidence:
        held = self.ownership.held
        return Evidence(
            enabled=self.config.enabled,
            retired=self._retired,
            misses=self.misses,
            away=self._away,
            response_ms=None if self.vitals is None else self.vitals.response_ms,
            slow_answer=self._slow_answer,
            wedged=self.wedge.reason,
            held=None if held is None else held.reason,
            leaving=self._leaves_at is not None,
            silent=self.silence.long,
            busy=bool(self.active) or self.foreign_queue_length > 0,
            breaker=self._closed or self._breaker_reason,
        )

    @property
    def _breaker_reason(self) -> Reason | None:
        if self.breaker.closed:
            return None
        paused = self.breaker.open_for(self._clock.monotonic()) > 0
        what = "left alone for a while" if paused else "on trial with one job"
        return Reason(ReasonCode.ERRORS, f"{self.breaker.failures}: {what}")
