"""A client of Redis that keeps a cancellation to itself does not keep a hub from ending."""

import asyncio
from contextlib import asynccontextmanager
from typing import Any

import pytest

from tests.waiting import deadline
from vibes.nodes.worker.redis_news import RedisNews
from vibes.replicas.relay.redis_relay import RedisRelay

URL = "redis://127.0.0.1:1/0"  # nobody connects


class ForgetfulRedis:
    """Answers whatever it is asked, once; a cancellation that comes meanwhile is forgotten, as ``asyncio.wait_for`` of
    Python 3.11 does where both come at once."""

    def __init__(self) -> None:
        self.asked = asyncio.Event()
        self.calls = 0

    async def answer(self, *_: Any, **__: Any) -> Any:
        self.calls += 1
        self.asked.set()
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            return {"type": "message", "channel": b"", "data": b""}

    publish = pubsub_channels = get_message = answer

    async def subscribe(self, _: str) -> None: ...

    async def aclose(self) -> None: ...

    async def __aenter__(self) -> "ForgetfulRedis":
        return self

    async def __aexit__(self, *_: object) -> None: ...

    @asynccontextmanager
    async def pubsub(self, **_: Any) -> Any:
        yield self


async def _ended_by_one_cancellation(task: "asyncio.Task[Any]", redis: ForgetfulRedis) -> bool:
    async with deadline():
        await redis.asked.wait()
        task.cancel()
        await asyncio.wait([task])
    return task.cancelled() and redis.calls == 1


@pytest.mark.parametrize("call", ["publish", "listened"])
async def test_what_is_told_to_other_replicas_ends(call: str, monkeypatch: pytest.MonkeyPatch) -> None:
    relay, redis = RedisRelay(URL, "hub"), ForgetfulRedis()
    monkeypatch.setattr(relay, "_redis", redis)

    async def tell() -> None:
        while True:
            await (relay.publish("a", b"b") if call == "publish" else relay.listened())

    assert await _ended_by_one_cancellation(asyncio.create_task(tell()), redis)


async def test_what_is_told_to_workers_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    news, redis = RedisNews(URL), ForgetfulRedis()
    monkeypatch.setattr(news, "_redis", lambda: redis)
    for _ in range(2):
        news.publish("a", b"b")
    [sending] = [each for each in asyncio.all_tasks() if each.get_name() == "messages to Redis"]
    assert await _ended_by_one_cancellation(sending, redis)


async def test_what_is_heard_of_workers_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    news, redis = RedisNews(URL), ForgetfulRedis()
    monkeypatch.setattr(news, "_redis", lambda: redis)

    async def hear() -> None:
        async for _ in news.listen("a"):
            pass

    assert await _ended_by_one_cancellation(asyncio.create_task(hear()), redis)
