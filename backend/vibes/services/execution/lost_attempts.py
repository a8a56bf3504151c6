"""What becomes of the work on a node that goes away, and what is done about it when the node is back.

1. The node's watch (`fleet.health_loop`) finds it offline or silent: `LostAttempts.node_changed` interrupts all tasks
   that wait for an answer of that node.
2. The task of each attempt looks at once and finds it lost: `offline`, `unheard`, `wedged` and `forgotten` say so, and
   whether the node may still finish it, and whether the node may have died of it.
3. `LostAttempts.note` counts the loss against the node, unless its watch has done so, and remembers an attempt that the
   node may still finish. `Settlement.settle` then puts the generation back into the queue, for any node.
4. When the node takes work again, it is first asked about everything that was remembered. What it still has did not
   kill it. A picture that it drew meanwhile is taken unless another attempt was first; what still waits or runs there
   is stopped, since its generation was queued again.
"""

import asyncio
import logging
from collections import deque
from collections.abc import Coroutine
from typing import Any

from vibes.domain.attempt import Attempt, AttemptState
from vibes.domain.errors import NodeError, StorageUnavailable
from vibes.domain.events import NodeChanged
from vibes.domain.ids import AttemptId, NodeId
from vibes.domain.nodes.node import NodeState
from vibes.domain.nodes.outcome import Absent, MaybePaid, Pending, Running, Succeeded, TurnedDown
from vibes.domain.reason import ReasonCode
from vibes.ports.clock import Clock
from vibes.ports.storage import Storage
from vibes.services.execution.outcomes import Completed, Lost, Superseded
from vibes.services.execution.payments import may_have_arrived
from vibes.services.execution.result_collector import ResultCollector
from vibes.services.fleet.supervisor import NodeSupervisor
from vibes.services.fleet.watched_node import WatchedNode
from vibes.services.queue.active_attempt import ActiveAttempt
from vibes.services.queue.board import Board

logger = logging.getLogger(__name__)

ABANDON_SECONDS = 60.0
"""Seconds that an unwanted prompt of an earlier hub process waits for its node; then it is closed without asking."""
RETRY_SECONDS = 1.0
"""Seconds between two looks whether that node answers."""
FOLLOW_SECONDS = 1800.0
"""Seconds for which a node is asked about what it may charge for and is still at."""
REMEMBERED_LOSSES = 20
"""Lost attempts of a node, the latest ones, that are looked at when it comes back."""


def offline(active: ActiveAttempt, watch: WatchedNode) -> Lost | None:
    """Lost when its node no longer answers; if the attempt was seen to run, the node may have died of it. A rented
    machine that was given back did not die: the attempt costs nothing, and counts for nothing."""
    if watch.state is not NodeState.OFFLINE:
        return None
    message = f"{watch.config.id} went offline: {watch.reason}"
    if watch.reason is not None and watch.reason.code is ReasonCode.NOT_RENTED:
        return Lost(message=message, noted=True, free=True, counts=False)
    died = active.measured.running_since is not None
    return Lost(message=message, may_return=True, node_died=died, noted=True)


def unheard(watch: WatchedNode) -> Lost:
    """It may be running there; when the node answers again it is asked for the result, or to stop it."""
    return Lost(message=f"{watch.config.id} does not answer", may_return=True, noted=True)


def wedged(watch: WatchedNode, *, died: bool = False) -> Lost:
    """The node's worker is dead. ``died``: while running this prompt, which counts as the cause."""
    message = f"{watch.config.id} is wedged: {watch.reason}"
    return Lost(message=message, may_return=True, node_died=died, noted=True)


def forgotten(active: ActiveAttempt, watch: WatchedNode, *, died: bool) -> Lost:
    """The node does not know the prompt: it never arrived, or a restart removed it."""
    seen = active.evidence.seen
    message = f"{watch.config.id} does not know the prompt" + (" any more" if seen else "")
    return Lost(message=message, node_died=died, noted=seen, repeat=watch.client.rehearse)


def turned_down(watch: WatchedNode, found: TurnedDown) -> Lost:
    """The node did not carry it out. Where it takes no other work either, that is known before the next plan."""
    if found.closed is not None:
        watch.close_for(found.closed)
    return Lost(
        message=f"{watch.config.id}: {found.message}",
        node_died=found.died,
        noted=not found.broke,
        free=True,
        counts=found.broke,
        repeat=watch.client.rehearse,
    )


def may_have_cost(active: ActiveAttempt, watch: WatchedNode | None) -> bool:
    """Whether its node charges for orders, and may have got this one."""
    charges = active.charges or (watch is not None and watch.client.charges)
    return charges and may_have_arrived(active)


def left_to_a_person(active: ActiveAttempt, message: str) -> MaybePaid:
    """The end of an attempt that may have been paid for; ``message``: what is known of it."""
    advice = "It is not asked for again by itself: find out, give it up or pay again (vibes costs maybe-paid)"
    return MaybePaid(f"{active.node_id} may have made it and charge for it: {message.rstrip('.')}. {advice}")


class LostAttempts:
    """Call `stop` at the end."""

    def __init__(
        self, board: Board, supervisor: NodeSupervisor, storage: Storage, collector: ResultCollector, clock: Clock
    ) -> None:
        self._board = board
        self._supervisor = supervisor
        self._storage = storage
        self._collector = collector
        self._clock = clock
        self._lost: dict[NodeId, deque[ActiveAttempt]] = {}
        self._abandoning: set[AttemptId] = set()
        self._errands: set[asyncio.Task[None]] = set()

    def node_changed(self, event: NodeChanged) -> None:
        """A node went away, came back, or changed in another way."""
        self._interrupt_in_vain(event)
        if event.state.takes_work and event.node_id in self._lost:
            self._board.reclaiming.add(event.node_id)
            self._errand(self._reclaim_all(event.node_id), f"reclaim what {event.node_id} had")

    def note(self, active: ActiveAttempt, watch: WatchedNode, lost: Lost) -> None:
        """It was lost on this node."""
        if not lost.noted:
            watch.note_failure(lost.repeat)
        watch.resident_checkpoint = None
        if lost.may_return and active.sent is not None:
            self.remember(active)

    def remember(self, active: ActiveAttempt) -> None:
        """Ask its node what became of it, when the node answers again."""
        self._lost.setdefault(active.node_id, deque(maxlen=REMEMBERED_LOSSES)).append(active)

    def follow(self, active: ActiveAttempt) -> None:
        """Its node is still at it, and may charge for it: take its picture when it is there."""
        self._errand(self._follow(active), f"follow {active.id}")

    def abandon(self, attempt: Attempt, state: AttemptState) -> None:
        """Stop an attempt of an earlier hub process that nobody wants, and close it as ``state``."""
        self._abandoning.add(attempt.id)
        self._errand(self._abandon(attempt, state), f"abandon {attempt.id}")

    def abandons(self, attempt_id: AttemptId) -> bool:
        """Whether it is being stopped and closed."""
        return attempt_id in self._abandoning

    @property
    def abandoned(self) -> frozenset[AttemptId]:
        """Those that are being stopped and closed."""
        return frozenset(self._abandoning)

    async def stop(self) -> None:
        """Cancel all questions to nodes."""
        for errand in self._errands:
            errand.cancel()
        await asyncio.gather(*self._errands, return_exceptions=True)

    def _errand(self, work: Coroutine[Any, Any, None], name: str) -> None:
        task = asyncio.create_task(work, name=name)
        self._errands.add(task)
        task.add_done_callback(self._errands.discard)

    def _interrupt_in_vain(self, event: NodeChanged) -> None:
        """Do not wait for a node that is gone, nor bring pictures to one that takes none."""
        watch = self._supervisor.nodes.get(event.node_id)
        for active in self._board.on_node(event.node_id):
            silent = active.sent is None and watch is not None and watch.silence.long
            if silent or event.state is NodeState.OFFLINE:
                active.interrupt()

    async def _reclaim_all(self, node_id: NodeId) -> None:
        """Before the node gets anything new: it may have drawn already what it would be given again."""
        try:
            for lost in self._lost.pop(node_id, ()):
                await self._reclaim(lost)
        finally:
            self._board.reclaiming.discard(node_id)
            self._board.changed.set()

    async def _reclaim(self, lost: ActiveAttempt) -> None:
        """An attempt that cannot be looked at must not prevent the others."""
        watch = self._supervisor.nodes.get(lost.node_id)
        if watch is None:
            return
        try:
            await self._look_for(lost, watch)
        except NodeError as error:
            logger.info("%s does not tell of lost attempt %s yet: %s", lost.node_id, lost.id, error)
            self.remember(lost)
        except StorageUnavailable as error:
            logger.info("lost attempt %s brought nothing more: %s", lost.id, error)
        except Exception:  # a fault of ours about one of them
            logger.exception("lost attempt %s could not be reclaimed", lost.id)

    async def _look_for(self, lost: ActiveAttempt, watch: WatchedNode) -> None:
        """Take its result if that is still wanted, otherwise stop it there."""
        found = await watch.client.find(lost.id)
        if not isinstance(found, Absent | TurnedDown) and await self._storage.attempts.absolve(lost.id):
            self._board.absolve(lost.generation.id)
        match found:
            case Succeeded():
                lost.come_back()
                outcome = await self._collector.collect(lost, watch, found)
                if not isinstance(outcome, Completed | Superseded):
                    logger.info("lost attempt %s brought nothing more: %s", lost.id, outcome)
                    return
            case Absent() | TurnedDown():
                pass
            case Pending() | Running() if lost.charges:
                self.follow(lost)
            case _:
                await watch.client.cancel(lost.id)
        current = await self._storage.generations.get(lost.generation.id)
        if current is None or current.image is not None:  # a cancelled generation may be retried at any moment
            self._board.cancel([lost.generation.id])

    async def _follow(self, active: ActiveAttempt) -> None:
        give_up_at = self._clock.monotonic() + FOLLOW_SECONDS
        while self._clock.monotonic() < give_up_at:
            await self._clock.sleep(RETRY_SECONDS)
            watch = self._supervisor.nodes.get(active.node_id)
            if watch is None or not watch.reachable:
                self.remember(active)
                return
            try:
                found = await watch.client.find(active.id, active.sent)
            except NodeError as error:
                logger.info("%s does not tell of %s yet: %s", active.node_id, active.id, error)
                continue
            if not isinstance(found, Pending | Running):
                await self._reclaim(active)
                return

    async def _abandon(self, attempt: Attempt, state: AttemptState) -> None:
        watch = self._supervisor.nodes.get(attempt.node_id)
        give_up_at = self._clock.monotonic() + ABANDON_SECONDS
        while watch is not None and not watch.reachable and self._clock.monotonic() < give_up_at:
            await self._clock.sleep(RETRY_SECONDS)
        try:
            if watch is not None and watch.reachable:
                await watch.client.cancel(attempt.id)
        except NodeError as error:
            logger.warning("%s may still run %s: %s", attempt.node_id, attempt.id, error)
        try:
            await self._storage.attempts.close(attempt.id, state, at=self._clock.now())
        finally:  # the sweep finds it again where it could not be closed
            self._abandoning.discard(attempt.id)
