"""Carries out one attempt: record, send, follow, collect. Stores first, sends second."""

from collections.abc import Mapping

from vibes.domain.attempt import Wire
from vibes.domain.errors import CapReached
from vibes.domain.nodes.node import NodeState
from vibes.domain.nodes.outcome import (
    Absent,
    Errored,
    Interrupted,
    MaybePaid,
    Pending,
    Running,
    Succeeded,
    TurnedDown,
    Whereabouts,
)
from vibes.ports.clock import Clock
from vibes.scheduling.snapshot import Work
from vibes.services.execution.attempt_journal import AttemptJournal
from vibes.services.execution.attempt_times import AttemptTimes
from vibes.services.execution.lost_attempts import left_to_a_person, turned_down, wedged
from vibes.services.execution.outcomes import (
    Cancelled,
    Completed,
    JobFailed,
    Lost,
    NotBegun,
    Outcome,
    PutBack,
    Superseded,
    TakenBack,
)
from vibes.services.execution.prompt_sender import PromptSender
from vibes.services.execution.prompt_watch import PromptWatch
from vibes.services.execution.result_collector import ResultCollector
from vibes.services.fleet.watched_node import WatchedNode
from vibes.services.queue.active_attempt import ActiveAttempt
from vibes.services.queue.attempt_state import Origin, Wish

ABSENT_ROUNDS = 2
"""Looks in a row that must miss a prompt before it counts as absent: a slow node may not have queued it at the first
one."""
FIRST_LOOK_SECONDS = 0.25
"""Seconds from the answer to a submission until the node is asked what became of it, unless it tells before: one that
draws faster is asked only once, for what it has drawn."""


class AttemptRunner:
    """Stateless between attempts: what it knows of one is in the `ActiveAttempt` and the database."""

    def __init__(
        self,
        journal: AttemptJournal,
        sender: PromptSender,
        prompts: PromptWatch,
        collector: ResultCollector,
        times: AttemptTimes,
        clock: Clock,
    ) -> None:
        self._journal = journal
        self._sender = sender
        self._prompts = prompts
        self._collector = collector
        self._times = times
        self._clock = clock

    async def run(self, active: ActiveAttempt, watch: WatchedNode) -> Outcome:
        """Carry out a new attempt from its claim to the stored image, or an adopted one from where it was left."""
        if active.origin is Origin.ADOPTED:
            return await self._adopt(active, watch)
        # Only work whose checkpoint is loaded is prefetched.
        active.prepare(
            warm=active.prefetched or _warm(active.work, watch),
            alone=watch.foreign_queue_length == 0 and not active.prefetched,
        )
        prepared = await self._sender.prepare(active, watch)
        if not isinstance(prepared, Mapping):
            return prepared
        if watch.drained:  # meanwhile: it gets nothing new, and no row says that it did
            return TakenBack()
        end = await self._begin(active, watch, prepared) or await self._sender.submit(active, watch)
        if end is None and active.evidence.seen and active.wish is Wish.NONE:  # the node has just said that it has it
            await active.attention(min(FIRST_LOOK_SECONDS, self._times.reconcile_interval))
        return end or await self._follow(active, watch)

    async def _begin(self, active: ActiveAttempt, watch: WatchedNode, prepared: Wire) -> Outcome | None:
        """Write its row; None when it may be sent."""
        try:
            if active.cancelled or not await self._journal.begin(active, prepared, watch.client.outline(prepared)):
                return NotBegun()
        except CapReached as error:
            return PutBack(error.message)
        return TakenBack() if watch.drained else None

    async def _adopt(self, active: ActiveAttempt, watch: WatchedNode) -> Outcome:
        """Find an attempt that an earlier hub process submitted; never sends it again."""
        if active.sent is not None:
            self._journal.gauge(active, watch.client.outline(active.sent))
        give_up_at = self._clock.monotonic() + self._times.adoption_grace
        while not watch.reachable:
            if self._clock.monotonic() > give_up_at or watch.state is NodeState.DISABLED:
                return Lost(message=f"{watch.config.id} did not come back", may_return=True)
            if active.cancelled:
                return Cancelled()
            await active.attention(self._times.reconcile_interval)
        active.adopt(watch.boots)
        return await self._follow(active, watch)

    def forget(self, active: ActiveAttempt) -> None:
        """It has ended, in whatever way."""
        self._journal.forget(active)

    async def _follow(self, active: ActiveAttempt, watch: WatchedNode) -> Outcome:
        """Follow it until the node has an answer. Events only make this quicker; queue and history decide."""
        absent = 0
        while True:
            found = await self._look(active, watch)
            if isinstance(found, Outcome):
                return found
            absent = absent + 1 if isinstance(found, Absent) else 0
            if absent >= ABSENT_ROUNDS or (absent and active.evidence.boots != watch.boots):
                end = await self._sender.submit_again(active, watch)
                absent = 0
            else:
                end = await self._stands(active, watch, found)
            if end is not None:
                return end
            await active.attention(self._times.absent_pause if absent else self._times.reconcile_interval)

    async def _look(self, active: ActiveAttempt, watch: WatchedNode) -> Whereabouts | Outcome | None:
        """Where it is on the node, or how it has ended; None when the node does not answer at present."""
        if end := await self._wished(active, watch):
            return end
        found = await self._prompts.whereabouts(active, watch)
        match found:
            case Succeeded():
                return await self._collect(active, watch, found)
            case Errored():
                return _errored(watch, found)
            case TurnedDown():
                return turned_down(watch, found)
            case MaybePaid(message):
                return left_to_a_person(active, message)
            case Interrupted():  # no fault of job or node: whoever sent the interrupt may have meant another prompt
                return Lost(message="somebody stopped it on the node", noted=True)
            case _:
                return found

    async def _wished(self, active: ActiveAttempt, watch: WatchedNode) -> Outcome | None:
        """How it ends where something else is wanted of it than a picture; None: it goes on."""
        match active.wish:
            case Wish.CANCEL:
                return Cancelled()
            case Wish.TAKE_BACK:
                return await self._prompts.take_back(active, watch)
            case Wish.MOVE:
                return await self._prompts.move_away(active, watch)
            case Wish.NONE:
                return None

    async def _collect(self, active: ActiveAttempt, watch: WatchedNode, success: Succeeded) -> Outcome:
        outcome = await self._collector.collect(active, watch, success)
        if isinstance(outcome, Completed | Superseded):
            if active.sent is not None and watch.unreadable.any:  # to outline every order again would cost too much
                watch.unreadable.were_read(watch.client.outline(active.sent).files)
            await self._sender.drop_copies(active, watch.client.cancel)
        return outcome

    async def _stands(self, active: ActiveAttempt, watch: WatchedNode, found: Whereabouts | None) -> Lost | None:
        """It waits or runs on the node: check whether the node is still working."""
        match found:
            case Pending() | Running() if watch.state is NodeState.WEDGED:
                return wedged(watch)
            case Running():
                lost = self._prompts.runs(active, watch)
                if lost is None:
                    await self._sender.drop_copies(active, watch.client.take_back)
                return lost
            case Pending() if active.origin is Origin.ADOPTED:
                active.wait_its_turn()
        return None


def _warm(work: Work, watch: WatchedNode) -> bool | None:
    """Whether the node has the work's checkpoint loaded; None when unknown."""
    checkpoint = work.spec.checkpoint
    if checkpoint is None or watch.resident_checkpoint == checkpoint:
        return True
    return None if watch.resident_checkpoint is None else False


def _errored(watch: WatchedNode, error: Errored) -> JobFailed | Lost:
    if error.lost_image:
        return Lost(message="its input picture was gone from the node: it is put there again", noted=True)
    if error.unreadable:
        watch.unreadable.failed(error.unreadable, error.reason)
        watch.doubt_lists()
    return JobFailed(message=error.message, cost_usd=error.cost_usd, refused_by=error.refused_by)
