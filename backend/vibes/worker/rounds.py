"""A worker's rounds: one order after the other is claimed, carried out, and delivered while the next is drawn."""

import asyncio
import logging
import math
from collections.abc import Callable, Coroutine, Mapping
from contextlib import suppress
from typing import Any

from vibes.domain.errors import NodeError, StorageUnavailable
from vibes.domain.ids import AttemptId, NodeId
from vibes.domain.nodes.events import AttemptEnded, AttemptEvent, AttemptStarted
from vibes.domain.nodes.outcome import Absent, Succeeded, TurnedDown
from vibes.domain.nodes.worker import OrderState, WorkerOrder
from vibes.domain.pictures.graph import Graph
from vibes.nodes.comfyui.orders.spelling import spelled_for
from vibes.nodes.worker.handoff import without_uploads
from vibes.nodes.worker.wire import Outcome, outcome_json
from vibes.worker.delivery import deliver
from vibes.worker.errand import Errand, Means, Stop
from vibes.worker.heart import Heart
from vibes.workflows.graphs.requirements import requirements

logger = logging.getLogger(__name__)

LOOK_SECONDS = 2.0
"""Between two looks for an order while nobody tells of one."""
SOON_SECONDS = 0.5
"""The same for `SOON_FOR_SECONDS` after an order: where there is work, the next one is there once the hub has heard of
the end of the one before, and without a broker nobody tells of it."""
SOON_FOR_SECONDS = 10.0
CANDIDATES = 20
"""Orders of a pool among which a member looks for one that it can carry out."""
DELIVERIES = 2
"""Pictures that may be on their way to the store while the next one is drawn."""
_AGAIN_SECONDS = 2.0


class Rounds:
    def __init__(
        self, node_id: NodeId, heart: Heart, means: Means, tell: Callable[[AttemptEvent], None], *, pooled: bool
    ) -> None:
        """``tell``: the hub, of what only this worker knows."""
        self._node_id = node_id
        self._heart = heart
        self._means = means
        self._tell = tell
        self._pooled = pooled
        self._turn = asyncio.Lock()
        self._nudged = asyncio.Event()
        self._errand: Errand | None = None
        self._deliveries: dict[AttemptId, asyncio.Task[None]] = {}
        self._delivering = asyncio.Semaphore(DELIVERIES)

    @property
    def in_hand(self) -> frozenset[AttemptId]:
        """The orders that it is at."""
        return frozenset(self._deliveries) | ({self._errand.id} if self._errand is not None else set())

    def nudge(self) -> None:
        """There may be an order, or another wish about the one at hand."""
        self._nudged.set()
        if self._errand is not None:
            self._errand.look()

    def heard(self, event: AttemptEvent) -> None:
        """What ComfyUI tells of an order at hand. That it is over is told to the hub once it is delivered."""
        self._heart.lives(event.attempt_id)
        if not isinstance(event, AttemptEnded):
            self._tell(event)
        if self._errand is not None and self._errand.id == event.attempt_id:
            if isinstance(event, AttemptEnded):
                self._errand.end()
            elif isinstance(event, AttemptStarted):
                self._errand.look()

    async def run(self) -> None:
        """For ever."""
        await self._take_up()
        clock, worked_at = self._means.clock, -math.inf
        while True:
            self._nudged.clear()
            if await self.take_turn():
                worked_at = clock.monotonic()
                continue
            with suppress(TimeoutError):
                async with asyncio.timeout(pause_after(clock.monotonic() - worked_at)):
                    await self._nudged.wait()

    async def take_turn(self) -> bool:
        """Carry out the next order until it is drawn; False where there is none to be had. Whoever calls it meanwhile
        waits for that."""
        async with self._turn:
            if not self._heart.ready:
                return False
            try:
                order = await self._claim()
            except StorageUnavailable as error:
                logger.warning("%s", error.message)
                return False
            if order is None:
                return False
            await self._carry_out(order, adopted=False)
            return True

    async def end(self) -> None:
        """Give back what is at hand, and what waits for this worker alone."""
        if self._errand is not None:
            self._errand.leave()
        async with self._turn:
            if not self._pooled:
                told = outcome_json(TurnedDown(message=Stop.LEAVING.value))
                await self._means.desk.hand_back(self._heart.seat, told)
            await asyncio.gather(*self._deliveries.values(), return_exceptions=True)

    async def _take_up(self) -> None:
        """Go on with what an earlier process of this name had; waits for a database that is away."""
        while True:
            try:
                return await self._take_up_all()
            except StorageUnavailable as error:
                logger.warning("what an earlier process had is asked for later: %s", error.message)
                await asyncio.sleep(_AGAIN_SECONDS)

    async def _take_up_all(self) -> None:
        for held in await self._means.desk.held(self._heart.seat.name):
            if held.attempt_id in self.in_hand:
                continue
            order = await self._means.desk.adopt(self._heart.seat, held)
            if order is None:
                continue
            async with self._turn:
                while not self._heart.ready:
                    await self._heart.checked()
                known = await self._is_there(order)
                logger.info(
                    "%s of an earlier process is %s", order.attempt_id, "there" if known else "not on its ComfyUI"
                )
                if known or order.state is OrderState.CLAIMED:
                    await self._carry_out(order, adopted=known)
                else:
                    lost = TurnedDown(message="it was lost when its worker was started anew", died=True)
                    await self._settle(order, lost)

    async def _is_there(self, order: WorkerOrder) -> bool:
        while True:
            try:
                return not isinstance(await self._means.node.find(order.attempt_id), Absent)
            except NodeError as error:
                logger.info("%s cannot be asked for yet: %s", order.attempt_id, error)
                await self._heart.checked()

    async def _claim(self) -> WorkerOrder | None:
        """Looks before it claims: a worker that waits for work writes nothing every two seconds."""
        desk, seat = self._means.desk, self._heart.seat
        waiting = await desk.waiting(self._node_id, limit=CANDIDATES if self._pooled else 1)
        if waiting and not self._pooled:
            return await desk.claim(seat, self._node_id)
        able = [each.attempt_id for each in waiting if self._can(each.sent)]
        return await desk.claim(seat, self._node_id, able) if able else None

    def _can(self, graph: Graph) -> bool:
        inventory = self._heart.inventory
        return inventory is not None and not inventory.lacks(requirements(without_uploads(graph)))

    async def _carry_out(self, order: WorkerOrder, *, adopted: bool) -> None:
        inventory = self._heart.inventory
        sent = order.sent if inventory is None else spelled_for(inventory, order.sent)
        errand = self._errand = Errand(order, sent, self._means, adopted=adopted)
        try:
            result = await errand.run()
        except Exception:  # a fault of ours about one order must not end the worker
            logger.exception("%s could not be carried out", order.attempt_id)
            result = TurnedDown(message="an internal error of its worker, whose log has the details", broke=True)
        finally:
            self._errand = None
        if not isinstance(result, Succeeded):
            await self._settle(order, result)
            return
        await self._delivering.acquire()
        task = asyncio.create_task(self._deliver(order, sent, result), name=f"deliver {order.attempt_id}")
        self._deliveries[order.attempt_id] = task
        task.add_done_callback(lambda _: self._delivered(order.attempt_id))

    def _delivered(self, attempt_id: AttemptId) -> None:
        self._deliveries.pop(attempt_id, None)
        self._delivering.release()

    async def _deliver(self, order: WorkerOrder, sent: Graph, drawn: Succeeded) -> None:
        try:
            result = await deliver(order, sent, drawn, self._means)
        except Exception:  # as above
            logger.exception("%s could not be delivered", order.attempt_id)
            result = TurnedDown(message="an internal error of its worker, whose log has the details", broke=True)
        await self._settle(order, result)

    async def _settle(self, order: WorkerOrder, result: Outcome | Stop) -> None:
        """Write how it ended, however long that takes; refused where it is not this worker's any more."""
        self._heart.over(order.attempt_id)
        moved = await _written(lambda: self._end_of(order, result))
        if not moved:
            logger.warning("%s is not this worker's any more: what came of it is dropped", order.attempt_id)
        self._tell(AttemptEnded(order.attempt_id))

    def _end_of(self, order: WorkerOrder, result: Outcome | Stop) -> Coroutine[Any, Any, bool]:
        desk = self._means.desk
        match result:
            case Succeeded():
                return desk.complete(order, outcome_json(result))
            case Stop.UNWANTED:
                return desk.drop(order)
            case Stop.NOT_OURS:
                return _nothing()
            case Stop.LEAVING:
                return desk.fail(order, outcome_json(TurnedDown(message=result.value)))
            case _:
                told: Mapping[str, Any] = outcome_json(result)
                return desk.fail(order, told)


def pause_after(idle_seconds: float) -> float:
    """Seconds until the next look of a worker that has had nothing to do for so long."""
    return SOON_SECONDS if idle_seconds < SOON_FOR_SECONDS else LOOK_SECONDS


async def _nothing() -> bool:
    return False


async def _written(write: Callable[[], Coroutine[Any, Any, bool]]) -> bool:
    while True:
        try:
            return await write()
        except StorageUnavailable as error:
            logger.warning("how an order ended is written down later: %s", error.message)
            await asyncio.sleep(_AGAIN_SECONDS)
