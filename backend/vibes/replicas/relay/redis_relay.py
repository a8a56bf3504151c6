"""The relay over Redis' publish and subscribe, which stores nothing: a flushed Redis has lost nothing of it."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager

from redis.asyncio import Redis
from redis.asyncio.client import PubSub
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

from vibes.environment.cancelling import unless_cancelled
from vibes.replicas.relay.port import RelayAway, Subscription

ANSWER_SECONDS = 3.0
_LOOK_SECONDS = 1.0
_FIRST_SECONDS = 0.02


class RedisRelay:
    """Implements ``Relay``."""

    def __init__(self, url: str, prefix: str) -> None:
        """``prefix``: of all channels, so that hubs of several databases can share a server."""
        self._prefix = f"{prefix}:"
        # a connection that broke is not mended behind our back: what was told meanwhile is lost, which must be known
        self._redis: Redis = Redis.from_url(
            url,
            socket_connect_timeout=ANSWER_SECONDS,
            socket_timeout=ANSWER_SECONDS,
            retry=Retry(NoBackoff(), 0),
            health_check_interval=0,
        )

    @asynccontextmanager
    async def subscription(self) -> AsyncIterator[Subscription]:
        listening = self._redis.pubsub()
        try:
            yield _RedisSubscription(listening, self._prefix)
        finally:
            await listening.aclose()  # type: ignore[no-untyped-call]  # redis' own

    async def publish(self, channel: str, message: bytes) -> None:
        with _answers():
            await self._redis.publish(self._prefix + channel, message)

    async def listened(self) -> frozenset[str]:
        with _answers():
            found = await self._redis.pubsub_channels(f"{self._prefix}*")
        return frozenset(_text(each).removeprefix(self._prefix) for each in found)

    async def close(self) -> None:
        await self._redis.aclose()


class _RedisSubscription:
    def __init__(self, listening: PubSub, prefix: str) -> None:
        self._listening = listening
        self._prefix = prefix
        self._confirmed: dict[str, asyncio.Event] = {}

    async def add(self, channel: str) -> None:
        confirmed = self._confirmed.setdefault(channel, asyncio.Event())
        with _answers():
            await self._listening.subscribe(self._prefix + channel)
            async with asyncio.timeout(ANSWER_SECONDS):
                await confirmed.wait()

    async def remove(self, channel: str) -> None:
        self._confirmed.pop(channel, None)
        with _answers():
            await self._listening.unsubscribe(self._prefix + channel)

    async def next(self) -> tuple[str, bytes]:
        while True:
            if not self._listening.subscribed:
                await asyncio.sleep(_FIRST_SECONDS)  # there is no connection yet
                continue
            with _answers():
                message = await self._listening.get_message(timeout=_LOOK_SECONDS)
            if message is None:
                continue
            channel = _text(message["channel"]).removeprefix(self._prefix)
            if message["type"] == "message":
                return channel, message["data"]
            if message["type"] == "subscribe" and channel in self._confirmed:
                self._confirmed[channel].set()


def _text(name: bytes | str) -> str:
    return name if isinstance(name, str) else name.decode(errors="replace")


@contextmanager
def _answers() -> Iterator[None]:
    try:
        yield
    except (RedisError, OSError, TimeoutError) as error:
        raise RelayAway(str(error) or type(error).__name__) from error
    unless_cancelled()
