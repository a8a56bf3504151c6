"""A worker while it runs: its heart, its rounds and its ears, until it is told to end."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager, suppress
from typing import Any

from vibes.domain.errors import HubError, NodeError
from vibes.domain.ids import AttemptId
from vibes.domain.nodes.events import AttemptEvent, AttemptPreview, NodeConnected, NodeDisconnected, QueueLength
from vibes.domain.nodes.worker import Worker
from vibes.nodes.worker.news import FREE, LARGEST_MESSAGE, message_of, news_channel, wishes_channel
from vibes.ports.workers.news import WorkerNews
from vibes.worker.errand import Means
from vibes.worker.heart import Heart, unheard
from vibes.worker.lora_cards import LoraCards
from vibes.worker.rounds import Rounds

_log = logging.getLogger(__name__)

GIVE_BACK_SECONDS = 4.0
"""For which it gives back what it has, once it is told to end: whoever ends it may kill it after ten."""
GOODBYE_SECONDS = 0.7
"""For which it says that it is gone."""


class RunningWorker:
    """Use `run` once; `drain` may be called at any time, in its event loop."""

    def __init__(
        self,
        worker: Worker,
        means: Means,
        news: WorkerNews,
        channels: str,
        lost_seconds: float,
        on_takes: Callable[[bool], None] = unheard,
    ) -> None:
        """``on_takes`` is told whenever it begins or ceases to take orders."""
        self._worker = worker
        self._means = means
        self._news = news
        self._channels = channels
        self._draining = asyncio.Event()
        self._heart = Heart(worker, means.node, means.desk, means.clock, lost_seconds, on_takes)
        self._rounds = Rounds(worker.node_id, self._heart, means, self._tell, pooled=worker.pooled)

    def drain(self) -> None:
        """End soon, and give back what is at hand."""
        self._draining.set()

    async def take_turn(self) -> None:
        """A ticket came: returns when there is nothing more to be done about it."""
        if not self._draining.is_set():
            self._rounds.nudge()
            await self._rounds.take_turn()

    async def run(self) -> None:
        """Until `drain`. Raises NameTaken."""
        async with _ended(self._heart.register()) as registering:
            await self._unless_drained(registering)
        if self._draining.is_set():
            return
        _log.info("worker %s (%s) has registered", self._worker.name, self._worker.device)
        loops = (
            self._heart.watch,
            self._rounds.run,
            self._listen_to_comfyui,
            self._listen_to_hub,
            self._stop_leftovers,
            LoraCards(self._means.node, self._heart, self._means.clock).run,
        )
        async with _ended(self._heart.beat()) as heart:
            tasks = [asyncio.create_task(loop()) for loop in loops]
            try:
                await self._unless_drained(heart, *tasks)
                await self._give_back()
            finally:
                for task in tasks:
                    task.cancel()
                await asyncio.gather(*tasks, return_exceptions=True)

    async def _unless_drained(self, *tasks: asyncio.Task[None]) -> None:
        """Returns when it is told to end; raises what any of these raises."""
        drained = asyncio.create_task(self._draining.wait())
        try:
            await asyncio.wait([drained, *tasks], return_when=asyncio.FIRST_COMPLETED)
        finally:
            drained.cancel()
        for task in tasks:
            if task.done():
                task.result()

    async def _give_back(self) -> None:
        _log.info("worker %s ends: what it has goes back to the hub", self._worker.name)
        self._heart.drain()
        for step, seconds in ((self._rounds.end, GIVE_BACK_SECONDS), (self._heart.say_goodbye, GOODBYE_SECONDS)):
            try:
                async with asyncio.timeout(seconds):
                    await step()
            except (TimeoutError, HubError) as error:
                _log.warning("not all was given back in time, the hub takes it: %s", str(error) or "no answer")
        self._tell_leaving()

    def _tell_leaving(self) -> None:
        channel = news_channel(self._channels, self._worker.node_id)
        self._news.publish(channel, message_of(NodeDisconnected("its worker has ended")))

    def _tell(self, event: AttemptEvent) -> None:
        if isinstance(event, AttemptPreview) and len(event.image) > LARGEST_MESSAGE:
            return
        self._news.publish(news_channel(self._channels, self._worker.node_id), message_of(event))

    async def _listen_to_comfyui(self) -> None:
        async for event in self._means.node.events():
            match event:
                case NodeConnected() | NodeDisconnected() | QueueLength():
                    self._rounds.nudge()
                case _ if event.attempt_id in self._rounds.in_hand:
                    self._rounds.heard(event)

    async def _listen_to_hub(self) -> None:
        async for message in self._news.listen(wishes_channel(self._channels, self._worker.node_id)):
            if message == FREE:
                with suppress(NodeError):
                    await self._means.node.free()
            self._rounds.nudge()

    async def _stop_leftovers(self) -> None:
        """Orders that were taken from this worker, and that its ComfyUI still has from before."""
        while True:
            await self._heart.checked()
            vitals = self._heart.vitals
            queued = () if vitals is None else (*vitals.queue.running, *vitals.queue.pending)
            strange = {AttemptId(each) for each in queued} - self._rounds.in_hand
            if not strange:
                continue
            try:
                for each in await self._means.desk.lost_hold_of(self._worker.name, strange):
                    _log.info("%s is not this worker's any more: it is stopped", each)
                    await self._means.node.cancel(each)
            except HubError as error:
                _log.info("what was taken from this worker may still run: %s", error)


@asynccontextmanager
async def _ended(body: Coroutine[Any, Any, None]) -> AsyncIterator[asyncio.Task[None]]:
    """A task that ends with the block."""
    task = asyncio.create_task(body)
    try:
        yield task
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
