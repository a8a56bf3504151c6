"""How a worker is, told to the hub: a heartbeat, what its ComfyUI answers, and what that has."""

import asyncio
import logging
import math
from collections.abc import Callable, Mapping
from dataclasses import replace

from vibes.domain.errors import Conflict, NodeAway, NodeError, StorageUnavailable
from vibes.domain.ids import AttemptId
from vibes.domain.nodes.node import NodeQueue
from vibes.domain.nodes.worker import Worker, WorkerState, WorkerVitals
from vibes.domain.prompting.lora_card import LoraCard
from vibes.nodes.comfyui.orders.inventory import ComfyUIInventory
from vibes.nodes.worker.wire import digest_of, inventory_json, lora_cards_json
from vibes.ports.clock import Clock
from vibes.ports.nodes import GeneratorNode
from vibes.ports.workers.rows import Heartbeat, Seat, WorkerDesk

_log = logging.getLogger(__name__)

BEATS_UNTIL_LOST = 4
"""Heartbeats within the time after which a worker is taken to be gone."""
LONGEST_DEVICE = 64
"""Characters."""
LISTS_SECONDS = 60.0
"""Between two looks at what ComfyUI has."""
MISSES = 3
"""Checks in a row that ComfyUI must miss before it counts as away: it may be loading a model."""


def unheard(_: bool) -> None:
    """Where nobody wants to know."""


class NameTaken(Conflict):
    """Another process has registered under this worker's name, and carries out its orders from now on."""

    def __init__(self, name: str) -> None:
        super().__init__(
            f"another worker has registered as {name}: give each its own --name (or end the other one)",
            code="name_taken",
        )


class Heart:
    def __init__(
        self,
        worker: Worker,
        node: GeneratorNode,
        desk: WorkerDesk,
        clock: Clock,
        lost_seconds: float,
        on_ready: Callable[[bool], None] = unheard,
    ) -> None:
        """``on_ready`` is told whenever its ComfyUI begins or ceases to take orders."""
        self._worker = worker
        self._node = node
        self._desk = desk
        self._clock = clock
        self._on_ready = on_ready
        self._pause = lost_seconds / BEATS_UNTIL_LOST
        self._due = asyncio.Event()
        self._checked = asyncio.Event()
        self._vitals: WorkerVitals | None = None
        self._why = "its ComfyUI is starting"
        self._misses = MISSES
        self._told = ""
        self._alive: set[AttemptId] = set()
        self._over: set[str] = set()
        self._seat: Seat | None = None
        self._lora_cards: Mapping[str, LoraCard | None] = {}
        self._lists_due = True
        self.inventory: ComfyUIInventory | None = None
        self.draining = False

    @property
    def seat(self) -> Seat:
        """Once it has registered."""
        if self._seat is None:
            raise ValueError("it has not registered yet")
        return self._seat

    @property
    def ready(self) -> bool:
        """Whether its ComfyUI takes orders."""
        return self._vitals is not None and self.inventory is not None and not self.draining

    @property
    def vitals(self) -> WorkerVitals | None:
        """As ComfyUI answered last; None while it does not."""
        return self._vitals

    def over(self, attempt_id: AttemptId) -> None:
        """It has ended: what ComfyUI told of its queue before that is not true of it any more."""
        self._over.add(attempt_id)

    def lives(self, attempt_id: AttemptId) -> None:
        """ComfyUI has told something of it."""
        self._alive.add(attempt_id)

    def tell_loras(self, cards: Mapping[str, LoraCard | None]) -> None:
        """With what it has, from now on."""
        self._lora_cards = cards
        self._lists_due = True

    def drain(self) -> None:
        """Say at once that it takes nothing more."""
        self.draining = True
        self._due.set()

    async def checked(self) -> None:
        """Until ComfyUI was looked at again."""
        self._checked.clear()
        await self._checked.wait()

    async def register(self) -> None:
        """Waits for a database that is away."""
        while self._seat is None:
            try:
                self._seat = await self._desk.register(self._worker)
            except StorageUnavailable as error:
                _log.warning("%s (trying again)", error.message)
                await self._clock.sleep(self._pause)
        self._told = ""

    async def beat(self) -> None:
        """For ever; raises NameTaken."""
        while True:
            self._due.clear()
            alive, self._alive = frozenset(self._alive), set()
            try:
                if not await self._desk.beat(self.seat, self._heartbeat(alive)):
                    raise NameTaken(self.seat.name)
            except StorageUnavailable as error:  # the log is told by the database itself, once
                _log.debug("%s", error.message)
            try:
                async with asyncio.timeout(self._pause):
                    await self._due.wait()
            except TimeoutError:
                continue

    async def say_goodbye(self) -> None:
        await self._desk.beat(self.seat, Heartbeat(state=WorkerState.GONE, reason="its worker has ended"))

    async def watch(self) -> None:
        """Look at ComfyUI, for ever."""
        lists_at = -math.inf
        while True:
            was_ready = self.ready
            try:
                await self._check()
                if self._lists_due or self._clock.monotonic() - lists_at > LISTS_SECONDS:
                    await self._read_lists()
                    lists_at = self._clock.monotonic()
            except NodeError as error:
                self._miss(error)
                self._lists_due |= self._vitals is None
            except StorageUnavailable as error:
                _log.warning("what it has is told later: %s", error.message)
            self._checked.set()
            if self.ready != was_ready:
                self._on_ready(self.ready)
                _log.info("%s", "ready for orders" if self.ready else f"takes no orders: {self._why}")
                self._due.set()
            await self._clock.sleep(self._pause)

    async def _check(self) -> None:
        over_before = {*self._over}
        vitals = await self._node.check()
        self._over -= over_before
        self._misses = 0
        self._vitals = WorkerVitals(
            queue=vitals.queue, vram_free_bytes=vitals.vram_free_bytes, response_ms=vitals.response_ms
        )

    async def _read_lists(self) -> None:
        inventory, cards = await self._node.discover(), self._lora_cards
        if not isinstance(inventory, ComfyUIInventory):
            raise NodeError("it is no ComfyUI")
        told = await asyncio.to_thread(lambda: inventory_json(inventory) | lora_cards_json(cards))
        digest = digest_of(told)
        device = (inventory.device_name or self._worker.device)[:LONGEST_DEVICE]
        if digest != self._told and await self._desk.tell_inventory(self.seat, device, digest, told):
            self._told = digest
        self.inventory = inventory
        self._lists_due = self._lora_cards is not cards

    def _miss(self, error: NodeError) -> None:
        """What is known to be away is so at once; what does not answer, after some misses."""
        self._misses = MISSES if isinstance(error, NodeAway) else self._misses + 1
        self._why = error.message
        if self._misses >= MISSES:
            self._vitals = None

    def _heartbeat(self, alive: frozenset[AttemptId]) -> Heartbeat:
        vitals = None if self._vitals is None else self._without_ended(self._vitals)
        if self.draining:
            return Heartbeat(state=WorkerState.DRAINING, reason="its worker is ending", vitals=vitals, alive=alive)
        if self.ready:
            return Heartbeat(state=WorkerState.READY, vitals=vitals, alive=alive)
        return Heartbeat(state=WorkerState.STARTING, reason=self._why, alive=alive)

    def _without_ended(self, vitals: WorkerVitals) -> WorkerVitals:
        queue = vitals.queue
        running, pending = (
            tuple(each for each in them if each not in self._over) for them in (queue.running, queue.pending)
        )
        return replace(vitals, queue=NodeQueue(running=running, pending=pending))
