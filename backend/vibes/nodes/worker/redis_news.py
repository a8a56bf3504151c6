"""Messages between hub and workers by Redis pub/sub, which keeps none of them for whoever is away."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import suppress

from redis.asyncio import Redis
from redis.exceptions import RedisError

from vibes.environment.cancelling import unless_cancelled

_log = logging.getLogger(__name__)

_UNSENT = 256
"""Messages that wait to be sent; more are dropped."""
_ANSWER_SECONDS = 5.0
_PAUSE_SECONDS = 1.0
"""Between two tries to reach a Redis that is away."""


class RedisNews:
    """Implements ``WorkerNews``."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._unsent: asyncio.Queue[tuple[str, bytes]] = asyncio.Queue(_UNSENT)
        self._sender: asyncio.Task[None] | None = None

    def publish(self, channel: str, message: bytes) -> None:
        if self._sender is None:
            self._sender = asyncio.create_task(self._send_all(), name="messages to Redis")
        with suppress(asyncio.QueueFull):
            self._unsent.put_nowait((channel, message))

    async def listen(self, channel: str) -> AsyncIterator[bytes | None]:
        while True:
            redis = self._redis()
            try:
                async with redis.pubsub(ignore_subscribe_messages=True) as subscription:
                    await subscription.subscribe(channel)
                    yield None
                    while True:
                        message = await subscription.get_message(timeout=_ANSWER_SECONDS)
                        unless_cancelled()
                        if message is not None:
                            yield message["data"]
            except (RedisError, OSError) as error:
                _log.debug("no messages from Redis: %s", error)
            finally:
                await redis.aclose()
            await asyncio.sleep(_PAUSE_SECONDS)

    async def close(self) -> None:
        sender, self._sender = self._sender, None
        if sender is not None:
            with suppress(TimeoutError):
                async with asyncio.timeout(_PAUSE_SECONDS):
                    await self._unsent.join()
            sender.cancel()
            await asyncio.gather(sender, return_exceptions=True)

    async def _send_all(self) -> None:
        """A message that cannot be sent is dropped with all that wait: they are of the past when Redis is back."""
        async with self._redis() as redis:
            while True:
                channel, message = await self._unsent.get()
                try:
                    await redis.publish(channel, message)
                    unless_cancelled()
                except (RedisError, OSError) as error:
                    _log.debug("no messages to Redis: %s", error)
                    while not self._unsent.empty():
                        self._unsent.get_nowait()
                        self._unsent.task_done()
                    await asyncio.sleep(_PAUSE_SECONDS)
                finally:
                    self._unsent.task_done()

    def _redis(self) -> Redis:
        return Redis.from_url(
            self._url, socket_connect_timeout=_ANSWER_SECONDS, socket_timeout=_ANSWER_SECONDS, health_check_interval=15
        )
