"""What the hub hears of the orders on one node: messages of its workers and, since any may be lost, looks at the
rows."""

import asyncio
from collections.abc import AsyncGenerator, Iterator, Mapping, Sequence
from contextlib import suppress

from vibes.domain.errors import StorageUnavailable
from vibes.domain.ids import AttemptId, NodeId
from vibes.domain.nodes.events import AttemptEnded, AttemptStarted, NodeConnected, NodeDisconnected, NodeEvent
from vibes.domain.nodes.worker import OrderState
from vibes.nodes.worker.news import event_of, news_channel
from vibes.ports.workers.news import WorkerLinks
from vibes.ports.workers.rows import OpenOrder

LOOK_SECONDS = 1.0
"""Between two looks at the rows while orders are open."""
HEARD_LOOK_SECONDS = 5.0
"""The same while messages come, which tell more and sooner."""
HEARD_FOR_SECONDS = 10.0
"""For so long after one they are held to come."""
_UNREAD = 256
"""Events that are kept for whoever listens; more are dropped."""


class Hearing:
    def __init__(self, node_id: NodeId, links: WorkerLinks) -> None:
        self._node_id = node_id
        self._links = links
        self._expected: set[AttemptId] = set()
        self._wanted = asyncio.Event()
        self._heard_at: float | None = None

    def expect(self, attempt_id: AttemptId) -> None:
        """The order is open, and its end is waited for."""
        self._expected.add(attempt_id)
        self._wanted.set()

    async def events(self) -> AsyncGenerator[NodeEvent, None]:
        """From now on, for ever."""
        news: asyncio.Queue[NodeEvent] = asyncio.Queue(_UNREAD)
        tasks = [asyncio.create_task(each) for each in (self._listen(news), self._watch(news))]
        next_one = asyncio.create_task(news.get())
        try:
            while True:
                await asyncio.wait([next_one, *tasks], return_when=asyncio.FIRST_COMPLETED)
                if next_one.done():
                    yield next_one.result()
                    next_one = asyncio.create_task(news.get())
                else:  # one of them broke, and says how
                    next(task for task in tasks if task.done()).result()
        finally:
            for task in (next_one, *tasks):
                task.cancel()
            await asyncio.gather(next_one, *tasks, return_exceptions=True)

    async def _listen(self, news: asyncio.Queue[NodeEvent]) -> None:
        async for message in self._links.news.listen(news_channel(self._links.channels, self._node_id)):
            self._heard_at = asyncio.get_running_loop().time()
            event = NodeConnected() if message is None else event_of(message)
            if event is not None:
                with suppress(asyncio.QueueFull):
                    news.put_nowait(event)

    async def _watch(self, news: asyncio.Queue[NodeEvent]) -> None:
        seen: Mapping[AttemptId, OpenOrder] = {}
        well = False
        while True:
            expected = frozenset(self._expected)
            try:
                orders = await self._links.orders.open_orders(self._node_id)
            except StorageUnavailable as error:
                if well:
                    await news.put(NodeDisconnected(error.message))
                well = False
            else:
                if not well:
                    await news.put(NodeConnected())
                well = True
                for event in changes(seen, orders, expected):
                    await news.put(event)
                seen = {each.attempt_id: each for each in orders}
                self._expected -= expected - seen.keys()
            await self._pause()

    async def _pause(self) -> None:
        if not self._expected:
            self._wanted.clear()
            await self._wanted.wait()
        comes = self._heard_at is not None and asyncio.get_running_loop().time() - self._heard_at < HEARD_FOR_SECONDS
        await asyncio.sleep(HEARD_LOOK_SECONDS if comes else LOOK_SECONDS)


def changes(
    before: Mapping[AttemptId, OpenOrder], now: Sequence[OpenOrder], expected: frozenset[AttemptId]
) -> Iterator[NodeEvent]:
    """What has happened between two looks. That one begins is told again with each sign of life."""
    open_now = {each.attempt_id for each in now}
    for order in now:
        earlier = before.get(order.attempt_id)
        moved = earlier is None or (order.state, order.signs) != (earlier.state, earlier.signs)
        if moved and order.state is OrderState.RUNNING:
            yield AttemptStarted(order.attempt_id)
    for attempt_id in sorted((before.keys() | expected) - open_now):
        yield AttemptEnded(attempt_id)
