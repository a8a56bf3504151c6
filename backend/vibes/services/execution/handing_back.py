"""Hands machines back to their owners: sees to the work that a machine has when its owner's time begins."""

import asyncio
import logging

from vibes.domain.errors import Conflict, StorageUnavailable
from vibes.domain.events import NodeChanged
from vibes.domain.ids import NodeId
from vibes.domain.nodes.events import NodeEvent
from vibes.domain.nodes.handing_back import Held, Step, step
from vibes.ports.clock import Clock
from vibes.scheduling.eligibility import memory_taken
from vibes.services.fleet.service import FleetService
from vibes.services.fleet.supervisor import NodeSupervisor
from vibes.services.fleet.watched_node import WatchedNode
from vibes.services.queue.active_attempt import ActiveAttempt
from vibes.services.queue.attempt_state import Wish
from vibes.services.queue.board import Board

logger = logging.getLogger(__name__)

LOOK_SECONDS = 1.0
"""Seconds between two looks at the clock; a plan looks at it as well, so nothing begins meanwhile."""


class HandingBack:
    """Subscribes to the fleet's supervisor."""

    def __init__(self, board: Board, supervisor: NodeSupervisor, fleet: FleetService, clock: Clock) -> None:
        self._board = board
        self._supervisor = supervisor
        self._fleet = fleet
        self._clock = clock
        self._freed: dict[NodeId, object] = {}
        """By node: when the time began at whose beginning its models were unloaded."""
        self._changed = asyncio.Event()

    def node_changed(self, event: NodeChanged) -> None:
        self._changed.set()

    def node_event(self, node_id: NodeId, event: NodeEvent) -> None:
        """It says nothing of whose the machine is."""

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            self._changed.clear()
            await self.look()
            try:
                async with asyncio.timeout(LOOK_SECONDS):
                    await self._changed.wait()
            except TimeoutError:
                continue

    async def look(self) -> None:
        """Do what is due now."""
        watches = list(self._supervisor.nodes.values())
        for watch in watches:
            watch.follow_the_clock()
            held = watch.ownership.held
            if held is not None:
                self._see_to_work(watch, held)
            elif watch.memory.others.held:
                self._take_back_what_has_no_room(watch)
        await asyncio.gather(*(self._free(watch) for watch in watches if self._is_to_be_freed(watch)))
        try:
            await self._fleet.forget_what_is_over()
        except StorageUnavailable as error:  # what is over holds no longer anyway
            logger.info("a drain that is over is forgotten later: %s", error)

    def _see_to_work(self, watch: WatchedNode, held: Held) -> None:
        since = (self._clock.now() - held.spell.begin).total_seconds()
        for active in self._board.on_node(watch.config.id):
            if active.collecting or active.cancelled:
                continue
            todo = step(
                held.running,
                waits=active.can_be_taken_back,
                charges=active.charges or watch.charges,
                left=self._board.remaining_seconds(active),
                grace=watch.config.grace_seconds - since,
            )
            _carry_out(todo, active)

    def _take_back_what_has_no_room(self, watch: WatchedNode) -> None:
        """Another program holds the memory that it needs."""
        view = self._board.view(watch)
        for active in self._board.on_node(watch.config.id):
            if active.can_be_taken_back and memory_taken(view, active.work):
                active.want_back()

    def _is_to_be_freed(self, watch: WatchedNode) -> bool:
        held = watch.ownership.held
        if held is None or not held.free or not watch.reachable or watch.draws or watch.lent:
            return False
        return self._freed.get(watch.config.id) != held.spell.begin

    async def _free(self, watch: WatchedNode) -> None:
        held = watch.ownership.held
        self._freed[watch.config.id] = None if held is None else held.spell.begin
        try:
            await self._supervisor.free(watch.config.id)
        except Conflict as error:
            logger.info("%s", error.message)


def _carry_out(todo: Step, active: ActiveAttempt) -> None:
    match todo:
        case Step.TAKE_BACK:
            active.want_back()
        case Step.MOVE if active.wish is not Wish.MOVE:
            logger.info("%s is moved from %s, whose owner needs it", active.generation.id, active.node_id)
            active.move_away()
