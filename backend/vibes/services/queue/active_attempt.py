"""An open attempt: its phase, what is wished of it, what is known of it on the node, and what was measured.

Whoever carries it out, the board and the node's events change it by the methods here. Changes of phase and wish are
looked up in tables; one that a table lacks is a fault of ours and raises `InvalidTransition` with the attempt's story.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace

from vibes.domain.attempt import Wire
from vibes.domain.generation import Generation
from vibes.domain.ids import AttemptId, NodeId
from vibes.domain.spending import UNCLEAR, Settled
from vibes.ports.clock import Clock
from vibes.scheduling.snapshot import Work
from vibes.services.queue.attempt_state import (
    PHASES,
    WISHES,
    Assignment,
    Evidence,
    InvalidTransition,
    Measurements,
    Milestone,
    Move,
    Origin,
    Phase,
    Step,
    Wish,
)
from vibes.workflows.definition.manifest import Workflow


@dataclass(slots=True, kw_only=True, eq=False)
class ActiveAttempt:
    assignment: Assignment
    work: Work
    """What its generation needs; a sibling that ends adds its experience."""
    clock: Clock
    measured: Measurements
    workflow: Workflow | None = None
    """What its order is filled from, once that is prepared; None for one that was adopted."""
    sent: Wire | None = None
    """What was sent, set when its row is written; None: it has no row."""
    phase: Phase = field(init=False, default=Phase.SUBMITTING)
    wish: Wish = field(init=False, default=Wish.NONE)
    evidence: Evidence = field(init=False, default_factory=Evidence)
    reproducible: bool = field(init=False, default=True)
    """Whether the same order would come to the same image again, as its node says."""
    paid: Settled = field(init=False, default=UNCLEAR)
    """What became of its money, once it has ended."""
    late: bool = field(init=False, default=False)
    """Its picture came when its generation had been given up because nobody could tell whether it was made."""
    prefetched: bool = field(init=False)
    """Whether it waits on the node after another of our prompts."""
    _story: list[Step] = field(init=False, default_factory=list)
    _signal: asyncio.Event = field(init=False, default_factory=asyncio.Event)
    _question: asyncio.Timeout | None = field(init=False, default=None)
    """Set while the node is being asked about it: the limit of that wait."""

    def __post_init__(self) -> None:
        self.prefetched = self.origin is Origin.PREFETCHED
        self._tell(f"{self.origin} to {self.node_id}")

    # What it is: derived.

    @property
    def id(self) -> AttemptId:
        return self.assignment.id

    @property
    def generation(self) -> Generation:
        return self.assignment.generation

    @property
    def node_id(self) -> NodeId:
        return self.assignment.node_id

    @property
    def origin(self) -> Origin:
        return self.assignment.origin

    @property
    def charges(self) -> bool:
        """Whether its node charges for each order."""
        return self.assignment.charges

    @property
    def story(self) -> tuple[Step, ...]:
        """Its changes so far."""
        return tuple(self._story)

    @property
    def cancelled(self) -> bool:
        return self.wish is Wish.CANCEL

    @property
    def collecting(self) -> bool:
        return self.phase is Phase.COLLECTING

    @property
    def runs(self) -> bool:
        """Whether it occupies its node, and is still wanted."""
        return not (self.prefetched or self.collecting or self.cancelled)

    @property
    def can_be_taken_back(self) -> bool:
        """Whether it is prefetched, and a plan may still choose another node for it."""
        waits = self.prefetched and not self.collecting
        return waits and self.wish is Wish.NONE and not self.evidence.asked_back

    @property
    def is_awaited(self) -> bool:
        """After a restart of the hub: whether its node was not heard of yet, which still has time to come back."""
        return self.origin is Origin.ADOPTED and not self.evidence.seen

    # Its phases.

    def prepare(self, *, warm: bool | None, alone: bool) -> None:
        """Record `Measurements`, before anything is brought to its node."""
        self.measured = replace(self.measured, warm=warm, alone=alone)

    def write_down(self, sent: Wire) -> None:
        """Its row is written, with this, which is sent next."""
        self.sent = sent
        self.renew()
        self._tell(Milestone.WRITTEN_DOWN)

    def renew(self) -> None:
        """Its lease begins anew."""
        self.measured = replace(self.measured, renewed_at=self.clock.monotonic())

    def arrive(self) -> None:
        """The node is known to have it, or to have had it."""
        self.evidence = replace(self.evidence, seen=True, in_flight=False)
        self._move(Move.ARRIVE)

    def start(self) -> None:
        """The node is running it, or has run it: it occupies the node."""
        self._move(Move.START)
        over = self.measured.ended_at is not None
        if self.measured.running_since is None:
            self.measured = replace(self.measured, running_since=self.clock.monotonic(), start_missed=over)
        if self.prefetched and not over:
            self.take_place()
        self.prefetched = False

    def collect(self, ended_at: float) -> None:
        """The node finished it at this moment, even if it was never seen to run."""
        self._move(Move.COLLECT)
        self.prefetched = False
        measured = self.measured
        if measured.alone and measured.start_seen is not None:
            waited = measured.start_seen - measured.assigned_at
            overhead = waited + self.clock.monotonic() - ended_at
            self.measured = replace(measured, overhead_seconds=overhead)

    def come_back(self) -> None:
        """It was lost, and its node can be asked for it again."""
        self._move(Move.RETURN)

    def passed(self, milestone: Milestone) -> None:
        """It has come so far."""
        self._tell(milestone)

    # Its place on the node.

    def wait_its_turn(self) -> None:
        """It was seen to wait on the node, as an adopted one may; its start is then unknown."""
        self.prefetched = self.measured.running_since is None

    def take_place(self) -> None:
        """The run before it has ended: it occupies the node from now on."""
        self.prefetched = False
        now = self.clock.monotonic()
        self.measured = replace(self.measured, assigned_at=now, heard_at=now)

    # What is wished of it.

    def cancel(self) -> None:
        """Nobody wants it any more."""
        self._want(Move.CANCEL)
        self.interrupt()

    def want_back(self) -> None:
        """It waits on the node, and would be done sooner elsewhere."""
        self._want(Move.WISH_BACK)
        self.interrupt()

    def move_away(self) -> None:
        """Its machine's owner needs it: it is to be drawn elsewhere."""
        self._want(Move.WISH_AWAY)
        self.interrupt()

    def ask_back(self) -> None:
        """The node is now asked to take it back, which is done only once."""
        self._want(Move.ASK_BACK)
        self.evidence = replace(self.evidence, asked_back=True)

    # What the node said of it.

    def send(self, boots: int) -> None:
        """It is about to be sent to the node, whose number of restarts is ``boots``. What happened there before is no
        reason to ask for it."""
        self.evidence = replace(self.evidence, boots=boots, in_flight=True)
        if self.wish is Wish.NONE:
            self._signal.clear()
        self._tell("sent")

    def stay_here(self) -> None:
        """It provably did not arrive, or was refused."""
        self.evidence = replace(self.evidence, in_flight=False)

    def doubt(self, broke_node: str | None) -> None:
        """It is unknown whether it arrived. ``broke_node``: the node's message when it failed on the request."""
        self.evidence = replace(
            self.evidence, doubtful_posts=self.evidence.doubtful_posts + 1, broke_node=broke_node, in_flight=False
        )
        self._tell("sent, perhaps in vain")

    def send_again(self) -> None:
        """It never arrived, as far as can be seen."""
        self.evidence = replace(self.evidence, doubtful_posts=self.evidence.doubtful_posts + 1)
        self._tell("not there: to be sent again")

    def upload_again(self, sent: Wire) -> None:
        """Its input pictures were gone from the node; ``sent`` names the newly uploaded ones."""
        self.evidence = replace(self.evidence, uploaded_again=True)
        self.sent = sent

    def adopt(self, boots: int) -> None:
        """Its node answers again after a restart of the hub."""
        self.evidence = replace(self.evidence, boots=boots)

    def outlive(self, boots: int) -> None:
        """It was the first to show that the node restarted: nothing is loaded there any more."""
        self.evidence = replace(self.evidence, boots=boots)
        self.measured = replace(self.measured, warm=None)
        self._tell("showed that the node was restarted")

    def hear(self) -> None:
        """The node told something of it."""
        self.measured = replace(self.measured, heard_at=self.clock.monotonic())

    def read(self, file: str | None) -> None:
        """The node is reading this model file for it; None: none."""
        if file != self.evidence.loading:
            self.evidence = replace(self.evidence, loading=file)

    def end(self) -> None:
        """The node told that it has ended, in whatever way."""
        if self.measured.ended_at is None:  # a node may tell it any number of times
            self._tell(Milestone.OVER)
        self.measured = replace(self.measured, ended_at=self.clock.monotonic())
        self._signal.set()

    def hear_nonsense(self) -> int:
        """The node's answer about it made no sense; answers how often in a row."""
        self.evidence = replace(self.evidence, nonsense=self.evidence.nonsense + 1)
        return self.evidence.nonsense

    def hear_sense(self) -> None:
        if self.evidence.nonsense:
            self.evidence = replace(self.evidence, nonsense=0)

    def hold_up(self, reason: str | None) -> None:
        """Its picture cannot be stored at present; None: it can."""
        self.evidence = replace(self.evidence, not_stored=reason)

    # Who follows it.

    def wake(self) -> None:
        """The node should be asked about it at once."""
        self._signal.set()

    def interrupt(self) -> None:
        """Its task looks at it at once, without waiting for an answer of the node, which may take half a minute."""
        self._signal.set()
        if self._question is not None and not self._question.expired():
            self._question.reschedule(asyncio.get_running_loop().time())

    @property
    def being_asked(self) -> bool:
        """Whether the node is being asked about it."""
        return self._question is not None

    @asynccontextmanager
    async def question(self) -> AsyncIterator[None]:
        """Use around asking the node about it. Raises TimeoutError when it is interrupted."""
        try:
            async with asyncio.timeout(None) as self._question:
                yield
        finally:
            self._question = None

    async def attention(self, at_most: float) -> None:
        """Returns when something about it has changed, or after so many seconds."""
        try:
            async with asyncio.timeout(at_most):
                await self._signal.wait()
        except TimeoutError:
            return
        self._signal.clear()

    def _move(self, move: Move) -> None:
        try:
            phase = PHASES[self.phase, move]
        except KeyError:
            raise InvalidTransition(self.id, self.phase, move, self.story) from None
        if phase is not self.phase:
            self.phase = phase
            self._tell(phase)

    def _want(self, move: Move) -> None:
        try:
            wish = WISHES[self.wish, move]
        except KeyError:
            raise InvalidTransition(self.id, self.wish, move, self.story) from None
        if wish is not self.wish:
            self.wish = wish
            self._tell(f"wish: {wish}")

    def _tell(self, what: str) -> None:
        self._story.append(Step(self.clock.monotonic(), what))
