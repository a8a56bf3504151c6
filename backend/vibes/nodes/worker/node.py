"""The workers behind one name as a node: orders go into the database, and come back out of it."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, TypeVar

from vibes.domain.attempt import Wire
from vibes.domain.errors import NodeError, NodeUnclear, NodeUnreachable, NotFound, OutputGone, StorageUnavailable
from vibes.domain.ids import AttemptId
from vibes.domain.nodes.events import NodeEvent
from vibes.domain.nodes.inventory import NodeInventory
from vibes.domain.nodes.node import NodeConfig, NodeVitals
from vibes.domain.nodes.outcome import Absent, OutputFile, Pending, Running, TurnedDown, Whereabouts
from vibes.domain.nodes.worker import ENDED, HELD, OrderState, WorkerOrder, WorkerReport
from vibes.domain.prompting.lora_card import LoraCard
from vibes.nodes.comfyui.orders.graphs import GraphsForNode
from vibes.nodes.comfyui.orders.inventory import ComfyUIInventory
from vibes.nodes.worker.handoff import input_key, input_name
from vibes.nodes.worker.hearing import Hearing
from vibes.nodes.worker.news import FREE, LOOK, wishes_channel
from vibes.nodes.worker.office import WorkerOffice
from vibes.nodes.worker.standing import heard, inventory_of_all, present, vitals_of, why_away
from vibes.nodes.worker.wire import inventory_of, lora_cards_of, outcome_json, outcome_of
from vibes.ports.orders import InputImage, Order, Outline
from vibes.ports.workers.rows import OpenOrder

T = TypeVar("T")

SUSPECTED_SECONDS = 3.0
"""A silent worker is looked at again so much later before its orders are taken from it: after the database was away,
its heartbeat may be on its way."""
UNTAKEN_SECONDS = 30.0
CANCEL_SECONDS = 15.0
"""For which `WorkerNode.cancel` waits until the order was stopped."""
_PAUSE_SECONDS = 0.25


@dataclass(frozen=True, slots=True)
class _Told:
    """What a worker has told that it has."""

    digest: str
    inventory: ComfyUIInventory
    lora_cards: Mapping[str, LoraCard | None]


class WorkerNode:
    """Implements the ports ``GeneratorNode`` and ``TellsOfLoras``."""

    def __init__(self, config: NodeConfig, office: WorkerOffice) -> None:
        self._config = config
        self._office = office
        self._links = office.links
        self._orders = office.links.orders
        self._graphs = GraphsForNode()
        self._hearing = Hearing(config.id, office.links)
        self._told: dict[str, _Told] = {}
        """By worker."""
        self._suspected_at: dict[str, float] = {}
        self._untaken: tuple[AttemptId, float] | None = None
        """The order that is next while none is under way, and since when that is so."""

    @property
    def charges(self) -> bool:
        return False

    async def check(self) -> NodeVitals:
        """Whoever is not heard any more loses its orders here."""
        began = self._office.clock.monotonic()
        reports = await _asked(self._orders.reports(self._config.id))
        await self._look_for_silent(reports)
        there = present(reports, self._links.lost_seconds)
        if not there:
            raise why_away(reports, self._links.lost_seconds)
        orders = await _asked(self._orders.open_orders(self._config.id))
        now = self._office.clock.monotonic()
        return vitals_of(there, orders, 1000 * (now - began), taking=self._takes(orders, now))

    async def discover(self) -> NodeInventory:
        reports = await _asked(self._orders.reports(self._config.id))
        there = [each for each in present(reports, self._links.lost_seconds) if each.inventory_digest]
        if not there:
            raise NodeError("its worker has not told yet what it has")
        members = [await self._inventory(each) for each in there]
        pooled = there[0].worker.pooled
        inventory = inventory_of_all(members, pooled=pooled)
        self._graphs.inventory = None if pooled else members[0]  # a member spells the names in its own way
        return inventory

    def has(self, image: InputImage) -> bool:
        return self._graphs.uploads.name_of(image) is not None

    async def bring(self, image: InputImage) -> None:
        await _asked(self._links.handoff.put({input_key(image.digest): image.content}))
        self._graphs.uploads.note(image, input_name(image.digest))

    def forget_images(self) -> None:
        self._graphs.uploads.forget()

    def prepare(self, attempt_id: AttemptId, order: Order) -> Wire:
        return self._graphs.prepare(attempt_id, order)

    def outline(self, sent: Wire) -> Outline:
        return self._graphs.outline(sent)

    async def submit(self, attempt_id: AttemptId, sent: Wire) -> None:
        order = WorkerOrder(attempt_id=attempt_id, node_id=self._config.id, sent=sent)
        with _unclear():
            taken = await self._orders.hand_in(order)
        if not taken:
            raise NodeUnreachable("no worker is there to take it")
        self._hearing.expect(attempt_id)
        self._links.tickets.post(self._config.id, attempt_id, order.epoch)
        self._tell(LOOK)

    async def rehearse(self) -> None:
        """Nothing can be refused but by a database that does not answer."""
        await self.check()

    async def find(self, attempt_id: AttemptId, sent: Wire | None = None, *, ended: bool = False) -> Whereabouts:
        order = await _asked(self._orders.get(attempt_id))
        if order is None or order.state is OrderState.TAKEN_BACK:
            return Absent()
        if order.state in ENDED:
            return _outcome(order)
        self._hearing.expect(attempt_id)
        if order.state is OrderState.RUNNING:
            return Running()
        return Pending(await _asked(self._orders.ahead_of(attempt_id)))

    async def fetch(self, output: OutputFile, sent: Wire | None = None) -> bytes:
        """The worker has seen to it that it is this order's own."""
        try:
            return await _asked(self._links.handoff.get(output.subfolder))
        except NotFound as error:
            raise OutputGone(f"the picture {output.filename} does not lie in the media store any more") from error

    async def cancel(self, attempt_id: AttemptId) -> None:
        """NodeUnclear when whoever has it has not stopped it after some seconds; it will, or be found to be gone."""
        clock = self._office.clock
        give_up_at = clock.monotonic() + CANCEL_SECONDS
        state = await _asked(self._orders.stop(attempt_id))
        self._tell(LOOK)
        while state in HELD:
            if clock.monotonic() > give_up_at:
                raise NodeUnclear(f"{attempt_id} was not stopped within {CANCEL_SECONDS:g} s")
            await clock.sleep(_PAUSE_SECONDS)
            order = await _asked(self._orders.get(attempt_id))
            state = None if order is None else order.state

    async def take_back(self, attempt_id: AttemptId) -> bool:
        if await _asked(self._orders.take_back(attempt_id)):
            return True
        order = await _asked(self._orders.get(attempt_id))
        return order is None or order.state is OrderState.TAKEN_BACK

    async def free(self) -> None:
        self._tell(FREE)

    async def lora_card(self, name: str) -> LoraCard | None:
        """As its worker has told it; of a pool, as any member has."""
        for told in self._told.values():
            if name in told.lora_cards:
                return told.lora_cards[name]
        raise NodeError(f"its worker has not told yet what {name} says of itself")

    def events(self) -> AsyncGenerator[NodeEvent, None]:
        return self._hearing.events()

    async def close(self) -> None:
        """What it shares with others stays open."""

    def _tell(self, message: bytes) -> None:
        self._links.news.publish(wishes_channel(self._links.channels, self._config.id), message)

    async def _inventory(self, report: WorkerReport) -> ComfyUIInventory:
        name, digest = report.worker.name, report.inventory_digest
        known = self._told.get(name)
        if known is not None and known.digest == digest:
            return known.inventory
        told = await _asked(self._orders.inventory(name))
        if told is None:
            raise NodeError("its worker has not told yet what it has")
        try:
            new = await asyncio.to_thread(lambda: _Told(digest, inventory_of(told), lora_cards_of(told)))
        except (KeyError, TypeError, ValueError) as error:
            raise NodeError(f"its worker is of another version: {error!r}") from error
        self._told[name] = new
        return new.inventory

    def _takes(self, orders: Sequence[OpenOrder], now: float) -> bool:
        """Whether the next order is about to be taken. One that is not within `UNTAKEN_SECONDS`, although nothing else
        is under way, shows that no worker looks for it any more."""
        head = next((each.attempt_id for each in orders), None)
        if head is None or any(each.state in HELD for each in orders):
            self._untaken = None
        elif self._untaken is None or self._untaken[0] != head:
            self._untaken = head, now
        return self._untaken is None or now - self._untaken[1] < UNTAKEN_SECONDS

    async def _look_for_silent(self, reports: Sequence[WorkerReport]) -> None:
        """Of one that said that it ends, too: it may not have had the time to give back what it had."""
        now, limit = self._office.clock.monotonic(), self._links.lost_seconds
        silent = {each.worker.name: each for each in reports if each.silent_seconds > limit}
        self._suspected_at = {name: self._suspected_at.get(name, now) for name in silent}
        for name, since in self._suspected_at.items():
            if now - since >= SUSPECTED_SECONDS:
                told = outcome_json(TurnedDown(message=f"its worker was last heard at {heard(silent[name])}"))
                await _asked(self._orders.revoke(name, told, silent_for=timedelta(seconds=limit)))


def _outcome(order: WorkerOrder) -> Whereabouts:
    told: Mapping[str, Any] = order.outcome or {}
    try:
        return outcome_of(told)
    except ValueError as error:
        return TurnedDown(message=f"its worker is of another version: {error}", broke=True)


async def _asked(question: Awaitable[T]) -> T:
    """The database's own trouble is the node's: nothing of what it has can be reached."""
    try:
        return await question
    except StorageUnavailable as error:
        raise NodeUnreachable(error.message) from error


@contextmanager
def _unclear() -> Iterator[None]:
    try:
        yield
    except StorageUnavailable as error:
        raise NodeUnclear(error.message) from error
