"""A worker as a process: its event loop in a thread of its own, so that Celery can have the main one."""

import asyncio
import logging
import os
import signal
import threading
from collections.abc import Callable
from contextlib import AsyncExitStack, suppress

from vibes.domain.errors import HubError
from vibes.domain.ids import NodeId
from vibes.domain.nodes.node import Tier
from vibes.domain.nodes.worker import Worker
from vibes.environment.private_folder import make_private
from vibes.environment.settings import Settings
from vibes.environment.worker_settings import WorkerSettings
from vibes.media_stores.open import open_place
from vibes.media_stores.places import HANDOFF
from vibes.nodes.worker.no_broker import NoNews
from vibes.ports.workers.news import WorkerNews
from vibes.services.runtime.clock import SystemClock
from vibes.storage.open import open_worker_desk
from vibes.worker.comfyui import comfyui_of
from vibes.worker.errand import Means
from vibes.worker.heart import unheard
from vibes.worker.worker import RunningWorker

_log = logging.getLogger(__name__)


class WorkerProcess:
    """``on_ready`` is called, in that thread, once it has begun; ``on_takes``, whenever it begins or ceases to take
    orders."""

    def __init__(
        self,
        settings: Settings,
        own: WorkerSettings,
        on_ready: Callable[[], None] | None = None,
        on_takes: Callable[[bool], None] = unheard,
    ) -> None:
        self._settings = settings
        self._own = own
        self._on_ready = on_ready
        self._on_takes = on_takes
        self._thread = threading.Thread(target=self._run, name="worker")
        self._loop: asyncio.AbstractEventLoop | None = None
        self._worker: RunningWorker | None = None
        self._opening: asyncio.Task[None] | None = None
        self._draining = threading.Event()
        self.failure: HubError | None = None
        """Why it has ended although nobody wanted that."""

    def start(self) -> None:
        self._thread.start()

    def drain(self) -> None:
        """Give back what it has, and end."""
        self._draining.set()
        if self._loop is not None:
            with suppress(RuntimeError):  # it has ended already
                self._loop.call_soon_threadsafe(self._end)

    def _end(self) -> None:
        """In its own thread: also while it still waits for a database that may never come."""
        opening, self._opening = self._opening, None
        if self._worker is not None:
            self._worker.drain()
        elif opening is not None:
            opening.cancel()

    def take_turn(self) -> None:
        """A ticket came: returns when there is nothing more to be done about it."""
        if self._loop is None or self._worker is None or self._draining.is_set():
            return
        with suppress(RuntimeError, asyncio.CancelledError):
            asyncio.run_coroutine_threadsafe(self._worker.take_turn(), self._loop).result()

    def wait(self, seconds: float | None = None) -> None:
        """Until it has ended."""
        self._thread.join(seconds)

    def _run(self) -> None:
        try:
            with suppress(asyncio.CancelledError):
                asyncio.run(self._serve())
        except HubError as error:
            self.failure = error
        except Exception as error:  # nothing else tells of it
            logging.getLogger(__name__).exception("the worker broke")
            self.failure = HubError(f"internal error: {error!r}; the log has the details")
        finally:
            if not self._draining.is_set():
                os.kill(os.getpid(), signal.SIGTERM)  # whoever waits in the main thread

    async def _serve(self) -> None:
        settings, own = self._settings, self._own
        clock = SystemClock()
        make_private(settings.data)
        self._opening, self._loop = asyncio.current_task(), asyncio.get_running_loop()
        if self._draining.is_set():
            return
        async with AsyncExitStack() as stack:
            desk = await stack.enter_async_context(open_worker_desk(settings.storage_url))
            place = await stack.enter_async_context(open_place(settings, settings.data, clock))
            news = _news(settings)
            stack.push_async_callback(news.close)
            node = comfyui_of(own, settings.data / "workers")
            stack.push_async_callback(node.close)
            means = Means(node=node, desk=desk, handoff=place.store(HANDOFF), clock=clock, deadline=own.deadline)
            self._worker = RunningWorker(
                _worker(own), means, news, settings.broker_prefix, own.lost_after, self._on_takes
            )
            if self._draining.is_set():  # the call came while it opened, and a library may have lost its cancellation
                return
            if self._on_ready is not None:
                self._on_ready()
            await self._worker.run()


def _news(settings: Settings) -> WorkerNews:
    if settings.broker_url is None:
        return NoNews()
    from vibes.nodes.worker.redis_news import RedisNews

    return RedisNews(settings.broker_url.get_secret_value())


def _worker(own: WorkerSettings) -> Worker:
    return Worker(
        name=own.own_name,
        node_id=NodeId(own.node_id),
        device=own.device,
        tier=Tier(own.tier),
        capabilities=own.capabilities,
        max_resolution=own.max_resolution,
    )
