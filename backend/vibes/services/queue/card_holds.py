"""Lends the card of a node to something else, between two of its pictures."""

import asyncio
import logging

from vibes.domain.errors import Conflict
from vibes.domain.events import NodeChanged
from vibes.domain.ids import NodeId
from vibes.domain.nodes.events import NodeEvent
from vibes.domain.reason import Reason, ReasonCode
from vibes.ports.chat_servers import CardWithOwner, HeldCard
from vibes.services.fleet.supervisor import NodeSupervisor
from vibes.services.fleet.watched_node import WatchedNode
from vibes.services.queue.board import Board

logger = logging.getLogger(__name__)


class _LentCard:
    def __init__(self, watch: WatchedNode, reason: Reason, board: Board) -> None:
        self._watch = watch
        self._reason = reason
        self._board = board
        watch.lend(reason)

    def give_back(self) -> None:
        self._watch.take_back_card(self._reason)
        self._board.changed.set()


class _NoCard:
    def give_back(self) -> None:
        """There is none."""


class NodeCards:
    """A held card is a pause of its node, as the planner sees it. The port `vibes.ports.chat_servers.CardHolds`."""

    def __init__(self, supervisor: NodeSupervisor, board: Board) -> None:
        self._supervisor = supervisor
        self._board = board
        self._changed = asyncio.Event()
        supervisor.subscribe(self)

    def node_changed(self, event: NodeChanged) -> None:
        """Whichever it is: whoever waits looks again."""
        self._changed.set()

    def node_event(self, node_id: NodeId, event: NodeEvent) -> None:
        """It says nothing of whether a node draws."""

    async def hold(self, node_id: NodeId, why: str) -> HeldCard:
        watch = self._supervisor.nodes.get(node_id)
        if watch is None:
            logger.warning("there is no node %s, whose card is to be %s", node_id, why)
            return _NoCard()
        _require_lent_by_owner(watch)
        card = _LentCard(watch, Reason(ReasonCode.LENT, why), self._board)
        try:
            self._take_back_what_waits(node_id)
            await self._until_idle(watch)
            await self._free(node_id)
        except BaseException:  # nobody waits any more: it draws on
            card.give_back()
            raise
        return card

    def _take_back_what_waits(self, node_id: NodeId) -> None:
        for active in self._board.on_node(node_id):
            if active.can_be_taken_back:
                active.want_back()

    async def _until_idle(self, watch: WatchedNode) -> None:
        while watch.draws:
            self._changed.clear()
            await self._changed.wait()
            _require_lent_by_owner(watch)

    async def _free(self, node_id: NodeId) -> None:
        try:
            await self._supervisor.free(node_id)
        except Conflict as error:  # it may be off, and then it has nothing in its memory
            logger.info("%s", error.message)


def _require_lent_by_owner(watch: WatchedNode) -> None:
    held = watch.ownership.held
    if held is not None:
        raise CardWithOwner(held.reason.sentence)
